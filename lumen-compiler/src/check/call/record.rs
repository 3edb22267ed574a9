//! Construction and update of records: fields by name, defaults for the others, or `...base`.

use super::super::body::{Body, Mode, Want};
use super::super::definition::{FieldInfo, Layout};
use super::super::messages::e0013::Faults;
use super::Arguments;
use crate::diagnostic::closest;
use crate::hir::{self, NominalId};
use crate::syntax::ast::Argument;

impl<'a> Body<'_, 'a> {
    /// `R(field: v)`, `R(...base, field: v)`.
    pub(super) fn construct(&mut self, record: NominalId, arguments: Arguments<'a>) -> hir::ExprId {
        let layout = self.checker.layout(record);
        let Layout::Record { fields, .. } = &*layout else {
            return self.call_nothing(arguments);
        };
        let ty = self.checker.nominal_type(record);
        let mut faults = Faults {
            positional: arguments.receiver.is_some(),
            ..Faults::default()
        };
        let mut given = vec![false; fields.len()];
        let mut written = Vec::with_capacity(arguments.written.len());
        let mut base = None;
        for argument in arguments.written {
            match argument {
                Argument::Positional(_) => {
                    faults.positional = true;
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
                            let value = self.expr(*id, Mode::Check(want_of(&fields[position])));
                            written.push((position as u32, value));
                        }
                        None => {
                            let near = closest(text, fields.iter().map(|field| &*field.name));
                            faults.unknown.push((text.to_owned(), near.map(str::to_owned)));
                            self.stray(*argument);
                        }
                    }
                }
            }
        }
        let mut defaults = Vec::new();
        if base.is_none() {
            for (position, field) in fields.iter().enumerate() {
                if given[position] {
                    continue;
                }
                if field.default != 0 {
                    defaults.push((position as u32, self.checker.field_default(record, position)));
                } else if !faults.positional {
                    faults.missing.push(field.name.to_string());
                }
            }
        }
        if !faults.is_empty() {
            self.report_construction(record, fields, &faults, arguments);
            return self.error_of(ty, arguments.span);
        }
        let constructor = self.checker.constructor(record);
        let kind = hir::ExprKind::Construct {
            record,
            constructor,
            base,
            written,
            defaults,
        };
        self.push(kind, ty, arguments.span)
    }

    fn report_construction(
        &mut self,
        record: NominalId,
        fields: &[FieldInfo],
        faults: &Faults,
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
            diagnostic = diagnostic.help(format!("write `{name}({})`", example.join(", ")));
        }
        if let Some(span) = declared {
            diagnostic = diagnostic.related(span, "the record is declared here");
        }
        self.checker.report(diagnostic);
    }
}

fn want_of(field: &FieldInfo) -> Want {
    Want::because(field.ty, field.span, "the field is declared here")
}
