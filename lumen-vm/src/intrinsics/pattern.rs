//! Patterns of `matches` and `assert_matches`: RE2 syntax, matched by the `regex` crate.
//!
//! RE2's syntax and Rust's are near relatives; `re2` translates where they part. Matching takes time linear in the text
//! whatever the pattern. A machine keeps the patterns it has compiled; the compiler checks literal ones by
//! [`check_pattern`].

use super::re2;
use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use thiserror::Error;

/// Longest pattern, in octets.
const MAX_PATTERN: usize = 32 << 10;
/// Largest compiled program, in octets; the lazily built automaton has as much again.
const MAX_PROGRAM: usize = 1 << 20;
/// How many compiled patterns a machine keeps.
const KEPT_PATTERNS: usize = 32;
/// How deep groups may nest.
const MAX_NESTING: u32 = 200;

/// A pattern that is no RE2 pattern, or is too large.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct PatternError {
    /// What is wrong, in one line.
    pub message: String,
}

/// Whether a pattern can be matched at all.
pub fn check_pattern(pattern: &str) -> Result<(), PatternError> {
    compile(pattern).map(drop)
}

/// What a pattern says, for whoever makes texts that match; nothing if it is faulty.
pub(crate) fn parse_pattern(pattern: &str) -> Option<Hir> {
    compile(pattern).ok()?;
    let translated = re2::translate(pattern).ok()?;
    let mut parser = ParserBuilder::new();
    parser.nest_limit(MAX_NESTING).build().parse(&translated).ok()
}

/// The patterns that a machine has compiled, the oldest forgotten first.
#[derive(Debug, Default)]
pub(crate) struct PatternCache {
    compiled: FxHashMap<Rc<str>, (u64, Regex)>,
    uses: u64,
}

impl PatternCache {
    /// Whether the pattern matches anywhere in the text.
    pub(crate) fn is_match(&mut self, pattern: &str, text: &str) -> Result<bool, PatternError> {
        self.uses += 1;
        if let Some((last_use, regex)) = self.compiled.get_mut(pattern) {
            *last_use = self.uses;
            return Ok(regex.is_match(text));
        }
        let regex = compile(pattern)?;
        let found = regex.is_match(text);
        self.make_room();
        self.compiled.insert(pattern.into(), (self.uses, regex));
        Ok(found)
    }

    fn make_room(&mut self) {
        if self.compiled.len() < KEPT_PATTERNS {
            return;
        }
        let oldest = self.compiled.iter().min_by_key(|(_, (last_use, _))| *last_use);
        if let Some(pattern) = oldest.map(|(pattern, _)| Rc::clone(pattern)) {
            self.compiled.remove(&pattern);
        }
    }
}

fn compile(pattern: &str) -> Result<Regex, PatternError> {
    if pattern.len() > MAX_PATTERN {
        return Err(PatternError {
            message: format!("the pattern is longer than {MAX_PATTERN} octets"),
        });
    }
    let translated = re2::translate(pattern)?;
    RegexBuilder::new(&translated)
        .size_limit(MAX_PROGRAM)
        .dfa_size_limit(MAX_PROGRAM)
        .nest_limit(MAX_NESTING)
        .build()
        .map_err(|error| PatternError {
            message: in_one_line(&error),
        })
}

/// The last line of the crate's report says what is wrong; the lines before draw the pattern as translated.
fn in_one_line(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the pattern is too large when compiled".to_string(),
        _ => {
            let report = error.to_string();
            let last = report.lines().next_back().unwrap_or("the pattern is faulty");
            last.trim_start_matches("error: ").to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_anywhere_in_the_text() {
        let mut cache = PatternCache::default();
        for (pattern, text, expected) in [
            ("b+", "abbbc", true),
            ("^b+$", "abbbc", false),
            ("^a", "b\na", false),
            ("(?m)^a", "b\na", true),
            ("a$", "a\n", false),
            ("a.c", "a\nc", false),
            ("(?s)a.c", "a\nc", true),
            ("(?i)straße", "STRASSE", false),
            ("(?i)äb", "ÄB", true),
            ("", "", true),
            (r"\p{Greek}+", "αβγ", true),
            (r"^\pN$", "٣", true),
            (r"^\d$", "٣", false),
            (r"^\w$", "é", false),
            (r"^[\w]$", "é", false),
            (r"^\W$", "é", true),
            (r"^\s$", "\u{a0}", false),
            (r"(?i)^\w$", "\u{212a}", false),
            (r"(?i)^k$", "\u{212a}", true),
            (r"\bfoo\b", "éfoo", true),
            (r"^a\Bb", "ab", true),
            (r"a\Bé", "aé", false),
            (r"^[[:alpha:]]+$", "abc", true),
            (r"^[[a]+$", "[a[", true),
            (r"^[a&&b]+$", "a&b", true),
            (r"^a{2,3}?$", "aaa", true),
            (r"^(?P<year>\d{4})-(?<month>\d\d)$", "2026-11", true),
            (r"^\Qa.b\E$", "a.b", true),
            (r"^\Qa.b\E$", "axb", false),
            (r"^\<\>$", "<>", true),
        ] {
            assert_eq!(
                cache.is_match(pattern, text),
                Ok(expected),
                "{pattern:?} in {text:?}"
            );
        }
    }

    #[test]
    fn faulty_patterns_are_refused() {
        for (pattern, message) in [
            ("(", "unclosed group"),
            ("[a", "unclosed character class"),
            ("a**b)", "unopened group"),
            ("*a", "repetition operator missing expression"),
            (r"(a)\1", "backreferences"),
            ("(?=a)", "look-around"),
            ("(?<!a)", "look-around"),
            (r"a\Z", "`\\Z` is no escape of RE2"),
            (r"[\b]", "no meaning inside"),
            ("[[:no:]]", "class"),
            ("a{,3}", "repetition"),
            (r"\p{Nope}", "Unicode property not found"),
            ("(?x) a", "flag"),
            (r"\", "incomplete escape"),
            ("a{1000}{1000}", "too large"),
        ] {
            let error = check_pattern(pattern).expect_err(pattern);
            assert!(error.message.contains(message), "{pattern}: {error}");
            assert!(!error.message.contains('\n'), "{pattern}: {error}");
        }
        assert!(check_pattern(&"a".repeat(MAX_PATTERN + 1)).is_err());
        assert!(check_pattern(&"(".repeat(MAX_PATTERN)).is_err());
    }

    #[test]
    fn the_cache_stays_small_and_keeps_what_is_used() {
        let mut cache = PatternCache::default();
        for number in 0..4 * KEPT_PATTERNS {
            assert_eq!(cache.is_match("^kept$", "kept"), Ok(true));
            assert_eq!(
                cache.is_match(&format!("^{number}$"), &number.to_string()),
                Ok(true)
            );
            assert!(cache.compiled.len() <= KEPT_PATTERNS);
        }
        assert!(cache.compiled.contains_key("^kept$"));
    }
}
