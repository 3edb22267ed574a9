//! The third pass: bodies. Each declared and generated cell of the typed module is checked and put into its slot.

use super::body::{Body, Mode, Role, Want};
use super::context::Checker;
use super::definition::{CellId, Definition, ParameterInfo, ResultType, Source};
use super::jump::Returns;
use super::messages::{e0014, e0019};
use super::order::components;
use super::request::Test;
use super::tree::Header;
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast::{self, ExprKind, ItemKind};
use crate::syntax::name::Name;
use lumen_vm::lir::CellKind;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// How many bodies may be under way inside one another. More than one is needed only where cells call one another in
/// circles, or seem to, since cells are taken in the order of their calls.
const MAX_INFERENCE_DEPTH: u32 = 16;

impl<'a> Checker<'a> {
    /// Checks all bodies: constants first, whose types may be inferred, then cells that others wait for.
    pub(crate) fn check_bodies(&mut self) {
        let ast = self.ast;
        for position in 0..ast.items.len() {
            if let Definition::Const(constant) = self.items[position] {
                self.check_constant(constant);
            }
        }
        for cell in self.inference_order() {
            self.infer_result(cell);
        }
        for (position, item) in ast.items.iter().enumerate() {
            match (&item.kind, self.items[position]) {
                (ItemKind::Cell(_), Definition::Cell(cell)) => self.check_cell(cell),
                (ItemKind::Record(record), Definition::Nominal(nominal)) => {
                    self.check_record(nominal, record, item.public);
                }
                (ItemKind::Enum(_) | ItemKind::Impl { .. }, _) => {
                    for cell in self.item_methods.get(&position).cloned().unwrap_or_default() {
                        self.check_cell(cell);
                    }
                }
                _ => {}
            }
        }
        self.check_statements();
    }

    /// Cells without a written result, those first that others call.
    fn inference_order(&self) -> Vec<CellId> {
        let mut numbers: FxHashMap<Name, u32> = FxHashMap::default();
        let mut nodes: Vec<(CellId, Span)> = Vec::new();
        for (position, definition) in self.items.iter().enumerate() {
            let own = match definition {
                Definition::Cell(id) => std::slice::from_ref(id),
                _ => self.item_methods.get(&position).map_or(&[][..], Vec::as_slice),
            };
            for id in own {
                let info = self.cell(*id);
                if let (Source::Own { declaration, .. }, ResultType::Unknown) = (info.source, info.result) {
                    numbers.entry(declaration.name.name).or_insert(nodes.len() as u32);
                    nodes.push((*id, declaration.signature_span));
                }
            }
        }
        if nodes.len() < 2 {
            return nodes.into_iter().map(|(cell, _)| cell).collect();
        }
        // Cells stand in the order of the source, so the one around a call is found by its position.
        let mut edges: Vec<Vec<u32>> = vec![Vec::new(); nodes.len()];
        for (_, expr) in self.ast.exprs.iter() {
            let Some((name, span)) = self.called_name(expr) else {
                continue;
            };
            let Some(target) = numbers.get(&name) else {
                continue;
            };
            let place = (span.fence, span.start);
            let after = nodes.partition_point(|(_, item)| (item.fence, item.start) <= place);
            if let Some(caller) = after.checked_sub(1)
                && !edges[caller].contains(target)
            {
                edges[caller].push(*target);
            }
        }
        components(&edges)
            .into_iter()
            .flatten()
            .map(|node| nodes[node as usize].0)
            .collect()
    }

    /// The name that a call, method call or pipe calls.
    fn called_name(&self, expr: &ast::Expr) -> Option<(Name, Span)> {
        let callee = match &expr.kind {
            ExprKind::Call { callee, .. } => *callee,
            ExprKind::Pipe { target, .. } => *target,
            _ => return None,
        };
        match &self.ast.exprs[callee].kind {
            ExprKind::Name(name) => Some((*name, self.ast.exprs[callee].span)),
            ExprKind::Field { field, .. } => Some((field.name, field.span)),
            _ => None,
        }
    }

    /// The type of a cell's value, by checking its body now.
    pub(crate) fn infer_result(&mut self, cell: CellId) -> Ty {
        match self.cell(cell).result {
            ResultType::Known(ty) => return ty,
            ResultType::Unknown if self.inference_depth < MAX_INFERENCE_DEPTH => {
                self.inference_depth += 1;
                self.check_cell(cell);
                self.inference_depth -= 1;
            }
            ResultType::Unknown | ResultType::InProgress => {
                let info = self.cell(cell);
                if let Some(span) = info.span {
                    let diagnostic = e0019::recursive_cell(span, &info.name);
                    self.report(diagnostic);
                }
                self.cells[cell.0 as usize].result = ResultType::Known(Types::ERROR);
            }
        }
        self.known_result(cell).unwrap_or(Types::ERROR)
    }

    fn check_cell(&mut self, cell: CellId) {
        let info = self.cell(cell);
        let Source::Own {
            declaration,
            item,
            slot,
        } = info.source
        else {
            return;
        };
        if self.slots[slot as usize].is_some() {
            return;
        }
        let place = format!("cell `{}`", info.name);
        let name = info.name.to_string();
        let parameters = Rc::clone(&info.parameters);
        let generated = match (info.result, declaration.yields) {
            (ResultType::Known(ty), true) => Some(ty),
            _ => None,
        };
        let generics = Rc::clone(&info.generics);
        let returns = match info.result {
            ResultType::Known(ty) if generated.is_some() => {
                let element = match self.form(ty) {
                    Type::Generator(element) => element,
                    _ => Types::ERROR,
                };
                let span = declaration.result.map(|result| self.ast.types[result].span);
                Returns::Generator(Want::because(
                    element,
                    span,
                    "the type of what is yielded is written here",
                ))
            }
            ResultType::Known(ty) => {
                let span = declaration.result.map(|result| self.ast.types[result].span);
                let because = span.map(|span| (span, "the return type is written here"));
                Returns::Written(Want {
                    ty,
                    because,
                    returning: true,
                })
            }
            ResultType::Unknown => {
                self.cells[cell.0 as usize].result = ResultType::InProgress;
                Returns::Inferred(Vec::new())
            }
            ResultType::InProgress => return,
        };
        let item = &self.ast.items[item];
        let kind = if self.is_test(item) {
            CellKind::Test
        } else {
            CellKind::Declared
        };
        if kind == CellKind::Test {
            self.check_test_parameters(declaration, &parameters);
            self.tests.push(Test {
                cell: name.clone(),
                name: name.clone(),
                span: declaration.name.span,
            });
        }
        let header = Header {
            name,
            kind,
            public: item.public || matches!(item.kind, ItemKind::Impl { .. }),
            declaration: declaration.name.span,
            generics: self.hir_generics(&generics),
        };
        let outer = self.enter_cell(cell);
        let used = self.check_argument_defaults(cell, declaration, slot);
        let mut body = Body::new(self, place, returns);
        let locals = body.parameters(&declaration.parameters, &parameters, Role::Parameter);
        for position in used {
            body.facts[locals[position].index()].used = true;
        }
        let (expr, result) = match generated {
            Some(ty) => {
                let statements = &declaration.body.statements;
                let value = body.statements(statements, declaration.body.span, Mode::Discard);
                (value, ty)
            }
            None => body.cell_body(&declaration.body.statements, declaration.body.span),
        };
        body.finish(&header.name);
        let tree = body.into_tree();
        self.leave_generics(outer);
        let result = self.resolve_deep(result);
        let info = &mut self.cells[cell.0 as usize];
        // A circle was reported meanwhile, unless the result is still open.
        if info.result == ResultType::InProgress {
            info.result = ResultType::Known(result);
        }
        let mut tree = tree.cell(header, locals, result, hir::Body::Expr(expr));
        tree.generator = generated.is_some();
        self.slots[slot as usize] = Some(tree);
    }

    /// Values for the parameters of a test are made from their types, which must have some.
    fn check_test_parameters(&mut self, declaration: &'a ast::Cell, parameters: &[ParameterInfo]) {
        for (written, info) in declaration.parameters.iter().zip(parameters) {
            if let Some(part) = self.without_json_form(info.ty, &mut Vec::new()) {
                let (shown, part) = (self.show(info.ty), self.show(part));
                let span = written.ty.map_or(written.name.span, |ty| self.ast.types[ty].span);
                self.report(e0014::not_made(span, &shown, &part));
            }
        }
    }

    /// Checks the defaults of a cell's parameters; positions of the parameters that they read.
    fn check_argument_defaults(&mut self, cell: CellId, declaration: &'a ast::Cell, slot: u32) -> Vec<usize> {
        let mut used = Vec::new();
        let parameters = Rc::clone(&self.cell(cell).parameters);
        let generics = Rc::clone(&self.cell(cell).generics);
        for (position, written) in declaration.parameters.iter().enumerate() {
            let Some(default) = written.default else { continue };
            let info = &parameters[position];
            let cell_name = self.cell(cell).name.to_string();
            let header = Header {
                name: format!("{cell_name}.default.{}", info.name),
                kind: CellKind::ArgumentDefault,
                public: self.item_is_public(cell),
                declaration: written.name.span,
                generics: self.hir_generics(&generics),
            };
            let mut body = Body::new(self, format!("cell `{cell_name}`"), Returns::Nowhere);
            let locals = body.parameters(&declaration.parameters[..position], &parameters, Role::Field);
            let want = Want::because(info.ty, info.span, "the parameter is declared here");
            let expr = body.expr(default, Mode::Check(want));
            body.finish(&header.name);
            used.extend((0..locals.len()).filter(|position| body.facts[locals[*position].index()].used));
            let cell = body
                .into_tree()
                .cell(header, locals, info.ty, hir::Body::Expr(expr));
            self.slots[(slot + info.default) as usize] = Some(cell);
        }
        used
    }

    fn item_is_public(&self, cell: CellId) -> bool {
        match self.cell(cell).source {
            Source::Own { item, .. } => {
                let item = &self.ast.items[item];
                item.public || matches!(item.kind, ItemKind::Impl { .. })
            }
            Source::Imported(_) => true,
        }
    }

    /// The statements of a snippet, as the body of one generated cell.
    fn check_statements(&mut self) {
        let ast = self.ast;
        let (Some(first), Some(last)) = (ast.statements.first(), ast.statements.last()) else {
            return;
        };
        let (first, last) = (ast.all_statements[*first].span, ast.all_statements[*last].span);
        let span = if first.fence == last.fence {
            Span {
                end: last.end,
                ..first
            }
        } else {
            first
        };
        let is_taken = ast
            .names
            .find("test")
            .is_some_and(|name| self.scope.declared(name).is_some());
        let name = if is_taken { "test.statements" } else { "test" }.to_owned();
        self.tests.push(Test {
            cell: name.clone(),
            name: name.clone(),
            span: first,
        });
        let header = Header {
            name,
            kind: CellKind::Test,
            public: false,
            declaration: first,
            generics: hir::Generics::default(),
        };
        let mut body = Body::new(self, "this snippet".to_owned(), Returns::Inferred(Vec::new()));
        let (expr, result) = body.cell_body(&ast.statements, span);
        body.finish(&header.name);
        let tree = body.into_tree();
        let result = self.resolve_deep(result);
        let cell = tree.cell(header, Vec::new(), result, hir::Body::Expr(expr));
        self.slots.push(Some(cell));
    }
}

impl<'a> Body<'_, 'a> {
    fn parameters(
        &mut self,
        written: &'a [ast::Parameter],
        infos: &[super::definition::ParameterInfo],
        role: Role,
    ) -> Vec<hir::LocalId> {
        written
            .iter()
            .zip(infos)
            .map(|(parameter, info)| {
                // The first of two equal names was reported already and is not also unused.
                if let Some(hidden) = self.scope.find(parameter.name.name) {
                    self.facts[hidden.index()].used = true;
                }
                self.bind_local(parameter.name.name, info.ty, false, parameter.name.span, role)
            })
            .collect()
    }

    /// The statements of a cell and the type of its value.
    pub(super) fn cell_body(&mut self, statements: &'a [ast::StatementId], span: Span) -> (hir::ExprId, Ty) {
        if let Returns::Written(want) = &self.returns {
            let want = *want;
            return (self.statements(statements, span, Mode::Check(want)), want.ty);
        }
        let value = self.statements(statements, span, Mode::Infer);
        let Returns::Inferred(jumps) = std::mem::replace(&mut self.returns, Returns::Nowhere) else {
            return (value, Types::ERROR);
        };
        // The body's own value is one more thing that is returned.
        let last = self.push(hir::ExprKind::Return(Some(value)), Types::NEVER, span);
        let value_span = self.exprs[value].span;
        if self.ends_without_value(value) {
            let null = self.push(hir::ExprKind::Null, Types::NULL, value_span);
            self.exprs[last].kind = hir::ExprKind::Return(Some(null));
        }
        let is_ended = self.ty(value) == Types::NEVER;
        let mut all = jumps;
        if !is_ended {
            all.push(last);
        }
        let result = self.join_jumps(&all, span);
        if is_ended {
            return (value, result);
        }
        match self.exprs[last].kind {
            hir::ExprKind::Return(Some(joined)) if self.ends_without_value(value) => {
                let statements = vec![hir::Statement::Expr(value)];
                (
                    self.push(
                        hir::ExprKind::Block {
                            statements,
                            value: Some(joined),
                        },
                        result,
                        span,
                    ),
                    result,
                )
            }
            hir::ExprKind::Return(Some(joined)) => (joined, result),
            _ => (value, result),
        }
    }

    /// Whether a body is a block that ends in a statement, whose null there is no expression for.
    fn ends_without_value(&self, value: hir::ExprId) -> bool {
        matches!(&self.exprs[value].kind, hir::ExprKind::Block { value: None, .. })
    }
}
