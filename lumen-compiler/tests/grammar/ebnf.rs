//! Reads the EBNF of `docs/spec/lumen-v1.md`, section 11, and instantiates its rules with their parameters.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// Layout words of the notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A line ends.
    Line,
    /// None does.
    Here,
    /// Line ends count from here on, and the column is set.
    Lines,
    /// A line ends; the next is at the column.
    Arm,
    /// A line ends; the next is deeper than the column.
    Deeper,
}

/// The right side of a rule. Choices are numbered, so that their use can be counted: an alternative is
/// `first + index`, an option or repetition `first` if it is left out and `first + 1` if it is there.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// What stands in quotes.
    Text(String),
    /// A rule.
    Rule(usize),
    /// Any token.
    AnyToken,
    Layout(Layout),
    /// Any character.
    Any,
    /// A character of this range.
    Range(char, char),
    /// A character of the first that does not begin the second.
    Except(Box<Node>, Box<Node>),
    Sequence(Vec<Node>),
    Choice(usize, Vec<Node>),
    Optional(usize, Box<Node>),
    Repeated(usize, Box<Node>),
}

/// A rule with its parameter put in.
pub(crate) struct Rule {
    /// With the parameter, `sum(open)`.
    pub(crate) name: String,
    pub(crate) body: Node,
    /// Whether it is a token's: its parts are characters.
    pub(crate) lexical: bool,
}

pub(crate) struct Grammar {
    pub(crate) rules: Vec<Rule>,
    /// Where each choice stands, for reports; empty for those that say what is not there.
    pub(crate) choices: Vec<String>,
    /// Rules that nothing refers to.
    pub(crate) unused: Vec<String>,
}

impl Grammar {
    /// The grammar of all `ebnf` blocks of a page, from the rules that `roots` names.
    pub(crate) fn read(page: &str, roots: &[&str]) -> Grammar {
        let mut definitions: Definitions = BTreeMap::new();
        for (index, block) in page.split("```ebnf\n").enumerate().skip(1) {
            let text = block.split("\n```").next().expect("a closed block");
            let mut reader = Reader::new(text);
            while !reader.at_end() {
                let (name, parameter, body) = reader.rule();
                let rules = definitions.entry(name.clone()).or_default();
                let fresh = rules.iter().all(|(known, _)| *known != parameter);
                assert!(fresh, "block {index}: `{name}` is defined twice");
                rules.push((parameter, body));
            }
        }
        let mut builder = Builder {
            definitions: &definitions,
            instances: BTreeMap::new(),
            names: Vec::new(),
            bodies: Vec::new(),
            choices: Vec::new(),
        };
        for root in roots {
            builder.instance(root, None);
        }
        builder.finish()
    }

    pub(crate) fn rule(&self, name: &str) -> usize {
        let found = self.rules.iter().position(|rule| rule.name == name);
        found.unwrap_or_else(|| panic!("no rule `{name}`"))
    }

    /// The words in quotes that are alternatives of `name`.
    pub(crate) fn words(&self, name: &str) -> Vec<&str> {
        let Node::Choice(_, alternatives) = &self.rules[self.rule(name)].body else {
            panic!("`{name}` has no alternatives");
        };
        let mut words = Vec::new();
        for alternative in alternatives {
            let Node::Text(word) = alternative else {
                panic!("{alternative:?} is no word");
            };
            words.push(word.as_str());
        }
        words
    }
}

/// The parameter of a rule's head: none, `(t)`, or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Parameter {
    None,
    Any,
    Value(String),
}

type Definitions = BTreeMap<String, Vec<(Parameter, Raw)>>;

/// A right side as written.
#[derive(Clone, Debug)]
enum Raw {
    Text(String),
    Name(String, Parameter),
    Range(char, char),
    Except(Box<Raw>, Box<Raw>),
    Sequence(Vec<Raw>),
    Choice(Vec<Raw>),
    Optional(Box<Raw>),
    Repeated(Box<Raw>),
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Reader<'a> {
        let rest = text.chars().peekable();
        Reader { rest }
    }

    fn blank(&mut self) {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
    }

    fn at_end(&mut self) -> bool {
        self.blank();
        self.rest.peek().is_none()
    }

    fn peek(&mut self) -> char {
        self.blank();
        *self.rest.peek().expect("a rule ends with `;`")
    }

    fn take(&mut self, wanted: char) {
        assert_eq!(self.peek(), wanted);
        self.rest.next();
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        let in_word = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        while let Some(next) = self.rest.next_if(in_word) {
            word.push(next);
        }
        assert!(!word.is_empty(), "a name, not {:?}", self.rest.peek());
        word
    }

    /// `(t)` right after a name.
    fn parameter(&mut self) -> Parameter {
        if self.rest.next_if_eq(&'(').is_none() {
            return Parameter::None;
        }
        let value = self.word();
        self.take(')');
        match value.as_str() {
            "t" => Parameter::Any,
            _ => Parameter::Value(value),
        }
    }

    fn rule(&mut self) -> (String, Parameter, Raw) {
        self.blank();
        let name = self.word();
        let parameter = self.parameter();
        self.take('=');
        let body = self.choice();
        self.take(';');
        (name, parameter, body)
    }

    fn choice(&mut self) -> Raw {
        let mut alternatives = vec![self.sequence()];
        while self.peek() == '|' {
            self.take('|');
            alternatives.push(self.sequence());
        }
        match alternatives.len() {
            1 => alternatives.remove(0),
            _ => Raw::Choice(alternatives),
        }
    }

    fn sequence(&mut self) -> Raw {
        let mut parts = Vec::new();
        while !matches!(self.peek(), '|' | ';' | ')' | ']' | '}') {
            let part = self.part();
            let part = match (self.peek(), &part) {
                ('-', _) => {
                    self.take('-');
                    Raw::Except(Box::new(part), Box::new(self.part()))
                }
                ('.', Raw::Text(low)) => {
                    self.take('.');
                    self.take('.');
                    let Raw::Text(high) = self.part() else {
                        panic!("a range of characters")
                    };
                    let character = |text: &str| text.chars().next().expect("a character");
                    Raw::Range(character(low), character(&high))
                }
                _ => part,
            };
            parts.push(part);
        }
        match parts.len() {
            1 => parts.remove(0),
            _ => Raw::Sequence(parts),
        }
    }

    fn part(&mut self) -> Raw {
        match self.peek() {
            quote @ ('"' | '\'') => {
                self.rest.next();
                let mut text = String::new();
                while let Some(next) = self.rest.next_if(|c| *c != quote) {
                    text.push(next);
                }
                self.rest.next();
                Raw::Text(text)
            }
            '(' => self.group('(', ')', |inner| inner),
            '[' => self.group('[', ']', |inner| Raw::Optional(Box::new(inner))),
            '{' => self.group('{', '}', |inner| Raw::Repeated(Box::new(inner))),
            _ => {
                let name = self.word();
                Raw::Name(name, self.parameter())
            }
        }
    }

    fn group(&mut self, open: char, close: char, wrap: impl Fn(Raw) -> Raw) -> Raw {
        self.take(open);
        let inner = self.choice();
        self.take(close);
        wrap(inner)
    }
}

struct Builder<'a> {
    definitions: &'a Definitions,
    instances: BTreeMap<(String, Option<String>), usize>,
    names: Vec<(String, bool)>,
    bodies: Vec<Option<Node>>,
    choices: Vec<String>,
}

impl Builder<'_> {
    /// The rule `name` for a value of its parameter; `open` unless it is given.
    fn instance(&mut self, name: &str, value: Option<&str>) -> usize {
        let rules = self.definitions.get(name);
        let rules = rules.unwrap_or_else(|| panic!("there is no rule `{name}`"));
        let plain = rules.iter().all(|(parameter, _)| *parameter == Parameter::None);
        let value = if plain {
            None
        } else {
            Some(value.unwrap_or("open"))
        };
        let key = (name.to_owned(), value.map(str::to_owned));
        if let Some(known) = self.instances.get(&key) {
            return *known;
        }
        let fits = |(parameter, _): &&(Parameter, Raw)| match (parameter, value) {
            (Parameter::Value(wanted), Some(value)) => wanted == value,
            _ => false,
        };
        let body = rules.iter().find(fits).or_else(|| {
            rules
                .iter()
                .find(|(parameter, _)| !matches!(parameter, Parameter::Value(_)))
        });
        let (_, body) = body.unwrap_or_else(|| panic!("`{name}` has no case for {value:?}"));
        let index = self.names.len();
        self.instances.insert(key, index);
        let shown = match value {
            Some(value) => format!("{name}({value})"),
            None => name.to_owned(),
        };
        self.names
            .push((shown.clone(), name.starts_with(|c: char| c.is_ascii_uppercase())));
        self.bodies.push(None);
        let body = self.node(body, value, &shown);
        self.bodies[index] = Some(body);
        index
    }

    fn node(&mut self, raw: &Raw, value: Option<&str>, rule: &str) -> Node {
        match raw {
            Raw::Text(text) => Node::Text(text.clone()),
            Raw::Range(low, high) => Node::Range(*low, *high),
            Raw::Except(some, but) => {
                let some = Box::new(self.node(some, value, rule));
                let first = self.choices.len();
                let but = Box::new(self.node(but, value, rule));
                // Nothing is written by these.
                self.choices[first..].fill(String::new());
                Node::Except(some, but)
            }
            Raw::Sequence(parts) => {
                Node::Sequence(parts.iter().map(|part| self.node(part, value, rule)).collect())
            }
            Raw::Choice(alternatives) => {
                let first = self.choices.len();
                let shown = alternatives.iter().map(|raw| format!("{rule}: {}", show(raw)));
                self.choices.extend(shown);
                let alternatives = alternatives.iter().map(|raw| self.node(raw, value, rule));
                Node::Choice(first, alternatives.collect())
            }
            Raw::Optional(inner) | Raw::Repeated(inner) => {
                let first = self.choices.len();
                for what in ["without", "with"] {
                    self.choices.push(format!("{rule}: {what} {}", show(inner)));
                }
                let inner = Box::new(self.node(inner, value, rule));
                match raw {
                    Raw::Optional(_) => Node::Optional(first, inner),
                    _ => Node::Repeated(first, inner),
                }
            }
            Raw::Name(name, parameter) => match name.as_str() {
                "NL" => Node::Layout(Layout::Line),
                "HERE" => Node::Layout(Layout::Here),
                "LINES" => Node::Layout(Layout::Lines),
                "ARM" => Node::Layout(Layout::Arm),
                "DEEPER" => Node::Layout(Layout::Deeper),
                "ANY" => Node::Any,
                "LF" => Node::Text("\n".to_owned()),
                "TOKEN" => Node::AnyToken,
                _ => Node::Rule(match parameter {
                    Parameter::None => self.instance(name, None),
                    Parameter::Any => self.instance(name, value),
                    Parameter::Value(value) => self.instance(name, Some(value)),
                }),
            },
        }
    }

    fn finish(self) -> Grammar {
        let used = |name: &&String| self.instances.keys().any(|(known, _)| known == *name);
        let unused = self
            .definitions
            .keys()
            .filter(|name| !used(name))
            .cloned()
            .collect();
        let bodies = self.bodies.into_iter().map(|body| body.expect("built"));
        let rules = self.names.into_iter().zip(bodies);
        let rules = rules
            .map(|((name, lexical), body)| Rule { name, body, lexical })
            .collect();
        Grammar {
            rules,
            choices: self.choices,
            unused,
        }
    }
}

/// A right side in short, for reports.
fn show(raw: &Raw) -> String {
    match raw {
        Raw::Text(text) => format!("\"{text}\""),
        Raw::Name(name, _) => name.clone(),
        Raw::Range(low, high) => format!("{low}..{high}"),
        Raw::Except(some, but) => format!("{} - {}", show(some), show(but)),
        Raw::Sequence(parts) => parts.iter().map(show).collect::<Vec<_>>().join(" "),
        Raw::Choice(alternatives) => {
            format!(
                "( {} )",
                alternatives.iter().map(show).collect::<Vec<_>>().join(" | ")
            )
        }
        Raw::Optional(inner) => format!("[ {} ]", show(inner)),
        Raw::Repeated(inner) => format!("{{ {} }}", show(inner)),
    }
}
