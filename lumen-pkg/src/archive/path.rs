//! The one path rule: what a file of a package may be called.
//!
//! A path that parses means the same file on every system, in every folder it is written to, and lies inside of that folder. Whether
//! two paths can live beside each other is the question of `collision`. Nothing else in the project decides whether a path of
//! foreign origin is safe. The rule is specified in `docs/spec/archive-v1.md`, section 2.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use unicode_normalization::char::is_public_assigned;
use unicode_normalization::is_nfc;

/// The longest path, in bytes.
pub const MAXIMUM_PATH_BYTES: usize = 255;

/// The most components of a path.
pub const MAXIMUM_PATH_DEPTH: usize = 32;

/// Room for the part behind the split of a ustar header (POSIX.1-1988, `name`), in bytes.
const NAME_BYTES: usize = 100;

/// Room for the part in front of the split (`prefix`), in bytes.
const PREFIX_BYTES: usize = 155;

/// Names that Windows takes for devices, with whatever extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A path that keeps the rule: relative, `/` between components, 1 to 255 bytes, at most 32 components. Ordered by its bytes, which is
/// the order of files in an archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArchivePath(String);

impl ArchivePath {
    /// Checks a path.
    ///
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, PathFault> {
        if text.is_empty() {
            return Err(PathFault::Empty);
        }
        if text.len() > MAXIMUM_PATH_BYTES {
            return Err(PathFault::TooLong);
        }
        if let Some(character) = text.chars().find(|character| !is_allowed(*character)) {
            return Err(PathFault::Character { character });
        }
        let drive = matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
        if text.starts_with('/') || drive {
            return Err(PathFault::Absolute);
        }
        if let Some(character) = text.chars().find(|character| FOREIGN.contains(character)) {
            return Err(PathFault::Foreign { character });
        }
        if !is_nfc(text) {
            return Err(PathFault::NotNormal);
        }
        if text.split('/').count() > MAXIMUM_PATH_DEPTH {
            return Err(PathFault::TooDeep);
        }
        text.split('/').try_for_each(check_component)?;
        match split(text) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(PathFault::NoSplit),
        }
    }

    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names between the `/`.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The path in the two fields of a ustar header: `prefix` (empty if `name` holds all) and `name`.
    pub(crate) fn split(&self) -> (&str, &str) {
        split(&self.0).expect("parse checked that there is a split")
    }
}

impl AsRef<str> for ArchivePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArchivePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for ArchivePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ArchivePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(|fault| serde::de::Error::custom(format_args!("a path {fault}")))
    }
}

/// Why a text is no path of an archive. Completes "`PATH` ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// No characters.
    #[error("is empty")]
    Empty,
    /// More than 255 bytes.
    #[error("is longer than {MAXIMUM_PATH_BYTES} bytes")]
    TooLong,
    /// More than 32 components.
    #[error("has more than {MAXIMUM_PATH_DEPTH} components")]
    TooDeep,
    /// `/etc/passwd`, `C:/x`.
    #[error("is absolute")]
    Absolute,
    /// A control character, an invisible one, one that is not assigned or for private use.
    #[error("contains {character:?}, which may not be in a file name")]
    Character {
        /// The first such character.
        character: char,
    },
    /// A character that means something else on another system.
    #[error("contains `{character}`, which is not allowed in file names on every system")]
    Foreign {
        /// The first such character.
        character: char,
    },
    /// Not in normal form C.
    #[error("is not in Unicode normal form C")]
    NotNormal,
    /// `a//b`, `a/`.
    #[error("has an empty component")]
    EmptyComponent,
    /// `.` or `..`.
    #[error("has the component `{component}`")]
    Dots {
        /// `.` or `..`.
        component: &'static str,
    },
    /// A component that ends with a dot or space, or begins with a space: Windows drops it.
    #[error("has a component that ends with a dot, or begins or ends with a space")]
    OuterDotOrSpace,
    /// A device of Windows.
    #[error("has the component `{component}`, a name that Windows reserves")]
    Reserved {
        /// The component.
        component: String,
    },
    /// No `/` splits it into at most 155 and 100 bytes.
    #[error("has no `/` with at most {PREFIX_BYTES} bytes before and {NAME_BYTES} after it")]
    NoSplit,
}

/// Separators and wildcards of other systems: `:` also begins a stream of NTFS.
const FOREIGN: [char; 8] = ['\\', ':', '*', '?', '"', '<', '>', '|'];

/// Neither a control character nor invisible, and assigned, so that its normal form is settled.
fn is_allowed(character: char) -> bool {
    !character.is_control()
        && !is_invisible(character)
        && (character.is_ascii() || is_public_assigned(character))
}

/// `Default_Ignorable_Code_Point` of Unicode 17 (DerivedCoreProperties), with the separators of lines and paragraphs: nothing is seen of
/// them, some reverse the text around them, and HFS+ compares names without them (CVE-2014-9390).
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn check_component(component: &str) -> Result<(), PathFault> {
    match component {
        "" => return Err(PathFault::EmptyComponent),
        "." => return Err(PathFault::Dots { component: "." }),
        ".." => return Err(PathFault::Dots { component: ".." }),
        _ => {}
    }
    if component.ends_with(['.', ' ']) || component.starts_with(' ') {
        return Err(PathFault::OuterDotOrSpace);
    }
    match is_device(component) {
        true => Err(PathFault::Reserved {
            component: component.to_owned(),
        }),
        false => Ok(()),
    }
}

/// Whether Windows takes the name for a device (Win32, "Naming Files, Paths, and Namespaces"): `nul`, `Con.txt`, `COM1`, `lpt³ .x`.
fn is_device(component: &str) -> bool {
    let stem = component.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_lowercase();
    let numbered = |kind: &str| {
        let mut number = stem.strip_prefix(kind)?.chars();
        let digit = number.next()?;
        (number.next().is_none() && (digit.is_ascii_digit() || "¹²³".contains(digit))).then_some(())
    };
    DEVICES.contains(&stem.as_str()) || numbered("com").or_else(|| numbered("lpt")).is_some()
}

/// Splits at the last `/` that leaves both parts within their fields; not at all if the path fits into `name`.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= NAME_BYTES {
        return Some(("", path));
    }
    path.rmatch_indices('/')
        .filter_map(|(at, _)| Some((path.get(..at)?, path.get(at + 1..)?)))
        .find(|(prefix, name)| {
            (1..=PREFIX_BYTES).contains(&prefix.len()) && (1..=NAME_BYTES).contains(&name.len())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_paths_are_refused_with_the_rule_they_break() {
        let long = "a/".repeat(128);
        let deep = format!("{}a", "a/".repeat(32));
        let base = "n".repeat(101);
        let gap = format!("{}/{}", "p".repeat(156), "n".repeat(90));
        let cases: &[(&str, &str)] = &[
            ("", "is empty"),
            ("/etc/passwd", "is absolute"),
            ("//host/share", "is absolute"),
            ("C:/x", "is absolute"),
            ("c:x", "is absolute"),
            ("..", "has the component `..`"),
            ("../x", "has the component `..`"),
            ("a/../../x", "has the component `..`"),
            ("a/..", "has the component `..`"),
            (".", "has the component `.`"),
            ("./a", "has the component `.`"),
            ("a//b", "has an empty component"),
            ("a/", "has an empty component"),
            (
                "a\\b",
                "contains `\\`, which is not allowed in file names on every system",
            ),
            (
                "..\\x",
                "contains `\\`, which is not allowed in file names on every system",
            ),
            (
                "ab:stream",
                "contains `:`, which is not allowed in file names on every system",
            ),
            (
                "a*",
                "contains `*`, which is not allowed in file names on every system",
            ),
            (
                "what?",
                "contains `?`, which is not allowed in file names on every system",
            ),
            (
                "a|b",
                "contains `|`, which is not allowed in file names on every system",
            ),
            ("a\0b", "contains '\\0', which may not be in a file name"),
            ("a\nb", "contains '\\n', which may not be in a file name"),
            ("a\u{7f}", "contains '\\u{7f}', which may not be in a file name"),
            ("a\u{85}", "contains '\\u{85}', which may not be in a file name"),
            (
                "a\u{200b}",
                "contains '\\u{200b}', which may not be in a file name",
            ),
            (
                "a\u{202e}txt.exe",
                "contains '\\u{202e}', which may not be in a file name",
            ),
            (
                ".g\u{200c}it",
                "contains '\\u{200c}', which may not be in a file name",
            ),
            (
                "a\u{e000}",
                "contains '\\u{e000}', which may not be in a file name",
            ),
            ("a\u{378}", "contains '\\u{378}', which may not be in a file name"),
            ("cafe\u{301}", "is not in Unicode normal form C"),
            ("\u{212b}", "is not in Unicode normal form C"),
            (
                "a.",
                "has a component that ends with a dot, or begins or ends with a space",
            ),
            (
                "a./b",
                "has a component that ends with a dot, or begins or ends with a space",
            ),
            (
                "a /b",
                "has a component that ends with a dot, or begins or ends with a space",
            ),
            (
                " a",
                "has a component that ends with a dot, or begins or ends with a space",
            ),
            (
                "...",
                "has a component that ends with a dot, or begins or ends with a space",
            ),
            ("CON", "has the component `CON`, a name that Windows reserves"),
            (
                "src/nul.txt",
                "has the component `nul.txt`, a name that Windows reserves",
            ),
            (
                "aux.tar.gz",
                "has the component `aux.tar.gz`, a name that Windows reserves",
            ),
            ("com1", "has the component `com1`, a name that Windows reserves"),
            (
                "LPT\u{b9}.x",
                "has the component `LPT\u{b9}.x`, a name that Windows reserves",
            ),
            (
                "con .txt",
                "has the component `con .txt`, a name that Windows reserves",
            ),
            (
                "CONOUT$",
                "has the component `CONOUT$`, a name that Windows reserves",
            ),
            (&long, "is longer than 255 bytes"),
            (&deep, "has more than 32 components"),
            (&base, "has no `/` with at most 155 bytes before and 100 after it"),
            (&gap, "has no `/` with at most 155 bytes before and 100 after it"),
        ];
        for (path, expected) in cases {
            let found = ArchivePath::parse(path).map_err(|fault| fault.to_string());
            assert_eq!(found, Err((*expected).to_owned()), "{path:?}");
        }
    }

    #[test]
    fn ordinary_paths_are_allowed() {
        let deep = format!("{}a", "a/".repeat(31));
        for path in [
            "lumen.toml",
            "src/main.lm.md",
            ".gitignore",
            "a b/c-d_e+f@g~",
            "README (1).md",
            "café/naïve.md",
            "日本語.md",
            "con-figure",
            "common/com10",
            "nul-terminated.md",
            "a..b",
            "..a",
            &deep,
        ] {
            assert!(ArchivePath::parse(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn the_split_is_at_the_last_slash_that_fits() {
        let path = |text: &str| ArchivePath::parse(text).expect("valid");
        let hundred = format!("a/{}", "n".repeat(98));
        assert_eq!(path(&hundred).split(), ("", hundred.as_str()));
        let more = format!("a/b/{}", "n".repeat(98));
        assert_eq!(path(&more).split(), ("a/b", "n".repeat(98).as_str()));
        let folders = format!("{}/{}/c/d", "p".repeat(100), "q".repeat(54));
        let prefix = format!("{}/{}", "p".repeat(100), "q".repeat(54));
        assert_eq!(path(&folders).split(), (prefix.as_str(), "c/d"));
    }
}
