//! `plan FROM TO`: the way up, with no repository at all.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};

use crate::cli::{print, rulebook};
use crate::day::Day;
use crate::jump::Stand;
use crate::plan::Plan;
use crate::render::plan;
use crate::rules::{Product, Rulebook};
use crate::run::today;
use crate::version::Version;

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Where you are: `6.0.4`, or with a package: `Some.Package@2.2.0`
    from: String,
    /// Where you want to go
    to: String,
    /// How to print the plan
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// A folder with rules of your own, beside the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// The day on which it is asked, for runs that can be repeated; today when absent
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Day>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

/// Runs `plan`; gives the exit code.
pub fn run(arguments: &Arguments) -> Result<u8> {
    let rules = rulebook(arguments.rules.as_deref())?;
    let (from, to) = (Asked::of(&arguments.from)?, Asked::of(&arguments.to)?);
    let product = product(rules, &from, &to)?;
    let plan = Plan::of(product, &from.stand(product)?, &to.stand(product)?, today(arguments.today)?);
    print(&match arguments.format {
        Format::Text => plan::text(&plan, rules),
        Format::Markdown => plan::markdown(&plan, rules),
        Format::Json => plan::json(&plan, rules).context("could not write the plan as JSON")? + "\n",
    })?;
    Ok(0)
}

/// An end of the way, as it was typed.
struct Asked {
    package: Option<String>,
    version: Version,
}

impl Asked {
    fn of(text: &str) -> Result<Self> {
        let (package, version) = match text.rsplit_once('@') {
            Some((package, version)) => (Some(package.to_owned()), version),
            None => (None, text),
        };
        let hint = "write a version such as `7.1.2`, or a package and a version such as `Some.Package@7.1.2`";
        let version = Version::from_str(version).map_err(|_| anyhow!("`{text}` is no NuGet version: {hint}"))?;
        Ok(Self { package, version })
    }

    /// The stand on the product's ladder: without a package, the newest generation that had the line, or has one below it.
    fn stand(&self, product: &Product) -> Result<Stand> {
        let line = self.version.line();
        let generation = match &self.package {
            Some(package) => {
                product.position(package, &self.version).map(|position| position.generation).with_context(|| {
                    format!("{package} {} does not stand on the ladder of {}", self.version, product.file.title)
                })?
            }
            None => generation_of(product, &self.version),
        };
        let leader = product.leader(generation).context("the product has no leading package")?;
        Ok(Stand { package: leader.id.clone(), version: self.version.to_string(), line: Some(line) })
    }
}

fn generation_of(product: &Product, version: &Version) -> usize {
    let line = version.line();
    let exact = product.rungs.iter().rev().find(|rung| rung.line == line);
    let below = || product.rungs.iter().rev().find(|rung| rung.line < line);
    exact.or_else(below).map_or(0, |rung| rung.generation)
}

/// The product of the packages that were named; without any, the one that a bare version means.
fn product(rules: &'static Rulebook, from: &Asked, to: &Asked) -> Result<&'static Product> {
    let named = [&from.package, &to.package].into_iter().flatten();
    let mut found: Option<&Product> = None;
    for package in named {
        let member = rules.product_of(package).with_context(|| {
            format!("the rulebook does not know the package `{package}`: `identityserver-upgrade rules list` tells those it knows")
        })?;
        if found.is_some_and(|product| product.id != member.product.id) {
            bail!("`{package}` is on another ladder than the other end: ask for a plan of each product");
        }
        found = Some(member.product);
    }
    found
        .or_else(|| rules.default_product())
        .context("the rulebook has no default product: name a package, `Some.Package@7.1.2`")
}
