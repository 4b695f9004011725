//! What the SDK does around a project: which files of the repository it imports, when, and what it sets in between.
//!
//! The order: Sdk.props → Directory.Build.props → NuGet.props → Directory.Packages.props → defaults such as `Configuration`
//! → the project → Sdk.targets, which takes `TargetFramework` apart → Directory.Build.targets → NuGet.targets.

use crate::inventory::msbuild::document::Document;
use crate::inventory::msbuild::evaluation::{Evaluation, Failure};
use crate::inventory::msbuild::framework::Framework;
use crate::inventory::msbuild::path::{self, Located};
use crate::inventory::msbuild::value::{Value, escape};
use crate::tree::folder;

/// What has been imported of the SDK, as nothing is imported twice.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each stage is passed once, in any order")]
pub struct Stages {
    /// Directory.Build.props and Directory.Packages.props.
    common_props: bool,
    /// The defaults of the .NET SDK.
    defaults: bool,
    /// Directory.Build.targets.
    common_targets: bool,
    /// The older scheme of central versions, with a Packages.props.
    pub central_sdk: bool,
}

/// What is known of an SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// It builds on the .NET SDK and adds no packages.
    Net,
    /// It stands beside another SDK, and adds no packages and no versions.
    Neutral,
    /// It gives packages of a Packages.props their versions.
    CentralVersions,
    /// It imports the repository's eng/Versions.props.
    Arcade,
    /// Nothing is known of it.
    Unknown,
}

/// SDKs that are known, by their lower-case name.
const FAMILIES: [(&str, Family); 22] = [
    ("microsoft.net.sdk", Family::Net),
    ("microsoft.net.sdk.web", Family::Net),
    ("microsoft.net.sdk.worker", Family::Net),
    ("microsoft.net.sdk.razor", Family::Net),
    ("microsoft.net.sdk.blazorwebassembly", Family::Net),
    ("microsoft.net.sdk.webassembly", Family::Net),
    ("microsoft.net.sdk.staticwebassets", Family::Net),
    ("microsoft.net.sdk.windowsdesktop", Family::Net),
    ("microsoft.net.sdk.functions", Family::Net),
    ("microsoft.net.sdk.maui", Family::Net),
    ("microsoft.build.notargets", Family::Net),
    ("microsoft.build.traversal", Family::Net),
    ("microsoft.build.sql", Family::Net),
    ("msbuild.sdk.extras", Family::Net),
    ("aspire.apphost.sdk", Family::Net),
    ("microsoft.docker.sdk", Family::Neutral),
    ("microsoft.visualstudio.javascript.sdk", Family::Neutral),
    ("microsoft.build.centralpackageversions", Family::CentralVersions),
    ("microsoft.build.artifacts", Family::Neutral),
    ("microsoft.build.copyonwrite", Family::Neutral),
    ("microsoft.build.runvstest", Family::Neutral),
    ("microsoft.dotnet.arcade.sdk", Family::Arcade),
];

fn family(name: &str) -> Family {
    FAMILIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or(Family::Unknown, |(_, family)| *family)
}

impl Evaluation<'_> {
    /// What the SDKs of a file do before its elements.
    pub(super) fn sdks_before(&mut self, document: &Document) -> Result<(), Failure> {
        let alone = !document.sdks.iter().any(|name| family(name) == Family::Net);
        for name in &document.sdks {
            self.sdk.get_or_insert_with(|| name.clone());
            if family(name) == Family::Unknown {
                self.unknown_sdk(name, &document.path, 1);
            }
            self.sdk_props(name, alone)?;
        }
        Ok(())
    }

    /// What the SDKs of a file do after its elements.
    pub(super) fn sdks_after(&mut self, document: &Document) -> Result<(), Failure> {
        let alone = !document.sdks.iter().any(|name| family(name) == Family::Net);
        document.sdks.iter().try_for_each(|name| self.sdk_targets(name, alone))
    }

    /// An import of a file of an SDK.
    pub(super) fn sdk_import(&mut self, name: &str, project: &str, file: &str, line: u32) -> Result<(), Failure> {
        self.sdk.get_or_insert_with(|| name.to_owned());
        let alone = !self.stages.common_props || self.stages.defaults;
        if project.eq_ignore_ascii_case("Sdk.props") {
            if family(name) == Family::Unknown {
                self.unknown_sdk(name, file, line);
            }
            return self.sdk_props(name, alone);
        }
        if project.eq_ignore_ascii_case("Sdk.targets") { self.sdk_targets(name, alone) } else { Ok(()) }
    }

    fn unknown_sdk(&mut self, name: &str, file: &str, line: u32) {
        let message = format!("what the SDK {name} sets and adds is not known; the rules of the .NET SDK are applied");
        self.problem("unknown-sdk", message, file, line);
    }

    fn sdk_props(&mut self, name: &str, alone: bool) -> Result<(), Failure> {
        match family(name) {
            Family::Net => {}
            Family::Unknown if alone => {}
            Family::Arcade => return self.import_of_root("eng/Versions.props"),
            Family::CentralVersions | Family::Neutral | Family::Unknown => return Ok(()),
        }
        self.properties.set_default("usingmicrosoftnetsdk", "true");
        match name.to_lowercase().as_str() {
            "microsoft.net.sdk.web" => self.properties.set_default("usingmicrosoftnetsdkweb", "true"),
            "microsoft.net.sdk.worker" => self.properties.set_default("usingmicrosoftnetsdkworker", "true"),
            "microsoft.net.sdk.razor" => self.properties.set_default("usingmicrosoftnetsdkrazor", "true"),
            "microsoft.build.notargets" => self.properties.set_default("usingmicrosoftnotargetssdk", "true"),
            "microsoft.build.traversal" => self.properties.set_default("istraversal", "true"),
            _ => {}
        }
        self.common_props()?;
        self.defaults();
        Ok(())
    }

    fn sdk_targets(&mut self, name: &str, alone: bool) -> Result<(), Failure> {
        match family(name) {
            Family::Net => self.common_targets(),
            Family::Unknown if alone => self.common_targets(),
            Family::CentralVersions => self.central_versions(),
            Family::Arcade | Family::Neutral | Family::Unknown => Ok(()),
        }
    }

    /// An import of a file of the toolset by its name, as projects of the old style have it.
    pub(super) fn toolset_import(&mut self, name: &str, file: &str, line: u32) -> Result<(), Failure> {
        match name.to_lowercase().as_str() {
            "microsoft.common.props" => self.common_props(),
            "microsoft.csharp.targets"
            | "microsoft.visualbasic.targets"
            | "microsoft.fsharp.targets"
            | "microsoft.common.targets" => self.common_targets(),
            "sdk.props" | "sdk.targets" => {
                self.problem(
                    "uncertain-import",
                    format!("the SDK whose {name} is imported cannot be told"),
                    file,
                    line,
                );
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Microsoft.Common.props with NuGet.props at its end.
    fn common_props(&mut self) -> Result<(), Failure> {
        if std::mem::replace(&mut self.stages.common_props, true) {
            return Ok(());
        }
        self.hook("custombeforedirectorybuildprops")?;
        self.import_upwards("importdirectorybuildprops", "directorybuildpropspath", "Directory.Build.props")?;
        self.hook("customafterdirectorybuildprops")?;
        self.hook("custombeforemicrosoftcommonprops")?;
        self.properties.set_default("baseintermediateoutputpath", "obj/");
        if self.properties.is_empty_at("msbuildprojectextensionspath") {
            let base = path::absolute(folder(&self.project));
            let full = path::full_path(&base, &format!("{}/", self.properties.text("baseintermediateoutputpath")));
            self.properties.set("msbuildprojectextensionspath", Value::known(escape(&full)));
        }
        if self.import_upwards(
            "importdirectorypackagesprops",
            "directorypackagespropspath",
            "Directory.Packages.props",
        )? {
            self.properties.set("centralpackageversionsfileimported", Value::known("true"));
        }
        self.hook("customaftermicrosoftcommonprops")
    }

    /// What the .NET SDK sets before the project.
    fn defaults(&mut self) {
        if std::mem::replace(&mut self.stages.defaults, true) {
            return;
        }
        for (name, text) in [
            ("configurations", "Debug;Release"),
            ("platforms", "AnyCPU"),
            ("configuration", "Debug"),
            ("platform", "AnyCPU"),
            ("filealignment", "512"),
            ("enabledefaultitems", "true"),
            ("enabledefaultcompileitems", "true"),
            ("enabledefaultembeddedresourceitems", "true"),
            ("enabledefaultnoneitems", "true"),
        ] {
            self.properties.set_default(name, text);
        }
    }

    /// Sdk.targets and Microsoft.Common.targets.
    fn common_targets(&mut self) -> Result<(), Failure> {
        if std::mem::replace(&mut self.stages.common_targets, true) {
            return Ok(());
        }
        self.infer_framework();
        self.properties.set_default("outputtype", "Library");
        let name = path::stem(&self.project).to_owned();
        for property in ["assemblyname", "rootnamespace"] {
            if self.properties.is_empty_at(property) {
                self.properties.set(property, Value::known(escape(&name)));
            }
        }
        self.hook("custombeforemicrosoftcommontargets")?;
        self.hook("custombeforedirectorybuildtargets")?;
        self.import_upwards("importdirectorybuildtargets", "directorybuildtargetspath", "Directory.Build.targets")?;
        self.hook("customafterdirectorybuildtargets")?;
        self.hook("customaftermicrosoftcommontargets")
    }

    /// What the SDK makes of `TargetFramework` after the project.
    fn infer_framework(&mut self) {
        let name = self.properties.text("targetframework");
        let unknown = self.properties.get("targetframework").and_then(|value| value.unknown.clone());
        if name.is_empty() && unknown.is_none() {
            return;
        }
        let framework = Framework::parse(&name);
        let version = format!("v{}", framework.version(2));
        let identifier = framework.identifier().to_owned();
        for (property, text) in [
            ("targetframeworkmoniker", format!("{identifier},Version={version}")),
            ("targetplatformidentifier", framework.platform().to_owned()),
            ("_targetframeworkversionwithoutv", framework.version(2)),
            ("targetframeworkidentifier", identifier),
            ("targetframeworkversion", version),
        ] {
            if let Some(reason) = &unknown {
                self.properties.set(property, Value::unknown(reason.clone()));
            } else if self.properties.is_empty_at(property) {
                self.properties.set(property, Value::known(text));
            }
        }
    }

    /// The Packages.props of the older scheme, which stands after the project.
    fn central_versions(&mut self) -> Result<(), Failure> {
        if self.properties.text("enablecentralpackageversions").eq_ignore_ascii_case("false") {
            return Ok(());
        }
        let named = self.properties.text("centralpackagesfile");
        let found = if named.is_empty() {
            self.files.nearest(folder(&self.project), "Packages.props")
        } else {
            self.inside(&named)
        };
        if let Some(found) = found {
            self.stages.central_sdk = true;
            self.import_file(&found, &self.project.clone(), 0)?;
        }
        Ok(())
    }

    /// The nearest file of this name upwards, or the one that a property names; whether one was imported.
    fn import_upwards(&mut self, switch: &str, location: &str, name: &str) -> Result<bool, Failure> {
        if !self.properties.is_empty_at(switch) && !self.properties.is_true(switch) {
            return Ok(false);
        }
        let named = self.properties.text(location);
        let found =
            if named.is_empty() { self.files.nearest(folder(&self.project), name) } else { self.inside(&named) };
        let Some(found) = found else { return Ok(false) };
        if named.is_empty() {
            self.properties.set(location, Value::known(escape(&path::absolute(&found))));
        }
        self.import_file(&found, &self.project.clone(), 0)
    }

    /// Imports the file that a property names, if it exists.
    fn hook(&mut self, property: &str) -> Result<(), Failure> {
        let named = self.properties.text(property);
        match if named.is_empty() { None } else { self.inside(&named) } {
            Some(found) => self.import_file(&found, &self.project.clone(), 0).map(drop),
            None => Ok(()),
        }
    }

    fn import_of_root(&mut self, target: &str) -> Result<(), Failure> {
        self.import_file(target, &self.project.clone(), 0).map(drop)
    }

    /// The path of the tree that a text names, seen from the project.
    fn inside(&self, text: &str) -> Option<String> {
        match path::locate(&path::absolute(folder(&self.project)), text) {
            Located::Inside(relative) => Some(relative),
            _ => None,
        }
    }
}
