//! The grammar of `docs/spec/lumen-v1.md` and the parser are one language: sentences written from the EBNF are
//! accepted, the code of this repository is recognised by the EBNF, and faulty code by neither.
//!
//! `LUMEN_SENTENCES` sets how many sentences are written.
#![expect(
    clippy::disallowed_methods,
    reason = "tests read the specification and the cases"
)]

mod ebnf;
mod generate;
mod recognise;
mod terms;

use ebnf::Grammar;
use generate::Generator;
use lumen_compiler::diagnostic::Code;
use lumen_compiler::document::parse_document;
use lumen_compiler::syntax::{Place, TokenKind, parse};
use recognise::{Application, recognise};
use std::path::{Path, PathBuf};

/// Codes of findings that the grammar is concerned with.
const SYNTAX: &[Code] = &[Code::E0001, Code::E0002, Code::E0003, Code::E0004, Code::E0005];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn grammar() -> Grammar {
    let page = std::fs::read_to_string(root().join("docs/spec/lumen-v1.md")).expect("the specification");
    Grammar::read(&page, &["module", "snippet", "COMMENT"])
}

/// Recognisers and generators recurse through every level of operators for each bracket.
fn with_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(512 << 20).spawn(test);
    thread.expect("a thread").join().expect("the test");
}

/// What the parser says about a fence, of the findings that the grammar is concerned with.
fn faults(source: &str, place: Place) -> Vec<String> {
    let parsed = parse([source], place);
    let findings = parsed
        .diagnostics
        .iter()
        .filter(|finding| SYNTAX.contains(&finding.code));
    let line = |start: u32| source[..start as usize].matches('\n').count() + 1;
    findings
        .map(|finding| {
            format!(
                "{:?} line {}: {}",
                finding.code,
                line(finding.span.start),
                finding.message
            )
        })
        .collect()
}

#[test]
fn every_rule_is_used_and_every_reserved_word_listed() {
    let grammar = grammar();
    assert_eq!(grammar.unused, Vec::<String>::new());
    let words = grammar.words("RESERVED");
    assert!(
        words
            .iter()
            .all(|word| TokenKind::of_word(word).is_some_and(TokenKind::is_word))
    );
    assert_eq!(words.len(), TokenKind::WORDS.len());
}

#[test]
fn sentences_of_the_grammar_parse() {
    with_stack(|| {
        let grammar = grammar();
        let count = std::env::var("LUMEN_SENTENCES").map_or(2_000, |text| text.parse().expect("a number"));
        let mut generator = Generator::new(&grammar, 1);
        let mut terminals = 0;
        let mut failures = Vec::new();
        for index in 0..count {
            let (name, place) = match index % 3 {
                0 => ("module", Place::Module),
                _ => ("snippet", Place::Snippet),
            };
            let sentence = generator.sentence(name);
            terminals += sentence.length;
            let faults = faults(&sentence.source, place);
            let fault = match recognise(&grammar, name, &sentence.source) {
                _ if !faults.is_empty() => faults.join("\n"),
                Ok(derivation) => match difference(&grammar, &sentence.derivation, &derivation) {
                    Some(difference) => format!("has two derivations: {difference}"),
                    None => continue,
                },
                Err(fault) => format!("is not recognised: {fault}"),
            };
            failures.push(format!("sentence {index}:\n{}\n{fault}", sentence.source));
        }
        failures.sort_by_key(String::len);
        let shortest = failures.iter().take(5).map(String::as_str).collect::<Vec<_>>();
        assert!(
            failures.is_empty(),
            "{} sentences fail:\n{}",
            failures.len(),
            shortest.join("\n\n")
        );
        let choices = grammar
            .choices
            .iter()
            .zip(&generator.uses)
            .filter(|(choice, _)| !choice.is_empty());
        let count_of_choices = choices.clone().count();
        let unused: Vec<&str> = choices
            .filter(|(_, uses)| **uses == 0)
            .map(|(choice, _)| choice.as_str())
            .collect();
        assert!(unused.is_empty(), "no sentence has these:\n{}", unused.join("\n"));
        println!("{count} sentences, {terminals} terminals, {count_of_choices} choices, each taken");
    });
}

/// Where two derivations of one sentence differ.
fn difference(grammar: &Grammar, written: &[Application], read: &[Application]) -> Option<String> {
    let describe = |application: Option<&Application>| match application {
        Some((rule, start, end)) => format!("{} {start}..{end}", grammar.rules[*rule].name),
        None => "nothing".to_owned(),
    };
    let count = written.len().max(read.len());
    let differs = (0..count).find(|index| written.get(*index) != read.get(*index))?;
    let (written, read) = (describe(written.get(differs)), describe(read.get(differs)));
    Some(format!("written as {written}, read as {read}"))
}

/// The code of a document's fences: the module's as one text each, and the snippets'.
fn fences(text: &str) -> Vec<(String, Place)> {
    let document = parse_document(text);
    let module = document
        .fences()
        .iter()
        .map(|fence| (fence.content.clone(), Place::Module));
    let snippets = document.snippets.iter();
    let snippets = snippets.map(|snippet| (snippet.fence().content.clone(), Place::Snippet));
    module.chain(snippets).collect()
}

/// All documents below a folder of the repository, sorted.
fn documents(folder: &str) -> Vec<PathBuf> {
    let mut documents = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                documents.push(path);
            }
        }
    }
    documents.sort();
    assert!(!documents.is_empty());
    documents
}

/// The parser and the EBNF agree on all code of the repository: on the faulty programs too.
#[test]
fn the_code_of_this_repository_is_in_the_grammar_as_the_parser_says() {
    with_stack(|| {
        let grammar = grammar();
        let folders = [
            "conformance",
            "examples",
            "docs",
            "bench",
            "lumen-compiler/tests/syntax",
        ];
        let mut failures = Vec::new();
        let (mut good, mut bad) = (0, 0);
        for path in folders.iter().flat_map(|folder| documents(folder)) {
            let text = std::fs::read_to_string(&path).expect("a readable document");
            for (source, place) in fences(&text) {
                let name = if place == Place::Module {
                    "module"
                } else {
                    "snippet"
                };
                let faults = faults(&source, place);
                let recognised = recognise(&grammar, name, &source);
                match (&recognised, faults.is_empty()) {
                    (Ok(_), true) => good += 1,
                    (Err(_), false) => bad += 1,
                    (Ok(_), false) => failures.push(format!(
                        "{}: only the parser: {}",
                        path.display(),
                        faults.join("; ")
                    )),
                    // Places, format specs: the grammar says what they are, and the checker finds it.
                    (Err(_), true) if text.contains("E0001") || text.contains("E0004") => bad += 1,
                    (Err(fault), true) => {
                        failures.push(format!("{}: only the grammar: {fault}", path.display()))
                    }
                }
            }
        }
        assert!(
            failures.is_empty(),
            "{} fences:\n{}",
            failures.len(),
            failures.join("\n")
        );
        assert!(good > 300 && bad > 50, "{good} good fences and {bad} faulty ones");
    });
}
