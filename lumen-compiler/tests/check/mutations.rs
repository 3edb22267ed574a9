//! Cases with a few words changed: whatever comes of it, the compiler answers, and what it emits verifies.

use crate::modules::Modules;
use lumen_compiler::diagnostic::Severity;
use lumen_compiler::document::parse_document;
use lumen_vm::lir::verify;
use proptest::prelude::*;
use std::sync::Arc;

const SOURCES: [&str; 7] = [
    include_str!("cases/programs.md"),
    include_str!("cases/evaluation.md"),
    include_str!("cases/flow.md"),
    include_str!("cases/patterns.md"),
    include_str!("cases/calls.md"),
    include_str!("cases/inference.md"),
    include_str!("cases/functions.md"),
];

/// The code of all cases that need no other module.
fn documents() -> Vec<&'static str> {
    SOURCES.iter().flat_map(|source| source.split("\n# ")).collect()
}

/// Words, blanks and signs of a text, which put together are the text.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_alike = |letter: char| {
            let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
            is_word(first) && is_word(letter) || first == ' ' && letter == ' '
        };
        let length = rest
            .find(|letter| !is_alike(letter))
            .unwrap_or(rest.len())
            .max(first.len_utf8());
        let (word, other) = rest.split_at(length);
        words.push(word);
        rest = other;
    }
    words
}

#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Delete,
    Repeat,
    /// By another word of the document.
    Replace(prop::sample::Index),
    Insert(prop::sample::Index),
}

pub(crate) fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, Edit)>> {
    let edit = prop_oneof![
        1 => Just(Edit::Delete),
        1 => Just(Edit::Repeat),
        1 => any::<prop::sample::Index>().prop_map(Edit::Insert),
        4 => any::<prop::sample::Index>().prop_map(Edit::Replace),
    ];
    proptest::collection::vec((any::<prop::sample::Index>(), edit), 1..=4)
}

pub(crate) fn edited(text: &str, edits: &[(prop::sample::Index, Edit)]) -> String {
    let original = words(text);
    let spoken: Vec<&str> = original
        .iter()
        .copied()
        .filter(|word| !word.trim().is_empty())
        .collect();
    let mut words = original.clone();
    for (place, edit) in edits {
        let place = place.index(words.len());
        match edit {
            Edit::Delete => words[place] = "",
            Edit::Repeat => words.insert(place, words[place]),
            Edit::Replace(by) => words[place] = spoken[by.index(spoken.len())],
            Edit::Insert(new) => words.insert(place, spoken[new.index(spoken.len())]),
        }
    }
    words.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_emitted_verifies(source in any::<prop::sample::Index>(), edits in edits()) {
        let documents = documents();
        let text = edited(documents[source.index(documents.len())], &edits);
        let document = parse_document(&text);
        let compilation = Modules::default().check_document(&Modules::id("main"), &document);
        let mut found = document.diagnostics.iter().chain(&compilation.diagnostics);
        let has_errors = found.any(|diagnostic| diagnostic.severity == Severity::Error);
        prop_assert_eq!(compilation.lowered.is_some(), !has_errors, "{}", text);
        if let Some(lowered) = compilation.lowered {
            let verified = verify(Arc::new(lowered.module));
            prop_assert!(verified.is_ok(), "{:?}\n{}", verified.err(), text);
        }
    }
}
