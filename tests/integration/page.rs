//! The page of an audit: small, self-contained, and a place where text stays text. What only a browser shows is in `.ci/page`, which
//! reads the pages that these tests leave in `target/tmp/`.

mod fleet;

use std::fs;
use std::path::Path;

use identityserver_upgrade::portfolio::Portfolio;
use identityserver_upgrade::render::dashboard::{LIMIT, page};
use identityserver_upgrade::report::Status;
use serde_json::Value;

fn kept(name: &str, portfolio: &Portfolio) -> String {
    let page = page(portfolio);
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), &page).expect("written");
    page
}

/// The data of a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").expect("a page has data");
    serde_json::from_str(rest.split_once("</script>").expect("it ends").0).expect("it is JSON")
}

#[test]
fn two_thousand_repositories_stay_under_the_limit_and_none_is_lost() {
    let portfolio = fleet::fleet(2_000);
    let page = kept("fleet.html", &portfolio);
    assert!(page.len() < LIMIT, "{} bytes", page.len());
    let idle = portfolio.standings.iter().filter(|it| it.stands.is_empty() && it.error.is_none()).count();
    let rows = data(&page)["rows"].as_array().expect("rows").len();
    assert_eq!(page.matches("<tr role=\"row\"><th role=\"rowheader\"").count(), rows);
    assert_eq!(rows + idle, 2_000);
    for standing in &portfolio.standings {
        assert!(page.contains(standing.repository.as_str()), "{} is on the page", standing.repository);
    }
}

#[test]
fn a_page_that_would_be_too_large_says_what_it_leaves_out() {
    let mut portfolio = fleet::fleet(30);
    let settled = portfolio.standings.iter_mut().flat_map(|it| &mut it.findings).filter(|it| it.status > Status::Check);
    for (at, finding) in settled.enumerate() {
        finding.advice = format!("{at} {}", "long advice ".repeat(500));
    }
    let page = page(&portfolio);
    assert!(page.len() < LIMIT, "{} bytes", page.len());
    assert!(page.contains("leaves out what is done or does not apply"));
}

#[test]
fn foreign_text_stays_text() {
    let page = kept("hostile.html", &fleet::hostile());
    // The data and the script, and nothing else.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!page.contains("<img"));
    assert!(!page.contains("href=\"javascript:") && !page.contains("href=\"data:"));
    assert!(!page.contains(['\u{202E}', '\u{2028}']));
}

#[test]
fn nothing_is_asked_of_a_network() {
    let page = kept("small.html", &fleet::fleet(12));
    for asks in ["<link", "<img", "<iframe", "@import", "url(http", "fetch(", "XMLHttpRequest", "sendBeacon", " src="] {
        assert!(!page.contains(asks), "the page has {asks}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn a_fleet_of_nobody_has_a_page() {
    let mut portfolio = fleet::fleet(0);
    portfolio.ladders.clear();
    let page = kept("empty.html", &portfolio);
    assert!(page.contains("0 repositories"));
}

#[test]
fn repositories_without_a_known_product_are_named_apart() {
    let mut portfolio = fleet::fleet(3);
    for standing in &mut portfolio.standings {
        standing.stands.clear();
        standing.findings.clear();
        standing.problems.clear();
        standing.error = None;
    }
    let page = page(&portfolio);
    assert!(page.contains("3 repositories use none of the known products"));
    assert_eq!(data(&page)["rows"], serde_json::json!([]));
}
