//! What the rulebook says of itself: its links, its packages, its published forms.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use identityserver_upgrade::render::rulebook::{list_markdown, schema};
use identityserver_upgrade::rules::Rulebook;

fn rules() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")).expect("rules is readable").flatten()
    {
        let Ok(files) = fs::read_dir(folder.path()) else { continue };
        for path in
            files.flatten().map(|file| file.path()).filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        {
            let text = fs::read_to_string(&path).expect("a rule file is text");
            found.push((path, text));
        }
    }
    found
}

/// Links in a text, without what ends a sentence or a YAML value.
fn links(text: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || "'\"`,])}<>".contains(c);
    let starts = text.match_indices("https://").map(|(at, _)| &text[at..]);
    starts
        .map(|rest| rest.split(ends).next().unwrap_or_default().trim_end_matches(['.', ';', ':']).to_owned())
        .collect()
}

/// Whether a link is listed, or stands below one that ends in `*`.
fn allowed(link: &str, list: &BTreeSet<&str>) -> bool {
    list.contains(link)
        || list.iter().filter_map(|known| known.strip_suffix('*')).any(|prefix| link.starts_with(prefix))
}

#[test]
fn every_link_was_seen_to_exist() {
    let list: BTreeSet<&str> =
        include_str!("../data/links.txt").lines().filter(|line| !line.starts_with('#')).collect();
    let mut wrong = Vec::new();
    for (path, text) in rules() {
        let used = links(&text).into_iter().filter(|link| !allowed(link, &list));
        wrong.extend(used.map(|link| format!("{}: {link}", path.display())));
    }
    for product in &Rulebook::embedded().products {
        for rung in &product.rungs {
            let guides = rung
                .file
                .changes
                .iter()
                .map(|entry| &entry.guide)
                .chain(rung.file.database.iter().map(|entry| &entry.guide));
            for guide in guides.flatten() {
                let whole = rung.address(guide).unwrap_or_else(|| panic!("{}: {guide} leads nowhere", rung.id));
                if !allowed(&whole, &list) {
                    wrong.push(format!("{}: {whole}", rung.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "open these, then add them to tests/data/links.txt:\n{}", wrong.join("\n"));
}

#[test]
fn every_package_of_the_families_has_its_product() {
    for (package, product) in [
        ("Duende.AccessTokenManagement", "access-token-management"),
        ("Duende.AccessTokenManagement.OpenIdConnect", "access-token-management"),
        ("IdentityModel.AspNetCore", "access-token-management"),
        ("Duende.BFF.Blazor.Client", "bff"),
        ("Duende.Bff.Yarp", "bff"),
        ("Duende.BFF.EntityFramework", "bff"),
        ("IdentityModel", "identitymodel"),
        ("Duende.IdentityModel", "identitymodel"),
        ("IdentityModel.OidcClient.DPoP", "oidc-client"),
        ("IdentityModel.OidcClient.IdentityTokenValidator", "oidc-client"),
        ("Duende.IdentityModel.OidcClient.Extensions", "oidc-client"),
        ("Duende.IdentityServer.Configuration.EntityFramework", "identityserver"),
        ("Duende.IdentityServer.ConformanceReport", "identityserver"),
        ("IdentityServer4.Storage", "identityserver"),
        ("IdentityServer4.Contrib.RedisStore", "identityserver"),
        ("Rsk.Saml.DuendeIdentityServer", "identityserver"),
        ("IdentityServer3", "identityserver3"),
        ("IdentityServer3.AccessTokenValidation", "identityserver3"),
        ("IdentityServer4.AccessTokenValidation", "access-token-validation"),
        ("IdentityModel.AspNetCore.AccessTokenValidation", "access-token-validation"),
        ("IdentityModel.AspNetCore.OAuth2Introspection", "token-validation"),
        ("Duende.AspNetCore.Authentication.OAuth2Introspection", "token-validation"),
        ("Duende.AspNetCore.Authentication.JwtBearer", "jwt-bearer"),
    ] {
        let found = Rulebook::embedded().product_of(package).map(|member| member.product.id.as_str());
        assert_eq!(found, Some(product), "{package}");
    }
}

/// Compares a published file with what it should say; `UPDATE_EXPECT=1` writes it.
#[track_caller]
fn published(path: &str, expected: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&file, expected).expect("the published file is writable");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == expected, "{path} is stale: UPDATE_EXPECT=1 cargo test --test integration rulebook");
}

#[test]
fn the_published_forms_are_fresh() {
    published("rules/schema.json", &format!("{:#}\n", schema()));
    published("docs/rules.md", &list_markdown(Rulebook::embedded()));
}

#[test]
fn every_rule_file_meets_the_published_schema() {
    let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
    for (path, text) in rules() {
        let value: serde_json::Value = serde_yaml::from_str(&text).expect("a rule file is YAML");
        assert!(validator.is_valid(&value), "{}: an editor would find fault with it", path.display());
    }
    let wrong = serde_json::json!({"title": "x", "package": "y", "guidance": "z"});
    assert!(!validator.is_valid(&wrong), "an unknown field is a fault");
}

/// The tool as people call it; gives standard output and the exit code.
fn call(arguments: &[&str]) -> (String, Option<i32>) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_identityserver-upgrade"))
        .args(arguments)
        .output()
        .expect("the tool runs");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

#[test]
fn check_tells_by_its_exit_code() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().to_string_lossy().into_owned();
    assert_eq!(call(&["rules", "check", &root]).1, Some(2));
    let own = folder.path().join("identityserver");
    fs::create_dir(&own).expect("a folder");
    let rule = "title: Ours\npackage: Duende.IdentityServer\nchanges:\n  - { id: tell-operations, kind: behaviour, impact: behaviour, summary: Tell., advice: Ask. }\n";
    fs::write(own.join("8.0.yaml"), rule).expect("a rule");
    assert_eq!(call(&["rules", "check", &root]).1, Some(0));
    let (shown, code) = call(&["rules", "show", "identityserver/8.0/tell-operations", "--rules", &root]);
    assert!(shown.contains("Ask.") && code == Some(0), "{shown}");
    fs::write(own.join("8.0.yaml"), rule.replace("impact: behaviour", "impact: much")).expect("a rule");
    let (said, code) = call(&["rules", "check", &root]);
    assert!(said.contains("8.0.yaml:4: impact: `much` is none of") && code == Some(1), "{said}");
}

#[test]
fn faults_of_a_product_of_ones_own_are_told_with_their_lines() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let own = folder.path().join("acme-auth");
    fs::create_dir(&own).expect("a folder");
    let product = "title: Acme\nleading:\n  - { id: Acme.Login }\nhosts: [wiki.acme.example]\nhanded_by: { AcmeOptions: [Add.Acme] }\n";
    fs::write(own.join("product.yaml"), product).expect("a product");
    fs::write(own.join("2.0.yaml"), "title: Acme 2.0\npackage: Acme.Logon\n").expect("a rung");
    let (said, code) = call(&["rules", "check", &folder.path().to_string_lossy()]);
    assert_eq!(code, Some(1));
    assert!(said.contains("2.0.yaml:2: rung-package: `package: Acme.Logon` does not lead"), "{said}");
    assert!(said.contains("product.yaml:5: name: `Add.Acme` is not a simple name"), "{said}");
}

#[test]
fn lists_say_when_each_rung_was_verified_and_what_is_a_preview() {
    let (text, _) = call(&["rules", "list"]);
    let line = "identityserver/8.1  Duende IdentityServer 8.1  (preview)  (verified 2026-07-23 at is-8.1.0-preview.2)";
    assert!(text.contains(line), "{text}");
    let (json, _) = call(&["rules", "list", "--format", "json"]);
    let book: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let products = book["products"].as_array().expect("products");
    let rungs = products.iter().flat_map(|product| product["rungs"].as_array().expect("rungs"));
    let held = |rung: &serde_json::Value| rung["verified"]["tag"].is_string() && rung["preview"].is_boolean();
    let rest: Vec<&str> = rungs.filter(|rung| !held(rung)).filter_map(|rung| rung["id"].as_str()).collect();
    assert_eq!(rest, ["oidc-client/2.4"], "its tag is not among the vendor's");
}

#[test]
fn a_plan_says_what_every_plan_of_its_product_says() {
    for (format, start) in [("text", "\n"), ("markdown", "\n"), ("json", "\"")] {
        let (said, _) = call(&["plan", "IdentityServer3@2.0.0", "2.6.0", "--format", format]);
        assert!(said.contains(&format!("{start}IdentityServer3 runs on OWIN")), "{said}");
    }
}
