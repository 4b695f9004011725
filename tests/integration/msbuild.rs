//! The evaluator on small repositories that imitate what is hard in real ones.

use std::fmt::Write as _;

use identityserver_upgrade::inventory::msbuild::{ROOT, Workspace, evaluate};
use identityserver_upgrade::inventory::{Options, Package, Project};
use identityserver_upgrade::tree::Tree;

/// A repository as a text: `--- path` starts a file.
fn tree(text: &str) -> Tree {
    let mut tree = Tree::new();
    for file in text.split("--- ").skip(1) {
        let (path, content) = file.split_once('\n').expect("a path and a content");
        tree.insert_text(path.trim(), content);
    }
    tree
}

fn project(text: &str) -> Project {
    evaluate(&tree(text), "src/App.csproj", &Options::default())
}

/// `framework id requirement` of each package, with its problem when it has one.
fn summary(project: &Project) -> Vec<String> {
    let line = |package: &Package| {
        let framework = package.framework.as_deref().unwrap_or("-");
        let requirement = package.requirement.as_deref().unwrap_or("-");
        let problem = package.problem.as_ref().map(|problem| format!(" {problem}")).unwrap_or_default();
        format!("{framework} {} {requirement}{problem}", package.id)
    };
    project.packages.iter().map(line).collect()
}

#[track_caller]
fn case(text: &str, expected: &[&str]) {
    let project = project(text);
    assert_eq!(project.error, None);
    assert_eq!(summary(&project), expected);
}

#[test]
fn an_update_in_the_targets_wins_over_the_project() {
    case(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net6.0</TargetFramework></PropertyGroup>
<ItemGroup><PackageReference Include="Server" Version="6.1.2" /></ItemGroup></Project>
--- Directory.Build.targets
<Project><ItemGroup><PackageReference Update="server" Version="6.0.0-preview.5" /></ItemGroup></Project>"#,
        &["net6.0 Server 6.0.0-preview.5"],
    );
}

#[test]
fn a_target_that_sets_versions_makes_them_unknown() {
    let project = project(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net6.0</TargetFramework></PropertyGroup>
<ItemGroup><PackageReference Include="Server" /></ItemGroup></Project>
--- Directory.Build.targets
<Project><Target Name="SetVersions" AfterTargets="CollectPackageReferences">
<ItemGroup><PackageReference Condition="'%(PackageReference.Identity)' == 'Server'"><Version>$(Tool)</Version></PackageReference></ItemGroup>
</Target></Project>"#,
    );
    assert_eq!(project.packages[0].requirement, None);
    assert!(project.packages[0].problem.as_deref().is_some_and(|problem| problem.contains("target")));
    assert_eq!(project.problems[0].code, "target-changes-packages");
}

#[test]
fn references_may_stand_in_the_props_alone() {
    case(
        "--- src/App.csproj
<Project/>
--- Directory.Packages.props
<Project/>",
        &[],
    );
    case(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"/>
--- Directory.Build.props
<Project><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
<ItemGroup Condition="$(MSBuildProjectName.EndsWith('App'))"><PackageReference Include="A" Version="1" /></ItemGroup>
<ItemGroup Condition="$(MSBuildProjectName.EndsWith('Tests'))"><PackageReference Include="B" Version="1" /></ItemGroup></Project>"#,
        &["net8.0 A 1"],
    );
}

#[test]
fn central_versions_need_the_switch() {
    let files = |switch: &str| {
        format!(
            r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
<ItemGroup><PackageReference Include="duende.bff" /></ItemGroup></Project>
--- Directory.Packages.props
<Project><PropertyGroup>{switch}</PropertyGroup>
<ItemGroup><PackageVersion Include="Duende.BFF" Version="2.0.0" /></ItemGroup></Project>"#
        )
    };
    case(&files(""), &["net8.0 duende.bff - NU1604"]);
    case(&files("<ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>"), &["net8.0 duende.bff 2.0.0"]);
}

#[test]
fn the_nearest_central_file_counts_and_frameworks_choose_in_it() {
    case(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFrameworks>net8.0; net48 ;NET8.0</TargetFrameworks></PropertyGroup>
<ItemGroup><PackageReference Include="A" /><PackageReference Include="B" VersionOverride="3" /></ItemGroup></Project>
--- src/Directory.Packages.props
<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
<PropertyGroup Condition="'$(TargetFramework)' == 'net48'"><V>4</V></PropertyGroup>
<ItemGroup Condition="'$(TargetFrameworkIdentifier)' == '.NETCoreApp' And $([MSBuild]::VersionGreaterThanOrEquals($(TargetFrameworkVersion), 8.0))">
<PackageVersion Include="A" Version="8" /></ItemGroup>
<ItemGroup Condition="'$(V)' != ''"><PackageVersion Include="A" Version="$(V)" /></ItemGroup></Project>
--- Directory.Packages.props
<Project><ItemGroup><PackageVersion Include="A" Version="1" /></ItemGroup></Project>"#,
        &["net8.0 A 8", "net8.0 B 3", "net48 A 4", "net48 B 3"],
    );
}

#[test]
fn the_older_central_scheme_updates_references() {
    case(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><Sdk Name="Microsoft.Build.CentralPackageVersions" Version="2.1.3" />
<PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
<ItemGroup><PackageReference Include="A" /><PackageReference Include="B" VersionOverride="2" /></ItemGroup></Project>
--- Packages.props
<Project><ItemGroup><PackageReference Update="A" Version="1.5" /><PackageReference Update="B" Version="1" />
<GlobalPackageReference Include="G" Version="9" /></ItemGroup></Project>"#,
        &["net8.0 A 1.5", "net8.0 B 2", "net8.0 G 9"],
    );
}

#[test]
fn old_style_projects_import_the_toolset_themselves() {
    let project = project(
        r#"--- src/App.csproj
<Project ToolsVersion="15.0" xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
<Import Project="$(MSBuildExtensionsPath)\$(MSBuildToolsVersion)\Microsoft.Common.props" Condition="Exists('$(MSBuildExtensionsPath)\$(MSBuildToolsVersion)\Microsoft.Common.props')" />
<PropertyGroup><TargetFrameworkVersion>v4.7.2</TargetFrameworkVersion></PropertyGroup>
<ItemGroup><Reference Include="System" /><PackageReference Include="A" version="$(V)" /></ItemGroup>
<Import Project="$(MSBuildToolsPath)\Microsoft.CSharp.targets" />
<Import Project="$(VSToolsPath)\WebApplications\Microsoft.WebApplication.targets" Condition="'$(VSToolsPath)' != ''" />
</Project>
--- Directory.Build.props
<Project><PropertyGroup><V>2.10.0</V></PropertyGroup></Project>"#,
    );
    assert_eq!((summary(&project), project.problems), (vec!["- A 2.10.0".to_owned()], vec![]));
}

#[test]
fn what_files_cannot_tell_travels_to_the_package() {
    let project = project(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
<PropertyGroup><V>1.$([System.DateTime]::Now.Year)</V><W Condition="'$(MSBuildVersion)' == '17.0'">2</W></PropertyGroup>
<ItemGroup><PackageReference Include="A" Version="$(V)" /><PackageReference Include="B" Version="$(W)" />
<PackageReference Include="C" Version="3" Condition="'$(NETCoreSdkVersion)' != ''" />
<PackageReference Include="D" Version="4" Condition="'$(NETCoreSdkVersion)' != '' Or true" /></ItemGroup></Project>"#,
    );
    let told: Vec<_> =
        project.packages.iter().map(|package| (package.id.as_str(), package.requirement.is_some())).collect();
    assert_eq!(told, [("A", false), ("B", false), ("C", false), ("D", true)]);
    assert!(project.packages[..3].iter().all(|package| package.problem.is_some()));
}

#[test]
fn a_trail_leads_to_the_literal() {
    let project = project(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
<ItemGroup>
<PackageReference Include="A" Version="$(ServerVersion)" />
</ItemGroup></Project>
--- Directory.Build.props
<Project><PropertyGroup>
<Base>7.0</Base>
<ServerVersion>$(Base).9</ServerVersion>
</PropertyGroup></Project>"#,
    );
    let trail: Vec<String> =
        project.packages[0].trail.iter().map(|step| format!("{} {}", step.text, step.place)).collect();
    let expected =
        ["$(ServerVersion) src/App.csproj:3", "$(Base).9 Directory.Build.props:3", "7.0 Directory.Build.props:2"];
    assert_eq!(trail, expected);
    assert_eq!(project.packages[0].carrier().to_string(), "Directory.Build.props:2");
    assert_eq!(project.framework_place.map(|place| place.to_string()).as_deref(), Some("src/App.csproj:1"));
}

#[test]
fn imports_that_are_missing_or_turn_in_circles_do_no_harm() {
    let project = project(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><Import Project="../eng/a.props" /><Import Project="..\eng\nowhere.props" />
<Import Project="../../elsewhere/b.props" /><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
<ItemGroup><PackageReference Include="A" Version="$(V)" /></ItemGroup></Project>
--- eng/a.props
<Project><Import Project="b.props" /><PropertyGroup><V>$(V).1</V></PropertyGroup></Project>
--- eng/b.props
<Project><Import Project="a.props" /><PropertyGroup><V>5</V></PropertyGroup></Project>"#,
    );
    assert_eq!(summary(&project), ["net8.0 A 5.1"]);
    assert_eq!(project.imports, ["eng/a.props", "eng/b.props"]);
    let codes: Vec<_> = project.problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["missing-import", "outside-import"]);
}

#[test]
fn a_file_whose_text_was_not_fetched_is_named() {
    let mut tree = tree(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><Import Project="../eng/deps.inc" /></Project>"#,
    );
    tree.insert_listed("eng/deps.inc");
    let project = evaluate(&tree, "src/App.csproj", &Options::default());
    let found: Vec<_> = project.problems.iter().map(|problem| (problem.code.as_str(), problem.place.clone())).collect();
    assert!(matches!(found.as_slice(), [("not-loaded", Some(place))] if place.path == "eng/deps.inc"));
}

#[test]
fn a_solution_of_the_tree_gives_its_folder() {
    case(
        r#"--- All.sln
Project("{1}") = "App", "src\App.csproj", "{2}"
--- eng/deps.props
<Project><PropertyGroup><V>1</V></PropertyGroup></Project>
--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
<Import Project="$(SolutionDir)eng\deps.props" /><ItemGroup><PackageReference Include="A" Version="$(V)" /></ItemGroup></Project>"#,
        &["net8.0 A 1"],
    );
}

#[test]
fn global_properties_win_and_values_can_be_asked_for() {
    let tree = tree(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework><V>1</V></PropertyGroup>
<ItemGroup><Thing Include="a;b"><Kind>x</Kind></Thing></ItemGroup></Project>"#,
    );
    let options = Options { properties: vec![("v".into(), "2".into())], ..Options::default() };
    let workspace = Workspace::new(&tree);
    let asked = ["V".to_owned(), "MSBuildProjectDirectory".to_owned()];
    let values = workspace.values("src/App.csproj", &asked, &["thing".to_owned()], &options).expect("it evaluates");
    assert_eq!(values.properties[0].1.as_deref(), Some("2"));
    assert_eq!(values.properties[1].1, Some(format!("{ROOT}/src")));
    let things: Vec<_> =
        values.items[0].1.iter().map(|item| (item["Identity"].as_deref(), item["Kind"].as_deref())).collect();
    assert_eq!(things, [(Some("a"), Some("x")), (Some("b"), Some("x"))]);
}

/// On groups of properties and on imports `Exists` starts at the file in which it stands; everywhere else at the project.
#[test]
fn exists_starts_at_the_file_or_at_the_project() {
    case(
        r#"--- Directory.Build.props
<Project>
<PropertyGroup Condition="Exists('beside.txt')"><G>g</G></PropertyGroup>
<PropertyGroup><P Condition="Exists('beside.txt')">wrong</P><P Condition="Exists('own.txt')">p</P></PropertyGroup>
<Import Project="i.props" Condition="Exists('i.props')" />
<ImportGroup Condition="Exists('i.props')"><Import Project="j.props" /></ImportGroup>
<Choose><When Condition="Exists('own.txt')"><PropertyGroup><C>c</C></PropertyGroup></When></Choose>
<ItemGroup Condition="Exists('own.txt')"><PackageReference Include="A" Version="$(G)$(P)$(I)$(J)$(C)" /></ItemGroup>
</Project>
--- beside.txt
--- i.props
<Project><PropertyGroup><I>i</I></PropertyGroup></Project>
--- j.props
<Project><PropertyGroup><J>j</J></PropertyGroup></Project>
--- src/own.txt
--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>"#,
        &["net8.0 A gpijc"],
    );
}

/// A list with a separator is one text: as an item it has no metadata, as an exclusion it is split again.
#[test]
fn joined_lists_are_texts() {
    case(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup><ItemGroup>
<L Include="A;B" />
<PackageReference Include="@(L, '-')" Version="1" />
<PackageReference Include="@(Nothing, '-')" Version="2" />
<PackageReference Include="A;B;C" Exclude="@(L, ';')" Version="3" />
<PackageReference Remove="@(L, '.')" />
</ItemGroup></Project>"#,
        &["net8.0 A-B 1", "net8.0 C 3"],
    );
}

/// NuGet's targets ask only whether versions are managed centrally, not whether a file with them was found.
#[test]
fn a_global_package_needs_no_file_of_versions() {
    let project = project(
        r#"--- src/App.csproj
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework>
<ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
<ItemGroup><GlobalPackageReference Include="G" Version="1" /></ItemGroup></Project>"#,
    );
    let package = &project.packages[0];
    assert_eq!((package.requirement.as_deref(), package.problem.as_deref()), (None, Some("NU1604")));
}

#[test]
fn what_msbuild_refuses_is_an_error() {
    #[track_caller]
    fn refused(body: &str, code: &str, line: u32) {
        let project = project(&format!("--- src/App.csproj\n<Project Sdk=\"Microsoft.NET.Sdk\">\n{body}</Project>"));
        let error = project.error.expect("an error");
        assert_eq!((error.code.as_str(), error.place.map(|place| place.line)), (code, Some(line)));
        assert!(project.packages.is_empty());
    }
    refused("<ItemGroup><PackageReference include=\"A\" /></ItemGroup>", "MSB4232", 2);
    refused("<ItemGroup><PackageReference Include=\"\" /></ItemGroup>", "MSB4035", 2);
    refused("<ItemGroup><PackageReference Include=\"A\" Update=\"A\" /></ItemGroup>", "MSB4111", 2);
    refused("<ItemGroup><PackageReference Include=\"A\" condition=\"true\" /></ItemGroup>", "MSB4066", 2);
    refused("<itemgroup />", "MSB4067", 2);
    refused("<PropertyGroup>\n<V Condition=\"$(Unset)\">1</V></PropertyGroup>", "MSB4113", 3);
    refused("<Import Project=\"$(Unset)\" />", "MSB4020", 2);
    refused("<ItemGroup><A Include=\"$(X.Nope())\" /></ItemGroup>", "MSB4184", 2);
}

#[test]
fn hostile_projects_end() {
    let mut doubling = String::new();
    for index in 0..200 {
        write!(doubling, "<P{}>$(P{index})$(P{index})</P{}>", index + 1, index + 1).expect("a text grows");
    }
    let text =
        format!("--- src/App.csproj\n<Project><PropertyGroup><P0>xxxxxxxx</P0>{doubling}</PropertyGroup></Project>");
    assert_eq!(project(&text).error.map(|error| error.code).as_deref(), Some("value-too-large"));
    let squaring: String = (0..30).map(|_| "<A Include=\"@(A);@(A)\" />").collect();
    let text = format!("--- src/App.csproj\n<Project><ItemGroup><A Include=\"a\" />{squaring}</ItemGroup></Project>");
    assert_eq!(project(&text).error.map(|error| error.code).as_deref(), Some("too-much-work"));
    let mut chain = String::new();
    for index in 0..200 {
        writeln!(chain, "--- src/{index}.props\n<Project><Import Project=\"{}.props\" /></Project>", index + 1)
            .expect("a text grows");
    }
    let text = format!("--- src/App.csproj\n<Project><Import Project=\"0.props\" /></Project>\n{chain}");
    assert_eq!(project(&text).error.map(|error| error.code).as_deref(), Some("too-deep"));
}
