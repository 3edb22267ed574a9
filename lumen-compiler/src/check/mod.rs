//! The checker: names, types, patterns and flow of one module; syntax tree in, typed tree, interface and diagnostics out.
//!
//! It does not parse and does not touch files: other modules are seen through the request's [`Environment`] alone.

mod request;

pub use request::{Checked, Request, Test};

use crate::diagnostic::{Code, Diagnostic};
use crate::interface::Interface;

/// Checks a module.
pub fn check(request: &Request) -> Checked {
    let diagnostics = request
        .ast
        .items
        .first()
        .map(|item| {
            Diagnostic::new(
                Code::E0060,
                item.span,
                "checking of declarations is not supported yet",
            )
        })
        .into_iter()
        .collect();
    Checked {
        hir: None,
        interface: Interface {
            module: request.id.clone(),
            items: Vec::new(),
            names_hash: [0; 32],
        },
        diagnostics,
        trace: Vec::new(),
        tests: Vec::new(),
    }
}
