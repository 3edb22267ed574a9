//! Operators on values: arithmetic, joins, `in`, `??`.

use super::body::{Body, Mode, Want};
use super::messages::{e0012, w0003};
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, ArithmeticOp, Ty};
use crate::syntax::ast::{self, BinaryOp};
use lumen_vm::lir::{Intrinsic, VariableClass};

/// What an arithmetic operator is called and does.
#[derive(Clone, Copy)]
pub(crate) struct Operator {
    /// As written.
    pub(crate) symbol: &'static str,
    /// On numbers; none for `++`.
    pub(crate) arithmetic: Option<ArithmeticOp>,
    /// It works on bits, thus not on Floats.
    pub(crate) on_bits: bool,
}

/// The operator behind a token that takes two operands of one type and yields that type.
pub(crate) fn operator(operator: BinaryOp) -> Operator {
    let (symbol, arithmetic) = match operator {
        BinaryOp::Add => ("+", Some(ArithmeticOp::Add)),
        BinaryOp::Subtract => ("-", Some(ArithmeticOp::Subtract)),
        BinaryOp::Multiply => ("*", Some(ArithmeticOp::Multiply)),
        BinaryOp::Divide => ("/", Some(ArithmeticOp::Divide)),
        BinaryOp::FloorDivide => ("//", Some(ArithmeticOp::FloorDivide)),
        BinaryOp::Remainder => ("%", Some(ArithmeticOp::Remainder)),
        BinaryOp::Power => ("**", Some(ArithmeticOp::Power)),
        BinaryOp::ShiftLeft => ("<<", Some(ArithmeticOp::ShiftLeft)),
        BinaryOp::ShiftRight => (">>", Some(ArithmeticOp::ShiftRight)),
        BinaryOp::BitAnd => ("&", Some(ArithmeticOp::BitAnd)),
        BinaryOp::BitXor => ("^", Some(ArithmeticOp::BitXor)),
        BinaryOp::BitOr => ("|", Some(ArithmeticOp::BitOr)),
        _ => ("++", None),
    };
    use ArithmeticOp::{BitAnd, BitOr, BitXor, ShiftLeft, ShiftRight};
    let on_bits = matches!(arithmetic, Some(BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight));
    Operator {
        symbol,
        arithmetic,
        on_bits,
    }
}

/// What an operator does with two operands of one type.
pub(crate) enum Meaning {
    /// Arithmetic or bits.
    Arithmetic(ArithmeticOp),
    /// A join of Strings, lists or Bytes.
    Concat,
}

/// An operation whose operands are of one type that a later use decides.
#[derive(Clone, Copy)]
pub(crate) struct OpenOperation {
    /// The operation in the tree, as arithmetic.
    expr: hir::ExprId,
    operator: Operator,
    operator_span: Span,
    left: ast::ExprId,
    right: ast::ExprId,
}

impl<'a> Body<'_, 'a> {
    /// Decides what open operations do, now that all uses are known.
    pub(crate) fn settle_operations(&mut self) {
        for open in std::mem::take(&mut self.open_operations) {
            let ty = self.ty(open.expr);
            match self.meaning(open.operator, ty) {
                Some(Meaning::Concat) => {
                    if let hir::ExprKind::Arithmetic(_, left, right) = self.exprs[open.expr].kind {
                        self.exprs[open.expr].kind = hir::ExprKind::Concat(vec![left, right]);
                    }
                }
                Some(Meaning::Arithmetic(_)) => {}
                None if matches!(self.checker.types.get(ty), Type::Variable(_) | Type::Error) => {}
                None => {
                    let (left, right) = ((ty, open.left), (ty, open.right));
                    self.wrong_operands(open.operator, open.operator_span, left, right);
                }
            }
        }
    }

    /// `a op b` for the operators that yield the type of their operands.
    pub(crate) fn arithmetic(
        &mut self,
        written: BinaryOp,
        operator_span: Span,
        left: ast::ExprId,
        right: ast::ExprId,
        span: Span,
        mode: Mode,
    ) -> hir::ExprId {
        let operator = operator(written);
        // `[] ++ xs` may take its type from outside; numbers are never guessed from there.
        let left_mode = match (operator.arithmetic, mode.hint()) {
            (None, Some(hint)) => Mode::Hint(hint),
            _ => Mode::Infer,
        };
        let left_value = self.expr(left, left_mode);
        let left_ty = self.ty(left_value);
        let right_value = self.expr(right, Mode::Hint(left_ty));
        let right_ty = self.ty(right_value);
        if left_ty == Types::ERROR || right_ty == Types::ERROR {
            return self.after_error(operator, left_ty, right_ty, span);
        }
        for (ty, value) in [(left_ty, left_value), (right_ty, right_value)] {
            if matches!(self.checker.types.get(ty), Type::Parameter(_)) {
                let (shown, at) = (self.checker.show(ty), self.exprs[value].span);
                let diagnostic = e0012::operand(&self.place, at, operator.symbol, &shown);
                let diagnostic = self.checker.if_opaque(diagnostic, ty);
                self.checker.report(diagnostic);
                return self.error(span);
            }
        }
        if let Some(ty) = self.operand_type(left_ty, right_ty) {
            return match self.meaning(operator, ty) {
                Some(Meaning::Arithmetic(op)) => {
                    self.push(hir::ExprKind::Arithmetic(op, left_value, right_value), ty, span)
                }
                Some(Meaning::Concat) => self.concat(left_value, right_value, ty, span),
                None if self.is_open(ty) => {
                    // What is not arithmetic becomes a join once the type is known.
                    let op = operator.arithmetic.unwrap_or(ArithmeticOp::Add);
                    let kind = hir::ExprKind::Arithmetic(op, left_value, right_value);
                    let expr = self.push(kind, ty, span);
                    self.open_operations.push(OpenOperation {
                        expr,
                        operator,
                        operator_span,
                        left,
                        right,
                    });
                    expr
                }
                None => self.wrong_operands(operator, operator_span, (left_ty, left), (right_ty, right)),
            };
        }
        let wish = mode.hint();
        self.unequal_operands(operator, operator_span, (left_ty, left), (right_ty, right), wish)
    }

    /// The one type of both operands, if they have one.
    fn operand_type(&mut self, left: Ty, right: Ty) -> Option<Ty> {
        match (left, right) {
            (Types::NEVER, other) | (other, Types::NEVER) => Some(other),
            _ if left == right => Some(left),
            _ => {
                let alike = |body: &mut Self, ty: Ty| {
                    matches!(body.checker.form(ty), Type::List(_) | Type::Variable(_))
                };
                (alike(self, left) && alike(self, right) || self.is_open(left) || self.is_open(right))
                    .then(|| self.checker.unify(left, right))?
                    .then_some(left)
            }
        }
    }

    fn is_open(&mut self, ty: Ty) -> bool {
        matches!(self.checker.form(ty), Type::Variable(_))
    }

    /// What the operator does with operands of the type.
    pub(crate) fn meaning(&mut self, operator: Operator, ty: Ty) -> Option<Meaning> {
        match (self.checker.form(ty), operator.arithmetic) {
            (Type::Int, Some(op)) => Some(Meaning::Arithmetic(op)),
            (Type::Float, Some(op)) if !operator.on_bits => Some(Meaning::Arithmetic(op)),
            (Type::String, Some(ArithmeticOp::Add) | None) | (Type::List(_) | Type::Bytes, None) => {
                Some(Meaning::Concat)
            }
            (Type::Never, Some(op)) => Some(Meaning::Arithmetic(op)),
            (Type::Never, None) => Some(Meaning::Concat),
            _ => None,
        }
    }

    /// A join; joins of joins are one, so that a long chain is built at once.
    fn concat(&mut self, left: hir::ExprId, right: hir::ExprId, ty: Ty, span: Span) -> hir::ExprId {
        let joined = match &mut self.exprs[left].kind {
            hir::ExprKind::Concat(parts) => {
                let mut parts = std::mem::take(parts);
                parts.push(right);
                parts
            }
            _ => vec![left, right],
        };
        self.push(hir::ExprKind::Concat(joined), ty, span)
    }

    /// One operand was reported: the other one still says what the result was meant to be.
    fn after_error(&mut self, operator: Operator, left: Ty, right: Ty, span: Span) -> hir::ExprId {
        let known = if left == Types::ERROR { right } else { left };
        let ty = if self.meaning(operator, known).is_some() {
            known
        } else {
            Types::ERROR
        };
        self.checker.poison(known);
        self.error_of(ty, span)
    }

    /// Operands of two types: the fault is at the one that can be converted. If the other could have been meant too, and
    /// a value of its type is the `wish`, nothing is concluded.
    fn unequal_operands(
        &mut self,
        operator: Operator,
        operator_span: Span,
        (left, left_source): (Ty, ast::ExprId),
        (right, right_source): (Ty, ast::ExprId),
        wish: Option<Ty>,
    ) -> hir::ExprId {
        let span_of = |body: &Self, id: ast::ExprId| body.checker.ast.exprs[id].span;
        let left_fits = self.meaning(operator, left).is_some();
        let right_fits = self.meaning(operator, right).is_some();
        let plus = operator.symbol == "+";
        let blame_left = match (left_fits, right_fits) {
            (true, true) if plus && right == Types::STRING => true,
            (true, true) => left == Types::INT && right == Types::FLOAT,
            (false, true) => true,
            (true, false) => false,
            (false, false) => {
                return self.wrong_operands(
                    operator,
                    operator_span,
                    (left, left_source),
                    (right, right_source),
                );
            }
        };
        let (wanted, found, source, other) = if blame_left {
            (right, left, left_source, right_source)
        } else {
            (left, right, right_source, left_source)
        };
        let (expected, shown) = (self.checker.show(wanted), self.checker.show(found));
        let span = span_of(self, source);
        let diagnostic = e0012::mismatch(&self.place, span, &expected, &shown).related(
            span_of(self, other),
            format!("the other side of `{}` is of type {expected}", operator.symbol),
        );
        let help = if plus && wanted == Types::STRING {
            self.interpolated(left_source, right_source)
        } else if let (Types::STRING, Types::INT, "*") = (found, wanted, operator.symbol) {
            Some("`text.repeat(count)` repeats a String".into())
        } else if let (Types::STRING, "%") = (found, operator.symbol) {
            Some("a String holds values in braces: `\"{count} items\"`, `\"{price:.2}\"`".into())
        } else {
            self.advice(found, wanted, Some(source))
        };
        self.checker.report(diagnostic.advice(help));
        self.checker.poison(found);
        if left_fits && right_fits && wish.is_some_and(|wish| wish != wanted) {
            return self.error(span);
        }
        self.error_of(wanted, span)
    }

    fn wrong_operands(
        &mut self,
        operator: Operator,
        operator_span: Span,
        (left, left_source): (Ty, ast::ExprId),
        (right, _): (Ty, ast::ExprId),
    ) -> hir::ExprId {
        let (a, b) = (self.checker.show(left), self.checker.show(right));
        let mut diagnostic = e0012::operands(&self.place, operator_span, operator.symbol, &a, &b);
        let is_collection =
            |body: &mut Self, ty| matches!(body.checker.form(ty), Type::List(_) | Type::Bytes);
        if self.checker.types.holds_null(left) || self.checker.types.holds_null(right) {
            diagnostic = diagnostic.help("handle null first: `x ?? default`, `x!`, or a test for null");
        } else if operator.symbol == "++" && self.checker.is_number(left) {
            diagnostic = diagnostic.help("`++` joins Strings, lists and Bytes; to count up write `n += 1`");
        } else if operator.symbol == "+" && is_collection(self, left) {
            diagnostic = diagnostic.help("`++` joins lists and Bytes");
        } else if let (Type::Set(_), "+" | "|") = (self.checker.form(left), operator.symbol) {
            diagnostic = diagnostic.help("`a.union(b)` joins sets");
        }
        if left == right {
            diagnostic = self.checker.if_opaque(diagnostic, left);
        }
        self.checker.report(diagnostic);
        self.checker.poison(left);
        self.checker.poison(right);
        let span = self.checker.ast.exprs[left_source].span;
        self.error(span)
    }

    /// `a in xs`.
    pub(crate) fn contained(&mut self, left: ast::ExprId, right: ast::ExprId, span: Span) -> hir::ExprId {
        let value = self.expr(left, Mode::Infer);
        let collection = self.expr(right, Mode::Infer);
        let (intrinsic, element) = match self.form(collection) {
            Type::List(element) => (Intrinsic::ContainsList, element),
            Type::Set(element) => (Intrinsic::ContainsSet, element),
            Type::Map(key, _) => (Intrinsic::ContainsMap, key),
            Type::String => (Intrinsic::ContainsString, Types::STRING),
            Type::Bytes => (Intrinsic::ContainsBytes, Types::BYTES),
            Type::Error | Type::Never => {
                let ty = self.ty(value);
                self.checker.poison(ty);
                return self.error_of(Types::BOOL, span);
            }
            Type::Variable(_) => {
                self.report_not_yet_known(collection);
                return self.error_of(Types::BOOL, span);
            }
            _ => {
                let (ty, span) = (self.ty(collection), self.exprs[collection].span);
                let shown = self.checker.show(ty);
                let diagnostic = e0012::operand(&self.place, span, "in", &shown)
                    .help("`in` looks into lists, sets, maps, Strings and Bytes");
                self.checker.report(diagnostic);
                return self.error_of(Types::BOOL, span);
            }
        };
        if !matches!(intrinsic, Intrinsic::ContainsString | Intrinsic::ContainsBytes) {
            self.require_class(element, VariableClass::Equatable, span, "in");
        }
        let because = Want::because(
            element,
            Some(self.exprs[collection].span),
            "it is looked for in this",
        );
        let value = self.coerce(value, because, Some(left));
        if self.is_simple(value) {
            return self.intrinsic(intrinsic, vec![collection, value], Types::BOOL, span);
        }
        // The builtin takes the collection first, the operator evaluates it last.
        let (local, binding) = self.hold(value, span);
        let held = self.read(local, span);
        let test = self.intrinsic(intrinsic, vec![collection, held], Types::BOOL, span);
        self.push(
            hir::ExprKind::Block {
                statements: vec![binding],
                value: Some(test),
            },
            Types::BOOL,
            span,
        )
    }

    /// `a ?? b`.
    pub(crate) fn coalesce(
        &mut self,
        left: ast::ExprId,
        right: ast::ExprId,
        span: Span,
        mode: Mode,
    ) -> hir::ExprId {
        let value = self.expr(left, Mode::Infer);
        let ty = self.ty(value);
        if let Type::Result(..) = self.checker.types.get(ty) {
            let shown = self.checker.show(ty);
            let left_span = self.exprs[value].span;
            let diagnostic = e0012::operand(&self.place, left_span, "??", &shown)
                .help("`??` is for null; `match` takes a result apart, `?` hands its err on");
            self.checker.report(diagnostic);
            self.expr(right, Mode::Infer);
            return self.error(span);
        }
        let rest = self.checker.types.without(ty, &[Types::NULL]);
        let hint = if rest == Types::NEVER {
            mode.hint()
        } else {
            Some(rest)
        };
        let other = self.expr(right, hint.map_or(Mode::Infer, Mode::Hint));
        if ty == Types::ERROR {
            return self.error(span);
        }
        let is_known = !matches!(self.checker.types.get(ty), Type::Variable(_));
        if is_known && !self.checker.types.holds_null(ty) {
            let (right_span, left_span) = (self.exprs[other].span, self.exprs[value].span);
            self.checker.report(w0003::never_null(right_span, left_span));
            return value;
        }
        let other_ty = self.ty(other);
        let joined = match self.checker.fit(other_ty, rest) {
            super::accept::Fit::No => self.join_types(&[rest, other_ty], span),
            _ => rest,
        };
        let other = self.coerce(other, Want::of(joined), Some(right));
        self.push(hir::ExprKind::Coalesce(value, other), joined, span)
    }
}
