//! Calls of cells and constructions of records.

use super::Builder;
use crate::hir::{Callee, Expr, ExprId, NominalId, Shape, Ty};
use crate::lower::ssa::{LocationId, Op, Step, Value};

impl<'m> Builder<'m, '_> {
    pub(super) fn parameter_count(&self, callee: Callee) -> usize {
        match callee {
            Callee::Here(cell) => self.module.cells[cell as usize].parameters.len(),
            Callee::Imported(cell) => self.module.imported_cells[cell as usize].parameters.len(),
            Callee::Instance(instance) => self.parameter_count(self.module.instances[instance as usize].cell),
            Callee::Method(method) => self.source().generics.methods[method as usize].parameters.len(),
        }
    }

    fn result_type(&mut self, callee: Callee) -> Ty {
        match callee {
            Callee::Here(cell) => self.module.cells[cell as usize].result,
            Callee::Imported(cell) => self.module.imported_cells[cell as usize].result,
            Callee::Instance(instance) => {
                let module = self.module;
                let instance = &module.instances[instance as usize];
                let result = self.result_type(instance.cell);
                self.types.substitute(result, &instance.types)
            }
            Callee::Method(method) => self.source().generics.methods[method as usize].result,
        }
    }

    /// A call with all arguments given, lowered in place if the cell is small.
    pub(super) fn call(
        &mut self,
        callee: Callee,
        arguments: &[Value],
        location: LocationId,
    ) -> Option<Value> {
        if let Callee::Here(cell) = callee
            && self.options.inline
            && self.may_inline(cell)
        {
            return self.inline(cell, arguments, location);
        }
        let ty = self.result_type(callee);
        Some(self.emit_at(Op::Call(callee), ty, arguments, location))
    }

    /// A call of a function value; of one that is made here, a call of its cell.
    pub(super) fn call_value(
        &mut self,
        expr: &'m Expr,
        function: ExprId,
        arguments: &[ExprId],
    ) -> Option<Value> {
        let location = self.at(expr.span);
        let function = self.value(function)?;
        self.held += 1;
        let arguments = self.values(arguments);
        self.held -= 1;
        let mut arguments = arguments?;
        if let (Op::Closure(callee), true) = (self.function.node(function).op, self.options.fold) {
            arguments.extend_from_slice(self.function.operands(function));
            return self.call(callee, &arguments, location);
        }
        arguments.insert(0, function);
        Some(self.emit_at(Op::CallValue, expr.ty, &arguments, location))
    }

    /// Arguments by position: those written, in their order; then parts of the base; then the defaults, ascending, each
    /// computed from all before it.
    pub(super) fn arguments(
        &mut self,
        count: usize,
        base: Option<Value>,
        written: &[(u32, ExprId)],
        defaults: &[(u32, Callee)],
        location: LocationId,
    ) -> Option<Vec<Value>> {
        let held = self.held;
        let mut arguments = vec![Value::NONE; count];
        for &(position, value) in written {
            let Some(value) = self.value(value) else {
                self.held = held;
                return None;
            };
            arguments[position as usize] = value;
            self.held += 1;
        }
        self.held = held;
        if let Some(base) = base {
            for (argument, position) in arguments.iter_mut().zip(0..) {
                let is_default = defaults.iter().any(|(default, _)| *default == position);
                if *argument == Value::NONE && !is_default {
                    *argument = self.field(base, position);
                }
            }
        }
        for &(position, default) in defaults {
            let position = position as usize;
            arguments[position] = self.call(default, &arguments[..position], location)?;
        }
        Some(arguments)
    }

    pub(super) fn construct(
        &mut self,
        expr: &'m Expr,
        record: NominalId,
        constructor: Option<Callee>,
        base: Option<ExprId>,
        written: &[(u32, ExprId)],
        defaults: &[(u32, Callee)],
    ) -> Option<Value> {
        let base = match base {
            Some(base) => Some(self.value(base)?),
            None => None,
        };
        let location = self.at(expr.span);
        if let (Some(base), None, []) = (base, constructor, defaults) {
            return self.update(base, written);
        }
        let count = self.field_count(record);
        let arguments = self.arguments(count, base, written, defaults, location)?;
        match constructor {
            Some(constructor) => self.call(constructor, &arguments, location),
            None => Some(self.emit(Op::Record, expr.ty, &arguments)),
        }
    }

    /// An unconstrained record with some fields replaced: stores, which happen in place if nothing else holds it.
    fn update(&mut self, base: Value, written: &[(u32, ExprId)]) -> Option<Value> {
        let fields: Vec<ExprId> = written.iter().map(|(_, value)| *value).collect();
        let values = self.values(&fields)?;
        let mut record = base;
        for ((position, _), value) in written.iter().zip(values) {
            record = self.store(record, &[Step::Position(*position)], &[], value, LocationId::NONE);
        }
        Some(record)
    }

    pub(super) fn field_count(&self, record: NominalId) -> usize {
        match &self.module.nominals[record.0 as usize].shape {
            Shape::Record { fields, .. } => fields.len(),
            _ => unreachable!("only records are constructed with fields"),
        }
    }
}
