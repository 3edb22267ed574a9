//! Calls of cells, function values and tools, and the making of function values.

use std::borrow::Cow;

use super::Step;
use crate::lir::verify::error::Reason;
use crate::lir::verify::instances::needs_no_instance;
use crate::lir::{Opcode, Target, Type, TypeId};

impl Step<'_> {
    pub(super) fn call(&self) -> Result<TypeId, Reason> {
        match self.instruction.opcode {
            Opcode::Call => {
                let (parameters, result) = self.callee()?;
                self.expect_arguments(parameters.iter().copied())?;
                Ok(result)
            }
            Opcode::CallValue => {
                self.expect_type(self.instruction.b, self.w_type())?;
                let (parameters, result) = self.function(self.w_type())?;
                self.expect_arguments(parameters.iter().copied())?;
                Ok(result)
            }
            Opcode::Closure => self.closure(),
            _ => self.tool_call(),
        }
    }

    /// Signature of what word W names.
    fn callee(&self) -> Result<(Cow<'_, [TypeId]>, TypeId), Reason> {
        Ok(match self.module.target(self.instruction.w) {
            Target::Cell(index) => {
                let cell = &self.module.cells[index];
                needs_no_instance(&cell.generics, &cell.name)?;
                let parameters = cell.parameters.iter().map(|parameter| parameter.ty);
                (parameters.collect(), cell.result)
            }
            Target::Imported(index) => {
                let cell = &self.module.imported_cells[index];
                needs_no_instance(&cell.generics, &cell.name)?;
                (Cow::Borrowed(&cell.parameters), cell.result)
            }
            Target::Instance(index) => {
                let instance = &self.facts.instances[index];
                instance.check(self.scope)?;
                (Cow::Borrowed(&instance.parameters), instance.result)
            }
            Target::Method(index) => {
                let method = &self.cell.generics.methods[index];
                (Cow::Borrowed(&method.parameters), method.result)
            }
        })
    }

    fn function(&self, id: TypeId) -> Result<(&[TypeId], TypeId), Reason> {
        match self.form(id) {
            Type::Function(parameters, result) => Ok((parameters, *result)),
            _ => Err(Reason::TypeOperand {
                expected: "a function type".to_owned(),
                found: self.name(id),
            }),
        }
    }

    /// The cell's parameters are the function's, then the bound ones.
    fn closure(&self) -> Result<TypeId, Reason> {
        let id = TypeId(self.instruction.v);
        let (parameters, result) = self.function(id)?;
        let (cell_parameters, cell_result) = self.callee()?;
        let bound = self.instruction.arguments().len();
        self.expect_count(
            "parameters of the cell",
            parameters.len() + bound,
            cell_parameters.len(),
        )?;
        let (free, captured) = cell_parameters.split_at(parameters.len());
        if *free != *parameters || result != cell_result {
            let free: Vec<String> = free.iter().map(|&ty| self.name(ty)).collect();
            let expected = format!("fn({}) -> {}", free.join(", "), self.name(cell_result));
            return Err(Reason::TypeOperand {
                expected,
                found: self.name(id),
            });
        }
        self.expect_arguments(captured.iter().copied())?;
        Ok(id)
    }

    fn tool_call(&self) -> Result<TypeId, Reason> {
        let policy = self.instruction.v;
        let owner = self.module.policies[policy as usize].tool;
        if owner != self.instruction.w {
            return Err(Reason::OtherTool { policy, tool: owner });
        }
        let tool = &self.module.tools[self.instruction.w as usize];
        self.expect_arguments(tool.parameters.iter().copied())?;
        Ok(tool.result)
    }
}
