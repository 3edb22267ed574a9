//! Where the files of a test lie: snapshots and failing examples that are kept.
//!
//! ```text
//! packages/money/src/fx/rates.lm.md, cell `rounds`
//!   packages/money/tests/snapshots/fx/rates/rounds.snap, rounds-2.snap, rounds-NAME.snap
//!   packages/money/tests/regressions/fx/rates/rounds.json
//! notes.lm.md outside of packages, second test fence
//!   notes.snapshots/fence.2.snap
//!   notes.regressions/fence.2.json
//! ```
//! Cells have no `.` and no `-` in their names, so a file belongs to one test.

use crate::files::document_stem;
use crate::program::TestCase;
use lumen_vm::lir::ModuleId;

/// The ending of an accepted snapshot.
pub const ACCEPTED: &str = ".snap";
/// What the name of a snapshot that waits has after that of the accepted one.
pub const PENDING: &str = ".new";
/// The ending of the failing examples of a property.
const EXAMPLES: &str = ".json";

/// Where the files of a test lie, as seen from the workspace's folder, with `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TestPlace {
    /// Folder of its snapshots.
    snapshots: String,
    /// Folder of its failing examples.
    regressions: String,
    /// What their names begin with.
    stem: String,
}

impl TestPlace {
    /// Where the files of a test lie.
    pub fn of(case: &TestCase) -> TestPlace {
        let host = case.module.as_str().split('#').next().unwrap_or_default();
        let module = ModuleId::parse(host);
        let [snapshots, regressions] = match module.package() {
            Some(_) => {
                let below = module.path().replace('.', "/");
                let base = tests_folder(&case.path, &below);
                ["snapshots", "regressions"].map(|kind| format!("{base}/{kind}/{below}"))
            }
            None => {
                let document = document_stem(&case.path).unwrap_or(&case.path);
                ["snapshots", "regressions"].map(|kind| format!("{document}.{kind}"))
            }
        };
        TestPlace {
            snapshots,
            regressions,
            stem: match case.snippet {
                Some(number) => format!("fence.{}", number + 1),
                None => case.test.cell.clone(),
            },
        }
    }

    /// The file of a snapshot: of the `number`th of the test, from 1, or of one with a name.
    pub fn snapshot(&self, number: usize, name: Option<&str>) -> String {
        let TestPlace { snapshots, stem, .. } = self;
        match (name, number) {
            (Some(name), _) => format!("{snapshots}/{stem}-{name}{ACCEPTED}"),
            (None, 1) => format!("{snapshots}/{stem}{ACCEPTED}"),
            (None, number) => format!("{snapshots}/{stem}-{number}{ACCEPTED}"),
        }
    }

    /// The file of its failing examples.
    pub fn regressions(&self) -> String {
        format!("{}/{}{EXAMPLES}", self.regressions, self.stem)
    }

    /// The folders that hold its files.
    pub(super) fn folders(&self) -> [String; 2] {
        [self.snapshots.clone(), self.regressions.clone()]
    }

    /// What all its files have in common: folder and first part of the name, up to the `-`.
    pub(super) fn owners(&self) -> [String; 2] {
        [&self.snapshots, &self.regressions].map(|folder| format!("{folder}/{}", self.stem))
    }
}

/// The owner ([`TestPlace::owners`]) of an accepted snapshot or an examples file; nothing for other files.
pub(super) fn owner(path: &str) -> Option<String> {
    let stem = path
        .strip_suffix(ACCEPTED)
        .or_else(|| path.strip_suffix(EXAMPLES))?;
    let (folder, name) = stem.rsplit_once('/')?;
    let test = name.split('-').next().unwrap_or(name);
    Some(format!("{folder}/{test}"))
}

/// `PACKAGE/tests` for the document of a module.
fn tests_folder(document: &str, below: &str) -> String {
    let stem = document_stem(document).unwrap_or(document);
    let source = stem.strip_suffix(below).unwrap_or(stem);
    let package = source.strip_suffix("src/").unwrap_or(source);
    format!("{package}tests")
}

#[cfg(test)]
mod tests {
    use super::*;
    use lumen_compiler::check::Test;

    fn place(module: &str, path: &str, snippet: Option<usize>) -> TestPlace {
        TestPlace::of(&TestCase {
            module: ModuleId::parse(module),
            path: path.to_owned(),
            snippet,
            test: Test {
                cell: "adds".to_owned(),
                name: "adds".to_owned(),
                span: Default::default(),
            },
        })
    }

    #[test]
    fn files_lie_beside_what_they_belong_to() {
        let cases = [
            (
                place("@a/m@1.0.0:lib", "src/lib.lm.md", None),
                "tests/snapshots/lib/adds.snap",
            ),
            (
                place("@a/m@1.0.0:fx.rates", "packages/m/src/fx/rates.lm.md", None),
                "packages/m/tests/snapshots/fx/rates/adds.snap",
            ),
            (
                place("@a/m@1.0.0:lib#1", "src/lib.lm", Some(1)),
                "tests/snapshots/lib/fence.2.snap",
            ),
            (place(":notes", "notes.lm.md", None), "notes.snapshots/adds.snap"),
        ];
        for (place, expected) in cases {
            assert_eq!(place.snapshot(1, None), expected);
            for file in [
                place.snapshot(1, None),
                place.snapshot(2, None),
                place.snapshot(1, Some("a-b")),
                place.regressions(),
            ] {
                let owner = owner(&file).expect("it is a file of a test");
                assert!(place.owners().contains(&owner), "{file}");
            }
        }
    }
}
