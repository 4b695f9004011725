//! `diff` on 1,000 projects under central package management of which one version changed, against git's own time to list both trees
//! and print the same blobs. Run with `cargo bench --bench diff`; an argument is another number of projects.
//!
//! Ratios of one run count, not times: machines differ and are noisy.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs of each command; the median counts.
const RUNS: usize = 7;

fn main() {
    let projects = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1000);
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    write_repository(root, projects);
    let tool = env!("CARGO_BIN_EXE_identityserver-upgrade");
    let ours = format!("'{tool}' diff base head --repo . --format json");
    let git = "for side in base head; do git ls-tree -r $side; done | cut -d' ' -f3 | cut -f1 | git cat-file --batch";
    let (mut diff, mut listing) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        diff.push(timed(root, &ours));
        listing.push(timed(root, git));
    }
    let (diff, listing) = (median(diff), median(listing));
    println!("projects          {projects}");
    println!("diff              {:>8.1} ms", diff.as_secs_f64() * 1000.0);
    println!("git, same blobs   {:>8.1} ms", listing.as_secs_f64() * 1000.0);
    println!("ratio             {:>8.2}", diff.as_secs_f64() / listing.as_secs_f64());
    let verbose = Command::new(tool).current_dir(root).args(["-v", "diff", "base", "head"]).output().expect("runs");
    let log = String::from_utf8_lossy(&verbose.stderr).into_owned();
    println!("{}", log.lines().last().unwrap_or_default().trim());
}

fn timed(root: &Path, command: &str) -> Duration {
    let begun = Instant::now();
    let status = Command::new("sh").current_dir(root).args(["-c", command]).stdout(Stdio::null()).status();
    assert!(status.expect("sh runs").success(), "{command}");
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn write_repository(root: &Path, projects: usize) {
    let run = |arguments: &[&str]| {
        let status = Command::new("git").current_dir(root).args(arguments).stdout(Stdio::null()).status();
        assert!(status.expect("git runs").success(), "git {arguments:?}");
    };
    run(&["init", "--quiet"]);
    for number in 0..projects {
        let folder = root.join(format!("src/Group{}/Project{number}", number % 40));
        fs::create_dir_all(&folder).expect("created");
        fs::write(folder.join(format!("Project{number}.csproj")), project(number)).expect("written");
        fs::write(folder.join("Program.cs"), "return;\n").expect("written");
    }
    fs::write(root.join("Directory.Build.props"), BUILD_PROPS).expect("written");
    for (version, tag) in [("7.0.8", "base"), ("7.1.2", "head")] {
        fs::write(root.join("Directory.Packages.props"), packages(version)).expect("written");
        run(&["add", "--all"]);
        run(&["-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "--quiet", "-m", tag]);
        run(&["tag", tag]);
    }
}

const BUILD_PROPS: &str = "<Project>
  <PropertyGroup>
    <TargetFramework>net8.0</TargetFramework>
    <Nullable>enable</Nullable>
  </PropertyGroup>
</Project>
";

fn project(number: usize) -> String {
    let other = number.saturating_sub(1);
    format!(
        r#"<Project Sdk="Microsoft.NET.Sdk.Web">
  <ItemGroup>
    <PackageReference Include="Duende.IdentityServer" />
    <PackageReference Include="Serilog.AspNetCore" />
    <PackageReference Include="Package{}" />
  </ItemGroup>
  <ItemGroup>
    <ProjectReference Include="..\..\Group{}\Project{other}\Project{other}.csproj" />
  </ItemGroup>
</Project>
"#,
        number % 50,
        other % 40
    )
}

fn packages(version: &str) -> String {
    let line = |number: usize| format!("    <PackageVersion Include=\"Package{number}\" Version=\"1.{number}.0\" />\n");
    let others: String = (0..50).map(line).collect();
    format!(
        r#"<Project>
  <PropertyGroup>
    <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
    <IdentityServerVersion>{version}</IdentityServerVersion>
  </PropertyGroup>
  <ItemGroup>
    <PackageVersion Include="Duende.IdentityServer" Version="$(IdentityServerVersion)" />
    <PackageVersion Include="Serilog.AspNetCore" Version="8.0.0" />
{others}  </ItemGroup>
</Project>
"#
    )
}
