//! Statements, loops and places.

use super::pattern::matches;
use super::{Evaluator, Frame, Result, Stop, Value, after_round, arithmetic, as_int, as_list, join};
use crate::hir::{AssignOp, Iterable, Statement, Step};

impl<'m> Evaluator<'m> {
    pub(super) fn statement(&mut self, frame: &mut Frame<'m>, statement: &'m Statement) -> Result<()> {
        match statement {
            Statement::Expr(expr) => {
                self.expr(frame, *expr)?;
            }
            Statement::Defer(_) => unreachable!("a block keeps them for its end"),
            Statement::Let { pattern, value } => {
                let value = self.expr(frame, *value)?;
                matches(frame, *pattern, &value);
            }
            Statement::Assign {
                root,
                steps,
                operator,
                value,
                span,
            } => {
                let mut indexes = Vec::new();
                for step in steps {
                    if let Step::Index(index) = step {
                        indexes.push(self.int(frame, *index)?);
                    }
                }
                let failure = frame.failure(*span);
                let new = match operator {
                    None => self.expr(frame, *value)?,
                    Some(operator) => {
                        let root = frame.locals[root.index()].clone();
                        let old = get(root, steps, &indexes).ok_or(failure.clone())?;
                        let new = self.expr(frame, *value)?;
                        match operator {
                            AssignOp::Concat => join(vec![old, new]),
                            AssignOp::Arithmetic(operator) => {
                                let value = arithmetic(*operator, as_int(&old), as_int(&new));
                                Value::Int(value.ok_or(failure.clone())?)
                            }
                        }
                    }
                };
                let old = frame.locals[root.index()].clone();
                frame.locals[root.index()] = self.put(old, steps, &indexes, new, &failure)?;
            }
            Statement::While { id, condition, body } => {
                while self.is(frame, *condition)? {
                    let round = self.expr(frame, *body);
                    if after_round(round, *id)?.is_some() {
                        break;
                    }
                }
            }
            Statement::For {
                id,
                iterable,
                pattern,
                filter,
                body,
            } => {
                for element in self.elements(frame, *iterable)? {
                    matches(frame, *pattern, &element);
                    if let Some(filter) = filter
                        && !self.is(frame, *filter)?
                    {
                        continue;
                    }
                    let round = self.expr(frame, *body);
                    if after_round(round, *id)?.is_some() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn elements(&mut self, frame: &mut Frame<'m>, iterable: Iterable) -> Result<Vec<Value>> {
        match iterable {
            Iterable::Range { from, to, inclusive } => {
                let from = self.int(frame, from)?;
                let to = self.int(frame, to)?;
                Ok(match inclusive {
                    true => (from..=to).take(1000).map(Value::Int).collect(),
                    false => (from..to).take(1000).map(Value::Int).collect(),
                })
            }
            Iterable::List(list) => Ok(as_list(self.expr(frame, list)?)),
            other => panic!("{other:?} is not generated"),
        }
    }

    fn put(
        &mut self,
        old: Value,
        steps: &[Step],
        indexes: &[i64],
        new: Value,
        failure: &Stop,
    ) -> Result<Value> {
        let Some((step, rest)) = steps.split_first() else {
            return Ok(new);
        };
        match (step, old) {
            (Step::Index(_), Value::List(mut list)) => {
                let place = usize::try_from(indexes[0]).ok();
                let place = place
                    .and_then(|index| list.get_mut(index))
                    .ok_or(failure.clone())?;
                *place = self.put(place.clone(), rest, &indexes[1..], new, failure)?;
                Ok(Value::List(list))
            }
            (
                Step::Field {
                    position,
                    constructor,
                },
                Value::Record(record, mut fields),
            ) => {
                let place = &mut fields[*position as usize];
                *place = self.put(place.clone(), rest, indexes, new, failure)?;
                match constructor {
                    Some(constructor) => self.call(*constructor, fields),
                    None => Ok(Value::Record(record, fields)),
                }
            }
            (step, old) => panic!("{step:?} of {old:?}"),
        }
    }
}

fn get(root: Value, steps: &[Step], indexes: &[i64]) -> Option<Value> {
    let mut value = root;
    let mut indexes = indexes.iter();
    for step in steps {
        value = match (step, value) {
            (Step::Index(_), Value::List(list)) => {
                let index = *indexes.next().expect("an index for each step");
                list.get(usize::try_from(index).ok()?)?.clone()
            }
            (Step::Field { position, .. }, Value::Record(_, fields)) => fields[*position as usize].clone(),
            (step, value) => panic!("{step:?} of {value:?}"),
        };
    }
    Some(value)
}
