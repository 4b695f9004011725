//! Projects of MSBuild never crash, and never take long: a project and a file it imports, cut at the first zero byte.

#![no_main]

use identityserver_upgrade::inventory::Options;
use identityserver_upgrade::inventory::msbuild::evaluate;
use identityserver_upgrade::tree::Tree;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (project, imported) = text.split_once('\0').unwrap_or((text, ""));
    let mut tree = Tree::new();
    tree.insert_text("src/a.csproj", project);
    tree.insert_text("Directory.Build.props", imported);
    evaluate(&tree, "src/a.csproj", &Options::default());
});
