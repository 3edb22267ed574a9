//! Why nothing fits, in sentences: the derivation as Dart's pub prints it (Weizenbaum, "PubGrub", section "Error reporting"), but from
//! a flat list, and shortened by steps that say nothing new.

use super::advice::Advisor;
use super::derivation::{Step, flatten};
use super::node::Node;
use super::positions::Positions;
use super::search::Never;
use super::sentence::{Speaker, join};
use super::universe::Universe;
use pubgrub::DerivationTree;
use std::collections::HashMap;
use std::fmt;

/// Longest explanation that is shown whole, in lines; of a longer one both ends are.
const SHOWN: usize = 60;

/// How many facts one sentence gives.
const FACTS: usize = 3;

/// The last conclusion.
const NOTHING: &str = "nothing fits";

/// Why there is no solution. Its `Display` is for people: the explanation, shortened in the middle if it is very long, and what can be
/// done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    explanation: Vec<String>,
    advice: Vec<String>,
}

impl Conflict {
    /// The steps, each a sentence; the last one concludes that nothing fits. A number in parentheses refers to the line that begins
    /// with it.
    pub fn explanation(&self) -> &[String] {
        &self.explanation
    }

    /// What could be done about it, each a sentence without a full stop. May be empty.
    pub fn advice(&self) -> &[String] {
        &self.advice
    }

    pub(super) fn explain(universe: &mut Universe<'_>, tree: DerivationTree<Node, Positions, Never>) -> Self {
        let steps = flatten(tree);
        let mut speaker = Speaker { universe };
        let advice = Advisor::new(&mut speaker).advise(&steps);
        let thoughts: Vec<Thought> = steps.iter().map(|step| Thought::of(step, &mut speaker)).collect();
        Self {
            explanation: Argument::new(thoughts).lines(),
            advice,
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no versions fit together")?;
        let left_out = match self.explanation.len() > SHOWN {
            true => SHOWN / 2..self.explanation.len() - SHOWN / 2,
            false => 0..0,
        };
        for (at, line) in self.explanation.iter().enumerate() {
            if at == left_out.start && !left_out.is_empty() {
                write!(formatter, "\n  ... {} more steps ...", left_out.len())?;
            }
            if !left_out.contains(&at) {
                write!(formatter, "\n  {line}")?;
            }
        }
        self.advice
            .iter()
            .try_for_each(|line| write!(formatter, "\n  help: {line}"))
    }
}

/// A step in words.
#[derive(Debug)]
pub(super) enum Thought {
    /// Given; `None` if it goes without saying.
    Fact(Option<String>),
    /// Follows from two earlier ones; `None` is the contradiction.
    Derived {
        conclusion: Option<String>,
        causes: [usize; 2],
    },
}

impl Thought {
    fn of(step: &Step, speaker: &mut Speaker<'_, '_>) -> Self {
        match step {
            Step::Fact(fact) => Self::Fact(speaker.fact(fact)),
            Step::Derived { terms, causes } => Self::Derived {
                conclusion: speaker.conclusion(terms),
                causes: *causes,
            },
        }
    }
}

/// A reason of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    Fact(String),
    /// The place of another sentence's step.
    Sentence(usize),
}

/// A step that is worth a sentence.
#[derive(Debug)]
struct Sentence {
    reasons: Vec<Reason>,
    conclusion: String,
    /// How many other sentences use it.
    uses: usize,
}

/// The sentences by step, while they are put into order.
struct Argument {
    sentences: Vec<Option<Sentence>>,
    last: usize,
}

impl Argument {
    fn new(thoughts: Vec<Thought>) -> Self {
        let mut sentences: Vec<Option<Sentence>> = Vec::with_capacity(thoughts.len());
        // What stands for a step: itself, an earlier one that says the same, or nothing.
        let mut standing: Vec<Option<Reason>> = Vec::with_capacity(thoughts.len());
        let mut said: HashMap<(Vec<String>, String), usize> = HashMap::new();
        for (at, thought) in thoughts.into_iter().enumerate() {
            let (conclusion, causes) = match thought {
                Thought::Fact(text) => {
                    standing.push(text.map(Reason::Fact));
                    sentences.push(None);
                    continue;
                }
                Thought::Derived { conclusion, causes } => (conclusion, causes),
            };
            let mut reasons: Vec<Reason> = Vec::new();
            for reason in causes
                .iter()
                .filter_map(|cause| standing.get(*cause).cloned().flatten())
            {
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
            let conclusion = conclusion.unwrap_or_else(|| NOTHING.to_owned());
            let same = reasons.iter().find(|reason| match reason {
                Reason::Fact(fact) => *fact == conclusion,
                Reason::Sentence(other) => says(&sentences, *other, &conclusion),
            });
            if let Some(same) = same.cloned() {
                standing.push(Some(same));
                sentences.push(None);
                continue;
            }
            let key = (
                reasons.iter().map(|reason| format!("{reason:?}")).collect(),
                conclusion.clone(),
            );
            let first = *said.entry(key).or_insert(at);
            standing.push(Some(Reason::Sentence(first)));
            sentences.push((first == at).then_some(Sentence {
                reasons,
                conclusion,
                uses: 0,
            }));
        }
        let last = match standing.pop().flatten() {
            Some(Reason::Sentence(last)) => last,
            // A single fact that contradicts the problem by itself.
            given => {
                sentences.push(Some(Sentence {
                    reasons: given.into_iter().collect(),
                    conclusion: NOTHING.to_owned(),
                    uses: 0,
                }));
                sentences.len() - 1
            }
        };
        let mut argument = Self { sentences, last };
        argument.keep_used();
        argument.merge();
        argument
    }

    fn get(&self, at: usize) -> Option<&Sentence> {
        self.sentences.get(at).and_then(Option::as_ref)
    }

    /// Counts uses, and drops what the last sentence does not rest on.
    fn keep_used(&mut self) {
        let mut uses: HashMap<usize, usize> = HashMap::new();
        let mut open = vec![self.last];
        let mut seen = std::collections::HashSet::from([self.last]);
        while let Some(at) = open.pop() {
            for reason in self.get(at).into_iter().flat_map(|sentence| &sentence.reasons) {
                if let Reason::Sentence(other) = reason {
                    *uses.entry(*other).or_default() += 1;
                    if seen.insert(*other) {
                        open.push(*other);
                    }
                }
            }
        }
        for (at, slot) in self.sentences.iter_mut().enumerate() {
            match slot {
                Some(sentence) if seen.contains(&at) => {
                    sentence.uses = uses.get(&at).copied().unwrap_or_default();
                }
                _ => *slot = None,
            }
        }
    }

    /// Takes a sentence that only the next one uses into that one, as long as the facts stay few.
    fn merge(&mut self) {
        for at in 0..self.sentences.len() {
            let Some(sentence) = self.get(at) else { continue };
            let within = sentence.reasons.iter().find_map(|reason| match reason {
                Reason::Sentence(other) => Some(*other),
                Reason::Fact(_) => None,
            });
            let Some(inner) = within else { continue };
            let lone = |reasons: &[Reason]| {
                let sentences = reasons
                    .iter()
                    .filter(|reason| matches!(reason, Reason::Sentence(_)));
                sentences.count() <= 1
            };
            let fits = self.get(inner).is_some_and(|other| {
                other.uses == 1
                    && lone(&other.reasons)
                    && lone(&sentence.reasons)
                    && other.reasons.len() + sentence.reasons.len() <= FACTS + 1
            });
            if !fits {
                continue;
            }
            let Some(Some(other)) = self.sentences.get_mut(inner).map(Option::take) else {
                continue;
            };
            if let Some(Some(sentence)) = self.sentences.get_mut(at) {
                let own = std::mem::take(&mut sentence.reasons);
                let facts = own
                    .into_iter()
                    .filter(|reason| *reason != Reason::Sentence(inner));
                sentence.reasons = other.reasons;
                for fact in facts {
                    if !sentence.reasons.contains(&fact) {
                        sentence.reasons.push(fact);
                    }
                }
            }
        }
    }

    /// The lines, with numbers for what is not used by the very next one.
    fn lines(&self) -> Vec<String> {
        let order: Vec<usize> = (0..self.sentences.len())
            .filter(|at| self.get(*at).is_some())
            .collect();
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let before = std::iter::once(None).chain(order.iter().copied().map(Some));
        let placed: Vec<(Option<usize>, usize)> = before.zip(order.iter().copied()).collect();
        let mut referred: Vec<usize> = Vec::new();
        for (before, at) in &placed {
            for reason in self.get(*at).into_iter().flat_map(|sentence| &sentence.reasons) {
                match reason {
                    Reason::Sentence(other) if Some(*other) != *before => referred.push(*other),
                    Reason::Sentence(_) | Reason::Fact(_) => {}
                }
            }
        }
        referred.sort_unstable();
        referred.dedup();
        for (number, at) in (1..).zip(referred) {
            numbers.insert(at, number);
        }
        let line = |(before, at): &(Option<usize>, usize)| {
            let sentence = self.get(*at)?;
            let number = numbers
                .get(at)
                .map(|number| format!("({number}) "))
                .unwrap_or_default();
            Some(format!("{number}{}", self.line(sentence, *before, &numbers)))
        };
        placed.iter().filter_map(line).collect()
    }

    fn line(&self, sentence: &Sentence, before: Option<usize>, numbers: &HashMap<usize, usize>) -> String {
        let goes_on = sentence
            .reasons
            .iter()
            .any(|reason| matches!(reason, Reason::Sentence(other) if Some(*other) == before));
        let text = |reason: &Reason| match reason {
            Reason::Fact(text) => Some(text.clone()),
            Reason::Sentence(other) if Some(*other) == before => None,
            Reason::Sentence(other) => {
                let said = self.get(*other).map(|sentence| sentence.conclusion.clone());
                let number = numbers.get(other).copied().unwrap_or_default();
                Some(format!("{} ({number})", said.unwrap_or_default()))
            }
        };
        let reasons: Vec<String> = sentence.reasons.iter().filter_map(text).collect();
        let conclusion = &sentence.conclusion;
        match (goes_on, reasons.is_empty()) {
            (_, true) => format!("so {conclusion}."),
            (true, false) => format!("And because {}, {conclusion}.", join(&reasons, "and")),
            (false, false) => format!("Because {}, {conclusion}.", join(&reasons, "and")),
        }
    }
}

fn says(sentences: &[Option<Sentence>], at: usize, conclusion: &str) -> bool {
    let sentence = sentences.get(at).and_then(Option::as_ref);
    sentence.is_some_and(|sentence| sentence.conclusion == conclusion)
}
