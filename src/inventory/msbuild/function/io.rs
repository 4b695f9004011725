//! `System.IO.Path`, `File` and `Directory`, over the listing of the tree.

use super::{Arguments, Outcome, Refusal, missing};
use crate::inventory::msbuild::object::Object;
use crate::inventory::msbuild::path;
use crate::inventory::msbuild::scope::Scope;

/// `System.IO.Path`.
pub fn path(scope: &Scope<'_>, name: &str, is_method: bool, arguments: &Arguments) -> Outcome {
    if !is_method {
        return match name {
            "directoryseparatorchar" | "altdirectoryseparatorchar" | "volumeseparatorchar" => Ok(Object::Char('/')),
            "pathseparator" => Ok(Object::Char(':')),
            _ => missing(),
        };
    }
    if matches!(name, "combine" | "join") && arguments.len() > 0 {
        return combine(name, arguments);
    }
    if matches!(name, "gettemppath" | "gettempfilename" | "getrandomfilename") {
        return Err(Refusal::Untold);
    }
    if arguments.len() == 0 || arguments.is_null(0) {
        return null_argument(name, arguments);
    }
    let text = arguments.text(0)?;
    Ok(match (name, arguments.len()) {
        ("getdirectoryname", 1) => path::directory_name(&text).map_or(Object::Null, |folder| Object::plain(&folder)),
        ("getfilename", 1) => Object::plain(path::file_name(&text)),
        ("getextension", 1) => Object::plain(path::extension(&text)),
        ("getfilenamewithoutextension", 1) => Object::plain(path::stem(&text)),
        ("hasextension", 1) => Object::Bool(!path::extension(&text).is_empty()),
        ("ispathrooted" | "ispathfullyqualified", 1) => Object::Bool(text.starts_with('/')),
        ("getpathroot", 1) if text.is_empty() => Object::Null,
        ("getpathroot", 1) => Object::plain(if text.starts_with('/') { "/" } else { "" }),
        ("endsindirectoryseparator", 1) => Object::Bool(text.ends_with('/')),
        ("trimendingdirectoryseparator", 1) => {
            Object::plain(text.strip_suffix('/').filter(|cut| !cut.is_empty()).unwrap_or(&text))
        }
        ("changeextension", 2) => Object::plain(&change_extension(&text, arguments)),
        ("getfullpath", 1) if !text.is_empty() => Object::plain(&path::full_path(&scope.project_folder(), &text)),
        ("getfullpath", 2) if !text.is_empty() => Object::plain(&path::full_path(&arguments.text(1)?, &text)),
        ("getrelativepath", 2) if !text.is_empty() => relative_path(scope, &text, &arguments.text(1)?),
        _ => return missing(),
    })
}

/// What the functions of `Path` give for `null`.
fn null_argument(name: &str, arguments: &Arguments) -> Outcome {
    match (name, arguments.len()) {
        ("getdirectoryname" | "getfilename" | "getextension" | "getfilenamewithoutextension" | "getpathroot", 1) => {
            Ok(Object::Null)
        }
        ("ispathrooted" | "hasextension", 1) => Ok(Object::Bool(false)),
        _ => missing(),
    }
}

fn combine(name: &str, arguments: &Arguments) -> Outcome {
    let texts: Result<Vec<String>, Refusal> =
        (0..arguments.len()).map(|index| arguments.text_or_empty(index)).collect();
    let texts = texts?;
    if name == "combine" {
        return Ok(Object::plain(&path::combine(texts.iter().map(String::as_str))));
    }
    let mut joined = String::new();
    for text in texts.iter().filter(|text| !text.is_empty()) {
        if !joined.is_empty() && !joined.ends_with('/') && !text.starts_with('/') {
            joined.push('/');
        }
        joined.push_str(text);
    }
    Ok(Object::plain(&joined))
}

fn change_extension(text: &str, arguments: &Arguments) -> String {
    if text.is_empty() {
        return String::new();
    }
    let name = path::file_name(text);
    let bare = name.rfind('.').map_or(text, |point| text.get(..text.len() - name.len() + point).unwrap_or(text));
    if arguments.is_null(1) {
        return bare.to_owned();
    }
    let extension = arguments.converted(1).unwrap_or_default();
    format!("{bare}.{}", extension.strip_prefix('.').unwrap_or(&extension))
}

fn relative_path(scope: &Scope<'_>, from: &str, to: &str) -> Object {
    let folder = scope.project_folder();
    let (from, to) = (path::full_path(&folder, from), path::full_path(&folder, to));
    let relative = path::relative(&from, &to);
    Object::plain(if relative.is_empty() { "." } else { &relative })
}

/// `System.IO.File`.
pub fn file(scope: &Scope<'_>, name: &str, arguments: &Arguments) -> Outcome {
    match (name, arguments.len()) {
        ("exists", 1) if arguments.is_null(0) => Ok(Object::Bool(false)),
        ("exists", 1) => match scope.files.is_file_at(&scope.project_folder(), &arguments.text(0)?) {
            Some(exists) => Ok(Object::Bool(exists)),
            None => Err(Refusal::Untold),
        },
        ("readalltext", 1) => read_text(scope, &arguments.text(0)?),
        ("getcreationtime" | "getattributes" | "getlastaccesstime" | "getlastwritetime", 1) => Err(Refusal::Untold),
        _ => Err(Refusal::Forbidden),
    }
}

fn read_text(scope: &Scope<'_>, text: &str) -> Outcome {
    let folder = scope.project_folder();
    if let Some(content) = scope.files.text_at(&folder, text) {
        return Ok(Object::plain(&content));
    }
    match scope.files.is_file_at(&folder, text) {
        Some(false) => Err(Refusal::Invalid(format!("the file `{text}` does not exist"))),
        _ => Err(Refusal::Untold),
    }
}

/// `System.IO.Directory`.
pub fn directory(scope: &Scope<'_>, name: &str, arguments: &Arguments) -> Outcome {
    match (name, arguments.len()) {
        ("exists", 1) if arguments.is_null(0) => Ok(Object::Bool(false)),
        ("exists", 1) => Ok(Object::Bool(scope.files.is_folder(&scope.project_folder(), &arguments.text(0)?))),
        ("getparent", 1) => {
            let full = path::full_path(&scope.project_folder(), arguments.text(0)?.trim_end_matches(['/', '\\']));
            Ok(path::directory_name(&full).map_or(Object::Null, |parent| Object::plain(&parent)))
        }
        ("getfiles" | "getdirectories" | "getlastaccesstime" | "getlastwritetime", _) => Err(Refusal::Untold),
        _ => Err(Refusal::Forbidden),
    }
}
