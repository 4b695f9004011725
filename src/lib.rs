//! Tells, in the pull request, what an IdentityServer version jump asks of a repository, and proves it.
//!
//! One law: **a pure middle, a small shell, one direction.** Every stage hands a value to the next.
//!
//! ```text
//!             trigger            world                          pure middle                             words        world
//!   action ─┐                                                                                     ┌ comment ──┐
//!   cli    ─┼─▶ Settings ─▶ Source.read ─▶ Tree,Tree ─▶ Inventory ─▶ Jump ─▶ Plan ─▶ Evidence ─▶ Report ─┼ text, json ┼─▶ publish
//!           ┘                                             (×2)                 ▲                  └ annotations ┘
//!                                                                         Rulebook
//! ```
//!
//! | layer | modules | may use | never |
//! |--:|---|---|---|
//! | 0 values | `day` `version` `range` `place` `tree` `schema` `scope` `ignore` `yaml` | std, small crates | anything of ours |
//! | 1 knowledge | `rules` | 0 | `inventory`: knowledge does not bend to how projects are written |
//! | 2 reading | `inventory` `csharp` | 0 | `rules`: reading is true whatever we know |
//! | 3 reasoning | `jump` `plan` `evidence` `report` `check` `portfolio` | 0–2 | `render`, `github` |
//! | 4 words | `render` | 0–3 | `source`, `github`: a renderer can neither look nor fetch |
//! | 5 world | `settings` `github` `source` | 0, siblings in order | 1–4: the client knows no domain |
//! | 6 use cases | `run` `policy` `publish` `audit` | 0–5 | 7 |
//! | 7 doors | `cli` `action` | 0-6 | each other |
//!
//! `tests/integration/layers.rs` holds the table.

// layer 0: values
pub mod day;
pub mod ignore;
pub mod place;
pub mod range;
pub mod schema;
pub mod scope;
pub mod tree;
pub mod version;
pub mod yaml;

// layer 1: knowledge
pub mod rules;

// layer 2: reading
pub mod csharp;
pub mod inventory;

// layer 3: reasoning
pub mod check;
pub mod evidence;
pub mod jump;
pub mod plan;
pub mod portfolio;
pub mod report;

// layer 4: words
pub mod render;

// layer 5: world
pub mod github;
pub mod settings;
pub mod source;

// layer 6: use cases
pub mod audit;
pub mod policy;
pub mod publish;
pub mod run;

// layer 7: doors
pub mod action;
pub mod cli;
