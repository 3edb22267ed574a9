//! Calls of cells: positional, named and default arguments.

use super::super::body::{Body, Mode};
use super::super::definition::{CellId, ParameterInfo, ResultType};
use super::super::messages::e0013::Faults;
use super::super::parameters::Generics;
use super::Arguments;
use super::solve::{Seat, Use};
use crate::diagnostic::{Span, closest};
use crate::hir::{self, Callee, Ty};
use crate::syntax::ast::Argument;
use std::rc::Rc;

/// What is called: a cell, or a method of a bound.
#[derive(Debug)]
pub(super) struct Target {
    /// Its name, for messages.
    pub(super) name: String,
    /// Its parameters.
    pub(super) parameters: Rc<[ParameterInfo]>,
    /// Its type parameters.
    pub(super) generics: Generics,
    /// Its type of value.
    pub(super) result: Ty,
    /// Where it is declared, if here.
    pub(super) declared: Option<Span>,
    /// How the typed tree names it.
    pub(super) callee: Callee,
    /// The cell that has the defaults of its parameters, if it has any.
    pub(super) cell: Option<CellId>,
}

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
        let result = self.result_of(cell);
        let callee = self.checker.callee(cell);
        let info = self.checker.cell(cell);
        let target = Target {
            name: info.name.to_string(),
            parameters: Rc::clone(&info.parameters),
            generics: Rc::clone(&info.generics),
            result,
            declared: info.span,
            callee,
            cell: Some(cell),
        };
        self.call_target(&target, arguments, mode)
    }

    /// A call of whatever has the signature of a cell.
    pub(super) fn call_target(
        &mut self,
        target: &Target,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        let mut faults = Faults::default();
        let (places, given) = self.place_arguments(&target.parameters, arguments, &mut faults);
        let mut usage = self.begin_use(&target.generics, String::new(), arguments.span);
        if !target.generics.is_empty() {
            let result = Some(target.result);
            usage.signature =
                self.checker
                    .signature_text(&target.name, &target.generics, &target.parameters, result);
        }
        self.lean_on(target.result, &usage, mode);
        let (positions, seats) = self.seats(&target.parameters, arguments, &places);
        let values = self.fill(&seats, &mut usage);
        let written = positions.into_iter().zip(values).collect();
        for (argument, place) in arguments.written.iter().zip(&places) {
            if let Place::Nowhere = place {
                self.stray(*argument);
            }
        }
        let mut defaulted = Vec::new();
        for (position, parameter) in target.parameters.iter().enumerate() {
            if given[position] || (parameter.default == 0 && faults.hides_arguments()) {
                continue;
            }
            if parameter.default == 0 {
                faults.missing.push(parameter.name.to_string());
            } else {
                defaulted.push(position);
            }
        }
        if faults.is_empty() {
            self.lean_at_last(target.result, &usage, mode);
        }
        let result = self.in_use(target.result, &usage);
        if !faults.is_empty() {
            return self.report_call(target, &faults, &usage, result, arguments.span);
        }
        let mut defaults = Vec::with_capacity(defaulted.len());
        for position in defaulted {
            if let Some(cell) = target.cell {
                let default = self.checker.argument_default(cell, position);
                defaults.push((position as u32, self.callee_in_use(default, &usage)));
            }
        }
        let callee = self.callee_in_use(target.callee, &usage);
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
        target: &Target,
        faults: &Faults,
        usage: &Use,
        result: Ty,
        span: Span,
    ) -> hir::ExprId {
        let mut diagnostic = faults.diagnostic(span, &format!("`{}`", target.name), "argument");
        if let Some(declared) = target.declared {
            diagnostic = diagnostic.related(declared, "the cell is declared here");
        }
        let mut parameters = Vec::with_capacity(target.parameters.len());
        for parameter in target.parameters.iter() {
            let shown = self.checker.show(parameter.ty);
            parameters.push(format!("{}: {shown}", parameter.name));
        }
        diagnostic = diagnostic.help(format!("it takes `({})`", parameters.join(", ")));
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
                            faults
                                .unknown
                                .push((text.to_owned(), near.map(str::to_owned), name.span));
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
