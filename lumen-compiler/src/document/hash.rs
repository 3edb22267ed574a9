//! Hashes of what the compiler reads of a document. The text that a hash begins with names its format: change it with
//! the format.

use super::fence::{Fence, SnippetKind};
use crate::syntax::ast::Directive;
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

/// `"lumen snippet v1\n"`, the kind, the content.
pub(super) fn snippet(kind: SnippetKind, content: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"lumen snippet v1\n");
    let kind = match kind {
        SnippetKind::Test => "test",
        SnippetKind::NoRun => "no_run",
        SnippetKind::Error(code) => code.info().name,
    };
    text(&mut hash, kind);
    text(&mut hash, content);
    hash.finalize().into()
}

fn text(hash: &mut Sha256, text: &str) {
    number(hash, text.len());
    hash.update(text.as_bytes());
}

fn number(hash: &mut Sha256, number: usize) {
    hash.update((number as u64).to_le_bytes());
}
