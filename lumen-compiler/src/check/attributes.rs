//! Attributes: which there are, and above what they may stand.

use super::context::Checker;
use super::messages::{e0001, e0010, e0011, e0013, e0019};
use crate::diagnostic::closest;
use crate::syntax::ast::{Attribute, ExprKind, Item, ItemKind, StringPart};

/// All attributes.
const ATTRIBUTES: [&str; 2] = ["test", "deprecated"];

impl Checker<'_> {
    /// Checks the attributes of all declarations, and notes which are deprecated.
    pub(crate) fn check_attributes(&mut self) {
        let ast = self.ast;
        for (position, item) in ast.items.iter().enumerate() {
            for (number, attribute) in item.attributes.iter().enumerate() {
                let name = self.text(attribute.name.name);
                let mut above = item.attributes.iter().take(number);
                if let Some(first) = above.find(|first| first.name.name == attribute.name.name) {
                    self.report(e0011::duplicate_attribute(attribute.span, name, first.span));
                    continue;
                }
                match name {
                    "test" => self.check_test(attribute, item),
                    "deprecated" => self.check_deprecated(attribute, item, position),
                    name => {
                        let near = closest(name, ATTRIBUTES);
                        self.report(e0010::unknown_attribute(
                            attribute.span,
                            attribute.name.span,
                            name,
                            near,
                        ));
                    }
                }
            }
        }
    }

    fn check_test(&mut self, attribute: &Attribute, item: &Item) {
        let ItemKind::Cell(cell) = &item.kind else {
            self.report(e0001::misplaced_test(attribute.span));
            return;
        };
        if !attribute.arguments.is_empty() {
            self.report(e0013::attribute(attribute.span, "test"));
        }
        if let Some(generic) = cell.generics.first() {
            self.report(e0019::generic_test(
                generic.name.span,
                self.text(generic.name.name),
            ));
        }
    }

    fn check_deprecated(&mut self, attribute: &Attribute, item: &Item, position: usize) {
        if let ItemKind::Impl { .. } | ItemKind::Reserved { .. } = item.kind {
            self.report(e0001::misplaced_deprecated(attribute.span));
            return;
        }
        let argument = match attribute.arguments.as_slice() {
            [argument] => Some(&self.ast.exprs[*argument].kind),
            _ => None,
        };
        let why = match argument {
            Some(ExprKind::String(parts)) => match parts.as_slice() {
                [StringPart::Text(why)] if !why.trim().is_empty() => why,
                _ => return self.report(e0013::deprecated(attribute.span)),
            },
            // The parser has said what is wrong with it.
            Some(ExprKind::Error) => return,
            _ => return self.report(e0013::deprecated(attribute.span)),
        };
        if let Some(definition) = self.items.get(position).copied() {
            self.deprecations.add_own(definition, why, item.span);
        }
    }
}
