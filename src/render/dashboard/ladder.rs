//! The picture of a fleet: a ladder as a stair that climbs to the newest release, and on every step as many repositories as stand there.

use percent_encoding::utf8_percent_encode;
use serde::{Serialize, Serializer};

use super::fleet::{Row, State};
use super::html::Html;
use crate::portfolio::{Ladder, Portfolio};
use crate::render::markdown::{PATH, one_line};

/// Most rungs that are all drawn in full width.
const ALL_WIDE: usize = 32;
/// Widths of a step in units of the drawing: with somebody on it (or few of them all in all), and with nobody.
const WIDE: usize = 34;
const NARROW: usize = 9;
/// How much the whole stair rises.
const RISE: usize = 56;
/// Height of the highest tower.
const TOWER: usize = 110;

/// Where on a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// Anywhere.
    Ladder,
    /// On this rung.
    Rung(usize),
    /// On no rung that it has.
    Nowhere,
}

/// A place that repositories are filtered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub text: String,
    pub ladder: usize,
    pub at: At,
}

impl Key {
    pub fn is_of(&self, row: &Row<'_>) -> bool {
        row.rungs.iter().any(|(ladder, rung)| {
            *ladder == self.ladder
                && match self.at {
                    At::Ladder => true,
                    At::Rung(mine) => *rung == Some(mine),
                    At::Nowhere => rung.is_none(),
                }
        })
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// All keys: of each ladder the ladder itself, its rungs, and the rung that it does not have.
pub(super) fn keys(ladders: &[Ladder]) -> Vec<Key> {
    let of = |(ladder, it): (usize, &Ladder)| {
        let all = [At::Ladder].into_iter().chain((0..it.rungs.len()).map(At::Rung)).chain([At::Nowhere]);
        all.map(|at| Key { text: key(it, at), ladder, at }).collect::<Vec<_>>()
    };
    ladders.iter().enumerate().flat_map(of).collect()
}

/// How addresses and data name a place on a ladder.
fn key(ladder: &Ladder, at: At) -> String {
    let text = match at {
        At::Ladder => ladder.product.clone(),
        At::Nowhere => format!("{}/-", ladder.product),
        At::Rung(rung) => ladder
            .rungs
            .get(rung)
            .map_or_else(String::new, |rung| format!("{}/{}/{}", ladder.product, rung.package, rung.line)),
    };
    one_line(&text)
}

/// A key as an address has it.
fn address(key: &str) -> String {
    utf8_percent_encode(key, PATH).to_string()
}

/// One step of the stair.
#[derive(Debug)]
struct Step<'a> {
    key: String,
    /// `6.3`, or `?` for repositories whose place is not on the ladder.
    label: &'a str,
    generation: &'a str,
    preview: bool,
    state: State,
    until: Option<&'a str>,
    count: usize,
}

/// The pictures of all ladders, each in its figure.
pub(super) fn figures(portfolio: &Portfolio, rows: &[Row<'_>]) -> Html {
    let mut html = Html::new();
    for (index, ladder) in portfolio.ladders.iter().enumerate() {
        let steps = steps(index, ladder, portfolio, rows);
        let users = rows.iter().filter(|row| row.rungs.iter().any(|(of, _)| *of == index)).count();
        html.ours("<figure class=\"ladder\"><figcaption><h3><a href=\"#on=")
            .text(&address(&ladder.product))
            .ours("\">");
        html.text(&ladder.title).ours("</a></h3><p>").add(&repositories(users));
        if let Some(newest) = steps.iter().rfind(|step| !step.preview && step.label != "?") {
            html.ours(", newest line ").text(newest.label);
        }
        html.ours("</p></figcaption>").add(&stair(ladder, &steps)).add(&list(ladder, &steps)).ours("</figure>");
    }
    html
}

/// `1 repository`, `12 repositories`.
pub(super) fn repositories(count: usize) -> Html {
    let mut html = Html::new();
    html.count(count).ours(if count == 1 { " repository" } else { " repositories" });
    html
}

fn steps<'a>(index: usize, ladder: &'a Ladder, portfolio: &Portfolio, rows: &[Row<'_>]) -> Vec<Step<'a>> {
    let count = |rung| rows.iter().filter(|row| row.rungs.contains(&(index, rung))).count();
    let lost = Step {
        key: key(ladder, At::Nowhere),
        label: "?",
        generation: "",
        preview: false,
        state: State::Unknown,
        until: None,
        count: count(None),
    };
    let rungs = ladder.rungs.iter().enumerate().map(|(at, rung)| Step {
        key: key(ladder, At::Rung(at)),
        label: &rung.line,
        generation: &rung.package,
        preview: rung.preview,
        state: State::of(rung.supported, rung.end_of_support.as_deref(), &portfolio.date),
        until: rung.end_of_support.as_deref(),
        count: count(Some(at)),
    });
    Some(lost).filter(|lost| lost.count > 0).into_iter().chain(rungs).collect()
}

/// Where a step is drawn.
#[derive(Debug, Clone, Copy)]
struct Spot {
    x: usize,
    y: usize,
    width: usize,
}

/// The spots of all steps, then the width and the height of the whole.
fn layout(steps: &[Step<'_>]) -> (Vec<Spot>, usize, usize) {
    let newest = steps.iter().rposition(|step| !step.preview);
    let mut x = 0;
    let mut spots = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let wide = steps.len() <= ALL_WIDE || step.count > 0 || newest == Some(at);
        let width = if wide { WIDE } else { NARROW };
        spots.push(Spot { x, y: 18 + TOWER + RISE * (steps.len() - at) / steps.len(), width });
        x += width;
    }
    (spots, x, 18 + TOWER + RISE + 52)
}

/// The drawing for wide screens and for paper.
fn stair(ladder: &Ladder, steps: &[Step<'_>]) -> Html {
    let (spots, width, height) = layout(steps);
    let most = steps.iter().map(|step| step.count).max().unwrap_or_default().max(1);
    let mut svg = Html::new();
    svg.ours("<svg class=\"stair\" role=\"group\" aria-label=\"Repositories on each line of ").text(&ladder.title);
    svg.ours("\" viewBox=\"0 0 ").number(width).ours(" ").number(height).ours("\" width=\"").number(width).ours("\">");
    svg.ours("<path class=\"ground\" d=\"M0 ").number(height - 22);
    for spot in &spots {
        svg.ours("V").number(spot.y).ours("H").number(spot.x + spot.width);
    }
    svg.ours("V").number(height - 22).ours("Z\"/>");
    for (step, spot) in steps.iter().zip(&spots) {
        svg.add(&tread(step, *spot, height));
        if step.count > 0 {
            let tall = (TOWER * step.count / most).max(3);
            svg.add(&tower(ladder, step, *spot, tall));
        }
    }
    svg.add(&generations(steps, &spots, height)).ours("</svg>");
    svg
}

/// The edge of a step, coloured by support, and its line below.
fn tread(step: &Step<'_>, spot: Spot, height: usize) -> Html {
    let mut svg = Html::new();
    svg.ours("<path class=\"tread ").ours(step.state.id()).ours(if step.preview { " preview" } else { "" });
    svg.ours("\" d=\"M").number(spot.x + 1).ours(" ").number(spot.y).ours("h").number(spot.width - 2).ours("\"/>");
    if spot.width == WIDE {
        svg.ours("<text class=\"line").ours(if step.count > 0 { " used" } else { "" }).ours("\" x=\"");
        svg.number(spot.x + WIDE / 2).ours("\" y=\"").number(height - 30).ours("\">").text(step.label).ours("</text>");
    }
    svg
}

fn tower(ladder: &Ladder, step: &Step<'_>, spot: Spot, tall: usize) -> Html {
    let top = spot.y - 2 - tall;
    let mut svg = Html::new();
    svg.ours("<a href=\"#on=")
        .text(&address(&step.key))
        .ours("\"><title>")
        .add(&words(ladder, step))
        .ours("</title><rect class=\"tower ")
        .ours(step.state.id());
    svg.ours(if step.preview { " preview" } else { "" }).ours("\" rx=\"2\" x=\"").number(spot.x + 5).ours("\" y=\"");
    svg.number(top).ours("\" width=\"").number(spot.width - 10).ours("\" height=\"").number(tall).ours("\"/>");
    svg.ours("<text class=\"count\" x=\"").number(spot.x + spot.width / 2).ours("\" y=\"").number(top - 5).ours("\">");
    svg.number(step.count).ours("</text></a>");
    svg
}

/// Which package leads on which steps.
fn generations(steps: &[Step<'_>], spots: &[Spot], height: usize) -> Html {
    let mut svg = Html::new();
    let both: Vec<(&Step<'_>, &Spot)> = steps.iter().zip(spots).collect();
    for group in both.chunk_by(|one, other| one.0.generation == other.0.generation) {
        let (Some((step, first)), Some((_, last))) = (group.first(), group.last()) else { continue };
        let (start, end) = (first.x, last.x + last.width);
        if step.generation.is_empty() {
            continue;
        }
        svg.ours("<path class=\"generation\" d=\"M").number(start + 2).ours(" ").number(height - 18).ours("H");
        svg.number(end - 2).ours("\"/>");
        // About seven units a letter; a name that does not fit is in the tables and in the titles of the towers.
        if step.generation.len() * 7 <= end - start {
            svg.ours("<text class=\"generation\" x=\"").number(usize::midpoint(start, end)).ours("\" y=\"");
            svg.number(height - 4).ours("\">").text(step.generation).ours("</text>");
        }
    }
    svg
}

/// The same for narrow screens: the rungs that are used, and the newest, highest first.
fn list(ladder: &Ladder, steps: &[Step<'_>]) -> Html {
    let newest = steps.iter().rposition(|step| !step.preview);
    let most = steps.iter().map(|step| step.count).max().unwrap_or_default().max(1);
    let mut html = Html::new();
    html.ours("<ol class=\"rungs\">");
    let mut generation = "";
    for (at, step) in steps.iter().enumerate().rev() {
        if step.count == 0 && newest != Some(at) {
            continue;
        }
        if step.generation != generation {
            generation = step.generation;
            html.ours("<li class=\"generation\">").text(generation).ours("</li>");
        }
        html.ours("<li><a href=\"#on=")
            .text(&address(&step.key))
            .ours("\" title=\"")
            .add(&words(ladder, step))
            .ours("\"><b>");
        html.text(step.label).ours("</b><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\"><rect class=\"tower ");
        html.ours(step.state.id()).ours("\" width=\"").number(step.count * 100 / most).ours("\" height=\"10\"/></svg>");
        html.count(step.count).ours("</a></li>");
    }
    html.ours("</ol>");
    html
}

/// A step in words.
fn words(ladder: &Ladder, step: &Step<'_>) -> Html {
    let mut html = Html::new();
    if step.label == "?" {
        return html.text(&ladder.title).ours(", version not on the ladder: ").add(&repositories(step.count)).clone();
    }
    let name = if step.generation.is_empty() { &ladder.title } else { step.generation };
    html.text(name).ours(" ").text(step.label).ours(if step.preview { " (preview): " } else { ": " });
    html.add(&repositories(step.count)).add(&support(step.state, step.until));
    html
}

/// `, out of support since 2024-05-31`.
fn support(state: State, until: Option<&str>) -> Html {
    let mut html = Html::new();
    let (words, since) = match state {
        State::Out => (", out of support", " since "),
        State::Soon | State::Supported => (", supported", " until "),
        State::Unknown | State::Failed => (", support not known", ""),
    };
    html.ours(words);
    if let (Some(day), false) = (until, since.is_empty()) {
        html.ours(since).text(day);
    }
    html
}
