//! What a module offers, for readers: its declarations as they are written, without bodies, and what is said about them.
//!
//! Taken from the syntax tree alone, so that a document with errors has an outline too.

use super::{Document, Fence, Form};
use crate::diagnostic::Span;
use crate::syntax::ast::{Cell, ExprKind, Ident, Item, ItemKind, StringPart};

/// A module for readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// What is said about the whole, Markdown; perhaps nothing.
    pub introduction: String,
    /// Its declarations in order.
    pub entries: Vec<Entry>,
}

/// A declaration for readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// `cell`, `record`, `enum`, `type`, `const` or `trait`.
    pub kind: &'static str,
    /// Whether other packages see it.
    pub public: bool,
    /// Whether it is a test.
    pub test: bool,
    /// Why it should not be used any more, if it is deprecated.
    pub deprecated: Option<String>,
    /// The declaration as written; of a cell its first line or lines, without the body.
    pub signature: String,
    /// What is said about it, Markdown; perhaps nothing.
    pub documentation: String,
    /// The line of the document where it begins, from 1.
    pub line: u32,
}

impl Outline {
    /// The outline of a document.
    pub fn of(text: &str, form: Form) -> Outline {
        let document = form.parse(text);
        let mut documentation = document.documentation.iter().peekable();
        let mut entries = Vec::new();
        for (position, item) in document.module.items.iter().enumerate() {
            let written = documentation.next_if(|documentation| documentation.item == position);
            let text = written.map_or("", |documentation| &documentation.text);
            entries.extend(entry(&document, item, text));
        }
        Outline {
            introduction: document.introduction,
            entries,
        }
    }
}

fn entry(document: &Document, item: &Item, documentation: &str) -> Option<Entry> {
    let (kind, name, signature) = match &item.kind {
        ItemKind::Cell(cell) => ("cell", cell.name, head(document, item, cell.signature_span)),
        ItemKind::Record(record) => ("record", record.name, source(document, item.span).to_owned()),
        ItemKind::Enum(written) => (
            "enum",
            written.name,
            with_methods(document, item, &written.methods),
        ),
        ItemKind::Alias { name, .. } => ("type", *name, source(document, item.span).to_owned()),
        ItemKind::Const { name, .. } => ("const", *name, source(document, item.span).to_owned()),
        ItemKind::Trait { name, .. } => ("trait", *name, source(document, item.span).to_owned()),
        ItemKind::Impl { .. } | ItemKind::Reserved { .. } => return None,
    };
    let attribute = |wanted: &str| {
        let mut attributes = item.attributes.iter();
        attributes.find(|attribute| text(document, attribute.name) == wanted)
    };
    let reason = |argument| match &document.module.exprs[argument].kind {
        ExprKind::String(parts) => match parts.as_slice() {
            [StringPart::Text(why)] => Some(why.clone()),
            _ => None,
        },
        _ => None,
    };
    Some(Entry {
        name: text(document, name).to_owned(),
        kind,
        public: item.public,
        test: attribute("test").is_some(),
        deprecated: attribute("deprecated").and_then(|found| reason(*found.arguments.first()?)),
        signature,
        documentation: documentation.to_owned(),
        line: document.positions.start(item.span).line,
    })
}

fn text(document: &Document, name: Ident) -> &str {
    document.module.names.text(name.name)
}

/// What stands there, without blanks around it.
fn source(document: &Document, span: Span) -> &str {
    let fence = document.fences().get(span.fence as usize);
    let content = fence.map_or("", |fence: &Fence| &fence.content);
    content
        .get(span.start as usize..span.end as usize)
        .unwrap_or("")
        .trim()
}

/// A declaration from its beginning to the end of `signature`.
fn head(document: &Document, item: &Item, signature: Span) -> String {
    let span = Span {
        end: signature.end,
        ..item.span
    };
    source(document, span).to_owned()
}

/// An enum whose methods have no bodies.
fn with_methods(document: &Document, item: &Item, methods: &[Cell]) -> String {
    let Some(first) = methods.first() else {
        return source(document, item.span).to_owned();
    };
    let span = Span {
        end: first.signature_span.start,
        ..item.span
    };
    let mut written = source(document, span).to_owned();
    for method in methods {
        written.push_str("\n\n  ");
        written.push_str(source(document, method.signature_span));
    }
    written + "\nend"
}
