//! Histories: what people do to a workspace between builds, as scripts of one step a line.
//!
//! A step is a verb and three numbers, which are taken modulo what there is, so every script means something and any line can be
//! left out. A script is made from a seed ([`Script::random`]), written as text and read again, and made shorter ([`shrink`]).
//! What a step does to files is [`world`]'s; what documents say is [`model`]'s and [`render`]'s.

mod documents;
mod model;
mod packages;
mod random;
mod render;
mod stored;
mod world;

pub(crate) use random::Random;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
pub(crate) use world::{Ask, Part, World, copy};

/// What a verb does, given its numbers.
type Effect = fn(&mut World, [usize; 3]);

/// A verb with how often it is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Verb {
    name: &'static str,
    weight: usize,
    effect: Effect,
}

const fn verb(name: &'static str, weight: usize, effect: Effect) -> Verb {
    Verb { name, weight, effect }
}

/// All verbs but `build`, which is the caller's.
fn verbs() -> impl Iterator<Item = Verb> {
    [documents::VERBS, packages::VERBS, stored::VERBS]
        .into_iter()
        .flatten()
        .copied()
}

/// The verb that asks for a build; the numbers say how ([`Ask`]).
const BUILD: &str = "build";

/// One step of a history.
#[derive(Clone)]
pub(crate) struct Step {
    verb: Option<Verb>,
    numbers: [usize; 3],
}

impl Step {
    fn random(random: &mut Random) -> Step {
        let numbers = [random.below(1000), random.below(1000), random.below(1000)];
        let total: usize = verbs().map(|verb| verb.weight).sum();
        // A third of the steps are builds.
        let mut draw = random.below(total + total / 2);
        let mut chosen = None;
        for verb in verbs() {
            if draw < verb.weight {
                chosen = Some(verb);
                break;
            }
            draw -= verb.weight;
        }
        Step {
            verb: chosen,
            numbers,
        }
    }

    /// Does to the world what the step says; for a build, how to build.
    pub(crate) fn apply(&self, world: &mut World) -> Option<Ask> {
        match self.verb {
            Some(verb) => {
                (verb.effect)(world, self.numbers);
                world.write_changes();
                None
            }
            None => Some(Ask::of(world, self.numbers)),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.numbers;
        let name = self.verb.map_or(BUILD, |verb| verb.name);
        write!(formatter, "{name} {a} {b} {c}")
    }
}

/// A history.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
}

impl Script {
    /// The history of this seed. It ends in a build.
    pub(crate) fn random(seed: u64) -> Script {
        let mut random = Random::new(seed);
        let length = 4 + random.below(16);
        let mut steps: Vec<Step> = (0..length).map(|_| Step::random(&mut random)).collect();
        steps.push(Step {
            verb: None,
            numbers: [0; 3],
        });
        Script { steps }
    }

    /// Reads a script; lines that start with `#` are comments.
    pub(crate) fn parse(text: &str) -> Script {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let steps = lines.map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next().expect("a line has a word");
            let mut number = || words.next().map_or(0, |word| word.parse().expect("a number"));
            let numbers = [number(), number(), number()];
            let verb = verbs().find(|verb| verb.name == name);
            assert!(verb.is_some() || name == BUILD, "no verb `{name}`");
            Step { verb, numbers }
        });
        Script {
            steps: steps.collect(),
        }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps
            .iter()
            .try_for_each(|step| writeln!(formatter, "{step}"))
    }
}

/// The histories that once went wrong, with their files, by name.
pub(crate) fn kept() -> Vec<(PathBuf, Script)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/cases");
    let entries = fs::read_dir(folder).expect("there are cases");
    let mut cases: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("it can be listed").path();
            let script = Script::parse(&fs::read_to_string(&path).expect("it is text"));
            (path, script)
        })
        .collect();
    cases.sort_by(|(left, _), (right, _)| left.cmp(right));
    cases
}

/// The shortest script found by leaving out steps that still fails, and what it fails with. `fails` must fail for `script`.
pub(crate) fn shrink(
    script: Script,
    failure: String,
    fails: impl Fn(&Script) -> Option<String>,
) -> (Script, String) {
    let (mut script, mut failure) = (script, failure);
    let mut chunk = script.steps.len().div_ceil(2);
    while chunk > 0 {
        let mut start = 0;
        while start < script.steps.len() {
            let end = (start + chunk).min(script.steps.len());
            let mut shorter = script.clone();
            shorter.steps.drain(start..end);
            match fails(&shorter) {
                Some(found) => (script, failure) = (shorter, found),
                None => start = end,
            }
        }
        chunk = match chunk {
            1 => 0,
            _ => chunk.div_ceil(2),
        };
    }
    (script, failure)
}
