//! What is deprecated, and W0007 where it is used.
//!
//! A use is a place where the name stands, for an enum also one where a variant of it stands bare. Imports are none, nor is what stands in a deprecated declaration itself: it
//! goes away together with what it uses.

use super::context::Checker;
use super::definition::Definition;
use super::messages::w0007;
use super::scope::VariantRef;
use crate::diagnostic::Span;
use crate::syntax::name::Name;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// The deprecated declarations that the module knows.
#[derive(Debug, Default)]
pub(crate) struct Deprecations {
    reasons: FxHashMap<Definition, Rc<str>>,
    /// Where own ones stand.
    own: Vec<Span>,
}

impl Deprecations {
    /// Takes note of one of another module.
    pub(crate) fn add(&mut self, definition: Definition, why: &str) {
        if definition != Definition::Broken {
            self.reasons.insert(definition, why.into());
        }
    }

    /// Takes note of one of this module that stands at `span`.
    pub(crate) fn add_own(&mut self, definition: Definition, why: &str, span: Span) {
        self.add(definition, why);
        self.own.push(span);
    }

    /// Why a definition should not be used any more, if it is deprecated.
    pub(crate) fn why(&self, definition: Definition) -> Option<&str> {
        self.reasons.get(&definition).map(|why| &**why)
    }

    /// Whether a place is inside of a deprecated declaration.
    fn holds(&self, span: Span) -> bool {
        self.own
            .iter()
            .any(|own| own.fence == span.fence && own.start <= span.start && span.end <= own.end)
    }
}

impl Checker<'_> {
    /// W0007 if a variant that is named bare there is one of a deprecated enum.
    pub(crate) fn warn_if_enum_deprecated(&mut self, variant: VariantRef, span: Span) {
        let definition = Definition::Nominal(variant.nominal);
        if let Some(why) = self.deprecations.reasons.get(&definition)
            && !self.deprecations.holds(span)
        {
            let diagnostic = w0007::deprecated(span, &self.nominal(variant.nominal).name, why);
            self.report(diagnostic);
        }
    }

    /// W0007 if what is used there is deprecated.
    pub(crate) fn warn_if_deprecated(&mut self, definition: Definition, name: Name, span: Span) {
        if let Some(why) = self.deprecations.reasons.get(&definition)
            && !self.deprecations.holds(span)
        {
            let diagnostic = w0007::deprecated(span, self.text(name), why);
            self.report(diagnostic);
        }
    }
}
