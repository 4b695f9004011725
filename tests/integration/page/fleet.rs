//! Makes portfolios of any size: the same seed gives the same fleet, and what its repositories owe is what the rulebook says.

use std::collections::HashMap;

use identityserver_upgrade::jump;
use identityserver_upgrade::plan::Plan;
use identityserver_upgrade::portfolio::{Ladder, LadderRung, Portfolio, Stand, Standing, Whose};
use identityserver_upgrade::report::{Finding, Guide, Sighting, Status, Unread};
use identityserver_upgrade::rules::{Product, Rulebook, Rung};

/// Day of the audits.
pub const DATE: &str = "2026-11-25";

const PRODUCTS: [&str; 4] = ["identityserver", "identitymodel", "bff", "access-token-management"];
const NAMES: [&str; 12] =
    ["login", "orders", "billing", "portal", "ledger", "gateway", "shop", "stock", "mail", "claims", "archive", "desk"];
const KINDS: [&str; 6] = ["api", "web", "host", "admin", "worker", "bff"];

/// Numbers that look random and are the same everywhere (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

fn newest(product: &Product) -> &Rung {
    product.rungs.iter().rfind(|rung| !rung.file.preview).expect("something was released")
}

fn end_of_support(rung: &Rung) -> Option<String> {
    rung.file.support.as_ref()?.until.values().max().cloned()
}

fn supported(rung: &Rung) -> Option<bool> {
    end_of_support(rung).map(|end| end.as_str() >= DATE)
}

/// The ladders of the fleets made here.
pub fn ladders() -> Vec<Ladder> {
    let of = |id: &&str| {
        let product = Rulebook::embedded().product(id).expect("known");
        let rung = |rung: &Rung| LadderRung {
            line: rung.line.to_string(),
            package: product.leader(rung.generation).expect("led").id.clone(),
            preview: rung.file.preview,
            supported: supported(rung),
            end_of_support: end_of_support(rung),
        };
        Ladder {
            product: product.id.clone(),
            title: product.file.title.clone(),
            rungs: product.rungs.iter().map(rung).collect(),
        }
    };
    PRODUCTS.iter().map(of).collect()
}

/// What the ways up ask, by where they start.
#[derive(Default)]
struct Ways(HashMap<(String, String), (Vec<Finding>, Vec<Guide>)>);

impl Ways {
    fn of(&mut self, product: &'static Product, rung: &Rung, version: &str) -> &(Vec<Finding>, Vec<Guide>) {
        self.0.entry((rung.id.clone(), version.to_owned())).or_insert_with(|| {
            let end = |rung: &Rung, version: String| jump::Stand {
                package: product.leader(rung.generation).expect("led").id.clone(),
                version,
                line: Some(rung.line),
            };
            let top = newest(product);
            let arrival = top.newest().expect("released").to_string();
            let plan =
                Plan::of(product, &end(rung, version.to_owned()), &end(top, arrival), DATE.parse().expect("a day"));
            (plan.findings(Rulebook::embedded()), plan.guides)
        })
    }
}

/// A fleet of so many repositories.
pub fn fleet(size: usize) -> Portfolio {
    let (mut dice, mut ways) = (Dice(0x5EED_1234_5678_9ABC), Ways::default());
    let mut standings: Vec<Standing> = (0..size).map(|at| repository(at, &mut dice, &mut ways)).collect();
    standings.sort_by(|one, other| one.repository.cmp(&other.repository));
    Portfolio {
        date: DATE.into(),
        subject: "Organisation acme".into(),
        ladders: ladders(),
        standings,
        verified: Rulebook::embedded().verified().into(),
    }
}

fn repository(at: usize, dice: &mut Dice, ways: &mut Ways) -> Standing {
    let name = format!("acme/{}-{}-{at}", dice.pick(&NAMES), dice.pick(&KINDS));
    let mut standing = Standing::bare(Whose {
        url: Some(format!("https://github.com/{name}")),
        repository: name,
        commit: format!("{:040x}", 0x9C41_F0E0_usize + at * 7919),
    });
    match dice.below(50) {
        0 => standing.error = Some("the default branch has no commits".into()),
        1 | 2 => {}
        chance => {
            let files = 20 + dice.below(900);
            let uses = [true, chance % 2 == 0, chance % 3 == 0, chance % 5 == 0];
            for (product, _) in PRODUCTS.iter().zip(uses).filter(|(_, used)| *used) {
                uses_product(&mut standing, product, files, dice, ways);
            }
            if chance == 3 {
                standing.problems.push(Unread {
                    path: "src/Legacy/Legacy.csproj".into(),
                    line: 12,
                    message: "property-function: `$([System.IO.File]::ReadAllText(version.txt))` needs a file outside"
                        .into(),
                });
            }
        }
    }
    standing
}

fn uses_product(standing: &mut Standing, id: &str, files: usize, dice: &mut Dice, ways: &mut Ways) {
    let product = Rulebook::embedded().product(id).expect("known");
    let released: Vec<&Rung> =
        product.rungs.iter().filter(|rung| !rung.file.preview && !rung.file.versions.is_empty()).collect();
    // Fleets stand near the top, with a long tail: the better of two throws.
    let place = dice.below(released.len()).max(dice.below(released.len()));
    let projects = 1 + dice.below(3);
    for project in 0..projects {
        let rung = released[if project == 2 { place.saturating_sub(1) } else { place }];
        let version = &dice.pick(&rung.file.versions).version;
        standing.stands.push(stand(product, rung, version, project, dice));
    }
    let rung = released[place];
    let (asked, guides) = ways.of(product, rung, &rung.file.versions[0].version);
    standing.guides.extend(guides.iter().cloned());
    standing.findings.extend(asked.iter().map(|finding| judged(finding, files, dice)));
    standing.findings.sort_by_key(|finding| finding.status);
}

fn stand(product: &Product, rung: &Rung, version: &str, project: usize, dice: &mut Dice) -> Stand {
    let folder = format!("src/{}{project}", dice.pick(&NAMES));
    let leader = product.leader(rung.generation).expect("led").id.clone();
    Stand {
        path: format!("{folder}/{}.csproj", dice.pick(&KINDS)),
        framework: rung.file.frameworks.first().cloned(),
        product: product.id.clone(),
        package: leader.clone(),
        generation: leader,
        version: Some(version.to_owned()),
        line: Some(rung.line.to_string()),
        newest: newest(product).newest().map(|version| version.to_string()),
        behind: product.rungs.iter().filter(|other| !other.file.preview && other.position() > rung.position()).count(),
        supported: supported(rung),
        end_of_support: end_of_support(rung),
        advisories: if dice.below(9) == 0 { vec!["GHSA-ff4q-64jc-gx98".into()] } else { Vec::new() },
        file: if dice.below(2) == 0 { "Directory.Packages.props".into() } else { format!("{folder}/Shared.props") },
        at: u32::try_from(1 + dice.below(60)).expect("small"),
    }
}

/// A finding as evidence would settle it.
fn judged(finding: &Finding, files: usize, dice: &mut Dice) -> Finding {
    let status = match dice.below(20) {
        0..=1 => Status::Todo,
        2..=4 => Status::Check,
        5..=6 => Status::Done,
        _ => Status::Clear,
    };
    let seen = if matches!(status, Status::Todo | Status::Done) { 1 + dice.below(4) } else { 0 };
    let place = |dice: &mut Dice| Sighting {
        path: format!("src/{}/{}/Startup{}.cs", dice.pick(&NAMES), dice.pick(&KINDS), dice.below(40)),
        line: u32::try_from(1 + dice.below(400)).expect("small"),
        saw: "services.AddIdentityServer(options => options.Events.RaiseErrorEvents = true)".into(),
    };
    let name = finding.rule.rsplit('/').next().unwrap_or_default();
    Finding {
        status,
        places: (0..seen).map(|_| place(dice)).collect(),
        searched: format!("{files} C# and Razor files for `{name}`"),
        ..finding.clone()
    }
}

/// Names and texts that try to become HTML, to end the script, to reorder or to be somebody else.
pub fn hostile() -> Portfolio {
    let evil = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>\" onfocus=window.hacked=1 '\u{202E}\u{2028}&lt;";
    let mut portfolio = fleet(6);
    portfolio.subject = format!("acme {evil}");
    for standing in &mut portfolio.standings {
        standing.repository = format!("{evil}{}", standing.repository);
        standing.url = Some("javascript:window.hacked=1".into());
        standing.error = standing.error.as_ref().map(|_| evil.to_owned());
        standing.problems = vec![Unread { path: evil.into(), line: 1, message: evil.into() }];
        for stand in &mut standing.stands {
            stand.path = evil.into();
            stand.file = evil.into();
            stand.version = Some(evil.into());
            stand.package = evil.into();
            stand.framework = Some(evil.into());
            stand.advisories = vec![evil.into()];
        }
        for finding in &mut standing.findings {
            finding.status = Status::Todo;
            finding.title = format!("{evil} `{evil}`");
            finding.advice = evil.into();
            finding.url = Some(format!("javascript:alert('{evil}')"));
            finding.commands = vec![evil.into()];
            finding.context = Some(evil.into());
            finding.searched = evil.into();
            finding.places = vec![Sighting { path: evil.into(), line: 1, saw: evil.into() }];
        }
        standing.guides =
            vec![Guide { title: evil.into(), url: "data:text/html,x".into(), from: evil.into(), to: evil.into() }];
    }
    for ladder in &mut portfolio.ladders {
        ladder.title = evil.into();
    }
    portfolio
}
