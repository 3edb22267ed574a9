//! Writes sentences from the EBNF: every choice at random, rarely used ones preferred, with the layout that the rules
//! ask for, and line ends, comments and indentation wherever they mean nothing.

use crate::ebnf::{Grammar, Layout, Node};
use crate::recognise::{Application, Context, Continues};
use std::collections::HashSet;

/// Words that are names to the grammar, and that the compiler answers with advice at the beginning of a statement.
const ADVISED: &[&str] = &[
    "elif", "elsif", "elseif", "switch", "case", "try", "throw", "raise",
];

/// How many terminals a sentence may be longer than planned to reach a choice that was never taken.
const LONGEST_WAY: i64 = 100;

/// In an interpolation, outside of its brackets.
const IN_HOLE: Context = Context::Lines(u16::MAX);

/// A fence's content and the applications of rules that it was written by, in the recogniser's order.
pub(crate) struct Sentence {
    pub(crate) source: String,
    pub(crate) derivation: Vec<Application>,
    /// Number of terminals.
    pub(crate) length: usize,
}

pub(crate) struct Generator<'a> {
    grammar: &'a Grammar,
    continues: Continues,
    /// Words in quotes: no names.
    words: HashSet<String>,
    /// The number of terminals of the shortest derivation of each rule, and of the rules on its way.
    sizes: Vec<u32>,
    random: Random,
    /// How often each choice was taken.
    pub(crate) uses: Vec<u64>,
    /// How many rules lie between each rule and the nearest choice that was never taken.
    distances: Vec<u32>,
    out: Output,
}

/// What is written so far.
#[derive(Clone, Default)]
struct Output {
    source: String,
    length: usize,
    previous: String,
    derivation: Vec<Application>,
    /// Choices taken.
    taken: Vec<usize>,
    /// A line end stands before the next terminal.
    line: bool,
    /// The line goes on after the last terminal.
    joined: bool,
    /// The next terminal stands on this line.
    here: bool,
    /// The last terminal is a role text: nothing but a line end may follow, and the next line is not indented.
    margin: bool,
    /// Something was written that cannot stand in an interpolation.
    misplaced: bool,
    level: usize,
    /// On the way to a choice that was never taken.
    seeking: bool,
    /// Interpolations around.
    holes: usize,
    /// Terminals left before the shortest derivations are taken.
    budget: i64,
}

impl<'a> Generator<'a> {
    pub(crate) fn new(grammar: &'a Grammar, seed: u64) -> Generator<'a> {
        let mut words = HashSet::new();
        for rule in grammar
            .rules
            .iter()
            .filter(|rule| !rule.lexical || rule.name == "RESERVED")
        {
            collect_words(&rule.body, &mut words);
        }
        words.extend(ADVISED.iter().map(|word| (*word).to_owned()));
        Generator {
            grammar,
            continues: Continues::of(grammar),
            words,
            sizes: fixpoint(grammar, node_size),
            random: Random(seed),
            uses: vec![0; grammar.choices.len()],
            distances: vec![u32::MAX; grammar.rules.len()],
            out: Output::default(),
        }
    }

    pub(crate) fn sentence(&mut self, root: &str) -> Sentence {
        let seeking = self.random.below(2) == 0 && self.uses.contains(&0);
        if seeking {
            self.distances = fixpoint(self.grammar, |node, distances| {
                node_distance(node, distances, &self.uses)
            });
        }
        self.out = Output {
            budget: 5 + self.random.below(120) as i64,
            seeking,
            ..Output::default()
        };
        self.rule(self.grammar.rule(root), Context::Lines(0));
        let mut out = std::mem::take(&mut self.out);
        for choice in out.taken {
            self.uses[choice] += 1;
        }
        out.derivation.sort_unstable();
        Sentence {
            source: out.source,
            derivation: out.derivation,
            length: out.length,
        }
    }

    fn rule(&mut self, rule: usize, context: Context) {
        if self.grammar.rules[rule].name == "hole" {
            return self.hole(rule);
        }
        let start = self.out.length;
        let grammar = self.grammar;
        self.node(&grammar.rules[rule].body, context);
        self.out.derivation.push((rule, start, self.out.length));
    }

    /// An interpolation: written anew, shorter, until it has neither a line end nor a `:` of its own.
    fn hole(&mut self, rule: usize) {
        let before = self.out.clone();
        let mut budget = before.budget;
        loop {
            self.out = Output {
                budget,
                misplaced: false,
                holes: before.holes + 1,
                ..before.clone()
            };
            let grammar = self.grammar;
            self.node(&grammar.rules[rule].body, IN_HOLE);
            if !self.out.misplaced {
                break;
            }
            budget = budget / 2 - 1;
        }
        self.out.derivation.push((rule, before.length, self.out.length));
        self.out.holes = before.holes;
        self.out.here = true;
        self.out.misplaced = before.misplaced;
    }

    fn node(&mut self, node: &Node, context: Context) {
        match node {
            Node::Text(text) => {
                self.terminal(text, context, self.continues.before(text));
                self.out.joined = self.continues.after(text);
            }
            Node::AnyToken => {
                let tokens = ["x", "42", "\"text\"", "(", "]", "->", ",", "to", "if", "*"];
                let token = tokens[self.random.below(tokens.len())];
                self.terminal(token, context, false);
            }
            Node::Rule(rule) if self.grammar.rules[*rule].lexical => {
                let text = self.token(*rule);
                self.terminal(&text, context, false);
                self.out.margin = matches!(self.grammar.rules[*rule].name.as_str(), "ROLE_TEXT" | "ROLE_END");
            }
            Node::Rule(rule) => self.rule(*rule, context),
            Node::Layout(layout) => self.layout(*layout),
            Node::Sequence(parts) => self.sequence(parts, context),
            Node::Choice(first, alternatives) => {
                let index = self.choose(*first, alternatives);
                self.take(first + index);
                self.node(&alternatives[index], context);
            }
            Node::Optional(first, inner) => {
                let taken = self.takes(*first, inner, 4);
                self.take(first + usize::from(taken));
                if taken {
                    self.node(inner, context);
                }
            }
            Node::Repeated(first, inner) => {
                let mut count = 0;
                while count < 12 && self.takes(*first, inner, 6) {
                    count += 1;
                    self.take(first + 1);
                    self.node(inner, context);
                }
                if count == 0 {
                    self.take(*first);
                }
            }
            Node::Any | Node::Range(..) | Node::Except(..) => panic!("part of a token"),
        }
    }

    /// Which alternative: the way to one that was never taken, or any; the shortest when the sentence is long enough.
    fn choose(&mut self, first: usize, alternatives: &[Node]) -> usize {
        let size = |index: &usize| node_size(&alternatives[*index], &self.sizes);
        let shortest = (0..alternatives.len()).min_by_key(size).expect("alternatives");
        if self.out.budget <= if self.out.seeking { -LONGEST_WAY } else { 0 } {
            return shortest;
        }
        let distance = |index: usize| match self.uses[first + index] {
            0 => 0,
            _ => node_distance(&alternatives[index], &self.distances, &self.uses),
        };
        let nearest = (0..alternatives.len()).min_by_key(|index| distance(*index));
        let nearest = nearest.filter(|index| self.out.seeking && distance(*index) < u32::MAX);
        match (nearest, self.random.below(3)) {
            (Some(nearest), _) => nearest,
            (None, 0) => shortest,
            _ => self.random.below(alternatives.len()),
        }
    }

    /// Whether something that may be left out is there: `tenths` of the time, less for operands and their operators.
    fn takes(&mut self, first: usize, inner: &Node, tenths: usize) -> bool {
        if self.out.budget <= if self.out.seeking { -LONGEST_WAY } else { 0 } {
            return false;
        }
        let operands = match inner {
            Node::Sequence(parts) => matches!(&parts[0], Node::Rule(rule) if self.is_closed(*rule)),
            _ => false,
        };
        if self.out.seeking {
            return self.uses[first + 1] == 0
                || (self.uses[first] > 0 && node_distance(inner, &self.distances, &self.uses) < u32::MAX);
        }
        self.random.below(if operands { 100 } else { 10 }) < tenths
    }

    fn take(&mut self, choice: usize) {
        self.out.seeking &= self.uses[choice] > 0;
        self.out.taken.push(choice);
    }

    fn is_closed(&self, rule: usize) -> bool {
        self.grammar.rules[rule].name.ends_with("(closed)")
    }

    fn sequence(&mut self, parts: &[Node], context: Context) {
        let level = self.out.level;
        let deeper = |node: &Node| matches!(node, Node::Layout(Layout::Deeper));
        self.out.level += usize::from(parts.iter().any(deeper));
        let mut context = context;
        let mut outside = Vec::new();
        // Only the part that the way goes through is on it.
        let distance = |part: &Node| node_distance(part, &self.distances, &self.uses);
        let way = (0..parts.len()).min_by_key(|index| distance(&parts[*index]));
        let seeking = self.out.seeking;
        for (index, part) in parts.iter().enumerate() {
            self.out.seeking = seeking && way == Some(index);
            if let Node::Layout(Layout::Lines) = part {
                if context != IN_HOLE {
                    context = Context::Lines(0);
                }
                let block = matches!(
                    parts.get(index + 1),
                    Some(Node::Layout(Layout::Line | Layout::Arm))
                );
                self.out.level += usize::from(block);
                continue;
            }
            if let Node::Text(text) = part {
                match text.as_str() {
                    "end" => self.out.level = level,
                    ")" | "]" | "}" => {
                        self.node(part, context);
                        context = outside.pop().expect("a bracket is open");
                        continue;
                    }
                    _ => {}
                }
            }
            // Something is left for what follows.
            let budget = self.out.budget;
            let kept = if index + 1 < parts.len() { budget / 3 } else { 0 };
            self.out.budget -= kept;
            self.node(part, context);
            self.out.budget += kept;
            if let Node::Text(text) = part
                && matches!(text.as_str(), "(" | "[" | "{" | "?[")
            {
                outside.push(std::mem::replace(&mut context, Context::Brackets));
            }
        }
        self.out.level = level;
        self.out.seeking &= seeking;
    }

    fn layout(&mut self, layout: Layout) {
        match layout {
            Layout::Here => self.out.here = true,
            Layout::Lines => panic!("handled in the sequence"),
            Layout::Line | Layout::Arm | Layout::Deeper => {
                self.out.line = true;
                self.out.misplaced = true;
            }
        }
    }

    fn terminal(&mut self, text: &str, context: Context, joins: bool) {
        let in_hole = self.out.holes > 0;
        if in_hole && (text.contains('\n') || (text == ":" && context == IN_HOLE)) {
            self.out.misplaced = true;
        }
        let free = match context {
            Context::Brackets => self.random.below(20) == 0,
            Context::Lines(_) => (joins || self.out.joined) && self.random.below(8) == 0,
        };
        if self.out.line {
            let indent = if self.out.margin { 0 } else { 2 * self.out.level };
            self.line_end(indent, self.out.margin);
        } else if free && !self.out.here && !in_hole {
            let indent = self.random.below(9);
            self.line_end(indent, false);
        } else if self.spaced(text) {
            self.out.source.push(' ');
        }
        self.out.source.push_str(text);
        self.out.length += 1;
        self.out.budget -= 1;
        self.out.line = false;
        self.out.joined = false;
        self.out.here = false;
        self.out.margin = false;
        self.out.previous.clear();
        self.out.previous.push_str(text);
    }

    fn line_end(&mut self, indent: usize, plain: bool) {
        if !plain && self.random.below(20) == 0 {
            let comment = self.token(self.grammar.rule("COMMENT"));
            self.out.source.push(' ');
            self.out.source.push_str(&comment);
        }
        let blank = if plain { 0 } else { self.random.below(12) };
        self.out.source.push_str(match blank {
            10 => "\n\n",
            11 => "\n      # another\n",
            _ => "\n",
        });
        self.out.source.push_str(&" ".repeat(indent));
    }

    /// Whether a blank stands between the last terminal and this one: always where they could grow together.
    fn spaced(&mut self, text: &str) -> bool {
        let previous = self.out.previous.as_str();
        if previous.is_empty() || previous.starts_with(':') && previous.len() > 1 {
            return false;
        }
        let index = text.starts_with(|c: char| c.is_ascii_digit()) && matches!(previous, "." | "?.");
        let bracket = |text: &str| matches!(text, "(" | ")" | "[" | "]" | "," | "{");
        let tight = (bracket(previous) || bracket(text)) && !previous.ends_with('?') && text != "..";
        !(index || tight && self.random.below(3) > 0)
    }

    /// A token, by the rules of the lexis.
    fn token(&mut self, rule: usize) -> String {
        let grammar = self.grammar;
        let name = grammar.rules[rule].name.as_str();
        loop {
            let mut text = String::new();
            self.spell(&grammar.rules[rule].body, &mut text);
            let misplaced = match name {
                "NAME" => text == "_" || self.words.contains(&text),
                "FLOAT" => text.replace('_', "").parse().is_ok_and(f64::is_infinite),
                // A line of the text that begins with `end` would end it.
                _ if name.starts_with("ROLE_") => text.contains("end"),
                _ => false,
            };
            // A surrogate is no character.
            let misplaced = misplaced || text.to_ascii_lowercase().contains("\\u{d");
            if !misplaced {
                return text;
            }
        }
    }

    fn spell(&mut self, node: &Node, out: &mut String) {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Rule(rule) => {
                let grammar = self.grammar;
                self.spell(&grammar.rules[*rule].body, out);
            }
            Node::Any => {
                let characters = [
                    'a', 'Z', '7', ' ', '.', '#', '\'', '{', '}', '"', '\\', '\n', '\t', 'é', '漢', '😀', '$',
                ];
                out.push(characters[self.random.below(characters.len())]);
            }
            Node::Range(low, high) => {
                let count = *high as u32 - *low as u32 + 1;
                let character = *low as u32 + self.random.below(count as usize) as u32;
                out.push(char::from_u32(character).expect("between two characters"));
            }
            Node::Except(some, but) => loop {
                let mut text = String::new();
                self.spell(some, &mut text);
                if !begins(self.grammar, but, &text) {
                    out.push_str(&text);
                    return;
                }
            },
            Node::Sequence(parts) => parts.iter().for_each(|part| self.spell(part, out)),
            Node::Choice(first, alternatives) => {
                let index = self.random.below(alternatives.len());
                self.take(first + index);
                self.spell(&alternatives[index], out);
            }
            Node::Optional(first, inner) | Node::Repeated(first, inner) => {
                let most = if matches!(node, Node::Optional(..)) { 2 } else { 4 };
                let count = self.random.below(most);
                self.take(first + usize::from(count > 0));
                for _ in 0..count {
                    self.spell(inner, out);
                }
            }
            Node::AnyToken | Node::Layout(_) => panic!("no part of a token"),
        }
    }
}

/// Whether a character begins what the node spells: only characters stand behind a `-`.
fn begins(grammar: &Grammar, node: &Node, text: &str) -> bool {
    match node {
        Node::Text(wanted) => text.starts_with(wanted.as_str()),
        Node::Rule(rule) => begins(grammar, &grammar.rules[*rule].body, text),
        Node::Range(low, high) => text.starts_with(|c| (*low..=*high).contains(&c)),
        Node::Choice(_, alternatives) => alternatives.iter().any(|node| begins(grammar, node, text)),
        other => panic!("{other:?} is no class of characters"),
    }
}

fn collect_words(node: &Node, words: &mut HashSet<String>) {
    match node {
        Node::Text(text) => {
            words.insert(text.clone());
        }
        Node::Sequence(parts) | Node::Choice(_, parts) => {
            parts.iter().for_each(|part| collect_words(part, words));
        }
        Node::Optional(_, inner) | Node::Repeated(_, inner) => collect_words(inner, words),
        _ => {}
    }
}

/// A property of each rule that follows from those of the rules inside it.
fn fixpoint(grammar: &Grammar, of: impl Fn(&Node, &[u32]) -> u32) -> Vec<u32> {
    let mut values = vec![u32::MAX; grammar.rules.len()];
    loop {
        let next = grammar
            .rules
            .iter()
            .map(|rule| of(&rule.body, &values).saturating_add(1));
        let next: Vec<u32> = next.collect();
        if next == values {
            return values;
        }
        values = next;
    }
}

/// The number of terminals of the shortest derivation.
fn node_size(node: &Node, sizes: &[u32]) -> u32 {
    let of = |node: &Node| node_size(node, sizes);
    match node {
        Node::Rule(rule) => sizes[*rule],
        Node::Sequence(parts) => parts.iter().map(of).fold(0, u32::saturating_add),
        Node::Choice(_, parts) => parts.iter().map(of).min().unwrap_or(0),
        Node::Text(_) | Node::AnyToken => 1,
        _ => 0,
    }
}

/// How many rules lie between a node and the nearest choice that was never taken; `u32::MAX` if there is none.
fn node_distance(node: &Node, distances: &[u32], uses: &[u64]) -> u32 {
    let of = |node: &Node| node_distance(node, distances, uses);
    match node {
        Node::Rule(rule) => distances[*rule],
        Node::Sequence(parts) => parts.iter().map(of).min().unwrap_or(u32::MAX),
        Node::Choice(first, parts) => {
            let fresh = (0..parts.len()).any(|index| uses[first + index] == 0);
            if fresh {
                0
            } else {
                parts.iter().map(of).min().unwrap_or(u32::MAX)
            }
        }
        Node::Optional(first, inner) | Node::Repeated(first, inner) => {
            match uses[first + 1].min(uses[*first]) {
                0 => 0,
                _ => of(inner),
            }
        }
        _ => u32::MAX,
    }
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
