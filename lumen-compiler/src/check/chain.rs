//! Chains of `.field`, `[index]` and calls, with `?.` and `?[`: a null on the way makes the whole rest of the chain null.

use super::body::{Body, Mode, Role, Want};
use super::definition::Layout;
use super::messages::{e0012, e0015};
use super::types::{Type, Types};
use crate::diagnostic::{Edit, Span, closest};
use crate::hir::{self, LocalId, Ty};
use crate::syntax::ast::{self, ExprKind, Ident};
use lumen_vm::lir::Intrinsic;

/// An operand of `?.` or `?[`, and the local that holds it where it is not null.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    operand: hir::ExprId,
    local: LocalId,
    span: Span,
}

impl<'a> Body<'_, 'a> {
    /// A whole chain.
    pub(crate) fn chain(&mut self, id: ast::ExprId, mode: Mode) -> hir::ExprId {
        let mark = self.pending.len();
        let mut value = self.link(id, mode);
        while self.pending.len() > mark {
            let Some(pending) = self.pending.pop() else { break };
            let ty = self.ty(value);
            let optional = match ty {
                Types::NEVER => Types::NULL,
                _ => self.checker.types.optional(ty),
            };
            let span = self.exprs[value].span;
            let then = match ty {
                Types::NEVER => value,
                _ => self.coerce(value, Want::of(optional), None),
            };
            let kind = hir::ExprKind::NullSafe {
                operand: pending.operand,
                local: pending.local,
                then,
            };
            value = self.push(
                kind,
                optional,
                Span {
                    start: pending.span.start.min(span.start),
                    ..span
                },
            );
        }
        value
    }

    /// One link of a chain: what it yields if no null stood in the way.
    fn link(&mut self, id: ast::ExprId, mode: Mode) -> hir::ExprId {
        let ast = self.checker.ast;
        let span = ast.exprs[id].span;
        match &ast.exprs[id].kind {
            ExprKind::Field { object, field, safe } => {
                if let Some(value) = self.qualified(*object, *field, span, mode) {
                    return value;
                }
                let object = self.object(*object, *safe);
                self.field(object, *field, span)
            }
            ExprKind::TupleField {
                object,
                position,
                position_span,
                safe,
            } => {
                let object = self.object(*object, *safe);
                self.tuple_field(object, *position, *position_span, span)
            }
            ExprKind::Index { object, index, safe } => {
                let object = self.object(*object, *safe);
                self.index(object, *index, span)
            }
            ExprKind::Call { callee, arguments } => self.call(*callee, arguments, span, mode),
            _ => self.expr(id, mode),
        }
    }

    /// What stands before a link; with `?.` the rest of the chain sees it without null.
    pub(crate) fn object(&mut self, id: ast::ExprId, safe: bool) -> hir::ExprId {
        let value = match &self.checker.ast.exprs[id].kind {
            ExprKind::Field { .. }
            | ExprKind::TupleField { .. }
            | ExprKind::Index { .. }
            | ExprKind::Call { .. } => self.link(id, Mode::Infer),
            _ => self.expr(id, Mode::Infer),
        };
        let ty = self.ty(value);
        if !safe || !self.checker.types.holds_null(ty) {
            return value;
        }
        let rest = self.checker.types.without(ty, &[Types::NULL]);
        let span = self.exprs[value].span;
        let local = self.add_local("operand", rest, false, span, Role::Generated);
        self.pending.push(Pending {
            operand: value,
            local,
            span,
        });
        self.push(hir::ExprKind::Local(local), rest, span)
    }

    /// `object.field`.
    pub(crate) fn field(&mut self, object: hir::ExprId, field: Ident, span: Span) -> hir::ExprId {
        let ty = self.ty(object);
        match self.find_field(ty, field) {
            Some((position, ty, _)) => self.push(hir::ExprKind::Field(object, position), ty, span),
            None => self.error(span),
        }
    }

    /// Position and type of a record's field, and its constructor if it has constraints; none after E0015.
    pub(crate) fn find_field(&mut self, ty: Ty, field: Ident) -> Option<(u32, Ty, Option<hir::Callee>)> {
        let name = self.checker.text(field.name);
        let Type::Nominal(nominal, arguments) = self.checker.form(ty) else {
            self.report_no_field(ty, field, &[]);
            return None;
        };
        let layout = self.checker.layout(nominal);
        match &*layout {
            Layout::Record { fields, .. } => {
                if let Some(position) = fields.iter().position(|candidate| &*candidate.name == name) {
                    let constructor = self.checker.constructor(nominal).map(|constructor| {
                        let generics = self.checker.nominal_generics(nominal);
                        let usage = self.use_of(&generics, arguments.to_vec(), String::new(), field.span);
                        self.callee_in_use(constructor, &usage)
                    });
                    let ty = self.checker.substitute(fields[position].ty, &arguments);
                    return Some((position as u32, ty, constructor));
                }
                let known: Vec<&str> = fields.iter().map(|field| &*field.name).collect();
                self.report_no_field(ty, field, &known);
            }
            Layout::Enum(_) => self.report_no_field(ty, field, &[]),
            Layout::Broken => {}
        }
        None
    }

    fn report_no_field(&mut self, ty: Ty, field: Ident, known: &[&str]) {
        let form = self.checker.form(ty);
        if matches!(form, Type::Error | Type::Never) {
            return;
        }
        let name = self.checker.text(field.name);
        let shown = self.checker.show(ty);
        if let Type::Variable(_) = form {
            let span = field.span;
            return self.report_open(ty, span);
        }
        let diagnostic = match form {
            Type::Union(members) if members.contains(&Types::NULL) => {
                e0015::field_of_optional(field.span, &shown, name)
            }
            _ => {
                let diagnostic = e0015::field(field.span, &shown, name, closest(name, known.iter().copied()));
                let is_method = !matches!(self.checker.find_method(ty, name), super::methods::Found::None);
                if is_method || (known.is_empty() && self.checker.is_callable(field.name)) {
                    let call = Edit::after(field.span, "()");
                    diagnostic.maybe(format!("to call the cell, write `.{name}()`"), [call])
                } else {
                    diagnostic
                }
            }
        };
        self.checker.report(diagnostic);
    }

    /// `t.0`.
    fn tuple_field(
        &mut self,
        object: hir::ExprId,
        position: u32,
        position_span: Span,
        span: Span,
    ) -> hir::ExprId {
        let ty = self.ty(object);
        match self.find_element(ty, position, position_span) {
            Some(element) => self.push(hir::ExprKind::Field(object, position), element, span),
            None => self.error(span),
        }
    }

    /// The type of a tuple's element; none after E0015.
    pub(crate) fn find_element(&mut self, ty: Ty, position: u32, span: Span) -> Option<Ty> {
        match self.checker.form(ty) {
            Type::Tuple(parts) => {
                if let Some(part) = parts.get(position as usize) {
                    return Some(*part);
                }
            }
            Type::Error | Type::Never => return None,
            Type::Variable(_) => {
                self.report_open(ty, span);
                return None;
            }
            _ => {}
        }
        let shown = self.checker.show(ty);
        self.checker.report(e0015::tuple_field(span, &shown, position));
        None
    }

    /// `object[index]`, `object[a..b]`.
    fn index(&mut self, object: hir::ExprId, index: ast::ExprId, span: Span) -> hir::ExprId {
        let ast = self.checker.ast;
        if let ExprKind::Range { from, to, inclusive } = &ast.exprs[index].kind {
            return self.slice(object, *from, *to, *inclusive, span);
        }
        let (key, element) = match self.form(object) {
            Type::List(element) => (Types::INT, element),
            Type::Map(key, value) => (key, value),
            Type::String => (Types::INT, Types::STRING),
            Type::Bytes => (Types::INT, Types::INT),
            Type::Json => return self.index_json(object, index, span),
            form => {
                self.report_no_index(object, &form);
                let index = self.expr(index, Mode::Infer);
                let ty = self.ty(index);
                self.checker.poison(ty);
                return self.error(span);
            }
        };
        let index = self.expr(index, Mode::Check(Want::of(key)));
        self.push(hir::ExprKind::Index(object, index), element, span)
    }

    /// `json["name"]` and `json[0]`: a Json, null where absent.
    fn index_json(&mut self, object: hir::ExprId, index: ast::ExprId, span: Span) -> hir::ExprId {
        let index = self.expr(index, Mode::Infer);
        let intrinsic = match self.ty(index) {
            Types::INT => Intrinsic::JsonElement,
            Types::STRING | Types::ERROR | Types::NEVER => Intrinsic::JsonMember,
            found => {
                let shown = self.checker.show(found);
                let diagnostic = e0012::at(
                    &self.place,
                    self.exprs[index].span,
                    format!("a Json is indexed by a String or an Int, not by {shown}"),
                );
                self.checker.report(diagnostic);
                self.checker.poison(found);
                return self.error_of(Types::JSON, span);
            }
        };
        self.intrinsic(intrinsic, vec![object, index], Types::JSON, span)
    }

    /// What cannot be indexed, and why.
    pub(crate) fn report_no_index(&mut self, object: hir::ExprId, form: &Type) {
        let (ty, span) = (self.ty(object), self.exprs[object].span);
        if matches!(form, Type::Variable(_)) {
            self.report_not_yet_known(object);
        } else if !matches!(form, Type::Error | Type::Never) {
            let shown = self.checker.show(ty);
            let mut diagnostic = e0012::at(&self.place, span, format!("{shown} cannot be indexed"));
            diagnostic = match form {
                Type::Union(members) if members.contains(&Types::NULL) => {
                    diagnostic.help("it may be null: use `?[`, or test for null first")
                }
                Type::Tuple(_) => diagnostic.help("elements of a tuple are `t.0`, `t.1`"),
                _ => diagnostic.help("lists, maps, Strings and Bytes can be indexed"),
            };
            self.checker.report(diagnostic);
        }
    }

    fn slice(
        &mut self,
        object: hir::ExprId,
        from: ast::ExprId,
        to: ast::ExprId,
        inclusive: bool,
        span: Span,
    ) -> hir::ExprId {
        let from = self.expr(from, Mode::Check(Want::of(Types::INT)));
        let to = self.expr(to, Mode::Check(Want::of(Types::INT)));
        let to = if inclusive { self.past(to) } else { to };
        let form = self.form(object);
        let intrinsic = match form {
            Type::List(_) => Intrinsic::SliceList,
            Type::String => Intrinsic::SliceString,
            Type::Bytes => Intrinsic::SliceBytes,
            form => {
                if let Type::Map(..) = form {
                    let shown = self.form_text(object);
                    let diagnostic =
                        e0012::at(&self.place, span, format!("{shown} has no order to slice by"));
                    self.checker.report(diagnostic);
                } else {
                    self.report_no_index(object, &form);
                }
                return self.error(span);
            }
        };
        let ty = self.ty(object);
        self.intrinsic(intrinsic, vec![object, from, to], ty, span)
    }

    fn form_text(&mut self, value: hir::ExprId) -> String {
        let ty = self.ty(value);
        self.checker.show(ty)
    }

    /// One past an inclusive end, without overflow at the largest Int: no collection reaches that far.
    fn past(&mut self, to: hir::ExprId) -> hir::ExprId {
        let span = self.exprs[to].span;
        if let hir::ExprKind::Int(value) = self.exprs[to].kind {
            return self.push(hir::ExprKind::Int(value.saturating_add(1)), Types::INT, span);
        }
        let limit = self.push(hir::ExprKind::Int(i64::MAX - 1), Types::INT, span);
        let bounded = self.intrinsic(Intrinsic::Min, vec![to, limit], Types::INT, span);
        let one = self.push(hir::ExprKind::Int(1), Types::INT, span);
        self.push(
            hir::ExprKind::Arithmetic(hir::ArithmeticOp::Add, bounded, one),
            Types::INT,
            span,
        )
    }
}
