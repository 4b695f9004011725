//! The audit of a fleet as one page: a file that asks no network, runs nothing but its own script and works without it, too.
//!
//! The table is HTML. What a repository owes is data that the script draws when somebody opens it, so that two thousand repositories
//! open at once. Whatever the portfolio, names and places stay text: see [`html`].

mod data;
mod fleet;
mod html;
mod ladder;
mod table;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::portfolio::{Portfolio, Stand};
use fleet::{Row, State};
use html::Html;

/// Bytes that a page stays under, as long as leaving out details of findings can achieve it.
pub const LIMIT: usize = 4_900_000;

const STYLE: &str = include_str!("dashboard/page.css");
const SCRIPT: &str = include_str!("dashboard/page.js");

/// How much is said of findings.
#[derive(Debug, Clone, Copy)]
struct Detail {
    /// Places of a finding that are named.
    places: usize,
    /// Whether what is done or does not apply is listed, and not only what is owed.
    settled: bool,
}

/// From all to next to nothing.
const DETAILS: [Detail; 6] = [
    Detail { places: 50, settled: true },
    Detail { places: 3, settled: true },
    Detail { places: 1, settled: true },
    Detail { places: 5, settled: false },
    Detail { places: 1, settled: false },
    Detail { places: 0, settled: false },
];

/// The page of an audit, as one self-contained HTML document.
///
/// It is made at falling levels of detail until it is smaller than [`LIMIT`], never cut; a page that leaves something out says so.
pub fn page(portfolio: &Portfolio) -> String {
    let (rows, idle) = fleet::rows(portfolio);
    let mut page = String::new();
    for detail in DETAILS {
        page = document(portfolio, &rows, &idle, detail);
        if page.len() < LIMIT {
            break;
        }
    }
    page
}

fn document(portfolio: &Portfolio, rows: &[Row<'_>], idle: &[&str], detail: Detail) -> String {
    let mut html = Html::new();
    html.ours("<!doctype html>\n<html lang=\"en\" class=\"plain\">\n<head>\n<meta charset=\"utf-8\">\n");
    // Only these very bytes of style and script may act; nothing may be asked of any network.
    html.ours("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; ");
    html.ours("require-trusted-types-for 'script'; trusted-types 'none'; style-src '").add(&source(STYLE));
    html.ours("'; script-src '").add(&source(SCRIPT)).ours("'\">\n");
    html.ours("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.ours("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    html.text(&portfolio.subject).ours(" \u{b7} audit of ").text(&portfolio.date).ours("</title>\n<style>");
    html.ours(STYLE)
        .ours("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#repositories\">To the repositories</a>\n");
    html.add(&header(portfolio)).ours("<main>\n").add(&overview(rows, idle));
    html.add(&fleet_section(portfolio, rows)).add(&table::section(portfolio, rows, idle));
    html.add(&foot(portfolio, rows, detail)).ours("</main>\n<script type=\"application/json\" id=\"data\">");
    html.json(&data::data(portfolio, rows, detail)).ours("</script>\n<script>").ours(SCRIPT);
    html.ours("</script>\n</body>\n</html>\n");
    html.finish()
}

/// The source expression of a Content Security Policy for these bytes.
fn source(text: &str) -> Html {
    let mut html = Html::new();
    html.ours("sha256-").text(&BASE64_STANDARD.encode(Sha256::digest(text)));
    html
}

fn state_of(stand: &Stand, portfolio: &Portfolio) -> State {
    State::of(stand.supported, stand.end_of_support.as_deref(), &portfolio.date)
}

fn header(portfolio: &Portfolio) -> Html {
    let mut html = Html::new();
    html.ours("<header>\n<div><p class=\"brand\">identityserver-upgrade</p><h1>").text(&portfolio.subject);
    html.ours("</h1><p class=\"dim\">Audit of <time>").text(&portfolio.date).ours("</time>");
    if !portfolio.verified.is_empty() {
        html.ours(" \u{b7} rulebook held against the vendor\u{2019}s tags on <time>")
            .text(&portfolio.verified)
            .ours("</time>");
    }
    html.ours("</p></div>\n<div class=\"tools\"><button type=\"button\" id=\"theme\">Theme: <b>system</b></button>");
    html.ours("<button type=\"button\" id=\"print\">Print</button></div>\n</header>\n");
    html
}

/// The numbers that a fleet comes down to, each a link to who is meant.
fn overview(rows: &[Row<'_>], idle: &[&str]) -> Html {
    let count = |is: &dyn Fn(&Row<'_>) -> bool| rows.iter().filter(|row| is(row)).count();
    let tiles = [
        ("", "use a known product", "", rows.len() - count(&|row| row.state == State::Failed)),
        ("out", "out of support", "#state=out", count(&|row| row.state == State::Out)),
        ("soon", "supported for six months or less", "#state=soon", count(&|row| row.state == State::Soon)),
        ("out", "with a security advisory", "#advisories=yes", count(&|row| row.advisories > 0)),
        ("", "two or more lines behind", "#behind=2", count(&|row| row.behind >= 2)),
        ("supported", "owe nothing", "#effort=none", count(&|row| owes_nothing(row))),
        ("unknown", "could not be audited", "#state=failed", count(&|row| row.state == State::Failed)),
    ];
    let mut html = Html::new();
    html.ours("<section aria-labelledby=\"overview\">\n<h2 id=\"overview\">")
        .add(&ladder::repositories(rows.len() + idle.len()));
    html.ours("</h2>\n<ul class=\"tiles\">\n");
    for (at, (class, words, link, number)) in tiles.into_iter().enumerate() {
        // The first tells the size; of the others only those that are about somebody.
        if at > 0 && number == 0 {
            continue;
        }
        html.ours("<li class=\"")
            .ours(class)
            .ours("\"><a href=\"")
            .ours(if link.is_empty() { "#" } else { link })
            .ours("\"><b>");
        html.count(number).ours("</b> ").ours(words).ours("</a></li>\n");
    }
    html.ours("</ul>\n</section>\n");
    html
}

/// Whether a repository that could be audited has nothing to do and nothing to look at.
fn owes_nothing(row: &Row<'_>) -> bool {
    row.state != State::Failed && row.todo + row.check == 0
}

fn fleet_section(portfolio: &Portfolio, rows: &[Row<'_>]) -> Html {
    let mut html = Html::new();
    if portfolio.ladders.is_empty() {
        return html;
    }
    html.ours("<section aria-labelledby=\"fleet\">\n<h2 id=\"fleet\">The fleet on the ladder</h2>\n");
    html.ours("<p class=\"dim\">Each step is a released line, and what stands on it are repositories. A repository with projects on ");
    html.ours("several lines stands on each of them.</p>\n");
    html.ours(
        "<svg class=\"defs\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"",
    );
    html.ours("userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" class=\"paper\"/><rect width=\"3.5\" ");
    html.ours("height=\"6\" class=\"ink\"/></pattern></defs></svg>\n<ul class=\"legend\">");
    for (state, words) in [
        (State::Supported, "supported"),
        (State::Soon, "for six months or less"),
        (State::Out, "out of support"),
        (State::Unknown, "not known"),
    ] {
        html.ours("<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\"><rect class=\"tower ").ours(state.id());
        html.ours("\" width=\"14\" height=\"14\" rx=\"2\"/></svg>").ours(words).ours("</li>");
    }
    html.ours("<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\"><path class=\"tread unknown preview\" d=\"M0 7h14\"/></svg>");
    html.ours("preview</li></ul>\n<div class=\"ladders\">\n").add(&ladder::figures(portfolio, rows));
    html.ours("</div>\n</section>\n");
    html
}

/// What a reader should know of how this was made.
fn foot(portfolio: &Portfolio, rows: &[Row<'_>], detail: Detail) -> Html {
    let mut html = Html::new();
    html.ours("<footer class=\"dim\"><p>Effort counts things, not hours: a migration or a new target framework is 3 points, anything ");
    html.ours("else to do is 1, and so are four things that only a person can tell. Small is up to 4 points, medium up to 12. ");
    html.ours("\u{201c}Behind\u{201d} counts released lines. Nothing here left this file: it asks no network.</p>");
    let hidden = rows.iter().flat_map(|row| &row.standing.findings).any(|finding| finding.places.len() > detail.places);
    if !detail.settled || (hidden && detail.places < DETAILS[0].places) {
        html.ours("<p>To stay small, this page names at most ").number(detail.places).ours(" places of a finding");
        html.ours(if detail.settled { "" } else { ", and leaves out what is done or does not apply" });
        html.ours(". The audit of a single repository tells all of it.</p>");
    }
    html.ours("<p>Not affiliated with the vendor of these products. Audited: ")
        .text(&portfolio.subject)
        .ours(".</p></footer>\n");
    html
}
