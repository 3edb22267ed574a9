//! Generic cells and types that would need instances without end: a circle of type parameters, each deciding the next, on
//! which one is wrapped into a larger type (ECMA-335, 6th edition, II.9.2). A circle never leaves the module, since
//! imports have none.

use super::context::Checker;
use super::definition::{Definition, Layout};
use super::messages::{e0014, e0021};
use super::order::components;
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::Ty;
use crate::syntax::ast::ItemKind;

/// Which type parameters decide which.
#[derive(Debug, Default)]
struct Flow {
    /// By type parameter: those that it decides.
    edges: Vec<Vec<u32>>,
    /// Where one is wrapped on the way.
    wraps: Vec<Wrap>,
}

/// A type argument that mentions a type parameter and is not just it.
#[derive(Clone, Copy, Debug)]
struct Wrap {
    from: u32,
    to: u32,
    argument: Ty,
    span: Span,
}

impl Checker<'_> {
    /// E0021 for calls, E0014 for records and enums.
    pub(crate) fn check_expansion(&mut self) {
        let mut calls = self.flow();
        for number in 0..self.instances.len() {
            let instance = self.instances[number].clone();
            for (target, argument) in instance.generics.iter().zip(&instance.arguments) {
                self.add_flow(&mut calls, *target, *argument, instance.span);
            }
        }
        for wrap in circular(calls) {
            let parameter = self.type_parameter(wrap.to).clone();
            let (first, second) = self.growth(wrap);
            self.report(e0021::expanding(
                wrap.span,
                &parameter.owner,
                &parameter.name,
                &first,
                &second,
            ));
        }
        let mut holding = self.flow();
        for (ty, span) in self.held_types() {
            self.add_held(&mut holding, ty, span);
        }
        for wrap in circular(holding) {
            let name = self.type_parameter(wrap.to).owner.to_string();
            let (first, second) = self.growth(wrap);
            self.report(e0014::expanding(wrap.span, &name, &first, &second));
        }
    }

    fn flow(&self) -> Flow {
        Flow {
            edges: vec![Vec::new(); self.type_parameters.len()],
            wraps: Vec::new(),
        }
    }

    fn add_flow(&mut self, flow: &mut Flow, target: u32, argument: Ty, span: Span) {
        if !self.types.is_generic(argument) {
            return;
        }
        let is_bare = matches!(self.types.get(argument), Type::Parameter(_));
        for from in self.parameters_in(argument) {
            flow.edges[from as usize].push(target);
            if !is_bare {
                flow.wraps.push(Wrap {
                    from,
                    to: target,
                    argument,
                    span,
                });
            }
        }
    }

    /// Types of all fields and payloads of this module, with their places.
    fn held_types(&mut self) -> Vec<(Ty, Span)> {
        let ast = self.ast;
        let mut held = Vec::new();
        for (position, item) in ast.items.iter().enumerate() {
            let Definition::Nominal(nominal) = self.items[position] else {
                continue;
            };
            let layout = self.layout(nominal);
            match (&*layout, &item.kind) {
                (Layout::Record { fields, .. }, ItemKind::Record(written)) => {
                    let places = written.fields.iter().map(|field| ast.types[field.ty].span);
                    held.extend(fields.iter().map(|field| field.ty).zip(places));
                }
                (Layout::Enum(variants), ItemKind::Enum(written)) => {
                    for (variant, written) in variants.iter().zip(&written.variants) {
                        let places = written.payload.iter().map(|ty| ast.types[*ty].span);
                        held.extend(variant.payload.iter().copied().zip(places));
                    }
                }
                _ => {}
            }
        }
        held
    }

    /// What a type that is held mentions decides type parameters of.
    fn add_held(&mut self, flow: &mut Flow, ty: Ty, span: Span) {
        if !self.types.is_generic(ty) {
            return;
        }
        let form = self.types.get(ty).clone();
        if let Type::Nominal(nominal, arguments) = &form {
            let generics = self.nominal_generics(*nominal);
            for (target, argument) in generics.iter().zip(arguments.iter()) {
                self.add_flow(flow, *target, *argument, span);
            }
        }
        for part in form.parts() {
            self.add_held(flow, part, span);
        }
    }

    /// A type argument, and what it is one round further, for messages.
    fn growth(&mut self, wrap: Wrap) -> (String, String) {
        let mut arguments = Vec::new();
        for number in self.parameters_in(wrap.argument) {
            let position = self.type_parameter(number).position as usize;
            if arguments.len() <= position {
                arguments.resize(position + 1, Types::ERROR);
            }
            arguments[position] = match number == wrap.from {
                true => wrap.argument,
                false => self.parameter_type(number),
            };
        }
        let grown = self.substitute(wrap.argument, &arguments);
        (self.show(wrap.argument), self.show(grown))
    }
}

/// The wraps that lie on a circle, one for each place.
fn circular(flow: Flow) -> Vec<Wrap> {
    if flow.wraps.is_empty() {
        return Vec::new();
    }
    let mut component_of = vec![0usize; flow.edges.len()];
    for (number, component) in components(&flow.edges).into_iter().enumerate() {
        for node in component {
            component_of[node as usize] = number;
        }
    }
    let mut found: Vec<Wrap> = Vec::new();
    for wrap in flow.wraps {
        let on_circle = component_of[wrap.from as usize] == component_of[wrap.to as usize];
        if on_circle && !found.iter().any(|known| known.span == wrap.span) {
            found.push(wrap);
        }
    }
    found
}
