//! All cases of a property: kept ones, the simplest one, random ones, and a failing one made simpler.

use super::choices::Choices;
use super::kept::{Given, KeptCase, shown};
use super::make::{Maker, Stop};
use super::plans::Plans;
use super::random::{Random, seed_of};
use super::shrink::{Trial, shrink};
use crate::exec::{Limits, Output, Vm};
use crate::failure::{Failure, FailureKind, FrameInfo};
use crate::heap::{TypeRef, Word};
use crate::load::{CellRef, Program};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How many lists of choices are made for each case at most, in the mean.
const ATTEMPTS_A_CASE: u64 = 10;
/// Most runs of the cell while a failing case is made simpler.
const SHRINK_RUNS: u32 = 3000;
/// Most calls and jumps backwards of all those runs.
const SHRINK_FUEL: u64 = 300_000_000;
/// Calls and jumps backwards that a simpler case may take in any case; else eight times those of the failing one.
const LEAST_FUEL: u64 = 100_000;

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
    /// Set from outside to end the case that is running: it fails then.
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
        /// How many cases were run, in which it held.
        cases: u32,
        /// What is in the way: "could not make values that satisfy ...".
        reason: String,
    },
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
}

/// How a property does not hold.
#[derive(Clone, Debug, PartialEq)]
pub enum PropertyFailure {
    /// The cell failed.
    Failed(Failure),
    /// It returned `false` or an `err`, shown here.
    Returned(String),
}

/// What a case is made from.
enum Source<'s> {
    Random { case: u64, attempt: u64 },
    Given(&'s [u64]),
    Kept(&'s KeptCase),
}

/// How a case ended.
enum Ended {
    Passed,
    Failed(PropertyFailure),
    /// There are no such arguments; what is in the way.
    Rejected(String),
    /// A kept case does not fit the parameters.
    Stale,
}

/// A case that was run.
struct Ran<O> {
    ended: Ended,
    output: O,
    choices: Vec<u64>,
    fuel: u64,
    /// Name, and value as a literal; only if asked for.
    arguments: Vec<(String, String)>,
    kept: Option<KeptCase>,
}

/// Whether the arguments are written down before the cell takes them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Note {
    No,
    Arguments,
}

impl<'p> Property<'p> {
    /// Runs it. `output` makes what the cell tells its host in one case; `may_go_on` is asked between cases.
    pub fn check<O: Output>(
        &self,
        mut output: impl FnMut() -> O,
        mut may_go_on: impl FnMut() -> bool,
    ) -> PropertyOutcome<O> {
        let types = self.program.parameter_types(self.cell);
        let plans = Plans::new(self.program, types, self.limits);
        if let Some(reason) = self.uninhabited(&plans) {
            return PropertyOutcome::GaveUp { cases: 0, reason };
        }
        let mut runner = Runner {
            property: self,
            plans: &plans,
            output: &mut output,
            limits: self.limits,
            seed: seed_of(self.seed, self.name),
        };
        let mut stale = 0;
        for (number, kept) in (1..).zip(self.kept) {
            let ran = runner.run(&Source::Kept(kept), Note::Arguments);
            match ran.ended {
                Ended::Failed(failure) => {
                    return PropertyOutcome::Failed(Box::new(Counterexample {
                        arguments: ran.arguments,
                        failure,
                        output: ran.output,
                        kept: kept.clone(),
                        case: number,
                        steps: 0,
                        is_known: true,
                    }));
                }
                Ended::Stale | Ended::Rejected(_) => stale += 1,
                Ended::Passed => {}
            }
        }
        let mut cases = 0;
        let mut attempts = 0;
        let most_attempts = ATTEMPTS_A_CASE * u64::from(self.cases);
        while cases < self.cases && may_go_on() {
            // The simplest arguments of all first.
            let source = match attempts {
                0 => Source::Given(&[]),
                _ => Source::Random {
                    case: u64::from(cases),
                    attempt: attempts,
                },
            };
            let ran = runner.run(&source, Note::No);
            attempts += 1;
            match ran.ended {
                Ended::Passed => cases += 1,
                Ended::Failed(failure) => {
                    let found = Found {
                        source,
                        failure,
                        choices: ran.choices,
                        fuel: ran.fuel,
                        case: cases + 1,
                    };
                    return PropertyOutcome::Failed(Box::new(runner.simplest(found, &mut may_go_on)));
                }
                Ended::Rejected(what) if attempts > most_attempts => {
                    return PropertyOutcome::GaveUp {
                        cases,
                        reason: format!(
                            "could not make values that satisfy {what}: {cases} of {attempts} attempts led to arguments"
                        ),
                    };
                }
                Ended::Rejected(_) | Ended::Stale => {}
            }
        }
        PropertyOutcome::Passed { stale }
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

/// A failing case before it is made simpler.
struct Found<'s> {
    source: Source<'s>,
    failure: PropertyFailure,
    choices: Vec<u64>,
    fuel: u64,
    case: u32,
}

/// Runs cases of a property.
struct Runner<'r, 'p, O> {
    property: &'r Property<'p>,
    plans: &'r Plans,
    output: &'r mut dyn FnMut() -> O,
    limits: Limits,
    seed: [u8; 32],
}

impl<O: Output> Runner<'_, '_, O> {
    fn run(&mut self, source: &Source<'_>, note: Note) -> Ran<O> {
        let property = self.property;
        let mut output = (self.output)();
        let mut vm = Vm::new(property.program, self.limits, &mut output);
        if let Some(flag) = &property.interrupt {
            vm.interruptible(Arc::clone(flag));
        }
        let before = vm.fuel_left();
        let mut case = Case {
            property,
            plans: self.plans,
            seed: &self.seed,
            choices: Vec::new(),
            arguments: Vec::new(),
            kept: None,
        };
        let ended = case.run(&mut vm, source, note);
        let fuel = before - vm.fuel_left();
        drop(vm);
        Ran {
            ended,
            output,
            choices: case.choices,
            fuel,
            arguments: case.arguments,
            kept: case.kept,
        }
    }

    /// The simplest case that fails as one does.
    fn simplest(&mut self, found: Found<'_>, may_go_on: &mut dyn FnMut() -> bool) -> Counterexample<O> {
        let limits = self.limits;
        let enough = found.fuel.saturating_mul(8).max(LEAST_FUEL);
        self.limits.fuel = Some(limits.fuel.map_or(enough, |fuel| fuel.min(enough)));
        let mut shrinking = Shrinking {
            failure: &found.failure,
            runs: SHRINK_RUNS,
            fuel: SHRINK_FUEL,
            may_go_on,
            runner: self,
        };
        let (choices, steps) = match shrinking.fails(&found.choices) {
            Some(made) => shrink(&mut shrinking, made),
            None => (found.choices.clone(), 0),
        };
        self.limits = limits;
        let mut ran = self.run(&Source::Given(&choices), Note::Arguments);
        if !matches!(ran.ended, Ended::Failed(_)) {
            ran = self.run(&found.source, Note::Arguments);
        }
        let failure = match ran.ended {
            Ended::Failed(failure) => failure,
            _ => found.failure,
        };
        Counterexample {
            arguments: ran.arguments,
            failure,
            output: ran.output,
            kept: ran.kept.expect("the arguments were noted"),
            case: found.case,
            steps,
            is_known: false,
        }
    }
}

/// One case while it is run.
struct Case<'c, 'p> {
    property: &'c Property<'p>,
    plans: &'c Plans,
    seed: &'c [u8; 32],
    choices: Vec<u64>,
    arguments: Vec<(String, String)>,
    kept: Option<KeptCase>,
}

impl Case<'_, '_> {
    fn run(&mut self, vm: &mut Vm<'_>, source: &Source<'_>, note: Note) -> Ended {
        let made = match source {
            Source::Random { case, attempt } => {
                let random = Random::new(self.seed, *case, *attempt);
                // Small values first, over and over.
                self.made(vm, Choices::random(random, case % 100))
            }
            Source::Given(choices) => self.made(vm, Choices::given(choices)),
            Source::Kept(kept) => match kept.given(vm, &self.parameters()) {
                Ok(Given::Arguments(words)) => Ok(words),
                Ok(Given::Choices(choices)) => self.made(vm, Choices::given(&choices)),
                Ok(Given::Stale) => return Ended::Stale,
                Err(failure) => Err(Stop::Failed(failure)),
            },
        };
        let words = match made {
            Ok(words) => words,
            Err(Stop::Rejected(what)) => return Ended::Rejected(what),
            Err(Stop::Failed(failure)) => {
                return Ended::Rejected(format!("the limits of the run ({})", failure.message));
            }
        };
        let parameters = self.parameters();
        if note == Note::Arguments {
            self.note(vm, &parameters, &words);
        }
        let values = words.iter().zip(&parameters);
        let values = values.map(|(word, (_, ty))| vm.value(*word, *ty)).collect();
        match vm.run(self.property.cell, values) {
            Err(failure) => Ended::Failed(PropertyFailure::Failed(failure)),
            Ok(value) => {
                let is_refused = vm.is_false(&value) || vm.is_err(&value);
                let ended = match is_refused {
                    true => Ended::Failed(PropertyFailure::Returned(vm.show(&value).unwrap_or_default())),
                    false => Ended::Passed,
                };
                vm.release(value);
                ended
            }
        }
    }

    /// Name and type of each parameter.
    fn parameters(&self) -> Vec<(String, TypeRef)> {
        let Property { program, cell, .. } = self.property;
        let parameters = program.cell(*cell).parameters.iter();
        let names = parameters.map(|parameter| parameter.name.clone());
        names
            .zip(program.parameter_types(*cell).iter().copied())
            .collect()
    }

    /// The arguments that choices lead to; owned.
    fn made(&mut self, vm: &mut Vm<'_>, choices: Choices<'_>) -> Result<Vec<Word>, Stop> {
        let Property { program, cell, .. } = self.property;
        let module = &program.locate(program.number(*cell)).0.lir().id;
        let own = &program.cell(*cell).name;
        let mut words: Vec<Word> = Vec::new();
        let parameters = self.parameters();
        let mut maker = Maker::new(vm, self.plans, choices);
        for (name, ty) in &parameters {
            let default = program.find_cell(module, &format!("{own}.default.{name}"));
            match maker.argument(*ty, default, &words) {
                Ok(word) => words.push(word),
                Err(stop) => {
                    for (word, (_, ty)) in words.into_iter().zip(&parameters) {
                        maker.vm.heap.release_typed(word, *ty);
                    }
                    return Err(stop);
                }
            }
        }
        self.choices = maker.choices.into_made();
        Ok(words)
    }

    fn note(&mut self, vm: &mut Vm<'_>, parameters: &[(String, TypeRef)], words: &[Word]) {
        let named: Vec<(String, TypeRef, Word)> = (parameters.iter().zip(words))
            .map(|((name, ty), word)| (name.clone(), *ty, *word))
            .collect();
        self.arguments = (named.iter())
            .map(|(name, ty, word)| (name.clone(), shown(vm, *ty, *word)))
            .collect();
        self.kept = Some(KeptCase::new(vm, &named, &self.choices));
    }
}

/// Tries simpler cases.
struct Shrinking<'s, 'r, 'p, O> {
    runner: &'s mut Runner<'r, 'p, O>,
    failure: &'s PropertyFailure,
    runs: u32,
    fuel: u64,
    may_go_on: &'s mut dyn FnMut() -> bool,
}

impl<O: Output> Trial for Shrinking<'_, '_, '_, O> {
    fn fails(&mut self, choices: &[u64]) -> Option<Vec<u64>> {
        if !self.goes_on() || !(self.may_go_on)() {
            self.runs = 0;
            return None;
        }
        let ran = self.runner.run(&Source::Given(choices), Note::No);
        self.runs -= 1;
        self.fuel = self.fuel.saturating_sub(ran.fuel);
        match ran.ended {
            Ended::Failed(failure) if is_alike(&failure, self.failure) => Some(ran.choices),
            _ => None,
        }
    }

    fn goes_on(&self) -> bool {
        self.runs > 0 && self.fuel > 0
    }
}

/// Whether two failures are of one sort, at one place, so that one explains the other.
fn is_alike(left: &PropertyFailure, right: &PropertyFailure) -> bool {
    match (left, right) {
        (PropertyFailure::Failed(left), PropertyFailure::Failed(right)) => place(left) == place(right),
        (PropertyFailure::Returned(left), PropertyFailure::Returned(right)) => {
            (left == "false") == (right == "false")
        }
        _ => false,
    }
}

fn place(failure: &Failure) -> (FailureKind, bool, Option<&FrameInfo>) {
    // Where a budget ends is a matter of chance.
    let innermost = failure.stack.first().filter(|_| !failure.exhausted);
    (failure.kind, failure.exhausted, innermost)
}
