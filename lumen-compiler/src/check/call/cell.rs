//! Calls of cells: positional, named and default arguments.

use super::super::body::{Body, Mode};
use super::super::definition::{CellId, ParameterInfo, ResultType};
use super::super::messages::e0013::Faults;
use super::Arguments;
use super::solve::{Seat, Use};
use crate::diagnostic::{Span, closest};
use crate::hir::{self, Ty};
use crate::syntax::ast::Argument;
use std::rc::Rc;

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
    pub(super) fn call_cell(&mut self, cell: CellId, arguments: Arguments<'a>, mode: Mode) -> hir::ExprId {
        let info = self.checker.cell(cell);
        let (parameters, generics) = (Rc::clone(&info.parameters), Rc::clone(&info.generics));
        let mut faults = Faults::default();
        let (places, given) = self.place_arguments(&parameters, arguments, &mut faults);
        let result = self.result_of(cell);
        let signature = if generics.is_empty() {
            String::new()
        } else {
            self.checker.show_signature(cell)
        };
        let mut usage = self.begin_use(&generics, signature, arguments.span);
        self.lean_on(result, &usage, mode);
        let (positions, seats) = self.seats(&parameters, arguments, &places);
        let values = self.fill(&seats, &mut usage);
        let written = positions.into_iter().zip(values).collect();
        for (argument, place) in arguments.written.iter().zip(&places) {
            if let Place::Nowhere = place {
                self.stray(*argument);
            }
        }
        let mut missing_defaults = Vec::new();
        for (position, parameter) in parameters.iter().enumerate() {
            if given[position] || (parameter.default == 0 && faults.hides_arguments()) {
                continue;
            }
            if parameter.default == 0 {
                faults.missing.push(parameter.name.to_string());
            } else {
                missing_defaults.push(position);
            }
        }
        if faults.is_empty() {
            self.lean_at_last(result, &usage, mode);
        }
        let result = self.in_use(result, &usage);
        if !faults.is_empty() {
            return self.report_call(cell, &faults, &usage, result, arguments.span);
        }
        let mut defaults = Vec::with_capacity(missing_defaults.len());
        for position in missing_defaults {
            let default = self.checker.argument_default(cell, position);
            defaults.push((position as u32, self.callee_in_use(default, &usage)));
        }
        let callee = self.checker.callee(cell);
        let callee = self.callee_in_use(callee, &usage);
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

    /// The values that have a place, with the positions of their parameters.
    fn seats(
        &mut self,
        parameters: &[ParameterInfo],
        arguments: Arguments<'a>,
        places: &[Place],
    ) -> (Vec<u32>, Vec<Seat>) {
        let seat = |parameter: &ParameterInfo, value, source| Seat {
            declared: parameter.ty,
            because: parameter
                .span
                .map(|span| (span, "the parameter is declared here")),
            value,
            source,
        };
        let (mut positions, mut seats) = (Vec::new(), Vec::new());
        if let (Some(receiver), Some(parameter)) = (arguments.receiver, parameters.first()) {
            positions.push(0);
            seats.push(seat(parameter, Some(receiver.value), receiver.source));
        }
        for (argument, place) in arguments.written.iter().zip(places) {
            let (Argument::Positional(id) | Argument::Named(_, id) | Argument::Spread(id)) = argument;
            if let Place::Parameter(position) = place {
                positions.push(*position as u32);
                seats.push(seat(&parameters[*position], None, *id));
            }
        }
        (positions, seats)
    }

    fn report_call(
        &mut self,
        cell: CellId,
        faults: &Faults,
        usage: &Use,
        result: Ty,
        span: Span,
    ) -> hir::ExprId {
        let info = self.checker.cell(cell);
        let (name, declared) = (format!("`{}`", info.name), info.span);
        let mut diagnostic = faults.diagnostic(span, &name, "argument");
        if let Some(declared) = declared {
            diagnostic = diagnostic.related(declared, "the cell is declared here");
        }
        self.checker.report(diagnostic);
        for ty in &usage.arguments {
            self.checker.poison(*ty);
        }
        self.error_of(result, span)
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
