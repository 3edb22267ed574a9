//! Construction and update of records: fields by name, defaults for the others, or `...base`.

use super::super::body::{Body, Mode, Want};
use super::super::definition::{Definition, FieldInfo, Layout};
use super::super::messages::e0013::Faults;
use super::super::types::{Type, Types};
use super::Arguments;
use super::solve::{Seat, Use};
use crate::diagnostic::{Edit, Span, closest};
use crate::hir::{self, NominalId};
use crate::syntax::ast::{self, Argument};

impl<'a> Body<'_, 'a> {
    /// `R(field: v)`, `R(...base, field: v)`.
    pub(super) fn construct(
        &mut self,
        record: NominalId,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        let layout = self.checker.layout(record);
        let Layout::Record { fields, .. } = &*layout else {
            return self.call_nothing(arguments);
        };
        let mut usage = self.nominal_use(record, arguments.span, mode);
        let declared = self.checker.own_type(record);
        let ty = self.in_use(declared, &usage);
        let mut faults = Faults {
            positional: arguments.receiver.is_some(),
            ..Faults::default()
        };
        let mut given = vec![false; fields.len()];
        let (mut positions, mut seats) = (Vec::new(), Vec::new());
        let mut base = None;
        let mut names = Vec::new();
        for argument in arguments.written {
            match argument {
                Argument::Positional(id) => {
                    faults.positional = true;
                    if let Some(field) = fields.get(names.len()) {
                        let span = self.checker.ast.exprs[*id].span;
                        names.push(Edit::before(span, format!("{}: ", field.name)));
                    }
                    self.stray(*argument);
                }
                Argument::Spread(id) => {
                    faults.late_base |= given.contains(&true);
                    let value = self.expr(*id, Mode::Check(Want::of(ty)));
                    if base.replace(value).is_some() {
                        faults.repeated.push("...".to_owned());
                    }
                }
                Argument::Named(name, id) => {
                    let text = self.checker.text(name.name);
                    match fields.iter().position(|field| &*field.name == text) {
                        Some(position) => {
                            if std::mem::replace(&mut given[position], true) {
                                faults.repeated.push(text.to_owned());
                            }
                            positions.push(position as u32);
                            seats.push(seat_of(&fields[position], *id));
                        }
                        None => {
                            let near = closest(text, fields.iter().map(|field| &*field.name));
                            faults
                                .unknown
                                .push((text.to_owned(), near.map(str::to_owned), name.span));
                            self.stray(*argument);
                        }
                    }
                }
            }
        }
        let values = self.fill(&seats, &mut usage);
        let written = positions.into_iter().zip(values).collect();
        let mut defaults = Vec::new();
        if base.is_none() {
            for (position, field) in fields.iter().enumerate() {
                if given[position] {
                    continue;
                }
                if field.default != 0 {
                    defaults.push(position);
                } else if !faults.positional {
                    faults.missing.push(field.name.to_string());
                }
            }
        }
        if !faults.is_empty() {
            self.report_construction(record, fields, (&faults, names), arguments);
            for ty in &usage.arguments {
                self.checker.poison(*ty);
            }
            return self.error_of(ty, arguments.span);
        }
        let constructor = self
            .checker
            .constructor(record)
            .map(|constructor| self.callee_in_use(constructor, &usage));
        let defaults = defaults
            .into_iter()
            .map(|position| {
                let default = self.checker.field_default(record, position);
                (position as u32, self.callee_in_use(default, &usage))
            })
            .collect();
        let kind = hir::ExprKind::Construct {
            record,
            constructor,
            base,
            written,
            defaults,
        };
        self.push(kind, ty, arguments.span)
    }

    /// Construction by the name of the record, or of an alias, which may say more of its type.
    pub(super) fn construct_as(
        &mut self,
        definition: Definition,
        record: NominalId,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        let mode = match (definition, mode) {
            (Definition::Alias(_), Mode::Infer | Mode::Discard) => {
                match self
                    .checker
                    .type_of_definition(definition, Types::NEVER, arguments.span)
                {
                    Some(ty) => Mode::Hint(ty),
                    None => mode,
                }
            }
            _ => mode,
        };
        self.construct(record, arguments, mode)
    }

    /// A use of a record or enum; its type arguments are those of the expected type, if that is of it.
    pub(super) fn nominal_use(&mut self, nominal: NominalId, span: Span, mode: Mode) -> Use {
        let generics = self.checker.nominal_generics(nominal);
        let expected = match (mode.hint(), mode) {
            (Some(hint), Mode::Check(Want { returning: true, .. })) => match self.checker.form(hint) {
                Type::Result(ok, _) => ok,
                _ => hint,
            },
            (Some(hint), _) => hint,
            (None, _) => Types::NEVER,
        };
        let ty = self.checker.member_of(expected, nominal, span);
        let arguments = self.checker.type_arguments(ty);
        let names: Vec<String> = generics
            .iter()
            .map(|number| self.checker.type_parameter(*number).name.to_string())
            .collect();
        let signature = format!("{}[{}]", self.checker.nominal(nominal).name, names.join(", "));
        self.use_of(&generics, arguments, signature, span)
    }

    fn report_construction(
        &mut self,
        record: NominalId,
        fields: &[FieldInfo],
        (faults, names): (&Faults, Vec<Edit>),
        arguments: Arguments<'a>,
    ) {
        let info = self.checker.nominal(record);
        let (name, declared) = (info.name.to_string(), info.span);
        let mut diagnostic = faults.diagnostic(arguments.span, &format!("record `{name}`"), "field");
        if faults.positional {
            let example: Vec<String> = fields
                .iter()
                .take(3)
                .map(|field| format!("{}: ...", field.name))
                .collect();
            // Only where each of the fields that are needed has one positional value, in their order.
            let is_whole = arguments.receiver.is_none()
                && arguments.written.len() == names.len()
                && fields[names.len()..].iter().all(|field| field.default != 0);
            let edits = match is_whole {
                true => names,
                false => Vec::new(),
            };
            diagnostic = diagnostic.fix(format!("write `{name}({})`", example.join(", ")), edits);
        }
        if let Some(span) = declared {
            diagnostic = diagnostic.related(span, "the record is declared here");
        }
        self.checker.report(diagnostic);
    }
}

fn seat_of(field: &FieldInfo, source: ast::ExprId) -> Seat {
    Seat {
        declared: field.ty,
        because: field.span.map(|span| (span, "the field is declared here")),
        value: None,
        source,
    }
}
