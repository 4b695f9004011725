//! The shapes of the rulebook's YAML files. The doc comments become `rules/schema.json`, which editors show while typing.
//!
//! Plain structs and lists only, `deny_unknown_fields` everywhere: `untagged`, `tag` and `flatten` would turn an unquoted
//! `7.10` into the number 7.1 and lose the place of an error. This file stands alone, because the build script compiles it too.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

// The path is written out because the build script includes this file under another name.
#[path = "schema/database.rs"]
mod database;

pub use database::{DatabaseEntry, HazardEntry, IndexEntry, TableEntry};

/// `rules/<product>/product.yaml`: one ladder of versions that people climb.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductFile {
    /// Name of the product as people say it, such as `IdentityServer`.
    pub title: String,
    /// Whether a version without a package name means this product; true of one product at most.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub default: bool,
    /// Packages whose version is a rung of the ladder, oldest generation first: `IdentityServer4`, then `Duende.IdentityServer`.
    pub leading: Vec<LeadingEntry>,
    /// The other packages of the family.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<PackageEntry>,
    /// Hosts that links of this product may point to.
    pub hosts: Vec<String>,
    /// Root namespaces of the product: a C# file that sees none of them cannot use its types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Where the types live that rules look for: below a root namespace (`Models`; empty for the root itself), their names. A
    /// file that does not see that namespace means another type of the same name. What is not listed may live in any of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub homes: BTreeMap<String, Vec<String>>,
    /// Methods that hand a value of a type to a lambda, by the type (`ClientCredentialsClient: [AddClient]`): files do not name
    /// the type there. An options type whose methods are called like it (`AddStore` for `StoreOptions`) need not be listed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub handed_by: BTreeMap<String, Vec<String>>,
    /// The `DbContext`s whose schema the product owns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<ContextEntry>,
    /// Security advisories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<AdvisoryEntry>,
    /// Pages worth reading that belong to no single rung.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<String>,
    /// What every plan of this product says: that its way up lies outside the book, for example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A package that leads a generation of the ladder.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadingEntry {
    /// NuGet package id.
    pub id: String,
    /// Licence, as people name it; a change of it along the ladder is a finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

/// A package of the family.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageEntry {
    /// NuGet package id; a trailing `*` stands for any rest (`IdentityServer4.*`).
    pub id: String,
    /// The leading package whose version it shares; absent when it has versions of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// First line at which it shares the version of the package it follows, when it did not always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_step_from: Option<String>,
    /// The package that takes its place in a later generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Rung of this product at which what the package adds is built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_in_from: Option<String>,
    /// Page about leaving the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guide: Option<String>,
    /// Names of the contexts that it brings (see `contexts`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<String>,
}

/// A `DbContext` of the product.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContextEntry {
    /// Class name, such as `ConfigurationDbContext`.
    pub name: String,
    /// Interface that a context of one's own implements to play its part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Tables by which its snapshot is known even when it is renamed.
    pub tables: Vec<String>,
    /// Interfaces of stores, with the tables whose data each of them keeps (a trailing `*` stands for any rest): who implements
    /// one of them has a storage of their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stores: BTreeMap<String, Vec<String>>,
    /// Extension methods that keep the same data in memory (`AddInMemoryClients`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_memory: Vec<String>,
}

/// A security advisory.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryEntry {
    /// GHSA id, else CVE id.
    pub id: String,
    /// CVE id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cve: Option<String>,
    /// One sentence.
    pub title: String,
    /// `low`, `moderate`, `high` or `critical`.
    pub severity: String,
    /// Date of publication, `2024-07-31`.
    pub published: String,
    /// The advisory.
    pub url: String,
    /// Affected ranges.
    pub affected: Vec<AffectedEntry>,
    /// When only some users are affected: the condition, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    /// Evidence for what public databases lack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A range of versions that an advisory affects.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AffectedEntry {
    /// NuGet package id.
    pub package: String,
    /// NuGet range, such as `[7.0.0,7.0.6)`.
    pub range: String,
    /// First version with the fix; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
    /// Target frameworks of a host that are affected; absent when all are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<String>,
    /// Whether public databases list this range; false when only the source shows it.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub listed: bool,
}

/// `rules/<product>/<line>.yaml`: what is new when one arrives at a line. Ids of its rules are `<product>/<line>/<id>`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RungFile {
    /// Name of the release.
    pub title: String,
    /// The leading package that carries this rung.
    pub package: String,
    /// Only previews of this line exist.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preview: bool,
    /// When and against which tag the facts were last held; absent when the line is known by name only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<VerifiedEntry>,
    /// Target frameworks that the packages of this line ship, lowest first; a host needs one that is compatible with one of
    /// them. Empty when unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<String>,
    /// EF Core version that the EF packages bring, by target framework.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ef_core: BTreeMap<String, String>,
    /// Support window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<SupportEntry>,
    /// Release notes of the line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub release_notes: Vec<String>,
    /// First preview that has the schema of the release; absent when only the release itself surely has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_since: Option<String>,
    /// Released versions of the line: all that are known, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<ReleaseEntry>,
    /// Official pages that arrive at this line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guides: Vec<GuideEntry>,
    /// What changes in the databases. Folding all rungs from the first gives the whole schema.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub database: Vec<DatabaseEntry>,
    /// What changes for code, configuration and people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeEntry>,
}

/// A released version.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseEntry {
    /// NuGet version.
    pub version: String,
    /// Date of its tag, `2025-12-02`.
    pub date: String,
    /// Target frameworks from this version on, when a patch changed those of the line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<String>,
}

/// When facts were last held against the vendor's tags.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifiedEntry {
    /// Day, `2026-07-23`.
    pub date: String,
    /// Tag of the vendor's repository.
    pub tag: String,
}

/// How long a line is supported.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupportEntry {
    /// Last day of support by target framework (`net8.0: 2026-11-10`); `any` when it is the same for all.
    pub until: BTreeMap<String, String>,
    /// Page that says so.
    pub source: String,
}

/// An official page that arrives at the rung.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuideEntry {
    /// Rung it starts from (a file name without `.yaml`); it also serves whoever starts higher in the same generation.
    pub from: String,
    /// Rung from which on it does not serve any more, when it is about leaving a part of the generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Address; with an anchor only when a single section of the page matters.
    pub url: String,
    /// Anchors of the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anchors: Vec<String>,
}

/// A window of starting points.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhenEntry {
    /// The jump starts at this line or above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_at_least: Option<String>,
    /// The jump starts below this line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_below: Option<String>,
    /// The jump arrives below this line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_below: Option<String>,
    /// The jump starts from one of these packages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from_packages: Vec<String>,
}

/// A change for code, configuration or people.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEntry {
    /// Kebab-case, unique in the rung.
    pub id: String,
    /// `api-removed`, `api-signature`, `behaviour`, `configuration`, `packaging`, `framework` or `licence`.
    pub kind: String,
    /// How it hurts: `breaks` (most code), `behaviour` (compiles, acts otherwise), `customisation` (only who customised),
    /// `removed`, `deprecated`, `rare`.
    pub impact: String,
    /// First version with the change, when it is not the first of the line: patch releases change behaviour too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// One sentence of at most 120 characters, in Markdown.
    pub summary: String,
    /// What to do, with the replacement's exact name, in Markdown.
    pub advice: String,
    /// Anchor of a guide of this rung (`#step-4-breaking-changes`), or a whole address; absent when no page mentions it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guide: Option<String>,
    /// Pull requests, issues, release notes, files at tags that show the fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The rule matters only for jumps in this window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<WhenEntry>,
    /// Full id of a later rule that makes this one moot once the jump reaches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
    /// It matters only to projects that reference one of these packages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// How code or project files show it; absent when files cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<SeenEntry>,
}

/// What to look for. Any hit is evidence; there is no query language. Names are those of the *old* version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenEntry {
    /// Root namespaces of these names where they are not the product's own: those of a dependency or of an add-on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Namespaces in `using` directives (`IdentityModel` also meets `IdentityModel.Client`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usings: Vec<String>,
    /// Simple names of types, wherever a type is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// `Type.Member`: an access on a value of that type, or on the type. A type inside another is written with it,
    /// `Outer.Type.Member`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// Classes that code derives from or constructs: their constructor changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constructs: Vec<String>,
    /// Classes that code derives from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derives: Vec<String>,
    /// Interfaces that code implements, with the methods that changed (none: the interface as a whole).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub implements: BTreeMap<String, Vec<String>>,
    /// Names that show that the code is adapted already: types in the signature of such a method, override or construction
    /// (`CancellationToken`), and properties that a construction sets (`RequirePkce`, when its default changes).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adapted: Vec<String>,
    /// `Type.Method` that code overrides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<String>,
    /// Methods that code calls by this name alone, such as extension methods (`AddDeveloperSigningCredential`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    /// Attributes, without the suffix `Attribute`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// Packages that a project references. Beside `usings` they are the ones that bring the old namespaces: a project with a
    /// reference of its own still compiles, and is only asked to look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_yes(value: &bool) -> bool {
    *value
}
