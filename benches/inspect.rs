//! How long `inspect` takes on generated repositories, beside reading the same files: `cargo bench --bench inspect`.
//!
//! A repository has groups of ten projects, each group with its own Directory.Build.props that imports the one above, and
//! central versions in the root. What is measured is all of `inspect` but the process: listing, reading, evaluating and
//! writing the JSON. The promise is a time within three times that of reading the files, linear in their number.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use identityserver_upgrade::inventory::{Inventory, Options};
use identityserver_upgrade::render::inspect::json;
use identityserver_upgrade::source::folder;

/// Sizes of the repositories, in projects.
const SIZES: [usize; 3] = [1_000, 3_000, 10_000];

/// Projects of a group.
const GROUP: usize = 10;

/// Runs of which the fastest counts.
const RUNS: usize = 5;

fn main() {
    println!("{:>8} {:>8} {:>10} {:>10} {:>6}", "projects", "files", "read", "inspect", "ratio");
    for projects in SIZES {
        let place = tempfile::tempdir().expect("a temporary folder");
        let files = generate(place.path(), projects);
        let reading = fastest(|| {
            for file in &files {
                black_box(fs::read(place.path().join(file)).expect("just written"));
            }
        });
        let inspecting = fastest(|| inspect(place.path(), projects));
        let ratio = inspecting.as_secs_f64() / reading.as_secs_f64();
        println!("{projects:>8} {:>8} {reading:>10.1?} {inspecting:>10.1?} {ratio:>6.2}", files.len());
    }
}

fn fastest(mut run: impl FnMut()) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..RUNS).map(timed).min().unwrap_or_default()
}

fn inspect(root: &Path, projects: usize) {
    let (tree, _) = folder::read(root, Inventory::wants);
    let inventory = Inventory::of(&tree, &Options::default());
    let packages: usize = inventory.projects.iter().map(|project| project.packages.len()).sum();
    assert_eq!((inventory.projects.len(), packages), (projects, projects * 4));
    let requirements = inventory.projects.iter().flat_map(|project| &project.packages);
    assert!(requirements.into_iter().all(|package| package.requirement.is_some() && package.problem.is_none()));
    black_box(serde_json::to_string(&json(&inventory, ".")).expect("plain data"));
}

/// Writes a repository; gives the paths of its files.
fn generate(root: &Path, projects: usize) -> Vec<String> {
    let mut files = vec![("Directory.Build.props".to_owned(), ROOT_PROPS.to_owned()), central_versions()];
    for group in 0..projects.div_ceil(GROUP) {
        let folder = format!("src/area{}/group{group}", group % 20);
        files.push((format!("{folder}/Directory.Build.props"), GROUP_PROPS.to_owned()));
        for index in (0..GROUP).take(projects - group * GROUP) {
            files.push((format!("{folder}/App{index}/App{index}.csproj"), project(group * GROUP + index)));
        }
    }
    for (path, text) in &files {
        let full = root.join(path);
        fs::create_dir_all(full.parent().expect("below the root")).expect("a new folder");
        fs::write(full, text).expect("a new file");
    }
    files.into_iter().map(|(path, _)| path).collect()
}

const ROOT_PROPS: &str = r#"<Project>
  <PropertyGroup>
    <LangVersion>latest</LangVersion>
    <Nullable>enable</Nullable>
    <ProductVersion>7.2.4</ProductVersion>
    <LoggingVersion Condition="'$(LoggingVersion)' == ''">9.0.0</LoggingVersion>
  </PropertyGroup>
  <ItemGroup Condition="'$(IsTestProject)' == 'true'">
    <PackageReference Include="Test.Sdk" />
  </ItemGroup>
</Project>
"#;

const GROUP_PROPS: &str = r#"<Project>
  <Import Project="$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))" />
  <PropertyGroup>
    <Area>$(MSBuildProjectName)</Area>
    <TargetFramework>net8.0</TargetFramework>
  </PropertyGroup>
</Project>
"#;

/// The central versions, as many as a repository of this kind has.
fn central_versions() -> (String, String) {
    let mut text = "<Project>\n  <PropertyGroup>\n    <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>\n  </PropertyGroup>\n  <ItemGroup>\n".to_owned();
    for index in 0..40 {
        let _ = writeln!(text, "    <PackageVersion Include=\"Company.Package{index}\" Version=\"1.{index}.0\" />");
    }
    text.push_str("    <PackageVersion Include=\"Product.Server\" Version=\"$(ProductVersion)\" />\n    <PackageVersion Include=\"Logging\" Version=\"$(LoggingVersion)\" />\n  </ItemGroup>\n</Project>\n");
    ("Directory.Packages.props".to_owned(), text)
}

fn project(index: usize) -> String {
    format!(
        r#"<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <RootNamespace>Company.App{index}</RootNamespace>
    <UserSecretsId>{index}</UserSecretsId>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Product.Server" />
    <PackageReference Include="Logging" />
    <PackageReference Include="Company.Package{}" />
    <PackageReference Include="Company.Package{}" PrivateAssets="all" />
  </ItemGroup>
</Project>
"#,
        index % 20,
        20 + index % 20
    )
}
