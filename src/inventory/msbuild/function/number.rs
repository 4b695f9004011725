//! `System.Math`, `System.Convert`, and the members of the number types.

use super::{Arguments, Outcome, Refusal, missing};
use crate::inventory::msbuild::object::{Object, double, integer};

/// `System.Math`.
pub fn math(name: &str, arguments: &Arguments) -> Outcome {
    let one = |function: fn(f64) -> f64| Ok(Object::Double(function(arguments.double(0)?)));
    match (name, arguments.len()) {
        ("max", 2) => Ok(Object::Double(arguments.double(0)?.max(arguments.double(1)?))),
        ("min", 2) => Ok(Object::Double(arguments.double(0)?.min(arguments.double(1)?))),
        ("pow", 2) => Ok(Object::Double(arguments.double(0)?.powf(arguments.double(1)?))),
        ("sqrt", 1) => one(f64::sqrt),
        ("abs", 1) => one(f64::abs),
        ("floor", 1) => one(f64::floor),
        ("ceiling", 1) => one(f64::ceil),
        ("truncate", 1) => one(f64::trunc),
        ("round", 1) => one(f64::round_ties_even),
        ("round" | "sign" | "divrem" | "log" | "log10" | "exp" | "pi", _) => Err(Refusal::Untold),
        _ => missing(),
    }
}

/// `System.Convert`.
pub fn convert(name: &str, arguments: &Arguments) -> Outcome {
    let object = arguments.all().first().unwrap_or(&Object::Null);
    match (name, arguments.len()) {
        ("tostring", 1) => Ok(Object::plain(&object.to_plain())),
        ("tostring", 2) => in_base(arguments),
        ("toint32" | "toint64" | "toint16", 1) => Ok(Object::Int(arguments.int(0)?)),
        ("toint32" | "toint64" | "toint16", 2) => from_base(arguments),
        ("todouble", 1) => Ok(Object::Double(arguments.double(0)?)),
        ("toboolean", 1) => match object.to_plain().trim().to_lowercase().as_str() {
            "true" => Ok(Object::Bool(true)),
            "false" => Ok(Object::Bool(false)),
            _ => missing(),
        },
        _ => Err(Refusal::Untold),
    }
}

/// `Convert.ToString(number, base)`.
fn in_base(arguments: &Arguments) -> Outcome {
    let number = arguments.long(0).ok_or(Refusal::Untold)?;
    let text = match arguments.int(1)? {
        2 if i32::try_from(number).is_ok() && number < 0 => return Err(Refusal::Untold),
        _ if number < 0 => return Err(Refusal::Untold),
        2 => format!("{number:b}"),
        8 => format!("{number:o}"),
        10 => number.to_string(),
        16 => format!("{number:x}"),
        _ => return missing(),
    };
    Ok(Object::Text(text))
}

/// `Convert.ToInt32(text, base)`.
fn from_base(arguments: &Arguments) -> Outcome {
    let radix = u32::try_from(arguments.position(1)?).unwrap_or_default();
    if ![2, 8, 10, 16].contains(&radix) {
        return missing();
    }
    let text = arguments.text(0)?;
    let digits = if radix == 16 { text.trim_start_matches("0x").trim_start_matches("0X") } else { text.as_str() };
    match i64::from_str_radix(digits, radix) {
        Ok(number) if i32::try_from(number).is_ok() => Ok(Object::Int(number)),
        _ => missing(),
    }
}

/// A static member of a number type, such as `Int32.Parse`.
pub fn type_member(class: &str, name: &str, arguments: &Arguments) -> Outcome {
    let fractional = matches!(class, "system.double" | "system.single" | "system.decimal");
    match (name, arguments.len()) {
        ("parse", 1) if class == "system.char" => Ok(Object::Char(arguments.character(0)?)),
        ("parse", 1) if fractional => {
            let text = arguments.text(0)?;
            double(&text).map(Object::Double).ok_or_else(|| Refusal::Invalid(format!("`{text}` is no number")))
        }
        ("parse", 1) => {
            let text = arguments.text(0)?;
            integer(&text)
                .filter(|number| range(class).contains(number))
                .map(Object::Int)
                .ok_or_else(|| Refusal::Invalid(format!("`{text}` is no whole number of this type")))
        }
        ("maxvalue", 0) if !fractional => Ok(Object::Int(*range(class).end())),
        ("minvalue", 0) if !fractional => Ok(Object::Int(*range(class).start())),
        _ => Err(Refusal::Untold),
    }
}

fn range(class: &str) -> std::ops::RangeInclusive<i64> {
    match class {
        "system.byte" => 0..=255,
        "system.sbyte" => -128..=127,
        "system.int16" => -32768..=32767,
        "system.uint16" => 0..=65535,
        "system.uint32" => 0..=0xFFFF_FFFF,
        "system.int64" => i64::MIN..=i64::MAX,
        "system.uint64" => 0..=i64::MAX,
        _ => i64::from(i32::MIN)..=i64::from(i32::MAX),
    }
}
