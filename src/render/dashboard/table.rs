//! The table of repositories, with the controls that the script brings to life.

use super::fleet::{Row, State};
use super::html::Html;
use super::ladder::{At, Key, keys, repositories};
use crate::portfolio::{Effort, Portfolio};

/// Columns: name in addresses, heading.
const COLUMNS: [(&str, &str); 8] = [
    ("name", "Repository"),
    ("version", "Stands on"),
    ("state", "Support"),
    ("behind", "Behind"),
    ("advisories", "Advisories"),
    ("todo", "To do"),
    ("check", "To check"),
    ("effort", "Effort"),
];

/// The whole section.
pub(super) fn section(portfolio: &Portfolio, rows: &[Row<'_>], idle: &[&str]) -> Html {
    let mut html = Html::new();
    html.ours(
        "<section aria-labelledby=\"repositories\">\n<h2 id=\"repositories\" tabindex=\"-1\">Repositories</h2>\n",
    );
    html.add(&controls(portfolio, rows));
    html.ours("<table role=\"table\" aria-labelledby=\"repositories\">\n<thead role=\"rowgroup\"><tr role=\"row\">");
    for (id, title) in COLUMNS {
        html.ours("<th role=\"columnheader\" scope=\"col\" class=\"")
            .ours(id)
            .ours("\"><button type=\"button\" data-sort=\"")
            .ours(id);
        html.ours("\">").ours(title).ours("</button></th>");
    }
    html.ours("</tr></thead>\n<tbody role=\"rowgroup\">\n");
    for row in rows {
        html.add(&line(row, portfolio));
    }
    html.ours("</tbody>\n</table>\n<p id=\"nobody\" hidden>No repository is like that. ");
    html.ours("<button type=\"button\" class=\"reset\">Show all</button></p>\n");
    if !idle.is_empty() {
        html.ours("<details class=\"idle\"><summary>").add(&repositories(idle.len()));
        html.ours(if idle.len() == 1 { " uses" } else { " use" }).ours(" none of the known products</summary><ul>");
        for name in idle {
            html.ours("<li>").text(name).ours("</li>");
        }
        html.ours("</ul></details>\n");
    }
    html.ours("</section>\n");
    html
}

fn controls(portfolio: &Portfolio, rows: &[Row<'_>]) -> Html {
    let mut html = Html::new();
    html.ours("<form class=\"controls\" role=\"search\" id=\"controls\">\n<label class=\"wide\">Search <kbd>/</kbd>");
    html.ours("<input type=\"search\" name=\"q\" autocomplete=\"off\" spellcheck=\"false\" ");
    html.ours("placeholder=\"Name, path, version, advisory, what is owed\"></label>\n<label>Product and line<select name=\"on\">");
    html.ours("<option value=\"\">Any</option>").add(&places(portfolio, rows)).ours("</select></label>\n");
    html.add(&choice(
        "Support",
        "state",
        &[
            ("out", "Out of support"),
            ("soon", "Six months or less"),
            ("supported", "Supported"),
            ("unknown", "Not known"),
            ("failed", "Could not be audited"),
        ],
    ));
    html.add(&choice("Advisories", "advisories", &[("yes", "Some apply"), ("no", "None known")]));
    html.add(&choice(
        "Behind",
        "behind",
        &[("1", "1 line or more"), ("2", "2 lines or more"), ("5", "5 lines or more")],
    ));
    html.add(&choice(
        "Effort",
        "effort",
        &[("large", "Large"), ("medium", "Medium"), ("small", "Small"), ("none", "Nothing owed")],
    ));
    html.ours("<label class=\"narrow\">Sort by<select name=\"sort\"><option value=\"\">Most pressing</option>");
    for (id, title) in COLUMNS {
        html.ours("<option value=\"").ours(id).ours("\">").ours(title).ours("</option>");
    }
    html.ours("</select></label>\n<p class=\"found\"><output id=\"found\">").add(&repositories(rows.len()));
    html.ours("</output> <button type=\"button\" class=\"reset\" hidden>Show all</button></p>\n</form>\n");
    html
}

fn choice(label: &'static str, name: &'static str, options: &[(&'static str, &'static str)]) -> Html {
    let mut html = Html::new();
    html.ours("<label>").ours(label).ours("<select name=\"").ours(name).ours("\"><option value=\"\">Any</option>");
    for (value, words) in options {
        html.ours("<option value=\"").ours(value).ours("\">").ours(words).ours("</option>");
    }
    html.ours("</select></label>\n");
    html
}

/// The ladders and the rungs on which somebody stands.
fn places(portfolio: &Portfolio, rows: &[Row<'_>]) -> Html {
    let mut html = Html::new();
    let keys = keys(&portfolio.ladders);
    for (index, ladder) in portfolio.ladders.iter().enumerate() {
        html.ours("<optgroup label=\"").text(&ladder.title).ours("\">");
        for key in keys.iter().filter(|key| key.ladder == index) {
            let count = rows.iter().filter(|row| key.is_of(row)).count();
            if count > 0 {
                html.ours("<option value=\"").text(&key.text).ours("\">").add(&place(key, portfolio));
                html.ours(" (").number(count).ours(")</option>");
            }
        }
        html.ours("</optgroup>");
    }
    html
}

fn place(key: &Key, portfolio: &Portfolio) -> Html {
    let mut html = Html::new();
    let Some(ladder) = portfolio.ladders.get(key.ladder) else { return html };
    match key.at {
        At::Ladder => html.text(&ladder.title),
        At::Nowhere => html.text(&ladder.title).ours(", not on the ladder"),
        At::Rung(rung) => match ladder.rungs.get(rung) {
            Some(rung) => html.text(&rung.package).ours(" ").text(&rung.line),
            None => &mut html,
        },
    };
    html
}

/// A row of the table.
fn line(row: &Row<'_>, portfolio: &Portfolio) -> Html {
    let mut html = Html::new();
    html.ours("<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><button type=\"button\" aria-expanded=\"false\">");
    html.text(&row.standing.repository).ours("</button></th><td role=\"cell\">").add(&versions(row, portfolio));
    html.ours("</td><td role=\"cell\"><span class=\"")
        .ours(row.state.id())
        .ours("\">")
        .add(&support(row))
        .ours("</span></td>");
    html.add(&number(row.behind)).add(&number(row.advisories)).add(&number(row.todo)).add(&number(row.check));
    html.ours("<td role=\"cell\">");
    html.ours(if row.state == State::Failed { "\u{2013}" } else { effort(row.effort) }).ours("</td></tr>\n");
    html
}

fn versions(row: &Row<'_>, portfolio: &Portfolio) -> Html {
    let mut html = Html::new();
    for (index, lowest, highest) in &row.versions {
        let title = portfolio.ladders.get(*index).map_or("", |ladder| ladder.title.as_str());
        html.ours("<span class=\"on\">").text(title).ours(" <b>").text(lowest);
        if lowest != highest {
            html.ours(" \u{2026} ").text(highest);
        }
        html.ours("</b></span> ");
    }
    if let Some(error) = &row.standing.error {
        html.ours("<span class=\"on\">").text(error).ours("</span>");
    }
    html
}

fn support(row: &Row<'_>) -> Html {
    let mut html = Html::new();
    match (row.state, row.until) {
        (State::Failed, _) => html.ours("not audited"),
        (State::Out, Some(day)) => html.ours("ended ").text(day),
        (State::Out, None) => html.ours("ended"),
        (State::Soon | State::Supported, Some(day)) => html.ours("until ").text(day),
        (State::Soon | State::Supported, None) => html.ours("supported"),
        (State::Unknown, _) => html.ours("not known"),
    };
    html
}

fn number(number: usize) -> Html {
    let mut html = Html::new();
    if number == 0 {
        return html.ours("<td role=\"cell\" class=\"nil\">0</td>").clone();
    }
    html.ours("<td role=\"cell\">").number(number).ours("</td>");
    html
}

fn effort(effort: Effort) -> &'static str {
    match effort {
        Effort::None => "none",
        Effort::Small => "<span class=\"small\">small</span>",
        Effort::Medium => "<span class=\"medium\">medium</span>",
        Effort::Large => "<span class=\"large\">large</span>",
    }
}
