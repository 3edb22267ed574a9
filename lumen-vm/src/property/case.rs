//! One case of a property: its arguments, and a run of the cell with them.

use super::check::{Property, PropertyFailure};
use super::choices::Choices;
use super::kept::{Given, KeptCase, shown};
use super::make::{Maker, Stop};
use super::plans::Plans;
use super::random::Random;
use crate::exec::{Limits, Output, Vm};
use crate::heap::{TypeRef, Word};
use std::sync::Arc;

/// What a case is made from.
pub(super) enum Source<'s> {
    Random { case: u64, attempt: u64 },
    Given(&'s [u64]),
    Kept(&'s KeptCase),
}

/// How a case ended.
pub(super) enum Ended {
    Passed,
    Failed(PropertyFailure),
    /// There are no such arguments; what is in the way.
    Rejected(String),
    /// A kept case does not fit the parameters.
    Stale,
    /// It was ended from outside.
    Interrupted,
}

/// A case that was run.
pub(super) struct Ran<O> {
    pub(super) ended: Ended,
    pub(super) output: O,
    pub(super) choices: Vec<u64>,
    pub(super) fuel: u64,
}

/// The arguments of a case, for people and for files.
pub(super) struct Noted {
    /// Name, and value as a literal.
    pub(super) arguments: Vec<(String, String)>,
    pub(super) kept: KeptCase,
}

/// Runs cases of a property.
pub(super) struct Runner<'r, 'p, O> {
    pub(super) property: &'r Property<'p>,
    pub(super) plans: &'r Plans,
    pub(super) output: &'r mut dyn FnMut() -> O,
    pub(super) seed: [u8; 32],
}

impl<O: Output> Runner<'_, '_, O> {
    /// Runs a case.
    pub(super) fn run(&mut self, source: &Source<'_>, limits: Limits) -> Ran<O> {
        let property = self.property;
        let mut output = (self.output)();
        let mut vm = Vm::new(property.program, limits, &mut output);
        if let Some(flag) = &property.interrupt {
            vm.interruptible(Arc::clone(flag));
        }
        let before = vm.fuel_left();
        let mut case = self.case();
        let ended = match case.run(&mut vm, source) {
            Ended::Failed(_) | Ended::Rejected(_) | Ended::Stale if vm.is_interrupted() => Ended::Interrupted,
            ended => ended,
        };
        let choices = case.choices;
        let fuel = before - vm.fuel_left();
        drop(vm);
        Ran {
            ended,
            output,
            choices,
            fuel,
        }
    }

    /// The arguments of a case that was run. They are made once more, to the end even if the property is to end: that took
    /// no longer than it may before.
    pub(super) fn noted(&mut self, source: &Source<'_>) -> Noted {
        let mut output = (self.output)();
        let mut vm = Vm::new(self.property.program, self.property.limits, &mut output);
        let mut case = self.case();
        let words = case.arguments(&mut vm, source);
        let words = words.ok().expect("what it is made from led to arguments before");
        let named: Vec<(String, TypeRef, Word)> = (case.parameters().into_iter().zip(words))
            .map(|((name, ty), word)| (name, ty, word))
            .collect();
        let arguments = (named.iter())
            .map(|(name, ty, word)| (name.clone(), shown(&vm, *ty, *word)))
            .collect();
        let kept = KeptCase::new(&mut vm, &named, &case.choices);
        case.release(&mut vm, named.into_iter().map(|(.., word)| word).collect());
        Noted { arguments, kept }
    }

    fn case(&self) -> Case<'_, '_> {
        Case {
            property: self.property,
            plans: self.plans,
            seed: &self.seed,
            choices: Vec::new(),
        }
    }
}

/// One case while it is run.
struct Case<'c, 'p> {
    property: &'c Property<'p>,
    plans: &'c Plans,
    seed: &'c [u8; 32],
    choices: Vec<u64>,
}

impl Case<'_, '_> {
    fn run(&mut self, vm: &mut Vm<'_>, source: &Source<'_>) -> Ended {
        let words = match self.arguments(vm, source) {
            Ok(words) => words,
            Err(ended) => return ended,
        };
        let types = self.property.program.parameter_types(self.property.cell);
        let values = words.iter().zip(types);
        let values = values.map(|(word, ty)| vm.value(*word, *ty)).collect();
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

    /// The arguments, owned, or how the case ended without them.
    fn arguments(&mut self, vm: &mut Vm<'_>, source: &Source<'_>) -> Result<Vec<Word>, Ended> {
        let made = match source {
            Source::Random { case, attempt } => {
                let random = Random::new(self.seed, *case, *attempt);
                // Small values first, over and over.
                self.made(vm, Choices::random(random, case % 100))
            }
            Source::Given(choices) => self.made(vm, Choices::given(choices)),
            Source::Kept(kept) => match kept.given(vm, &self.parameters()) {
                Ok(Given::Arguments(words)) => Ok(words),
                Ok(Given::Choices(choices)) => match self.made(vm, Choices::given(&choices)) {
                    Ok(words) if !kept.looks_like(vm, &self.parameters(), &words) => {
                        self.release(vm, words);
                        return Err(Ended::Stale);
                    }
                    made => made,
                },
                Ok(Given::Stale) => return Err(Ended::Stale),
                Err(failure) => Err(Stop::Failed(failure)),
            },
        };
        made.map_err(|stop| match stop {
            Stop::Rejected(what) => Ended::Rejected(what),
            Stop::Failed(failure) => Ended::Rejected(format!("the limits of the run ({})", failure.message)),
        })
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
                    self.release(maker.vm, words);
                    return Err(stop);
                }
            }
        }
        self.choices = maker.choices.into_made();
        Ok(words)
    }

    fn release(&self, vm: &mut Vm<'_>, words: Vec<Word>) {
        let types = self.property.program.parameter_types(self.property.cell);
        for (word, ty) in words.into_iter().zip(types) {
            vm.heap.release_typed(word, *ty);
        }
    }
}
