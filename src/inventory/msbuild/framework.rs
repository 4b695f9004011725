//! Target framework names, as NuGet and the SDK take them apart: `net8.0-windows`, `netstandard2.0`, `net48`.

use std::cmp::Ordering;

/// A target framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    identifier: String,
    version: [u32; 4],
    platform: String,
    platform_version: [u32; 4],
}

/// Short names and the identifiers they stand for; `net` is told apart by its version.
const SHORT: [(&str, &str); 15] = [
    ("netcoreapp", ".NETCoreApp"),
    ("netstandardapp", ".NETStandardApp"),
    ("netstandard", ".NETStandard"),
    ("netcore", ".NETCore"),
    ("netmf", ".NETMicroFramework"),
    ("netnano", ".NETnanoFramework"),
    ("uap", "UAP"),
    ("monoandroid", "MonoAndroid"),
    ("monomac", "MonoMac"),
    ("monotouch", "MonoTouch"),
    ("tizen", "Tizen"),
    ("xamarinios", "Xamarin.iOS"),
    ("xamarinmac", "Xamarin.Mac"),
    ("wpa", "WindowsPhoneApp"),
    ("sl", "Silverlight"),
];

impl Framework {
    /// Takes a name apart. What is no framework has the identifier `Unsupported`.
    pub fn parse(name: &str) -> Self {
        let lower = name.trim().to_lowercase();
        if let Some((identifier, rest)) = lower.split_once(',') {
            let version = rest.split_once("version=").map_or("", |(_, version)| version.trim_start_matches('v'));
            let version = version.split(',').next().unwrap_or_default();
            return Self::of(&canonical(identifier.trim()), numbers(version).unwrap_or_default());
        }
        let (main, platform) = lower.split_once('-').unwrap_or((&lower, ""));
        let digits = main.find(|character: char| character.is_ascii_digit()).unwrap_or(main.len());
        let (short, version) = main.split_at(digits);
        let Some(version) = short_version(version) else { return Self::of("Unsupported", [0; 4]) };
        let identifier = match short {
            "net" if version[0] >= 5 => ".NETCoreApp",
            "net" => ".NETFramework",
            other => match SHORT.iter().find(|(known, _)| *known == other) {
                Some((_, identifier)) => identifier,
                None => return Self::of("Unsupported", [0; 4]),
            },
        };
        let at = platform.find(|character: char| character.is_ascii_digit()).unwrap_or(platform.len());
        let (platform, platform_version) = platform.split_at(at);
        Self {
            platform: platform.to_owned(),
            platform_version: numbers(platform_version).unwrap_or_default(),
            ..Self::of(identifier, version)
        }
    }

    fn of(identifier: &str, version: [u32; 4]) -> Self {
        Self { identifier: identifier.to_owned(), version, platform: String::new(), platform_version: [0; 4] }
    }

    /// `.NETCoreApp`, `.NETFramework`, …
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The version with at least this many parts, zeros at the end left out beyond them.
    pub fn version(&self, fields: usize) -> String {
        dotted(self.version, fields)
    }

    /// The platform, such as `windows`; empty when there is none.
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// The version of the platform, as [`Framework::version`] writes it.
    pub fn platform_version(&self, fields: usize) -> String {
        dotted(self.platform_version, fields)
    }

    /// Whether a project of this framework can use what was built for `other`; `None` when it is not known.
    pub fn is_compatible_with(&self, other: &Self) -> Option<bool> {
        if self.identifier == "Unsupported" || other.identifier == "Unsupported" {
            return None;
        }
        if self.identifier == other.identifier {
            let platform = other.platform.is_empty()
                || (self.platform == other.platform && self.platform_version >= other.platform_version);
            return Some(self.version >= other.version && platform);
        }
        if other.identifier == ".NETStandard" {
            return self
                .newest_standard()
                .map(|newest| newest.cmp(&[other.version[0], other.version[1]]) != Ordering::Less);
        }
        let main = [".NETCoreApp", ".NETFramework", ".NETStandard"];
        let known = |name: &str| main.contains(&name);
        (known(&self.identifier) && known(&other.identifier)).then_some(false)
    }

    /// The newest .NET Standard that this framework implements.
    fn newest_standard(&self) -> Option<[u32; 2]> {
        let [major, minor, build, _] = self.version;
        match self.identifier.as_str() {
            ".NETCoreApp" if major >= 3 => Some([2, 1]),
            ".NETCoreApp" if major == 2 => Some([2, 0]),
            ".NETCoreApp" if minor >= 1 => Some([1, 7]),
            ".NETCoreApp" => Some([1, 6]),
            ".NETFramework" => Some(match (major, minor, build) {
                (4, 6, 1..) | (4, 7.., _) => [2, 0],
                (4, 6, 0) => [1, 3],
                (4, 5, 1..) => [1, 2],
                (4, 5, 0) => [1, 1],
                _ => [0, 0],
            }),
            _ => None,
        }
    }
}

/// The identifier in its usual case.
fn canonical(lower: &str) -> String {
    let known = SHORT.iter().map(|(_, identifier)| *identifier).chain([".NETFramework"]);
    known.into_iter().find(|identifier| identifier.to_lowercase() == lower).unwrap_or("Unsupported").to_owned()
}

/// `48` is 4.8 and `472` is 4.7.2; with a point the numbers are as written.
fn short_version(text: &str) -> Option<[u32; 4]> {
    if text.contains('.') || text.len() < 2 {
        return numbers(text);
    }
    let mut parts = [0; 4];
    for (part, digit) in parts.iter_mut().zip(text.chars()) {
        *part = digit.to_digit(10)?;
    }
    (text.len() <= 4).then_some(parts)
}

fn numbers(text: &str) -> Option<[u32; 4]> {
    let mut parts = [0; 4];
    if text.is_empty() {
        return Some(parts);
    }
    if text.split('.').count() > 4 {
        return None;
    }
    for (part, number) in parts.iter_mut().zip(text.split('.')) {
        *part = number.parse().ok()?;
    }
    Some(parts)
}

fn dotted(version: [u32; 4], fields: usize) -> String {
    let used = version.iter().rposition(|part| *part != 0).map_or(1, |last| last + 1);
    version.iter().take(used.max(fields)).map(ToString::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        #[track_caller]
        fn case(name: &str, identifier: &str, version: &str, platform: &str) {
            let framework = Framework::parse(name);
            let actual = (framework.identifier(), framework.version(2), framework.platform());
            assert_eq!(actual, (identifier, version.to_owned(), platform));
        }
        case("net8.0", ".NETCoreApp", "8.0", "");
        case("net10.0-windows10.0.19041.0", ".NETCoreApp", "10.0", "windows");
        case("net472", ".NETFramework", "4.7.2", "");
        case("net48", ".NETFramework", "4.8", "");
        case("netstandard2.0", ".NETStandard", "2.0", "");
        case("netcoreapp3.1", ".NETCoreApp", "3.1", "");
        case("uap10.0.16299", "UAP", "10.0.16299", "");
        case(".NETCoreApp,Version=v8.0", ".NETCoreApp", "8.0", "");
        case("nonsense", "Unsupported", "0.0", "");
    }

    #[test]
    fn newer_frameworks_use_what_older_ones_offer() {
        #[track_caller]
        fn case(target: &str, candidate: &str, expected: Option<bool>) {
            assert_eq!(Framework::parse(target).is_compatible_with(&Framework::parse(candidate)), expected);
        }
        case("net8.0", "net6.0", Some(true));
        case("net6.0", "net8.0", Some(false));
        case("net8.0", "netcoreapp3.1", Some(true));
        case("net48", "netstandard2.0", Some(true));
        case("net45", "netstandard2.0", Some(false));
        case("netstandard2.1", "netstandard2.0", Some(true));
        case("netstandard2.0", "net8.0", Some(false));
        case("net8.0-windows", "net8.0", Some(true));
        case("net8.0", "net8.0-windows", Some(false));
        case("net8.0", "nonsense", None);
    }
}
