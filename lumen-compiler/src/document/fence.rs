//! A code fence: its code, where each piece of it stands, and what its info string asks for.

use crate::diagnostic::{Code, closest};
use std::ops::Range;

/// A fence whose info string begins with the word `lumen`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The info string, `lumen test`.
    pub info: String,
    /// The code: lines end with `\n`, without the indentation and the markers of the blocks around the fence.
    pub content: String,
    /// Where it stands in the document, fence lines included, bytes.
    pub range: Range<usize>,
    /// One for each line of the content, at least one; more where a line does not stand in the document as it is.
    pub(super) pieces: Vec<Piece>,
}

/// From where on content and document agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Offset in the content, bytes.
    pub(super) content: u32,
    /// Line of the document, from 1.
    pub(super) line: u32,
    /// Column of its first character, from 1, in Unicode scalar values.
    pub(super) column: u32,
    /// These characters stand for a part of a tab: all are in that column.
    pub(super) synthetic: bool,
}

/// What is done with a fence that is not part of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SnippetKind {
    /// Run as a test.
    Test,
    /// Compiled only.
    NoRun,
    /// Must fail to compile, with this code.
    Error(Code),
}

/// What a fence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Module,
    Snippet(SnippetKind),
    Ignored,
}

/// Words that may follow `lumen`.
const WORDS: &[&str] = &["test", "no_run", "ignore", "error"];

/// A word of an info string that means nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FaultyWord<'a> {
    pub(super) word: &'a str,
    pub(super) message: String,
    pub(super) help: String,
    /// The block was not meant to be part of the module.
    pub(super) is_snippet: bool,
}

/// Reads an info string: `None` if it is not Lumen; the purpose, and what is wrong with it.
pub(super) fn read_info(info: &str) -> Option<(Purpose, Vec<FaultyWord<'_>>)> {
    let mut words = info
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty());
    if words.next() != Some("lumen") {
        return None;
    }
    let mut purpose = None;
    let mut faulty = Vec::new();
    for word in words {
        match read_word(word) {
            Ok(_) if purpose.is_some() => faulty.push(FaultyWord {
                word,
                message: format!("`{word}` contradicts the word before it"),
                help: "a code block has one purpose: leave one of the words out".to_owned(),
                is_snippet: true,
            }),
            Ok(found) => purpose = Some(found),
            Err(fault) => faulty.push(fault),
        }
    }
    // What was meant for a test or an example would only fail again as a part of the module.
    let otherwise = match faulty.iter().any(|fault| fault.is_snippet) {
        true => Purpose::Ignored,
        false => Purpose::Module,
    };
    Some((purpose.unwrap_or(otherwise), faulty))
}

fn read_word(word: &str) -> Result<Purpose, FaultyWord<'_>> {
    match word {
        "test" => return Ok(Purpose::Snippet(SnippetKind::Test)),
        "no_run" => return Ok(Purpose::Snippet(SnippetKind::NoRun)),
        "ignore" => return Ok(Purpose::Ignored),
        _ => {}
    }
    let near = closest(word, WORDS.iter().copied());
    let fault = |message: String, help: String| FaultyWord {
        word,
        message,
        help,
        is_snippet: near.is_some() || word.starts_with("error("),
    };
    if let Some(code) = word
        .strip_prefix("error(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        if let Some(code) = Code::from_name(code) {
            return Ok(Purpose::Snippet(SnippetKind::Error(code)));
        }
        let names = Code::TABLE.iter().map(|row| row.name);
        let help = match closest(code, names) {
            Some(near) => format!("did you mean `error({near})`?"),
            None => "write the code of an error, for example `error(E0012)`".to_owned(),
        };
        return Err(fault(format!("there is no error code `{code}`"), help));
    }
    if word == "error" {
        return Err(fault(
            "`error` names no code".to_owned(),
            "write `error(E0012)`".to_owned(),
        ));
    }
    let help = match near {
        Some("error") => "did you mean `error(CODE)`?".to_owned(),
        Some(near) => format!("did you mean `{near}`?"),
        None => "the words are `test`, `no_run`, `ignore` and `error(CODE)`".to_owned(),
    };
    Err(fault(format!("`{word}` means nothing after `lumen`"), help))
}
