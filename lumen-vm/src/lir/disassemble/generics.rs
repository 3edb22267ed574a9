//! What is generic, in a listing: type parameters, methods, and instances where code names them.

use super::{Listing, word};
use crate::lir::{Generics, Instance, Target, TypeParameter, VariableClass};

impl Listing<'_> {
    /// `[T, K: key]`, and behind a `;` the methods; nothing if there is neither.
    pub(super) fn generics(&self, generics: &Generics) -> String {
        let mut text = parameters(&generics.parameters);
        let methods = generics.methods.iter().map(|method| {
            let parameters = self.types(&method.parameters);
            format!(
                "{}({parameters}) -> {}",
                word(&method.name),
                self.ty(method.result)
            )
        });
        let methods = methods.collect::<Vec<_>>().join(", ");
        if !methods.is_empty() {
            text.push_str("; ");
            text.push_str(&methods);
        }
        bracketed(text)
    }

    /// `NAME[Int, String](area)`: the cell, its type arguments, and the cells for its methods.
    pub(super) fn instance(&self, instance: &Instance) -> String {
        let cell = match self.module.target(instance.cell) {
            Target::Cell(_) | Target::Imported(_) => self.callee(instance.cell),
            Target::Instance(_) | Target::Method(_) => format!("cell#{}", instance.cell),
        };
        let types = bracketed(self.types(&instance.types));
        let methods = instance
            .methods
            .iter()
            .map(|&operand| match self.module.target(operand) {
                Target::Instance(position) => format!("instance#{position}"),
                _ => self.callee(operand),
            });
        match instance.methods.is_empty() {
            true => format!("{cell}{types}"),
            false => format!("{cell}{types}({})", methods.collect::<Vec<_>>().join(", ")),
        }
    }
}

/// `[T, K: key]`, or nothing.
pub(super) fn type_parameters(list: &[TypeParameter]) -> String {
    bracketed(parameters(list))
}

fn parameters(list: &[TypeParameter]) -> String {
    let names = list.iter().map(|parameter| match parameter.class {
        VariableClass::Any => word(&parameter.name),
        class => format!("{}: {}", word(&parameter.name), class.name()),
    });
    names.collect::<Vec<_>>().join(", ")
}

fn bracketed(text: String) -> String {
    match text.is_empty() {
        true => text,
        false => format!("[{text}]"),
    }
}
