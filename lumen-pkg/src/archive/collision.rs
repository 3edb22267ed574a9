//! Which paths cannot live beside each other: on systems that compare names without case or in another normal form, or since one is a
//! folder of the other.
//!
//! Knows only paths that keep the path rule by themselves.

use super::path::ArchivePath;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// Two paths that are one for some system, or a file that is a folder of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collision {
    /// The path that was there, or a folder of it.
    pub(crate) first: String,
    /// The path that came later, or a folder of it.
    pub(crate) second: String,
}

/// The spellings that are taken.
#[derive(Debug, Default)]
pub(crate) struct Spellings {
    taken: HashMap<String, Spelling>,
}

#[derive(Debug)]
struct Spelling {
    exact: String,
    is_folder: bool,
}

impl Spellings {
    /// Adds a file and the folders above it. Every folder has one spelling throughout: `Src/a` and `src/b` collide.
    pub(crate) fn add(&mut self, path: &ArchivePath) -> Result<(), Collision> {
        let mut folded = String::new();
        let mut end = 0;
        for component in path.components() {
            if end > 0 {
                folded.push('/');
                end += 1;
            }
            folded.push_str(&fold(component));
            end += component.len();
            let exact = path.as_str().get(..end).unwrap_or_default();
            let is_folder = end < path.as_str().len();
            match self.taken.get(&folded) {
                None => {
                    let spelling = Spelling {
                        exact: exact.to_owned(),
                        is_folder,
                    };
                    self.taken.insert(folded.clone(), spelling);
                }
                Some(taken) if taken.exact == exact && taken.is_folder && is_folder => {}
                Some(taken) => {
                    return Err(Collision {
                        first: taken.exact.clone(),
                        second: exact.to_owned(),
                    });
                }
            }
        }
        Ok(())
    }
}

/// A key that is equal wherever some file system takes two names for one. It folds more than any one system does: compatibility forms
/// as well (`ﬁ` is `fi`), and case by way of the capitals, so that `ß` is `ss` as on APFS (CVE-2026-23950 of node-tar).
fn fold(component: &str) -> String {
    component
        .nfkc()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collides(paths: &[&str]) -> bool {
        let mut spellings = Spellings::default();
        paths
            .iter()
            .any(|path| spellings.add(&ArchivePath::parse(path).expect("valid")).is_err())
    }

    #[test]
    fn names_that_some_system_takes_for_one_collide() {
        for pair in [
            ["a", "a"],
            ["a", "A"],
            ["a", "a/b"],
            ["a/b", "a"],
            ["A", "a/b"],
            ["Src/a", "src/b"],
            ["straße", "STRASSE"],
            ["ﬁle", "file"],
            ["ΟΔΟΣ", "οδος"],
            ["\u{212a}", "k"],
            ["É", "é"],
            ["x²", "x2"],
        ] {
            let pair: Vec<String> = pair.iter().map(|path| path.nfc().collect()).collect();
            let pair: Vec<&str> = pair.iter().map(String::as_str).collect();
            assert!(collides(&pair), "{pair:?}");
        }
        assert!(!collides(&["a", "b", "c/a", "c/b", "d/c/a", "a.b", "a-b"]));
    }
}
