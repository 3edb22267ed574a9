//! The oracle: computes typed trees directly, by their definition.

use super::maker::INT;
use crate::hir::{
    ArithmeticOp, Body, Callee, Cell, CompareOp, Element, ExprId, ExprKind, LoopId, Module, NominalId, Shape,
    Statement, Type,
};
use lumen_vm::lir::{Intrinsic, Span};

mod pattern;
mod statements;

use pattern::matches;

/// A value.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    String(String),
    List(Vec<Value>),
    Record(NominalId, Vec<Value>),
    /// Variant and payload of the nominal's enum.
    Variant(NominalId, u32, Vec<Value>),
    /// `ok` if the flag is false, else `err`.
    Result(bool, Box<Value>),
}

/// Why an evaluation ends early.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stop {
    /// A failure, in the text of this cell.
    Failure {
        cell: u32,
        span: Span,
    },
    /// It would take too long.
    TooLong,
    Return(Value),
    Break(LoopId, Value),
    Continue(LoopId),
}

type Result<T> = std::result::Result<T, Stop>;

/// Runs cells and gathers what they print.
pub(super) struct Evaluator<'m> {
    module: &'m Module,
    pub(super) printed: String,
    steps: u32,
}

/// A running cell.
struct Frame<'m> {
    index: u32,
    cell: &'m Cell,
    locals: Vec<Value>,
}

impl<'m> Evaluator<'m> {
    pub(super) fn new(module: &'m Module, steps: u32) -> Evaluator<'m> {
        Evaluator {
            module,
            printed: String::new(),
            steps,
        }
    }

    pub(super) fn call(&mut self, callee: Callee, arguments: Vec<Value>) -> Result<Value> {
        let Callee::Here(index) = callee else {
            panic!("only cells of the module are called");
        };
        let cell = &self.module.cells[index as usize];
        let mut locals = vec![Value::Null; cell.locals.len()];
        for (parameter, argument) in cell.parameters.iter().zip(&arguments) {
            locals[parameter.index()] = argument.clone();
        }
        let mut frame = Frame { index, cell, locals };
        match &cell.body {
            Body::Expr(body) => match self.expr(&mut frame, *body) {
                Err(Stop::Return(value)) => Ok(value),
                other => other,
            },
            Body::Check { .. } => unreachable!("only constructors call it"),
            Body::Constructor {
                record, constraints, ..
            } => {
                let mut broken = false;
                for constraint in constraints {
                    broken |= self.expr(&mut frame, constraint.condition)? == Value::Bool(false);
                }
                match broken {
                    true => Err(frame.failure(cell.exprs[constraints[0].condition].span)),
                    false => Ok(Value::Record(*record, arguments)),
                }
            }
        }
    }

    fn exprs(&mut self, frame: &mut Frame<'m>, ids: &[ExprId]) -> Result<Vec<Value>> {
        ids.iter().map(|&id| self.expr(frame, id)).collect()
    }

    fn is(&mut self, frame: &mut Frame<'m>, condition: ExprId) -> Result<bool> {
        Ok(self.expr(frame, condition)? == Value::Bool(true))
    }

    fn int(&mut self, frame: &mut Frame<'m>, id: ExprId) -> Result<i64> {
        Ok(as_int(&self.expr(frame, id)?))
    }

    fn expr(&mut self, frame: &mut Frame<'m>, id: ExprId) -> Result<Value> {
        self.steps = self.steps.checked_sub(1).ok_or(Stop::TooLong)?;
        let expr = &frame.cell.exprs[id];
        let failure = frame.failure(expr.span);
        Ok(match &expr.kind {
            ExprKind::Null => Value::Null,
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Int(value) => Value::Int(*value),
            ExprKind::String(text) => Value::String(text.clone()),
            ExprKind::Local(local) => frame.locals[local.index()].clone(),
            ExprKind::Call {
                callee,
                written,
                defaults,
            } => {
                let arguments = self.arguments(frame, None, written, defaults)?;
                self.call(*callee, arguments)?
            }
            ExprKind::Construct {
                record,
                constructor,
                base,
                written,
                defaults,
            } => {
                let base = match base {
                    Some(base) => Some(self.expr(frame, *base)?),
                    None => None,
                };
                let fields = self.arguments(frame, base, written, defaults)?;
                match constructor {
                    Some(constructor) => self.call(*constructor, fields)?,
                    None => Value::Record(*record, fields),
                }
            }
            ExprKind::Variant { variant, payload } => {
                let mut payload = self.exprs(frame, payload)?;
                match self.module.types.entries[expr.ty.0 as usize] {
                    Type::Nominal(nominal, _) => Value::Variant(nominal, *variant, payload),
                    _ => Value::Result(*variant == 1, Box::new(payload.remove(0))),
                }
            }
            ExprKind::Intrinsic { intrinsic, arguments } => {
                let arguments = self.exprs(frame, arguments)?;
                self.intrinsic(*intrinsic, arguments)
            }
            ExprKind::Widen(inner) | ExprKind::Narrow(inner) => self.expr(frame, *inner)?,
            ExprKind::IsType(inner, ty) => {
                let value = self.expr(frame, *inner)?;
                Value::Bool((value == Value::Null) == (*ty != INT))
            }
            ExprKind::IsVariant(inner, wanted) => match self.expr(frame, *inner)? {
                Value::Variant(_, variant, _) => Value::Bool(variant == *wanted),
                other => panic!("{other:?} has no variant"),
            },
            ExprKind::Arithmetic(operator, left, right) => {
                let left = self.int(frame, *left)?;
                let right = self.int(frame, *right)?;
                Value::Int(arithmetic(*operator, left, right).ok_or(failure)?)
            }
            ExprKind::Negate(inner) => {
                let value = self.int(frame, *inner)?;
                Value::Int(value.checked_neg().ok_or(failure)?)
            }
            ExprKind::Not(inner) => Value::Bool(!self.is(frame, *inner)?),
            ExprKind::Compare(operator, left, right) => {
                let left = self.expr(frame, *left)?;
                let right = self.expr(frame, *right)?;
                Value::Bool(match operator {
                    CompareOp::Equal => left == right,
                    CompareOp::NotEqual => left != right,
                    CompareOp::Less => left < right,
                    CompareOp::LessEqual => left <= right,
                    CompareOp::Greater => left > right,
                    CompareOp::GreaterEqual => left >= right,
                })
            }
            ExprKind::And(left, right) => Value::Bool(self.is(frame, *left)? && self.is(frame, *right)?),
            ExprKind::Or(left, right) => Value::Bool(self.is(frame, *left)? || self.is(frame, *right)?),
            ExprKind::Concat(parts) => {
                let parts = self.exprs(frame, parts)?;
                join(parts)
            }
            ExprKind::List(elements) => {
                let mut list = Vec::new();
                for element in elements {
                    match element {
                        Element::Item(item) => list.push(self.expr(frame, *item)?),
                        Element::Spread(of) => list.extend(as_list(self.expr(frame, *of)?)),
                    }
                }
                Value::List(list)
            }
            ExprKind::Field(of, position) => match self.expr(frame, *of)? {
                Value::Record(_, mut fields) => fields.swap_remove(*position as usize),
                other => panic!("{other:?} has no fields"),
            },
            ExprKind::Index(of, index) => {
                let list = as_list(self.expr(frame, *of)?);
                let index = self.int(frame, *index)?;
                let found = usize::try_from(index)
                    .ok()
                    .and_then(|index| list.get(index).cloned());
                found.ok_or(failure)?
            }
            ExprKind::Coalesce(left, right) => match self.expr(frame, *left)? {
                Value::Null => self.expr(frame, *right)?,
                value => value,
            },
            ExprKind::UnwrapOptional(operand) => match self.expr(frame, *operand)? {
                Value::Null => return Err(failure),
                value => value,
            },
            ExprKind::Try(operand) => match self.expr(frame, *operand)? {
                Value::Result(false, value) => *value,
                err => return Err(Stop::Return(err)),
            },
            ExprKind::UnwrapResult(operand) => match self.expr(frame, *operand)? {
                Value::Result(false, value) => *value,
                _ => return Err(failure),
            },
            ExprKind::NullSafe { operand, local, then } => match self.expr(frame, *operand)? {
                Value::Null => Value::Null,
                value => {
                    frame.locals[local.index()] = value;
                    self.expr(frame, *then)?
                }
            },
            ExprKind::Block { statements, value } => {
                let mut defers = Vec::new();
                let mut value = self.block(frame, statements, *value, &mut defers);
                for body in defers.into_iter().rev() {
                    if value == Err(Stop::TooLong) {
                        break;
                    }
                    let done = self.expr(frame, body);
                    // The first failure counts.
                    if let (Err(stop), false) = (done, matches!(value, Err(Stop::Failure { .. }))) {
                        value = Err(stop);
                    }
                }
                value?
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => match (self.is(frame, *condition)?, otherwise) {
                (true, _) => self.expr(frame, *then)?,
                (false, Some(otherwise)) => self.expr(frame, *otherwise)?,
                (false, None) => Value::Null,
            },
            ExprKind::Match { scrutinee, arms } => {
                let value = self.expr(frame, *scrutinee)?;
                for arm in arms {
                    if matches(frame, arm.pattern, &value) {
                        match arm.guard {
                            Some(guard) if !self.is(frame, guard)? => {}
                            _ => return self.expr(frame, arm.body),
                        }
                    }
                }
                panic!("a match is exhaustive")
            }
            ExprKind::Loop { id, body } => loop {
                let round = self.expr(frame, *body);
                if let Some(value) = after_round(round, *id)? {
                    break value;
                }
            },
            ExprKind::Return(value) => {
                let value = match value {
                    Some(value) => self.expr(frame, *value)?,
                    None => Value::Null,
                };
                return Err(Stop::Return(value));
            }
            ExprKind::Break(id, value) => {
                let value = match value {
                    Some(value) => self.expr(frame, *value)?,
                    None => Value::Null,
                };
                return Err(Stop::Break(*id, value));
            }
            ExprKind::Continue(id) => return Err(Stop::Continue(*id)),
            ExprKind::Halt(message) => {
                self.expr(frame, *message)?;
                return Err(failure);
            }
            other => panic!("{other:?} is not generated"),
        })
    }

    /// Runs a block up to its `defer`s, which are put aside.
    fn block(
        &mut self,
        frame: &mut Frame<'m>,
        statements: &'m [Statement],
        value: Option<ExprId>,
        defers: &mut Vec<ExprId>,
    ) -> Result<Value> {
        for statement in statements {
            match statement {
                Statement::Defer(body) => defers.push(*body),
                other => self.statement(frame, other)?,
            }
        }
        value.map_or(Ok(Value::Null), |value| self.expr(frame, value))
    }

    fn arguments(
        &mut self,
        frame: &mut Frame<'m>,
        base: Option<Value>,
        written: &[(u32, ExprId)],
        defaults: &[(u32, Callee)],
    ) -> Result<Vec<Value>> {
        let mut arguments = match base {
            Some(Value::Record(_, fields)) => fields,
            _ => vec![Value::Null; written.len() + defaults.len()],
        };
        for &(position, value) in written {
            arguments[position as usize] = self.expr(frame, value)?;
        }
        for &(position, default) in defaults {
            let before = arguments[..position as usize].to_vec();
            arguments[position as usize] = self.call(default, before)?;
        }
        Ok(arguments)
    }

    fn intrinsic(&mut self, intrinsic: Intrinsic, mut arguments: Vec<Value>) -> Value {
        let last = arguments.pop().expect("an argument");
        match intrinsic {
            Intrinsic::Print => {
                let text = self.show(&last, true);
                self.printed.push_str(&text);
                self.printed.push('\n');
                Value::Null
            }
            Intrinsic::ToString => Value::String(self.show(&last, true)),
            Intrinsic::LengthOfList => Value::Int(as_list(last).len() as i64),
            Intrinsic::Append => {
                let mut list = as_list(arguments.pop().expect("two arguments"));
                list.push(last);
                Value::List(list)
            }
            Intrinsic::GetList => {
                let list = as_list(arguments.pop().expect("two arguments"));
                let index = usize::try_from(as_int(&last)).ok();
                index
                    .and_then(|index| list.get(index).cloned())
                    .unwrap_or(Value::Null)
            }
            other => panic!("{other:?} is not generated"),
        }
    }

    /// What the machine shows for a value.
    pub(super) fn show(&self, value: &Value, raw: bool) -> String {
        let all = |values: &[Value]| {
            let parts: Vec<String> = values.iter().map(|value| self.show(value, false)).collect();
            parts.join(", ")
        };
        match value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::String(text) if raw => text.clone(),
            Value::String(text) => format!("{text:?}"),
            Value::List(values) => format!("[{}]", all(values)),
            Value::Record(nominal, fields) => {
                let nominal = &self.module.nominals[nominal.0 as usize];
                let Shape::Record { fields: names, .. } = &nominal.shape else {
                    panic!("a record");
                };
                let shown: Vec<String> = names
                    .iter()
                    .zip(fields)
                    .map(|((name, _), value)| format!("{name}: {}", self.show(value, false)))
                    .collect();
                format!("{}({})", nominal.name, shown.join(", "))
            }
            Value::Result(err, value) => {
                let name = if *err { "err" } else { "ok" };
                format!("{name}({})", self.show(value, false))
            }
            Value::Variant(nominal, variant, payload) => {
                let Shape::Enum { variants } = &self.module.nominals[nominal.0 as usize].shape else {
                    panic!("an enum");
                };
                let name = &variants[*variant as usize].0;
                match payload[..] {
                    [] => name.clone(),
                    _ => format!("{name}({})", all(payload)),
                }
            }
        }
    }
}

impl Frame<'_> {
    fn failure(&self, span: Span) -> Stop {
        Stop::Failure {
            cell: self.index,
            span,
        }
    }
}

/// What a round of a loop comes to: a value if it leaves the loop.
fn after_round(round: Result<Value>, id: LoopId) -> Result<Option<Value>> {
    match round {
        Ok(_) => Ok(None),
        Err(Stop::Continue(of)) if of == id => Ok(None),
        Err(Stop::Break(of, value)) if of == id => Ok(Some(value)),
        Err(other) => Err(other),
    }
}

fn as_int(value: &Value) -> i64 {
    match value {
        Value::Int(value) => *value,
        other => panic!("{other:?} is no Int"),
    }
}

fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::List(list) => list,
        other => panic!("{other:?} is no list"),
    }
}

fn join(parts: Vec<Value>) -> Value {
    let mut parts = parts.into_iter();
    let first = parts.next().expect("something is joined");
    parts.fold(first, |joined, part| match (joined, part) {
        (Value::String(left), Value::String(right)) => Value::String(left + &right),
        (Value::List(left), Value::List(right)) => Value::List([left, right].concat()),
        (left, right) => panic!("{left:?} and {right:?} do not join"),
    })
}

fn arithmetic(operator: ArithmeticOp, left: i64, right: i64) -> Option<i64> {
    let count = || u32::try_from(right).ok().filter(|count| *count <= 63);
    match operator {
        ArithmeticOp::Add => left.checked_add(right),
        ArithmeticOp::Subtract => left.checked_sub(right),
        ArithmeticOp::Multiply => left.checked_mul(right),
        ArithmeticOp::Divide => left.checked_div(right),
        ArithmeticOp::FloorDivide => {
            let exact = i128::from(left).checked_div(i128::from(right))?;
            let adjust = i128::from(left) % i128::from(right) != 0 && (left < 0) != (right < 0);
            i64::try_from(exact - i128::from(adjust)).ok()
        }
        ArithmeticOp::Remainder => (right != 0).then(|| left.wrapping_rem(right)),
        ArithmeticOp::Power => left.checked_pow(u32::try_from(right).ok()?),
        ArithmeticOp::BitAnd => Some(left & right),
        ArithmeticOp::BitOr => Some(left | right),
        ArithmeticOp::BitXor => Some(left ^ right),
        ArithmeticOp::ShiftLeft => Some(left << count()?),
        ArithmeticOp::ShiftRight => Some(left >> count()?),
    }
}
