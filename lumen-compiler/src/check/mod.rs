//! The checker: names, types, patterns and flow of one module; syntax tree in, typed tree, interface and diagnostics out.
//!
//! It does not parse and does not touch files: other modules are seen through the request's
//! [`Environment`](crate::interface::Environment) alone, and everything that is seen is in the trace.
//!
//! Three passes: names (`declare`, `import`), types of declarations (`signature`, `annotation`), bodies (`cells`). A body
//! is checked in two directions at once: expected types go down, found types come up, and what neither tells is a
//! variable that a later use decides (`variables`). The typed tree is built on the way and renumbered at the end.

mod accept;
mod advice;
mod annotation;
mod assign;
mod attributes;
mod block;
mod body;
mod bounds;
mod builtins;
mod call;
mod cells;
mod chain;
mod class;
mod comprehension;
mod conformity;
mod constants;
mod context;
mod control;
mod declare;
mod definition;
mod deprecated;
mod dropped;
mod expansion;
mod export;
mod expression;
mod familiar;
mod flow;
mod foreign;
mod function;
mod higher;
mod impls;
mod import;
mod instances;
mod jump;
mod lambda;
mod lift;
mod literal;
mod locals;
mod loops;
mod messages;
mod methods;
mod names;
mod operator;
mod order;
mod parameters;
mod parts;
mod pattern;
mod prelude;
mod publish;
mod recorder;
mod records;
mod request;
mod scope;
mod show;
mod signature;
mod text;
mod traits;
mod tree;
mod types;
mod variables;

pub use request::{Checked, Request, Test, Unresolved};

use context::Checker;

/// Checks a module.
pub fn check(request: &Request) -> Checked {
    let mut checker = Checker::new(request);
    checker.declare_imports();
    let host = request
        .host
        .as_ref()
        .map(|host| checker.recorder.adopt(host.clone()));
    checker.declare_items(host);
    checker.declare_inherited_imports();
    checker.resolve_signatures();
    checker.check_bodies();
    checker.check_written_bounds();
    checker.check_expansion();
    let is_sound = !request.syntax_errors && !checker.has_errors();
    if is_sound {
        checker.report_unused_imports();
    }
    let interface = checker.publish();
    let hir = (is_sound && !checker.leans_on_broken).then(|| export::export(&mut checker));
    let mut diagnostics = checker.diagnostics;
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
    diagnostics.dedup();
    let mut tests = checker.tests;
    tests.sort_by_key(|test| test.span);
    Checked {
        hir,
        interface,
        diagnostics,
        trace: checker.recorder.finish(),
        tests,
    }
}
