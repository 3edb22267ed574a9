//! Hashes of what the compiler reads of a document. The text that a hash begins with names its format: change it with
//! the format.

use super::fence::{Fence, SnippetKind};
use crate::check::Unresolved;
use crate::syntax::ast::{Ast, Directive, Ident, Import, ImportNames};
use crate::syntax::name::Names;
use sha2::{Digest, Sha256};

/// `"lumen code v1\n"`, the directives, the fences; every count and length is 8 bytes, little endian.
pub(super) fn module(fences: &[Fence], directives: &[Directive], names: &Names) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"lumen code v1\n");
    number(&mut hash, directives.len());
    for directive in directives {
        text(&mut hash, names.text(directive.name.name));
        text(&mut hash, &directive.value);
    }
    number(&mut hash, fences.len());
    for fence in fences {
        text(&mut hash, &fence.content);
    }
    hash.finalize().into()
}

/// `"lumen snippet v1\n"`, the kind, the content, the inherited imports.
pub(super) fn snippet(kind: SnippetKind, unresolved: Unresolved, content: &str, ast: &Ast) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"lumen snippet v1\n");
    let kind = match kind {
        SnippetKind::Test => "test",
        SnippetKind::NoRun if unresolved == Unresolved::Allowed => "no_run doc_mode",
        SnippetKind::NoRun => "no_run",
        SnippetKind::Error(code) => code.info().name,
    };
    text(&mut hash, kind);
    text(&mut hash, content);
    number(&mut hash, ast.inherited.len());
    for inherited in &ast.inherited {
        import(&mut hash, inherited, &ast.names);
    }
    hash.finalize().into()
}

/// Package (empty if none), path segments, and names with their aliases (empty if none); a lone `*` for all names.
fn import(hash: &mut Sha256, import: &Import, names: &Names) {
    let word = |ident: Option<Ident>| ident.map_or("", |ident| names.text(ident.name));
    text(hash, word(import.package));
    number(hash, import.path.len());
    for segment in &import.path {
        text(hash, word(Some(*segment)));
    }
    match &import.names {
        ImportNames::Module => number(hash, 0),
        ImportNames::All(_) => text(hash, "*"),
        ImportNames::Some(imported) => {
            number(hash, imported.len());
            for imported in imported {
                text(hash, word(Some(imported.name)));
                text(hash, word(imported.alias));
            }
        }
    }
}

fn text(hash: &mut Sha256, text: &str) {
    number(hash, text.len());
    hash.update(text.as_bytes());
}

fn number(hash: &mut Sha256, number: usize) {
    hash.update((number as u64).to_le_bytes());
}
