//! The table of diagnostic codes (`docs/spec/lumen-v1.md`, Diagnostics). Codes are stable: a number is never reused. A
//! code without a page in `docs/errors` does not compile.

use super::Severity;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// The code.
    pub code: Code,
    /// As printed, `E0012`.
    pub name: &'static str,
    /// Its usual severity.
    pub severity: Severity,
    /// What it is about, a few words.
    pub title: &'static str,
    /// What `lumen explain` prints, Markdown: what it means, a wrong and a right program, and why (`docs/errors`).
    pub page: &'static str,
}

macro_rules! codes {
    ($($name:ident $severity:ident $title:literal;)*) => {
        /// A kind of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Code { $(#[doc = $title] $name,)* }

        impl Code {
            /// All codes, in order of declaration.
            pub const TABLE: &'static [CodeInfo] = &[$(CodeInfo {
                code: Code::$name,
                name: stringify!($name),
                severity: Severity::$severity,
                title: $title,
                page: include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/../docs/errors/",
                    stringify!($name),
                    ".md"
                )),
            },)*];
        }
    };
}

codes! {
    E0001 Error "syntax";
    E0002 Error "block left open";
    E0003 Error "unterminated literal";
    E0004 Error "invalid literal or escape";
    E0005 Error "layout of match and when arms";
    E0006 Error "unknown word after `lumen`";
    E0007 Error "document not readable";
    E0010 Error "unknown name";
    E0011 Error "duplicate name";
    E0012 Error "type mismatch";
    E0013 Error "wrong arguments";
    E0014 Error "unknown or ill-formed type";
    E0015 Error "unknown field or variant";
    E0016 Error "match not exhaustive";
    E0018 Error "assignment to an immutable";
    E0019 Error "cannot infer";
    E0020 Error "ill-formed constraint";
    E0021 Error "generic recursion without end";
    E0022 Error "constant without a value";
    E0030 Error "unresolved import";
    E0031 Error "import cycle";
    E0032 Error "private name";
    E0040 Error "unknown tool";
    E0041 Error "missing grant";
    E0042 Error "grant not supported by the tool";
    E0043 Error "effect not declared";
    E0044 Error "nondeterminism under @deterministic";
    E0050 Error "too many registers";
    E0060 Error "not supported yet";
    W0001 Warning "unused binding";
    W0002 Warning "unused import";
    W0003 Warning "unreachable code";
    W0004 Warning "naming";
    W0005 Warning "unknown directive";
    W0007 Warning "deprecated";
    W0008 Warning "the value of a pure call is dropped";
}

impl Code {
    /// The code's row of the table.
    pub fn info(self) -> &'static CodeInfo {
        &Self::TABLE[self as usize]
    }

    /// The code printed as `name`.
    pub fn from_name(name: &str) -> Option<Code> {
        Self::TABLE
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.code)
    }
}
