//! Static functions, `[Type]::Name(…)`: which types MSBuild allows, and those that are modelled.

use super::{Arguments, Outcome, Refusal, intrinsic, io, missing, number, pattern};
use crate::inventory::msbuild::object::{Object, SystemVersion};
use crate::inventory::msbuild::scope::Scope;

/// Types whose members are allowed, but give what files cannot tell, or are too rare to model.
const UNTOLD: [&str; 22] = [
    "system.datetime",
    "system.datetimeoffset",
    "system.guid",
    "system.timespan",
    "system.enum",
    "system.environment",
    "system.globalization.cultureinfo",
    "system.io.directory",
    "system.io.file",
    "system.io.path",
    "system.string",
    "system.stringcomparer",
    "system.uri",
    "system.uribuilder",
    "system.convert",
    "system.math",
    "system.version",
    "system.text.regularexpressions.regex",
    "system.runtime.interopservices.osplatform",
    "system.operatingsystem",
    "microsoft.build.utilities.toollocationhelper",
    "msbuild",
];

/// Calls the static method or property of this lower-case name on the type of this lower-case name.
pub fn call(scope: &Scope<'_>, class: &str, name: &str, is_method: bool, arguments: &Arguments) -> Outcome {
    if class == "msbuild" {
        return if is_method { intrinsic::call(scope, name, arguments) } else { missing() };
    }
    match class {
        "system.io.path" => io::path(scope, name, is_method, arguments),
        "system.io.file" => io::file(scope, name, arguments),
        "system.io.directory" => io::directory(scope, name, arguments),
        "system.string" => string(name, is_method, arguments),
        "system.version" => version(name, arguments),
        "system.text.regularexpressions.regex" => pattern::call(name, arguments),
        "system.math" => number::math(name, arguments),
        "system.convert" => number::convert(name, arguments),
        "system.int32" | "system.int64" | "system.int16" | "system.byte" | "system.uint32" | "system.uint64"
        | "system.uint16" | "system.sbyte" | "system.double" | "system.single" | "system.decimal" | "system.char" => {
            number::type_member(class, name, arguments)
        }
        "system.environment" => environment(name, arguments),
        "system.runtime.interopservices.runtimeinformation" => runtime(name, arguments),
        "system.operatingsystem" => operating_system(name),
        "system.runtime.interopservices.osplatform" => platform(name, arguments),
        other if UNTOLD.contains(&other) => Err(Refusal::Untold),
        _ => Err(Refusal::Forbidden),
    }
}

/// `System.String`.
fn string(name: &str, is_method: bool, arguments: &Arguments) -> Outcome {
    if !is_method {
        return if name == "empty" { Ok(Object::Text(String::new())) } else { missing() };
    }
    match (name, arguments.len()) {
        ("isnullorempty", 1) => Ok(Object::Bool(arguments.text_or_empty(0)?.is_empty())),
        ("isnullorwhitespace", 1) => Ok(Object::Bool(arguments.text_or_empty(0)?.trim().is_empty())),
        ("copy", 1) => Ok(Object::plain(&arguments.text(0)?)),
        ("new", 1) => Ok(Object::plain(&arguments.converted(0)?)),
        // The binder converts no numbers to strings here; later versions may differ.
        ("concat" | "equals", _) if !arguments.all().iter().all(is_string) => Err(Refusal::Untold),
        ("concat", 1..) => {
            let joined: String = arguments.all().iter().map(concatenated).collect();
            Ok(Object::plain(&joined))
        }
        ("join", 2..) => Ok(Object::plain(&join(arguments)?)),
        ("format", 1..) => format(arguments),
        ("equals", 2) => Ok(Object::Bool(arguments.all().first() == arguments.all().get(1))),
        ("equals", 3) => match arguments.comparison(2) {
            Some(true) => Ok(Object::Bool(arguments.text(0)?.to_lowercase() == arguments.text(1)?.to_lowercase())),
            Some(false) => Ok(Object::Bool(arguments.text(0)? == arguments.text(1)?)),
            None => missing(),
        },
        ("compare" | "compareordinal" | "intern" | "isinterned" | "create", _) => Err(Refusal::Untold),
        _ => missing(),
    }
}

fn is_string(object: &Object) -> bool {
    matches!(object, Object::Text(_) | Object::Null | Object::List(_))
}

fn concatenated(object: &Object) -> String {
    match object {
        Object::List(_) => "System.String[]".to_owned(),
        other => other.to_plain(),
    }
}

fn join(arguments: &Arguments) -> Result<String, Refusal> {
    let separator = arguments.text_or_empty(0)?;
    if let [_, Object::List(list)] = arguments.all() {
        return Ok(list.join(&separator));
    }
    Ok(arguments.all().iter().skip(1).map(Object::to_plain).collect::<Vec<_>>().join(&separator))
}

/// `String.Format` for plain and aligned places; formats of numbers and dates cannot be told.
fn format(arguments: &Arguments) -> Outcome {
    let template = arguments.text(0)?;
    let malformed = || Refusal::Invalid("the format string is malformed".into());
    let mut result = String::new();
    let mut rest = template.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        result.push_str(rest.get(..at).unwrap_or_default());
        let brace = rest.get(at..=at).unwrap_or_default();
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(doubled) = rest.strip_prefix(brace) {
            result.push_str(brace);
            rest = doubled;
            continue;
        }
        let (place, after) = rest.split_once('}').filter(|_| brace == "{").ok_or_else(malformed)?;
        let (place, formatted) = place.split_once(':').map_or((place, false), |(place, _)| (place, true));
        let (number, width) = place.split_once(',').unwrap_or((place, "0"));
        let number: usize = number.trim_end().parse().map_err(|_| malformed())?;
        let width: i32 = width.trim().parse().map_err(|_| malformed())?;
        let object = arguments.all().get(number + 1).ok_or_else(malformed)?;
        if formatted && !matches!(object, Object::Text(_) | Object::Bool(_) | Object::Null | Object::Char(_))
            || matches!(object, Object::List(_))
            || width.abs() > 1000
        {
            return Err(Refusal::Untold);
        }
        let text = object.to_plain();
        let size = usize::try_from(width.unsigned_abs()).unwrap_or_default();
        let padding = " ".repeat(size.saturating_sub(text.chars().count()));
        result.push_str(if width > 0 { &padding } else { "" });
        result.push_str(&text);
        result.push_str(if width < 0 { &padding } else { "" });
        rest = after;
    }
    result.push_str(rest);
    Ok(Object::plain(&result))
}

/// `System.Version`.
fn version(name: &str, arguments: &Arguments) -> Outcome {
    let parsed =
        |text: &str| SystemVersion::parse(text).ok_or_else(|| Refusal::Invalid(format!("`{text}` is no version")));
    match (name, arguments.len()) {
        ("parse", 1) => Ok(Object::Version(parsed(&arguments.text(0)?)?)),
        ("new", 1) => SystemVersion::parse(&arguments.text(0)?).map(Object::Version).ok_or(Refusal::Untold),
        ("new", 2..=4) => {
            let parts: Result<Vec<String>, Refusal> =
                (0..arguments.len()).map(|index| Ok(arguments.position(index)?.to_string())).collect();
            Ok(Object::Version(parsed(&parts?.join("."))?))
        }
        ("tryparse" | "new", _) => Err(Refusal::Untold),
        _ => missing(),
    }
}

/// `System.Environment`: a repository has no environment; variables are unset, all else belongs to the machine.
fn environment(name: &str, arguments: &Arguments) -> Outcome {
    match (name, arguments.len()) {
        ("getenvironmentvariable", 1) => arguments.text(0).map(|_| Object::Null),
        ("expandenvironmentvariables", 1) if !arguments.text(0)?.contains('%') => {
            Ok(Object::plain(&arguments.text(0)?))
        }
        (
            "expandenvironmentvariables"
            | "getenvironmentvariables"
            | "getfolderpath"
            | "getlogicaldrives"
            | "commandline"
            | "is64bitoperatingsystem"
            | "is64bitprocess"
            | "machinename"
            | "osversion"
            | "processorcount"
            | "stacktrace"
            | "systemdirectory"
            | "systempagesize"
            | "tickcount"
            | "userdomainname"
            | "userinteractive"
            | "username"
            | "version"
            | "workingset"
            | "currentdirectory",
            _,
        ) => Err(Refusal::Untold),
        _ => Err(Refusal::Forbidden),
    }
}

fn is_linux(name: &str) -> Object {
    Object::Bool(name.eq_ignore_ascii_case("linux"))
}

/// `System.Runtime.InteropServices.RuntimeInformation`.
fn runtime(name: &str, arguments: &Arguments) -> Outcome {
    match (name, arguments.len()) {
        ("isosplatform", 1) => Ok(is_linux(&arguments.text(0)?)),
        (
            "osarchitecture" | "processarchitecture" | "frameworkdescription" | "osdescription" | "runtimeidentifier",
            _,
        ) => Err(Refusal::Untold),
        _ => missing(),
    }
}

/// `System.Runtime.InteropServices.OSPlatform`.
fn platform(name: &str, arguments: &Arguments) -> Outcome {
    match (name, arguments.len()) {
        ("create", 1) => Ok(Object::plain(&arguments.text(0)?)),
        ("linux", 0) => Ok(Object::Text("LINUX".into())),
        ("windows", 0) => Ok(Object::Text("WINDOWS".into())),
        ("osx", 0) => Ok(Object::Text("OSX".into())),
        ("freebsd", 0) => Ok(Object::Text("FREEBSD".into())),
        _ => missing(),
    }
}

/// `System.OperatingSystem`.
fn operating_system(name: &str) -> Outcome {
    match name.strip_prefix("is") {
        Some(system) if !system.starts_with("osplatform") && !system.contains("version") => Ok(is_linux(system)),
        _ => Err(Refusal::Untold),
    }
}
