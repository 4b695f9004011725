//! The functions of MSBuild itself, `[MSBuild]::…`.

use super::{Arguments, Outcome, Refusal, missing};
use crate::inventory::msbuild::framework::Framework;
use crate::inventory::msbuild::object::{Object, integer};
use crate::inventory::msbuild::path;
use crate::inventory::msbuild::scope::Scope;
use crate::inventory::msbuild::value::{escape, unescape};
use crate::tree::folder;

/// Functions that exist and give what files cannot tell.
const UNTOLD: [&str; 15] = [
    "convertfrombase64",
    "converttobase64",
    "getcurrenttoolsdirectory",
    "getmsbuildextensionspath",
    "getmsbuildsdkspath",
    "getprogramfiles32",
    "gettoolsdirectory32",
    "gettoolsdirectory64",
    "getvsinstallroot",
    "doestaskhostexist",
    "filtertargetframeworks",
    "intersecttargetframeworks",
    "substringbyasciichars",
    "stablestringhash",
    "checkfeatureavailability",
];

/// Calls the function of this lower-case name.
pub fn call(scope: &Scope<'_>, name: &str, arguments: &Arguments) -> Outcome {
    match (name, arguments.len()) {
        ("add" | "subtract" | "multiply" | "divide" | "modulo", 2) => arithmetic(name, arguments),
        (
            "bitwiseand" | "bitwiseor" | "bitwisexor" | "bitwisenot" | "leftshift" | "rightshift"
            | "rightshiftunsigned",
            _,
        ) => bits(name, arguments),
        ("escape", 1) => Ok(Object::Text(escape(&arguments.text_or_empty(0)?).into_owned())),
        ("unescape", 1) => Ok(Object::Text(unescape(&arguments.text_or_empty(0)?).into_owned())),
        ("valueordefault", 2) => {
            let value = arguments.text_or_empty(0)?;
            Ok(Object::plain(&if value.is_empty() { arguments.text_or_empty(1)? } else { value }))
        }
        ("ensuretrailingslash", 1) => {
            Ok(Object::plain(&ensure_slash(&path::with_slashes(&arguments.text_or_empty(0)?))))
        }
        ("normalizepath" | "normalizedirectory", 1..) => normalize(scope, name, arguments),
        ("makerelative", 2) => make_relative(arguments),
        ("getdirectorynameoffileabove", 2) => {
            let found = file_above(scope, &arguments.text(0)?, &arguments.text(1)?)?;
            Ok(Object::plain(&found.unwrap_or_default()))
        }
        ("getpathoffileabove", 1) => path_above(scope, &arguments.text(0)?, &path::absolute(folder(scope.file))),
        ("getpathoffileabove", 2) => path_above(scope, &arguments.text(0)?, &arguments.text_or_empty(1)?),
        ("fileexists" | "directoryexists", 1) => exists(scope, name, &arguments.text_or_empty(0)?),
        ("isosplatform", 1) => Ok(Object::Bool(arguments.text(0)?.eq_ignore_ascii_case("linux"))),
        ("isosunixlike", 0) | ("arefeaturesenabled", 1) => Ok(Object::Bool(true)),
        ("isrunningfromvisualstudio", 0) => Ok(Object::Bool(false)),
        ("getregistryvalue", 1..=3) | ("getregistryvaluefromview", 2..) => Ok(Object::Null), // Linux has no registry
        _ if name.starts_with("version") && arguments.len() == 2 => compare_versions(name, arguments),
        _ if name.starts_with("gettarget") || name.starts_with("istarget") => target(name, arguments),
        _ if UNTOLD.contains(&name) => Err(Refusal::Untold),
        _ => missing(),
    }
}

/// Whole numbers stay whole, as since MSBuild 17; anything else is a double.
fn arithmetic(name: &str, arguments: &Arguments) -> Outcome {
    if let (Some(left), Some(right)) = (arguments.long(0), arguments.long(1)) {
        let result = match name {
            "add" => left.checked_add(right),
            "subtract" => left.checked_sub(right),
            "multiply" => left.checked_mul(right),
            "divide" => left.checked_div(right),
            _ => left.checked_rem(right),
        };
        return result.map(Object::Int).ok_or_else(|| Refusal::Invalid("the numbers have no result".into()));
    }
    let (left, right) = (arguments.double(0)?, arguments.double(1)?);
    Ok(Object::Double(match name {
        "add" => left + right,
        "subtract" => left - right,
        "multiply" => left * right,
        "divide" => left / right,
        _ => left % right,
    }))
}

fn bits(name: &str, arguments: &Arguments) -> Outcome {
    let number = |index| arguments.int(index).map(|number| i32::try_from(number).unwrap_or_default());
    let shift = |index| number(index).map(|count| count.cast_unsigned() & 31);
    Ok(Object::Int(i64::from(match (name, arguments.len()) {
        ("bitwiseand", 2) => number(0)? & number(1)?,
        ("bitwiseor", 2) => number(0)? | number(1)?,
        ("bitwisexor", 2) => number(0)? ^ number(1)?,
        ("bitwisenot", 1) => !number(0)?,
        ("leftshift", 2) => number(0)? << shift(1)?,
        ("rightshift", 2) => number(0)? >> shift(1)?,
        ("rightshiftunsigned", 2) => (number(0)?.cast_unsigned() >> shift(1)?).cast_signed(),
        _ => return missing(),
    })))
}

fn ensure_slash(text: &str) -> String {
    if text.is_empty() || text.ends_with('/') { text.to_owned() } else { format!("{text}/") }
}

fn normalize(scope: &Scope<'_>, name: &str, arguments: &Arguments) -> Outcome {
    let parts: Result<Vec<String>, Refusal> = (0..arguments.len()).map(|index| arguments.text(index)).collect();
    let parts: Vec<String> = parts?.iter().map(|part| path::with_slashes(part).into_owned()).collect();
    let combined = path::combine(parts.iter().map(String::as_str));
    if combined.is_empty() {
        return Err(Refusal::Invalid("the path is empty".into()));
    }
    let full = path::full_path(&scope.project_folder(), &combined);
    Ok(Object::plain(&if name == "normalizedirectory" { ensure_slash(&full) } else { full }))
}

fn make_relative(arguments: &Arguments) -> Outcome {
    let (base, target) = (arguments.text(0)?, path::with_slashes(&arguments.text(1)?).into_owned());
    if !target.starts_with('/') && (base.is_empty() || base.starts_with('/')) {
        return Ok(Object::plain(&target));
    }
    let relative = path::relative(&path::full_path("/", &base), &path::full_path("/", &target));
    if relative.is_empty() || !base.starts_with('/') {
        return Err(Refusal::Untold); // versions of MSBuild differ here
    }
    let slash = if target.ends_with('/') { "/" } else { "" };
    Ok(Object::plain(&format!("{relative}{slash}")))
}

/// The folder (as found, a slash at its end kept) from `start` upwards that holds `file`.
fn file_above(scope: &Scope<'_>, start: &str, file: &str) -> Result<Option<String>, Refusal> {
    if start.is_empty() {
        return Err(Refusal::Invalid("the path to start from is empty".into()));
    }
    let full = path::full_path(&scope.project_folder(), start);
    let mut folder = Some(full);
    while let Some(current) = folder {
        if scope.files.is_file_at(&current, file) == Some(true) {
            return Ok(Some(current));
        }
        folder = path::directory_name(&current);
    }
    Ok(None)
}

fn path_above(scope: &Scope<'_>, file: &str, start: &str) -> Outcome {
    if file.contains(['/', '\\']) {
        return Err(Refusal::Invalid(format!("`{file}` is a path, not the name of a file")));
    }
    let found = file_above(scope, start, file)?;
    Ok(Object::plain(&found.map(|folder| path::full_path(&folder, file)).unwrap_or_default()))
}

fn exists(scope: &Scope<'_>, name: &str, text: &str) -> Outcome {
    let folder = scope.project_folder();
    if name == "directoryexists" {
        return Ok(Object::Bool(scope.files.is_folder(&folder, text)));
    }
    scope.files.is_file_at(&folder, text).map(Object::Bool).ok_or(Refusal::Untold)
}

/// `VersionEquals`, `VersionLessThan` and their like: up to four numbers, missing ones zero, a `v` and a suffix ignored.
fn compare_versions(name: &str, arguments: &Arguments) -> Outcome {
    let (left, right) = (simple_version(&arguments.text(0)?)?, simple_version(&arguments.text(1)?)?);
    Ok(Object::Bool(match name {
        "versionequals" => left == right,
        "versionnotequals" => left != right,
        "versiongreaterthan" => left > right,
        "versiongreaterthanorequals" => left >= right,
        "versionlessthan" => left < right,
        "versionlessthanorequals" => left <= right,
        _ => return missing(),
    }))
}

fn simple_version(text: &str) -> Result<[i64; 4], Refusal> {
    let invalid = || Refusal::Invalid(format!("`{text}` is no version"));
    let trimmed = text.trim();
    let trimmed = trimmed.strip_prefix(['v', 'V']).unwrap_or(trimmed);
    let core = trimmed.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = [0; 4];
    let parts: Vec<&str> = core.split('.').collect();
    if parts.len() > 4 {
        return Err(invalid());
    }
    for (number, part) in numbers.iter_mut().zip(parts) {
        if !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid());
        }
        *number = integer(part).filter(|value| i32::try_from(*value).is_ok()).ok_or_else(invalid)?;
    }
    Ok(numbers)
}

/// The functions that take target frameworks apart.
fn target(name: &str, arguments: &Arguments) -> Outcome {
    let framework = |index| Ok(Framework::parse(&arguments.text(index)?));
    let fields = |index| if arguments.len() > index { arguments.position(index) } else { Ok(2) };
    match (name, arguments.len()) {
        ("gettargetframeworkidentifier", 1) => Ok(Object::Text(framework(0)?.identifier().to_owned())),
        ("gettargetframeworkversion", 1 | 2) => Ok(Object::Text(framework(0)?.version(fields(1)?))),
        ("gettargetplatformidentifier", 1) => Ok(Object::plain(framework(0)?.platform())),
        ("gettargetplatformversion", 1 | 2) => Ok(Object::Text(framework(0)?.platform_version(fields(1)?))),
        ("istargetframeworkcompatible", 2) => match framework(0)?.is_compatible_with(&framework(1)?) {
            Some(compatible) => Ok(Object::Bool(compatible)),
            None => Err(Refusal::Untold),
        },
        _ => missing(),
    }
}
