//! Calls of cells: positional, named and default arguments.

use super::super::body::{Body, Mode, Want};
use super::super::definition::{CellId, ParameterInfo, ResultType};
use super::super::messages::e0013::Faults;
use super::super::types::Types;
use super::Arguments;
use crate::diagnostic::closest;
use crate::hir::{self, Ty};
use crate::syntax::ast::Argument;

/// Where an argument goes.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// To the parameter at this position.
    Parameter(usize),
    /// Nowhere: it was reported.
    Nowhere,
}

impl<'a> Body<'_, 'a> {
    /// A call of a cell.
    pub(super) fn call_cell(&mut self, cell: CellId, arguments: Arguments<'a>) -> hir::ExprId {
        let parameters = std::rc::Rc::clone(&self.checker.cell(cell).parameters);
        let mut faults = Faults::default();
        let (places, given) = self.place_arguments(&parameters, arguments, &mut faults);
        let mut written = Vec::with_capacity(places.len() + 1);
        if let (Some(receiver), Some(parameter)) = (arguments.receiver, parameters.first()) {
            let want = want_of(parameter);
            written.push((0, self.coerce(receiver.value, want, Some(receiver.source))));
        }
        for (argument, place) in arguments.written.iter().zip(&places) {
            let (Argument::Positional(id) | Argument::Named(_, id) | Argument::Spread(id)) = argument;
            match place {
                Place::Parameter(position) => {
                    let want = want_of(&parameters[*position]);
                    written.push((*position as u32, self.expr(*id, Mode::Check(want))));
                }
                Place::Nowhere => self.stray(*argument),
            }
        }
        let mut defaults = Vec::new();
        for (position, parameter) in parameters.iter().enumerate() {
            if given[position] {
                continue;
            }
            if parameter.default == 0 && faults.hides_arguments() {
                continue;
            }
            if parameter.default == 0 {
                faults.missing.push(parameter.name.to_string());
            } else {
                defaults.push((position as u32, self.checker.argument_default(cell, position)));
            }
        }
        let result = self.result_of(cell);
        if !faults.is_empty() {
            let info = self.checker.cell(cell);
            let (name, declared) = (format!("`{}`", info.name), info.span);
            let mut diagnostic = faults.diagnostic(arguments.span, &name, "argument");
            if let Some(span) = declared {
                diagnostic = diagnostic.related(span, "the cell is declared here");
            }
            self.checker.report(diagnostic);
            return self.error_of(result, arguments.span);
        }
        let callee = self.checker.callee(cell);
        self.push(
            hir::ExprKind::Call {
                callee,
                written,
                defaults,
            },
            result,
            arguments.span,
        )
    }

    /// Which argument is for which parameter, and which parameters have one.
    fn place_arguments(
        &mut self,
        parameters: &[ParameterInfo],
        arguments: Arguments<'a>,
        faults: &mut Faults,
    ) -> (Vec<Place>, Vec<bool>) {
        let mut given = vec![false; parameters.len()];
        let mut next = 0;
        let mut positional = 0;
        let mut is_named = false;
        if arguments.receiver.is_some() {
            positional = 1;
            next = 1;
            match given.first_mut() {
                Some(first) => *first = true,
                None => faults.excess = Some((1, 0)),
            }
        }
        let mut places = Vec::with_capacity(arguments.written.len());
        for argument in arguments.written {
            places.push(match argument {
                Argument::Positional(_) => {
                    positional += 1;
                    faults.misplaced |= is_named;
                    next += given.iter().skip(next).take_while(|seat| **seat).count() + 1;
                    match given.get_mut(next - 1) {
                        Some(seat) => {
                            *seat = true;
                            Place::Parameter(next - 1)
                        }
                        None => {
                            faults.excess = Some((positional, parameters.len()));
                            Place::Nowhere
                        }
                    }
                }
                Argument::Named(name, _) => {
                    is_named = true;
                    let text = self.checker.text(name.name);
                    match parameters.iter().position(|parameter| &*parameter.name == text) {
                        Some(position) if given[position] => {
                            faults.repeated.push(text.to_owned());
                            Place::Nowhere
                        }
                        Some(position) => {
                            given[position] = true;
                            Place::Parameter(position)
                        }
                        None => {
                            let near = closest(text, parameters.iter().map(|parameter| &*parameter.name));
                            faults.unknown.push((text.to_owned(), near.map(str::to_owned)));
                            Place::Nowhere
                        }
                    }
                }
                Argument::Spread(_) => {
                    faults.spread = true;
                    Place::Nowhere
                }
            });
        }
        (places, given)
    }

    /// The type of a cell's value; inferred now if it is not written and not known yet.
    pub(crate) fn result_of(&mut self, cell: CellId) -> Ty {
        match self.checker.cell(cell).result {
            ResultType::Known(ty) => ty,
            ResultType::Unknown | ResultType::InProgress => self.checker.infer_result(cell),
        }
    }
}

fn want_of(parameter: &ParameterInfo) -> Want {
    if parameter.ty == Types::ERROR {
        return Want::of(Types::ERROR);
    }
    Want::because(parameter.ty, parameter.span, "the parameter is declared here")
}
