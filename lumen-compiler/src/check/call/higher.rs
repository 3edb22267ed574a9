//! Calls of builtins that take a function, as loops of the cell that calls them. A lambda that is written as the argument
//! stands in the loop, so that nothing is called.

use super::super::body::{Body, Mode, Want};
use super::super::function::Prepared;
use super::super::higher::{HigherOrder, Shape};
use super::super::messages::e0012;
use super::super::types::{Type, Types};
use super::super::variables::Unknown;
use super::Arguments;
use super::builtin::Placed;
use crate::diagnostic::Span;
use crate::hir::{self, ExprKind, Iterable, LocalId, LoopId, Statement, Ty};
use lumen_vm::lir::{Intrinsic, VariableClass};

/// Position of the list among the parameters.
const LIST: usize = 0;
/// Position of the function.
const FUNCTION: usize = 1;
/// Position of what `reduce` begins with.
const INIT: usize = 2;

/// The types of a call.
#[derive(Clone, Copy)]
struct Typing {
    /// Of the elements.
    element: Ty,
    /// Of what the function yields.
    produced: Ty,
    /// Of the call.
    result: Ty,
}

/// A call in the making.
struct Call {
    shape: Shape,
    typing: Typing,
    list: Iterable,
    function: Prepared,
    /// Where calls of the function fail.
    span: Span,
}

impl<'a> Body<'_, 'a> {
    /// A call of a builtin that takes a function.
    pub(super) fn call_higher_order(
        &mut self,
        builtin: &'static HigherOrder,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        let names: Vec<(&str, bool)> = builtin.parameters.iter().map(|name| (*name, true)).collect();
        let mut placed = match self.seat_by_name(&names, arguments) {
            Ok(placed) => placed,
            Err(faults) => {
                self.call_nothing(arguments);
                let diagnostic = faults
                    .diagnostic(arguments.span, &format!("`{}`", builtin.name), "argument")
                    .help(format!(
                        "its signature is `{}{}`",
                        builtin.name, builtin.signature
                    ));
                self.checker.report(diagnostic);
                return self.error(arguments.span);
            }
        };
        // The list and the first value say what the function is called with.
        let Some(element) = self.elements_of(builtin, &mut placed) else {
            self.forget_functions(&placed);
            return self.error(arguments.span);
        };
        let state = self.initial_value(&mut placed, mode);
        let typing = self.higher_typing(builtin.shape, element, state, arguments.span, mode);
        self.function_value(builtin.shape, typing, &mut placed);
        if builtin.shape == Shape::SortBy {
            let span = arguments.span;
            self.require_class(typing.produced, VariableClass::Ordered, span, builtin.name);
        }
        self.higher_order(builtin.shape, typing, &placed, arguments.span)
    }

    /// A builtin that takes a function as a value itself.
    pub(super) fn higher_order_value(&mut self, builtin: &'static HigherOrder, span: Span) -> hir::ExprId {
        let element = self.checker.fresh(Unknown::Generic, span);
        let state = (builtin.shape == Shape::Reduce).then(|| self.checker.fresh(Unknown::Generic, span));
        let typing = self.higher_typing(builtin.shape, element, state, span, Mode::Infer);
        let function = self.function_of(builtin.shape, typing);
        let mut types = vec![self.checker.types.list(element), function];
        types.extend(state);
        if builtin.shape == Shape::SortBy {
            self.require_class(typing.produced, VariableClass::Ordered, span, builtin.name);
        }
        self.wrapper(&types, span, |body, arguments| {
            let placed: Vec<(usize, hir::ExprId)> = arguments.iter().copied().enumerate().collect();
            body.higher_order_of(builtin.shape, typing, &placed, span)
        })
    }

    /// The type of the list's elements; none after an error.
    fn elements_of(&mut self, builtin: &HigherOrder, placed: &mut [Placed]) -> Option<Ty> {
        let list = placed.iter_mut().find(|argument| argument.parameter == LIST)?;
        let value = match list.value {
            Some(value) => value,
            None => self.expr(list.source, Mode::Infer),
        };
        list.value = Some(value);
        let source = list.source;
        let form = self.form(value);
        let (ty, span) = (self.ty(value), self.exprs[value].span);
        match form {
            Type::List(element) => return Some(element),
            Type::Error | Type::Never => {}
            Type::Variable(_) => self.report_open(ty, span),
            form => {
                let shown = self.checker.show(ty);
                let quoted = self.quote(source).unwrap_or_else(|| "x".to_owned());
                let help = match form {
                    Type::Map(..) => format!("its keys and values are a list: `{quoted}.entries()`"),
                    Type::Set(_) => format!("its elements as a list: `[...{quoted}]`"),
                    Type::String => format!("its characters are a list: `{quoted}.chars()`"),
                    _ if self.checker.types.holds_null(ty) => {
                        format!("it may be null: use `{quoted} ?? []`, `{quoted}!`, or test for null first")
                    }
                    _ => format!("its signature is `{}{}`", builtin.name, builtin.signature),
                };
                let diagnostic = e0012::at(
                    &self.place,
                    span,
                    format!("`{}` takes a list, got {shown}", builtin.name),
                )
                .help(help);
                self.checker.report(diagnostic);
                self.checker.poison(ty);
            }
        }
        None
    }

    /// The type of what `reduce` begins with.
    fn initial_value(&mut self, placed: &mut [Placed], mode: Mode) -> Option<Ty> {
        let init = placed.iter_mut().find(|argument| argument.parameter == INIT)?;
        let mode = match mode {
            Mode::Check(want) if !want.returning => mode,
            Mode::Check(want) => Mode::Hint(want.ty),
            _ => Mode::Infer,
        };
        let value = match init.value {
            Some(value) => value,
            None => self.expr(init.source, mode),
        };
        init.value = Some(value);
        Some(self.ty(value))
    }

    fn higher_typing(
        &mut self,
        shape: Shape,
        element: Ty,
        state: Option<Ty>,
        span: Span,
        mode: Mode,
    ) -> Typing {
        // What is expected of the whole is expected of the function.
        let expected = match (shape, mode) {
            (Shape::Map | Shape::FlatMap, Mode::Check(_)) => {
                match self.expected_form(mode, |form| matches!(form, Type::List(_))) {
                    Some(Type::List(element)) => Some(element),
                    _ => None,
                }
            }
            _ => None,
        };
        let produced = match shape {
            Shape::Filter | Shape::Any | Shape::All | Shape::Find | Shape::Position => Types::BOOL,
            Shape::GroupBy => Types::STRING,
            Shape::Reduce => state.unwrap_or(Types::ERROR),
            Shape::Map | Shape::SortBy => {
                expected.unwrap_or_else(|| self.checker.fresh(Unknown::Generic, span))
            }
            Shape::FlatMap => {
                let inner = expected.unwrap_or_else(|| self.checker.fresh(Unknown::Generic, span));
                self.checker.types.list(inner)
            }
        };
        let types = &mut self.checker.types;
        let result = match shape {
            Shape::Map => types.list(produced),
            Shape::Filter | Shape::SortBy => types.list(element),
            Shape::Reduce | Shape::FlatMap => produced,
            Shape::Any | Shape::All => Types::BOOL,
            Shape::Find => {
                let element = self.checker.resolve(element);
                self.checker.types.optional(element)
            }
            Shape::Position => Types::INT,
            Shape::GroupBy => {
                let list = types.list(element);
                types.map(Types::STRING, list)
            }
        };
        Typing {
            element,
            produced,
            result,
        }
    }

    fn function_of(&mut self, shape: Shape, typing: Typing) -> Ty {
        let parameters: &[Ty] = match shape {
            Shape::Reduce => &[typing.produced, typing.element],
            _ => &[typing.element],
        };
        self.function_type(parameters, typing.produced)
    }

    fn function_value(&mut self, shape: Shape, typing: Typing, placed: &mut [Placed]) {
        let ty = self.function_of(shape, typing);
        let list = placed
            .iter()
            .find(|argument| argument.parameter == LIST)
            .and_then(|argument| argument.value)
            .map(|value| self.exprs[value].span);
        let want = Want::because(ty, list, "its elements are what the function is called with");
        if let Some(function) = placed.iter_mut().find(|argument| argument.parameter == FUNCTION) {
            function.value = Some(self.argument(*function, want));
        }
    }

    /// Functions whose argument types are not known: a lambda in vain would be reported for that.
    fn forget_functions(&mut self, placed: &[Placed]) {
        for argument in placed.iter().filter(|argument| argument.value.is_none()) {
            let is_function = argument.parameter == FUNCTION;
            if !(is_function && self.checker.ast.exprs[argument.source].is_function()) {
                let mode = if is_function {
                    Mode::Hint(Types::ERROR)
                } else {
                    Mode::Infer
                };
                let value = self.expr(argument.source, mode);
                let ty = self.ty(value);
                self.checker.poison(ty);
            }
        }
    }

    fn higher_order(&mut self, shape: Shape, typing: Typing, placed: &[Placed], span: Span) -> hir::ExprId {
        let values: Vec<(usize, hir::ExprId)> = placed
            .iter()
            .filter_map(|argument| Some((argument.parameter, argument.value?)))
            .collect();
        if values
            .iter()
            .any(|(_, value)| self.exprs[*value].ty == Types::ERROR)
        {
            return self.error_of(typing.result, span);
        }
        self.higher_order_of(shape, typing, &values, span)
    }

    /// The loop, with arguments evaluated in the order in which they are written.
    fn higher_order_of(
        &mut self,
        shape: Shape,
        typing: Typing,
        written: &[(usize, hir::ExprId)],
        span: Span,
    ) -> hir::ExprId {
        let by_keys = matches!(shape, Shape::SortBy | Shape::GroupBy);
        let mut statements = Vec::new();
        let mut list = None;
        let mut init = None;
        let mut function = None;
        for (index, (parameter, value)) in written.iter().enumerate() {
            let is_last = written[index + 1..]
                .iter()
                .all(|(_, later)| self.is_simple(*later) || self.is_lambda(*later));
            match *parameter {
                LIST if is_last && !by_keys => list = Some(*value),
                // Keys come from it, and the result.
                LIST if by_keys => list = Some(self.named(*value, &mut statements)),
                LIST => list = Some(self.held(*value, &mut statements)),
                FUNCTION => {
                    let at = self.exprs[*value].span;
                    let prepared = match is_last {
                        true => self.prepare(*value, &mut statements),
                        false => Prepared::Value(self.held(*value, &mut statements)),
                    };
                    function = Some((prepared, at));
                }
                _ => init = Some(self.accumulator("state", typing.result, *value, &mut statements)),
            }
        }
        let (Some(list), Some((function, at))) = (list, function) else {
            return self.error_of(typing.result, span);
        };
        let call = Call {
            shape,
            typing,
            list: self.iterable_of(list),
            function,
            span: at,
        };
        let value = match shape {
            Shape::Map | Shape::Filter | Shape::FlatMap => self.gather(call, &mut statements, span),
            Shape::SortBy | Shape::GroupBy => self.by_keys(call, list, &mut statements, span),
            Shape::Reduce => match init {
                Some(state) => self.fold(call, state, &mut statements, span),
                None => self.error_of(typing.result, span),
            },
            Shape::Any | Shape::All | Shape::Find => self.search(call, &mut statements, span),
            Shape::Position => self.search_position(call, &mut statements, span),
        };
        self.after(statements, value)
    }

    /// The value of an immutable local: of a new one, unless the expression is one already.
    fn named(&mut self, value: hir::ExprId, statements: &mut Vec<Statement>) -> hir::ExprId {
        match self.exprs[value].kind {
            ExprKind::Local(local) if !self.locals[local].mutable => value,
            _ => {
                let span = self.exprs[value].span;
                let (local, binding) = self.hold(value, span);
                statements.push(binding);
                self.local_value(local, span)
            }
        }
    }

    /// What a list is run over by: a range counts.
    fn iterable_of(&mut self, list: hir::ExprId) -> Iterable {
        match &self.exprs[list].kind {
            ExprKind::Intrinsic {
                intrinsic: intrinsic @ (Intrinsic::Range | Intrinsic::RangeInclusive),
                arguments,
            } => Iterable::Range {
                from: arguments[0],
                to: arguments[1],
                inclusive: *intrinsic == Intrinsic::RangeInclusive,
            },
            _ => Iterable::List(list),
        }
    }

    /// `for element in list ...`; the body is made of the element.
    fn each(
        &mut self,
        list: Iterable,
        element: Ty,
        span: Span,
        body: impl FnOnce(&mut Self, LoopId, LocalId) -> Vec<Statement>,
    ) -> Statement {
        let id = self.new_loop();
        let (pattern, value) = self.generated_parameter(element, span);
        let ExprKind::Local(local) = self.exprs[value].kind else {
            unreachable!("a generated parameter is a local")
        };
        let statements = body(self, id, local);
        let body = self.sequence(statements, span);
        Statement::For {
            id,
            iterable: list,
            pattern,
            filter: None,
            body,
        }
    }

    /// `map`, `filter`, `flat_map`.
    fn gather(&mut self, call: Call, statements: &mut Vec<Statement>, span: Span) -> hir::ExprId {
        let Typing {
            element,
            produced,
            result,
        } = call.typing;
        let empty = self.push(ExprKind::List(Vec::new()), result, span);
        let out = self.accumulator("list", result, empty, statements);
        let (shape, function, at) = (call.shape, call.function, call.span);
        let each = self.each(call.list, element, span, |body, _, local| {
            let argument = body.local_value(local, at);
            let value = body.invoke(function, vec![argument], produced, at);
            match shape {
                Shape::Filter => {
                    let kept = body.local_value(local, span);
                    let update = body.update(out, Intrinsic::Append, &[kept], span);
                    vec![body.when_true(value, vec![update], span)]
                }
                Shape::FlatMap => {
                    let before = body.local_value(out, span);
                    let joined = body.push(ExprKind::Concat(vec![before, value]), result, span);
                    vec![body.store_in(out, joined)]
                }
                _ => vec![body.update(out, Intrinsic::Append, &[value], span)],
            }
        });
        statements.push(each);
        self.local_value(out, span)
    }

    /// `sort_by`, `group_by`: the keys, then the elements by them.
    fn by_keys(
        &mut self,
        call: Call,
        list: hir::ExprId,
        statements: &mut Vec<Statement>,
        span: Span,
    ) -> hir::ExprId {
        let Typing {
            element,
            produced,
            result,
        } = call.typing;
        let intrinsic = match call.shape {
            Shape::SortBy => Intrinsic::SortByKeys,
            _ => Intrinsic::GroupByKeys,
        };
        let keys = Call {
            shape: Shape::Map,
            typing: Typing {
                element,
                produced,
                result: self.checker.types.list(produced),
            },
            ..call
        };
        let keys = self.gather(keys, statements, span);
        let ExprKind::Local(local) = self.exprs[list].kind else {
            unreachable!("the list was given a name")
        };
        let values = self.local_value(local, span);
        self.intrinsic(intrinsic, vec![values, keys], result, span)
    }

    /// `reduce`.
    fn fold(
        &mut self,
        call: Call,
        state: LocalId,
        statements: &mut Vec<Statement>,
        span: Span,
    ) -> hir::ExprId {
        let (function, at, produced) = (call.function, call.span, call.typing.produced);
        let each = self.each(call.list, call.typing.element, span, |body, _, local| {
            let before = body.local_value(state, at);
            let element = body.local_value(local, at);
            let value = body.invoke(function, vec![before, element], produced, at);
            vec![body.store_in(state, value)]
        });
        statements.push(each);
        self.local_value(state, span)
    }

    /// `any`, `all`, `find`: up to the first element that decides.
    fn search(&mut self, call: Call, statements: &mut Vec<Statement>, span: Span) -> hir::ExprId {
        let result = call.typing.result;
        let (shape, function, at) = (call.shape, call.function, call.span);
        let begin = match shape {
            Shape::Find => {
                let null = self.push(ExprKind::Null, Types::NULL, span);
                self.coerce(null, Want::of(result), None)
            }
            _ => self.push(ExprKind::Bool(shape == Shape::All), Types::BOOL, span),
        };
        let found = self.accumulator("found", result, begin, statements);
        let each = self.each(call.list, call.typing.element, span, |body, id, local| {
            let argument = body.local_value(local, at);
            let mut test = body.invoke(function, vec![argument], Types::BOOL, at);
            let value = match shape {
                Shape::Find => {
                    let element = body.local_value(local, span);
                    body.coerce(element, Want::of(result), None)
                }
                _ => body.push(ExprKind::Bool(shape == Shape::Any), Types::BOOL, span),
            };
            if shape == Shape::All {
                test = body.push(ExprKind::Not(test), Types::BOOL, at);
            }
            let then = vec![body.store_in(found, value), body.leave(id, span)];
            vec![body.when_true(test, then, span)]
        });
        statements.push(each);
        self.local_value(found, span)
    }

    /// `position`.
    fn search_position(&mut self, call: Call, statements: &mut Vec<Statement>, span: Span) -> hir::ExprId {
        let (function, at) = (call.function, call.span);
        let absent = self.push(ExprKind::Int(-1), Types::INT, span);
        let found = self.accumulator("found", Types::INT, absent, statements);
        let first = self.push(ExprKind::Int(0), Types::INT, span);
        let position = self.accumulator("position", Types::INT, first, statements);
        let each = self.each(call.list, call.typing.element, span, |body, id, local| {
            let argument = body.local_value(local, at);
            let test = body.invoke(function, vec![argument], Types::BOOL, at);
            let here = body.local_value(position, span);
            let then = vec![body.store_in(found, here), body.leave(id, span)];
            let here = body.local_value(position, span);
            let one = body.push(ExprKind::Int(1), Types::INT, span);
            let add = ExprKind::Arithmetic(hir::ArithmeticOp::Add, here, one);
            let next = body.push(add, Types::INT, span);
            vec![body.when_true(test, then, span), body.store_in(position, next)]
        });
        statements.push(each);
        self.local_value(found, span)
    }
}
