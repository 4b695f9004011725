//! What the rulebook says of itself: its links, its packages, its published forms.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

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
        ("IdentityServer4.AccessTokenValidation", "token-validation"),
        ("IdentityModel.AspNetCore.AccessTokenValidation", "token-validation"),
        ("IdentityModel.AspNetCore.OAuth2Introspection", "token-validation"),
        ("Duende.AspNetCore.Authentication.OAuth2Introspection", "token-validation"),
        ("Duende.AspNetCore.Authentication.JwtBearer", "jwt-bearer"),
    ] {
        let found = Rulebook::embedded().product_of(package).map(|member| member.product.id.as_str());
        assert_eq!(found, Some(product), "{package}");
    }
}
