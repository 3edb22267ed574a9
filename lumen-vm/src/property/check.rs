//! All cases of a property: kept ones, the simplest one, random ones, and a failing one made simpler.

use super::case::{Ended, Runner, Source};
use super::kept::KeptCase;
use super::plans::Plans;
use super::random::seed_of;
use super::simplest::{Found, simplest};
use crate::exec::{Limits, Output};
use crate::failure::Failure;
use crate::load::{CellRef, Program};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many lists of choices are made for each case at most, in the mean.
const ATTEMPTS_A_CASE: u64 = 10;

/// A `@test` cell with parameters, and how it is run.
pub struct Property<'p> {
    /// The program.
    pub program: &'p Program,
    /// The cell.
    pub cell: CellRef,
    /// What each case may use.
    pub limits: Limits,
    /// What random cases depend on, together with the name.
    pub seed: u64,
    /// The test's full name, so that tests with one seed have different cases.
    pub name: &'p str,
    /// How many cases are run.
    pub cases: u32,
    /// Cases that failed in former times, which are run first.
    pub kept: &'p [KeptCase],
    /// Set from outside to end it: what is known by then is the outcome.
    pub interrupt: Option<Arc<AtomicBool>>,
}

/// How a property ended.
pub enum PropertyOutcome<O> {
    /// It held in all cases.
    Passed {
        /// How many kept cases do not fit the cell's parameters any more.
        stale: usize,
    },
    /// It did not hold in one.
    Failed(Box<Counterexample<O>>),
    /// There are too few arguments.
    GaveUp {
        /// What is in the way: "could not make values that satisfy ...".
        reason: String,
    },
    /// It was ended from outside, and held until then.
    Interrupted,
}

/// A case in which a property does not hold.
pub struct Counterexample<O> {
    /// Name and value of each argument, as literals.
    pub arguments: Vec<(String, String)>,
    /// How it fails.
    pub failure: PropertyFailure,
    /// What the program told its host in that case.
    pub output: O,
    /// The case as files keep it.
    pub kept: KeptCase,
    /// Which one failed first, from 1, of the kept cases if `is_known`.
    pub case: u32,
    /// How many steps made it as simple as it is.
    pub steps: u32,
    /// Whether it is a kept case.
    pub is_known: bool,
    /// Whether it was ended from outside before it was as simple as it gets.
    pub is_interrupted: bool,
}

/// How a property does not hold.
#[derive(Clone, Debug, PartialEq)]
pub enum PropertyFailure {
    /// The cell failed.
    Failed(Failure),
    /// It returned `false` or an `err`, shown here.
    Returned(String),
}

impl<'p> Property<'p> {
    /// Runs it. `output` makes what the cell tells its host in one case.
    pub fn check<O: Output>(&self, mut output: impl FnMut() -> O) -> PropertyOutcome<O> {
        let plans = Plans::new(self);
        if let Some(reason) = self.uninhabited(&plans) {
            return PropertyOutcome::GaveUp { reason };
        }
        let mut runner = Runner {
            property: self,
            plans: &plans,
            output: &mut output,
            seed: seed_of(self.seed, self.name),
        };
        let mut stale = 0;
        for (number, kept) in (1..).zip(self.kept) {
            let ran = runner.run(&Source::Kept(kept), self.limits);
            match ran.ended {
                Ended::Failed(failure) => {
                    return PropertyOutcome::Failed(Box::new(Counterexample {
                        arguments: runner.noted(&Source::Kept(kept)).arguments,
                        failure,
                        output: ran.output,
                        kept: kept.clone(),
                        case: number,
                        steps: 0,
                        is_known: true,
                        is_interrupted: false,
                    }));
                }
                Ended::Stale | Ended::Rejected(_) => stale += 1,
                Ended::Passed => {}
                Ended::Interrupted => return PropertyOutcome::Interrupted,
            }
        }
        let outcome = self.search(&mut runner);
        outcome.unwrap_or(PropertyOutcome::Passed { stale })
    }

    /// Looks for a case in which it does not hold; nothing if it held in all.
    fn search<O: Output>(&self, runner: &mut Runner<'_, 'p, O>) -> Option<PropertyOutcome<O>> {
        let mut cases = 0;
        let mut attempts = 0;
        let most_attempts = ATTEMPTS_A_CASE * u64::from(self.cases);
        while cases < self.cases {
            if self.is_interrupted() {
                return Some(PropertyOutcome::Interrupted);
            }
            // The simplest arguments of all first.
            let source = match attempts {
                0 => Source::Given(&[]),
                _ => Source::Random {
                    case: u64::from(cases),
                    attempt: attempts,
                },
            };
            let ran = runner.run(&source, self.limits);
            attempts += 1;
            match ran.ended {
                Ended::Passed => cases += 1,
                Ended::Failed(failure) => {
                    let found = Found {
                        source,
                        failure,
                        output: ran.output,
                        choices: ran.choices,
                        fuel: ran.fuel,
                        case: cases + 1,
                    };
                    return Some(PropertyOutcome::Failed(Box::new(simplest(runner, found))));
                }
                Ended::Interrupted => return Some(PropertyOutcome::Interrupted),
                Ended::Rejected(what) if attempts > most_attempts => {
                    let reason = format!(
                        "could not make values that satisfy {what}: {cases} of {attempts} attempts led to arguments"
                    );
                    return Some(PropertyOutcome::GaveUp { reason });
                }
                Ended::Rejected(_) | Ended::Stale => {}
            }
        }
        None
    }

    /// Whether it is to end.
    pub(super) fn is_interrupted(&self) -> bool {
        let flag = self.interrupt.as_ref();
        flag.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// Says which parameter has a type without values that could be made.
    fn uninhabited(&self, plans: &Plans) -> Option<String> {
        let types = self.program.parameter_types(self.cell);
        let parameters = &self.program.cell(self.cell).parameters;
        let (parameter, ty) = parameters
            .iter()
            .zip(types)
            .find(|(_, ty)| plans.heights.of(**ty).is_none())?;
        let name = crate::json::type_name(self.program.types(), *ty);
        Some(format!(
            "could not make values of type {name} for `{}`: each holds another one of its type, or they nest too deeply",
            parameter.name
        ))
    }
}
