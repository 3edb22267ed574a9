//! E0060: what the language has and this version does not build.

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::syntax::ast::Cell;

/// `subject` with its verb: "generic records are".
pub(crate) fn not_supported(span: Span, subject: &str) -> Diagnostic {
    Diagnostic::new(Code::E0060, span, format!("{subject} not supported yet"))
}

/// What of a cell's form is not supported yet: the first thing.
pub(crate) fn cell_form(cell: &Cell) -> Option<Diagnostic> {
    let name = cell.name.span;
    let forms = [
        (cell.is_async.then_some(name), "`async` cells are"),
        (cell.is_extern.then_some(name), "`extern` cells are"),
        (
            cell.effects
                .as_ref()
                .and_then(|effects| effects.first())
                .map(|effect| effect.span),
            "effects are",
        ),
    ];
    forms
        .into_iter()
        .find_map(|(span, subject)| Some(not_supported(span?, subject)))
}

/// A method of a trait in a form that is not built.
pub(crate) fn trait_method_form(cell: &Cell) -> Option<Diagnostic> {
    let generic = cell.generics.first()?;
    Some(not_supported(generic.name.span, "generic methods of traits are"))
}
