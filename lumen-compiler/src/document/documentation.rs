//! Documentation: which prose belongs to which declaration.
//!
//! In Markdown the prose right above a fence documents the fence's first declaration: everything since the last heading,
//! rule or `lumen` fence. In a file of code alone a block of documentation documents the declaration below it. Neither is
//! part of the code, its hash or an interface.

use super::directive;
use crate::syntax::ast::{Ast, Item};
use pulldown_cmark::HeadingLevel;

/// What a declaration's author says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documentation {
    /// The declaration: its position in [`Ast::items`].
    pub item: usize,
    /// Markdown, without blank lines around it.
    pub text: String,
}

/// The documentation of a module.
#[derive(Debug, Default)]
pub(super) struct Documented {
    /// What is said about the whole.
    pub(super) introduction: String,
    /// By declaration.
    pub(super) items: Vec<Documentation>,
}

/// Documentation where it stands: it belongs to what begins at or after that offset of that fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) fence: u32,
    pub(super) offset: u32,
    pub(super) text: String,
}

/// The prose of a Markdown text, as it is walked through.
#[derive(Debug, Default)]
pub(super) struct Prose {
    /// Where what may document the next fence begins.
    start: Option<usize>,
    /// Whether a heading of the first level has been met, and whether it is the last heading.
    titled: bool,
    below_title: bool,
    /// What stands between the title and the next heading, if no fence does.
    pub(super) introduction: String,
}

impl Prose {
    /// A heading.
    pub(super) fn heading(&mut self, text: &str, level: HeadingLevel, start: usize) {
        if self.below_title {
            self.introduction = self.above(text, start).unwrap_or_default();
        }
        self.start = None;
        self.below_title = level == HeadingLevel::H1 && !self.titled;
        self.titled |= self.below_title;
    }

    /// A block of prose.
    pub(super) fn begin(&mut self, start: usize) {
        self.start.get_or_insert(start);
    }

    /// Something that prose above it does not reach beyond.
    pub(super) fn end(&mut self) {
        self.start = None;
    }

    /// What stands right above the fence or heading that begins at `end`.
    pub(super) fn above(&mut self, text: &str, end: usize) -> Option<String> {
        self.below_title = false;
        let start = self.start.take()?;
        let lines: Vec<&str> = text
            .get(start..end)?
            .lines()
            .filter(|line| !is_directive(line))
            .map(str::trim_end)
            .collect();
        let prose = lines.join("\n").trim_matches('\n').to_owned();
        (!prose.is_empty()).then_some(prose)
    }
}

fn is_directive(line: &str) -> bool {
    let name = line.strip_prefix('@').map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    name.is_some_and(directive::is_known)
}

/// Finds the declaration of each piece of documentation. Of several for one, the nearest is taken; the first of several
/// for the first declaration is about the module. What stands inside of a declaration belongs to none.
pub(super) fn attach(introduction: String, written: Vec<Written>, module: &Ast) -> Documented {
    let mut found = Documented {
        introduction,
        items: Vec::new(),
    };
    let mut number = 0;
    for Written { fence, offset, text } in written {
        let above = |item: &Item| (item.span.fence, item.span.end) <= (fence, offset);
        while module.items.get(number).is_some_and(above) {
            number += 1;
        }
        let is_whole = |item: &Item| item.span.fence == fence && item.span.start >= offset;
        if !module.items.get(number).is_some_and(is_whole) {
            continue;
        }
        match found.items.last_mut().filter(|last| last.item == number) {
            Some(last) => {
                let above = std::mem::replace(&mut last.text, text);
                if number == 0 && found.introduction.is_empty() {
                    found.introduction = above;
                }
            }
            None => found.items.push(Documentation { item: number, text }),
        }
    }
    found
}
