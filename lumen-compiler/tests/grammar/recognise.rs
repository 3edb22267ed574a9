//! An independent recogniser: takes the terminals of a fence and the EBNF alone. Alternatives are tried in order and
//! repetitions take what they can; results are remembered, so that time is linear in the length of the text.

use crate::ebnf::{Grammar, Layout, Node};
use crate::terms::{Term, terms};
use std::collections::{HashMap, HashSet};

/// A rule that was applied, and from which terminal to which. The applications of a sentence are its derivation.
pub(crate) type Application = (usize, usize, usize);

/// How a fence is derived from `root`, in order of the terminals; what stands in its way otherwise.
pub(crate) fn recognise(grammar: &Grammar, root: &str, source: &str) -> Result<Vec<Application>, String> {
    let terms = terms(source).ok_or("the lexis")?;
    if let Some(faulty) = terms.iter().find(|term| !lexeme(grammar, term)) {
        return Err(format!("`{}` is no {}", faulty.text, faulty.class));
    }
    let mut recogniser = Recogniser {
        grammar,
        terms: &terms,
        continues: Continues::of(grammar),
        memory: HashMap::new(),
        nodes: Vec::new(),
        farthest: 0,
    };
    let start = State {
        position: 0,
        line: true,
        joined: false,
    };
    let mut children = Vec::new();
    let end = recogniser.rule(grammar.rule(root), start, Context::Lines(0), &mut children);
    if end.is_some_and(|end| end.position == terms.len()) {
        let mut applications = Vec::new();
        recogniser.applications(&children, &mut applications);
        applications.sort_unstable();
        return Ok(applications);
    }
    let place = terms
        .get(recogniser.farthest)
        .map_or(source.len(), |term| term.start as usize);
    let line = source[..place].matches('\n').count() + 1;
    let found = terms.get(recogniser.farthest).map_or("the end", |term| term.text);
    Err(format!("line {line}: `{found}` has no place in the grammar"))
}

/// Whether the text of a token is as its rule says.
fn lexeme(grammar: &Grammar, term: &Term<'_>) -> bool {
    if term.class.is_empty() {
        return true;
    }
    // The one literal that needs a minus sign.
    if term.class == "INT" && term.text == "9223372036854775808" && !term.negated {
        return false;
    }
    let matches =
        |class: &str| spell(grammar, &grammar.rules[grammar.rule(class)].body, term.text) == Some("");
    matches(term.class) || (term.class == "INT" && matches("INDEX"))
}

/// What is left of a text behind what the node takes of it.
fn spell<'a>(grammar: &Grammar, node: &Node, text: &'a str) -> Option<&'a str> {
    match node {
        Node::Text(wanted) => text.strip_prefix(wanted.as_str()),
        Node::Rule(rule) => spell(grammar, &grammar.rules[*rule].body, text),
        Node::Any => {
            let mut rest = text.chars();
            rest.next().map(|_| rest.as_str())
        }
        Node::Range(low, high) => text.strip_prefix(|c| (*low..=*high).contains(&c)),
        Node::Except(some, but) => match spell(grammar, but, text) {
            Some(_) => None,
            None => spell(grammar, some, text),
        },
        Node::Sequence(parts) => parts
            .iter()
            .try_fold(text, |text, part| spell(grammar, part, text)),
        Node::Choice(_, alternatives) => {
            let rests = alternatives.iter().filter_map(|node| spell(grammar, node, text));
            rests.min_by_key(|rest| rest.len())
        }
        Node::Optional(_, inner) => Some(spell(grammar, inner, text).unwrap_or(text)),
        Node::Repeated(_, inner) => {
            let mut text = text;
            while let Some(rest) = spell(grammar, inner, text).filter(|rest| rest.len() < text.len()) {
                text = rest;
            }
            Some(text)
        }
        Node::AnyToken | Node::Layout(_) => panic!("no part of a token"),
    }
}

/// What a line goes on after, and what goes on with the line before: by the operators of the rules.
pub(crate) struct Continues {
    after: HashSet<String>,
    before: HashSet<String>,
}

impl Continues {
    pub(crate) fn of(grammar: &Grammar) -> Continues {
        let binary =
            "coalesce or and comparison bit-or bit-xor bit-and pipe concat range shift sum product power";
        let mut before = HashSet::from(["expect".to_owned()]);
        for rule in binary.split(' ') {
            texts(
                &grammar.rules[grammar.rule(&format!("{rule}(open)"))].body,
                &mut before,
            );
        }
        let mut after = before.clone();
        for rule in ["not(open)", "prefix(open)", "assign"] {
            texts(&grammar.rules[grammar.rule(rule)].body, &mut after);
        }
        after.extend([",", "=", "=>"].map(str::to_owned));
        before.remove("-");
        before.extend([".", "?."].map(str::to_owned));
        Continues { after, before }
    }

    /// Whether a line goes on after what stands in these quotes.
    pub(crate) fn after(&self, text: &str) -> bool {
        self.after.contains(text)
    }

    /// Whether a line that begins with what stands in these quotes goes on with the one before.
    pub(crate) fn before(&self, text: &str) -> bool {
        self.before.contains(text)
    }
}

fn texts(node: &Node, found: &mut HashSet<String>) {
    match node {
        Node::Text(text) => {
            found.insert(text.clone());
        }
        Node::Sequence(parts) | Node::Choice(_, parts) => parts.iter().for_each(|part| texts(part, found)),
        Node::Optional(_, inner) | Node::Repeated(_, inner) => texts(inner, found),
        _ => {}
    }
}

/// What line ends mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Context {
    /// Nothing: inside brackets.
    Brackets,
    /// They count; the column.
    Lines(u16),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct State {
    position: usize,
    /// The line end before the next terminal was asked for.
    line: bool,
    /// The line goes on after the last terminal.
    joined: bool,
}

struct Recogniser<'a> {
    grammar: &'a Grammar,
    terms: &'a [Term<'a>],
    continues: Continues,
    memory: HashMap<(usize, State, Context), Option<(State, usize)>>,
    /// Applications with those inside them.
    nodes: Vec<(Application, Vec<usize>)>,
    farthest: usize,
}

impl Recogniser<'_> {
    fn rule(&mut self, rule: usize, state: State, context: Context, found: &mut Vec<usize>) -> Option<State> {
        let key = (rule, state, context);
        let result = match self.memory.get(&key) {
            Some(known) => *known,
            None => {
                let mut inner = Vec::new();
                let grammar = self.grammar;
                let end = self.node(&grammar.rules[rule].body, state, context, &mut inner);
                let result = end.map(|end| {
                    self.nodes.push(((rule, state.position, end.position), inner));
                    (end, self.nodes.len() - 1)
                });
                self.memory.insert(key, result);
                result
            }
        };
        let (end, node) = result?;
        found.push(node);
        Some(end)
    }

    fn applications(&self, nodes: &[usize], out: &mut Vec<Application>) {
        for node in nodes {
            let (application, inner) = &self.nodes[*node];
            out.push(*application);
            self.applications(inner, out);
        }
    }

    fn node(&mut self, node: &Node, state: State, context: Context, found: &mut Vec<usize>) -> Option<State> {
        match node {
            Node::Text(text) => {
                let end = self.terminal(state, context, self.continues.before(text), |term| {
                    term.text == text && !matches!(term.class, "STRING" | "BYTES" | "FORMAT" | "ROLE_TEXT")
                });
                let joined = self.continues.after(text);
                end.map(|end| State { joined, ..end })
            }
            Node::AnyToken => self.terminal(state, context, false, |_| true),
            Node::Rule(rule) if self.grammar.rules[*rule].lexical => {
                let grammar = self.grammar;
                let name = grammar.rules[*rule].name.as_str();
                self.terminal(state, context, false, |term| match name {
                    "NAME" => term.class == "NAME" && term.text != "_",
                    "INDEX" => term.class == "INT",
                    "QUOTED" => spell(grammar, &grammar.rules[*rule].body, term.text) == Some(""),
                    _ => term.class == name,
                })
            }
            Node::Rule(rule) => self.rule(*rule, state, context, found),
            Node::Layout(layout) => self.layout(*layout, state, context),
            Node::Sequence(parts) => self.sequence(parts, state, context, found),
            Node::Choice(_, alternatives) => {
                let length = found.len();
                alternatives.iter().find_map(|alternative| {
                    found.truncate(length);
                    self.node(alternative, state, context, found)
                })
            }
            Node::Optional(_, inner) => {
                let length = found.len();
                let end = self.node(inner, state, context, found);
                Some(end.unwrap_or_else(|| {
                    found.truncate(length);
                    state
                }))
            }
            Node::Repeated(_, inner) => {
                let mut state = state;
                loop {
                    let length = found.len();
                    match self.node(inner, state, context, found) {
                        Some(end) if end != state => state = end,
                        _ => {
                            found.truncate(length);
                            return Some(state);
                        }
                    }
                }
            }
            Node::Any | Node::Range(..) | Node::Except(..) => panic!("part of a token"),
        }
    }

    fn sequence(
        &mut self,
        parts: &[Node],
        state: State,
        context: Context,
        found: &mut Vec<usize>,
    ) -> Option<State> {
        let mut state = state;
        let mut context = context;
        let mut outside = Vec::new();
        for part in parts {
            if let Node::Layout(Layout::Lines) = part {
                context = Context::Lines(self.terms.get(state.position).map_or(0, |term| term.indent));
                continue;
            }
            state = self.node(part, state, context, found)?;
            match part {
                Node::Text(text) if matches!(text.as_str(), "(" | "[" | "{" | "?[") => {
                    outside.push(std::mem::replace(&mut context, Context::Brackets));
                }
                Node::Text(text) if matches!(text.as_str(), ")" | "]" | "}") => {
                    context = outside.pop().expect("a bracket is open");
                }
                _ => {}
            }
        }
        Some(state)
    }

    /// Takes a terminal. `joins`: a line that begins with it goes on with the one before.
    fn terminal(
        &mut self,
        state: State,
        context: Context,
        joins: bool,
        fits: impl Fn(&Term<'_>) -> bool,
    ) -> Option<State> {
        self.farthest = self.farthest.max(state.position);
        let term = self.terms.get(state.position)?;
        let named = self
            .terms
            .get(state.position + 1)
            .is_some_and(|next| next.text == ":");
        let goes_on = state.line || context == Context::Brackets || (joins && !named) || state.joined;
        ((!term.line_start || goes_on) && fits(term)).then_some(State {
            position: state.position + 1,
            line: false,
            joined: false,
        })
    }

    fn layout(&mut self, layout: Layout, state: State, context: Context) -> Option<State> {
        let term = self.terms.get(state.position);
        let line_end = term.is_none_or(|term| term.line_start) && (!state.line || state.position == 0);
        let indent = term.map_or(0, |term| term.indent);
        let column = match context {
            Context::Lines(column) => column,
            Context::Brackets => return (layout == Layout::Here && !line_end).then_some(state),
        };
        let there = match layout {
            Layout::Line => line_end,
            Layout::Arm => line_end && indent == column,
            Layout::Deeper => line_end && indent > column,
            Layout::Here => return (!line_end && !state.line).then_some(state),
            Layout::Lines => panic!("handled in the sequence"),
        };
        there.then_some(State { line: true, ..state })
    }
}
