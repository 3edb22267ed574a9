//! The file of a snapshot: what was tested, and the text that was kept (`docs/spec/tests-v1.md`).
//!
//! ```text
//! test: @acme/money fx: shows_rates
//! source: packages/money/src/fx.lm.md:23
//! ---
//! EUR 1.00
//! ```
//!
//! Only what stands below the line is compared. Line ends of all sorts are the same, since version controls change them.

/// What stands between head and text.
const RULE: &str = "---\n";

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The full name of the test.
    pub test: String,
    /// The document and line of the test when the snapshot was made.
    pub source: String,
    /// The text, with `\n` line ends.
    pub text: String,
}

impl Snapshot {
    /// A snapshot of a text as a program made it.
    pub fn new(test: &str, source: &str, text: &str) -> Snapshot {
        Snapshot {
            test: test.to_owned(),
            source: source.to_owned(),
            text: with_line_feeds(text),
        }
    }

    /// A file's content, if it has a head.
    pub fn decode(file: &str) -> Option<Snapshot> {
        let file = with_line_feeds(file);
        let (head, text) = match file.strip_prefix(RULE) {
            Some(text) => ("", text),
            None => file.split_once(&format!("\n{RULE}"))?,
        };
        let field = |name: &str| {
            let value = head
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.unwrap_or_default().to_owned()
        };
        Some(Snapshot {
            test: field("test"),
            source: field("source"),
            text: text.strip_suffix('\n').unwrap_or(text).to_owned(),
        })
    }

    /// The content of the file.
    pub fn encode(&self) -> String {
        let Snapshot { test, source, text } = self;
        format!("test: {test}\nsource: {source}\n{RULE}{text}\n")
    }
}

fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether a snapshot may have this name: it becomes part of a file's.
///
/// # Errors
/// What is wrong with it.
pub fn check_snapshot_name(name: &str) -> Result<(), String> {
    const LONGEST: usize = 64;
    let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let numbered = name.bytes().all(|byte| byte.is_ascii_digit());
    match name.len() <= LONGEST && name.chars().all(is_plain) && !numbered {
        true => Ok(()),
        false => Err(format!(
            "a snapshot's name is up to {LONGEST} letters, digits, `_` and `-`, and no number: not {name:?}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "[a-z\n\r: -]{0,30}") {
            let snapshot = Snapshot::new("@a/b c: d", "src/c.lm.md:7", &text);
            prop_assert_eq!(Snapshot::decode(&snapshot.encode()), Some(snapshot.clone()));
            let checked_out = snapshot.encode().replace('\n', "\r\n");
            prop_assert_eq!(Snapshot::decode(&checked_out), Some(snapshot));
        }

        #[test]
        fn any_file_is_read_or_not(file in "(test: x\n|---\n|[a-z\r\n-]{0,5}){0,6}") {
            let _ = Snapshot::decode(&file);
        }
    }

    #[test]
    fn names_become_parts_of_file_names() {
        for good in ["a", "greeting-2", "x_Y"] {
            assert_eq!(check_snapshot_name(good), Ok(()));
        }
        for bad in ["", "2", "a/b", "..", "a.b", "ä", &"x".repeat(65)] {
            assert!(check_snapshot_name(bad).is_err(), "{bad}");
        }
    }
}
