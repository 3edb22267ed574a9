//! Documents: which parts of a text are Lumen, and where they stand.
//!
//! Pure: [`Form::parse`] takes the text and yields everything that the compiler reads. Spans of trees and
//! diagnostics are relative to fences, so that an edit of the prose changes none of them; a [`PositionMap`] turns them
//! into lines and columns, and can be had without parsing ([`Form::positions`]), for warnings and traces that were stored.

mod code;
pub(crate) mod directive;
mod documentation;
mod encoding;
mod extract;
mod fence;
mod form;
mod hash;
mod outline;
mod position;

pub use documentation::Documentation;
pub use encoding::{MAX_BYTES, Unreadable, read_text};
pub use fence::{Fence, SnippetKind};
pub use form::Form;
pub use outline::{Entry, Outline};
pub use position::{DocumentRange, LineColumn, PositionMap};

use crate::check::Unresolved;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::syntax::ast::{Ast, Directive, Ident};
use crate::syntax::{self, Place};
use extract::{Extraction, extract};

/// How many directives of the prose are looked at closely; nobody writes more.
const MAX_DIRECTIVES: usize = 500;

/// A parsed document.
#[derive(Debug)]
pub struct Document {
    /// The module: all plain `lumen` fences in order. Span fences count these, from 0.
    pub module: Ast,
    /// What the prose says about declarations, in order of declaration.
    pub documentation: Vec<Documentation>,
    /// What the prose says about the module as a whole; perhaps nothing.
    pub introduction: String,
    /// `test`, `no_run` and `error(CODE)` fences in order, each a module of its own that sees this one.
    pub snippets: Vec<Snippet>,
    /// Directives of the prose. Their names are names of [`Document::module`], their spans are resolved by
    /// [`Document::positions`].
    pub directives: Vec<Directive>,
    /// What is wrong with the text, sorted by position; without what is wrong inside snippets.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the spans of `module`, `directives` and `diagnostics` stand; holds the fences of the module.
    pub positions: PositionMap,
}

/// A fence that is not part of the module.
#[derive(Debug)]
pub struct Snippet {
    /// What is done with it.
    pub kind: SnippetKind,
    /// Whether it may use names that nothing here declares: a `no_run` snippet under `@doc_mode true`.
    pub unresolved: Unresolved,
    /// Its code; it may have statements at the top level. Its only fence is number 0.
    pub ast: Ast,
    /// What is wrong with it, sorted by position.
    pub diagnostics: Vec<Diagnostic>,
    /// Where its spans stand; holds its fence.
    pub positions: PositionMap,
}

/// The position maps of a document, without its trees.
#[derive(Debug)]
pub struct Positions {
    /// For the module and the prose.
    pub module: PositionMap,
    /// For each snippet, in order.
    pub snippets: Vec<PositionMap>,
}

/// Reads a Markdown document, as [`Form::parse`] does.
pub fn parse_document(text: &str) -> Document {
    parse(text, Form::Markdown)
}

fn parse(text: &str, form: Form) -> Document {
    let Extraction {
        positions,
        snippets,
        candidates,
        documentation,
        introduction,
        mut diagnostics,
    } = extract(text, form);
    let parsed = syntax::parse(
        positions.fences().iter().map(|fence| fence.content.as_str()),
        Place::Module,
    );
    diagnostics.extend(parsed.diagnostics);
    let mut module = parsed.ast;
    let first_code = parsed
        .first_code
        .and_then(|number| positions.fences().get(number as usize));
    let limit = first_code.map_or(text.len(), |fence| fence.range.start);
    let mut directives = Vec::new();
    for (number, candidate) in candidates.iter().enumerate() {
        if candidate.start >= limit {
            break;
        }
        directives.extend(read_directive(
            &text[candidate.clone()],
            position::prose_span(number),
            &mut module,
        ));
    }
    for directive in directives.iter().take(MAX_DIRECTIVES) {
        let name = module.names.text(directive.name.name);
        diagnostics.extend(directive::check(name, &directive.value, directive.span));
    }
    let mut all: Vec<&Directive> = directives
        .iter()
        .chain(&module.directives)
        .take(MAX_DIRECTIVES)
        .collect();
    all.sort_by_key(|directive| positions.start(directive.span));
    diagnostics.extend(directive::contradictions(&all, &module.names));
    let unresolved = match directive::value(all.into_iter(), &module.names, "doc_mode") {
        Some("true") => Unresolved::Allowed,
        _ => Unresolved::Reported,
    };
    positions.sort(&mut diagnostics);
    let snippets = snippets
        .into_iter()
        .map(|(kind, fence)| parse_snippet(kind, fence, unresolved, &module))
        .collect();
    let documented = documentation::attach(introduction, documentation, &module);
    Document {
        module,
        documentation: documented.items,
        introduction: documented.introduction,
        snippets,
        directives,
        diagnostics,
        positions,
    }
}

/// Where the spans of a Markdown document stand, as [`Form::positions`] says.
pub fn positions(text: &str) -> Positions {
    positions_of(text, Form::Markdown)
}

fn positions_of(text: &str, form: Form) -> Positions {
    let extraction = extract(text, form);
    Positions {
        module: extraction.positions,
        snippets: extraction
            .snippets
            .into_iter()
            .map(|(_, fence)| PositionMap::of_fence(fence))
            .collect(),
    }
}

impl Document {
    /// Hash of what the compiler reads of the module: its fences, exactly and in order, and the directives of the
    /// prose. An edit of other prose, or of a snippet, does not change it.
    pub fn code_hash(&self) -> [u8; 32] {
        hash::module(self.positions.fences(), &self.directives, &self.module.names)
    }

    /// Fences of the module in order.
    pub fn fences(&self) -> &[Fence] {
        self.positions.fences()
    }
}

impl Snippet {
    /// Hash of its kind and code, and of the imports that it has from its document.
    pub fn code_hash(&self) -> [u8; 32] {
        hash::snippet(self.kind, self.unresolved, &self.fence().content, &self.ast)
    }

    /// Its fence.
    pub fn fence(&self) -> &Fence {
        self.positions.fences().first().expect("a snippet has a fence")
    }
}

fn parse_snippet(kind: SnippetKind, fence: Fence, unresolved: Unresolved, module: &Ast) -> Snippet {
    let parsed = syntax::parse([fence.content.as_str()], Place::Snippet);
    let mut ast = parsed.ast;
    ast.inherited = module
        .imports
        .iter()
        .map(|import| import.renamed(|name| ast.names.intern(module.names.text(name))))
        .collect();
    let unresolved = match kind {
        SnippetKind::NoRun => unresolved,
        SnippetKind::Test | SnippetKind::Error(_) => Unresolved::Reported,
    };
    Snippet {
        kind,
        unresolved,
        ast,
        diagnostics: parsed.diagnostics,
        positions: PositionMap::of_fence(fence),
    }
}

/// `@name value` on a line of the prose; `line_span` covers nothing yet but names the line.
fn read_directive(line: &str, line_span: Span, module: &mut Ast) -> Option<Directive> {
    let rest = line.strip_prefix('@')?;
    let length = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    if length == 0 {
        return None;
    }
    let name = Ident {
        name: module.names.intern(&rest[..length]),
        span: Span {
            start: 1,
            end: 1 + length as u32,
            ..line_span
        },
    };
    Some(Directive {
        name,
        value: rest[length..].trim().to_owned(),
        span: Span {
            start: 0,
            end: line.trim_end().len() as u32,
            ..line_span
        },
    })
}

/// An E0007: the document cannot be read at all.
fn unreadable(span: Span, problem: &Unreadable) -> Diagnostic {
    Diagnostic::new(Code::E0007, span, problem.to_string()).help(problem.help())
}
