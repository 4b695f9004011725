//! The methods of the objects that functions give: numbers, lists, versions, matches.

use super::{Arguments, Outcome, Refusal, missing};
use crate::inventory::msbuild::object::{Object, SystemVersion, double, integer};

/// Calls the method or property of this lower-case name on an object that is no string.
pub fn call(object: &Object, name: &str, is_method: bool, arguments: &Arguments) -> Outcome {
    if is_method && name == "tostring" && arguments.len() == 0 {
        return Ok(Object::plain(&object.to_plain()));
    }
    if is_method && matches!(name, "equals" | "compareto") && arguments.len() == 1 {
        return compare(object, name, arguments);
    }
    if name == "gettype" {
        return Err(Refusal::Untold); // versions of MSBuild differ on whether it is allowed
    }
    match object {
        Object::List(list) => of_list(list, name, is_method, arguments),
        Object::Version(version) => of_version(*version, name, is_method, arguments),
        Object::Match { groups, names, index } => of_match(groups, names, *index, name, is_method),
        Object::Groups { groups, names } => of_groups(groups, names, name, arguments),
        Object::Int(_) | Object::Double(_) if is_method && name == "tostring" => Err(Refusal::Untold),
        _ => missing(),
    }
}

/// `Equals` and `CompareTo`, the argument first converted to the type of the object.
fn compare(object: &Object, name: &str, arguments: &Arguments) -> Outcome {
    let Some(argument) = arguments.all().first() else { return missing() };
    let text = argument.to_plain();
    let failed = || Refusal::Invalid("the argument has another type".into());
    let order = match object {
        Object::Int(number) => number.cmp(&integer(&text).ok_or_else(failed)?),
        Object::Double(number) => {
            number.partial_cmp(&double(&text).ok_or_else(failed)?).unwrap_or(std::cmp::Ordering::Less)
        }
        Object::Bool(value) => {
            let other = match text.trim().to_lowercase().as_str() {
                "true" => true,
                "false" => false,
                _ => return Err(failed()),
            };
            value.cmp(&other)
        }
        Object::Char(value) => value.cmp(&arguments.character(0)?),
        Object::Version(version) => match argument {
            Object::Version(other) => version.cmp(other),
            _ => return Err(failed()),
        },
        _ => return missing(),
    };
    if name == "equals" { Ok(Object::Bool(order.is_eq())) } else { Ok(Object::Int(order as i64)) }
}

fn of_list(list: &[String], name: &str, is_method: bool, arguments: &Arguments) -> Outcome {
    let count = || Object::Int(i64::try_from(list.len()).unwrap_or(i64::MAX));
    match (name, is_method) {
        ("length" | "count", false) | ("getlength", true) => Ok(count()),
        ("getvalue" | "get_item", true) if arguments.len() == 1 => {
            let at = arguments.position(0)?;
            list.get(at)
                .map(|text| Object::plain(text))
                .ok_or_else(|| Refusal::Invalid("an index is out of range".into()))
        }
        _ => missing(),
    }
}

fn of_version(version: SystemVersion, name: &str, is_method: bool, arguments: &Arguments) -> Outcome {
    let part = |index| Ok(Object::Int(i64::from(version.part(index))));
    match (name, is_method) {
        ("major", false) => part(0),
        ("minor", false) => part(1),
        ("build", false) => part(2),
        ("revision", false) => part(3),
        ("tostring", true) if arguments.len() == 1 => version
            .fields(arguments.position(0)?)
            .map(Object::Text)
            .ok_or_else(|| Refusal::Invalid("the version has fewer parts".into())),
        _ => missing(),
    }
}

fn of_match(groups: &[Option<String>], names: &[(String, usize)], index: i64, name: &str, is_method: bool) -> Outcome {
    if is_method {
        return missing();
    }
    let whole = groups.first().cloned().flatten();
    match name {
        "value" => Ok(Object::plain(&whole.unwrap_or_default())),
        "success" => Ok(Object::Bool(whole.is_some())),
        "index" => Ok(Object::Int(index)),
        "length" => Ok(Object::Int(i64::try_from(whole.unwrap_or_default().chars().count()).unwrap_or(i64::MAX))),
        "groups" => Ok(Object::Groups { groups: groups.to_vec(), names: names.to_vec() }),
        _ => missing(),
    }
}

fn of_groups(groups: &[Option<String>], names: &[(String, usize)], name: &str, arguments: &Arguments) -> Outcome {
    let group = |number: usize| {
        let text = groups.get(number).cloned().flatten();
        Ok(Object::Match { groups: vec![text], names: Vec::new(), index: 0 })
    };
    match name {
        "count" => Ok(Object::Int(i64::try_from(groups.len()).unwrap_or(i64::MAX))),
        "get_item" if arguments.len() == 1 => {
            let key = arguments.text(0)?;
            if let Some((_, number)) = names.iter().find(|(known, _)| *known == key) {
                return group(*number);
            }
            group(integer(&key).and_then(|number| usize::try_from(number).ok()).unwrap_or(usize::MAX))
        }
        _ => missing(),
    }
}
