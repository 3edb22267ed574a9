//! Exhaustiveness and reachability against brute force: small types, all their values, random arms.

use crate::modules::Modules;
use lumen_compiler::diagnostic::Code;
use proptest::prelude::*;

/// A type with few values that matter.
#[derive(Clone, Debug)]
enum Kind {
    Bool,
    /// Patterns name 0 to 5 only, so -1 and 6 stand for all others.
    Int,
    Optional(Box<Kind>),
    Tuple(Vec<Kind>),
    /// The enum that every document declares.
    Shape,
    Result(Box<Kind>, Box<Kind>),
    /// Patterns have at most two elements, so lists of three stand for all longer ones.
    List,
    Point,
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Bool(bool),
    Int(i64),
    Null,
    Tuple(Vec<Value>),
    Variant(&'static str, Vec<Value>),
    List(Vec<Value>),
    Record(Vec<Value>),
}

#[derive(Clone, Debug)]
enum Shown {
    All,
    Bool(bool),
    Range(i64, i64),
    Null,
    Tuple(Vec<Shown>),
    Variant(&'static str, Vec<Shown>),
    List(Vec<Shown>, bool),
    Record(Vec<(usize, Shown)>),
    Or(Vec<Shown>),
}

const DECLARATIONS: &str =
    "enum Shape\n  Circle(Bool)\n  Box(Bool, Bool)\n  Empty\nend\n\nrecord Point\n  a: Bool\n  b: Int\nend\n";

impl Kind {
    fn text(&self) -> String {
        match self {
            Kind::Bool => "Bool".to_owned(),
            Kind::Int => "Int".to_owned(),
            Kind::Optional(inner) => format!("{}?", inner.text()),
            Kind::Tuple(parts) => {
                format!(
                    "({})",
                    parts.iter().map(Kind::text).collect::<Vec<_>>().join(", ")
                )
            }
            Kind::Shape => "Shape".to_owned(),
            Kind::Result(ok, error) => format!("result[{}, {}]", ok.text(), error.text()),
            Kind::List => "list[Bool]".to_owned(),
            Kind::Point => "Point".to_owned(),
        }
    }

    fn values(&self) -> Vec<Value> {
        match self {
            Kind::Bool => vec![Value::Bool(false), Value::Bool(true)],
            Kind::Int => (-1..=6).map(Value::Int).collect(),
            Kind::Optional(inner) => {
                let mut values = inner.values();
                values.push(Value::Null);
                values
            }
            Kind::Tuple(parts) => products(&parts.iter().map(Kind::values).collect::<Vec<_>>())
                .into_iter()
                .map(Value::Tuple)
                .collect(),
            Kind::Shape => {
                let bools = Kind::Bool.values();
                let mut values = vec![Value::Variant("Empty", Vec::new())];
                values.extend(
                    bools
                        .iter()
                        .map(|value| Value::Variant("Circle", vec![value.clone()])),
                );
                let pairs = products(&[bools.clone(), bools]);
                values.extend(pairs.into_iter().map(|pair| Value::Variant("Box", pair)));
                values
            }
            Kind::Result(ok, error) => {
                let oks = ok
                    .values()
                    .into_iter()
                    .map(|value| Value::Variant("ok", vec![value]));
                oks.chain(
                    error
                        .values()
                        .into_iter()
                        .map(|value| Value::Variant("err", vec![value])),
                )
                .collect()
            }
            Kind::List => {
                let bools = Kind::Bool.values();
                (0..=3)
                    .flat_map(|length| products(&vec![bools.clone(); length]))
                    .map(Value::List)
                    .collect()
            }
            Kind::Point => products(&[Kind::Bool.values(), Kind::Int.values()])
                .into_iter()
                .map(Value::Record)
                .collect(),
        }
    }
}

fn products(choices: &[Vec<Value>]) -> Vec<Vec<Value>> {
    choices.iter().fold(vec![Vec::new()], |rows, choice| {
        rows.iter()
            .flat_map(|row| {
                choice.iter().map(|value| {
                    let mut row = row.clone();
                    row.push(value.clone());
                    row
                })
            })
            .collect()
    })
}

impl Shown {
    fn matches(&self, value: &Value) -> bool {
        let all = |patterns: &[Shown], values: &[Value]| {
            patterns.len() == values.len()
                && patterns
                    .iter()
                    .zip(values)
                    .all(|(pattern, value)| pattern.matches(value))
        };
        match (self, value) {
            (Shown::All, _) => true,
            (Shown::Or(alternatives), value) => alternatives.iter().any(|pattern| pattern.matches(value)),
            (Shown::Bool(a), Value::Bool(b)) => a == b,
            (Shown::Range(from, to), Value::Int(value)) => from <= value && value <= to,
            (Shown::Null, Value::Null) => true,
            (Shown::Tuple(patterns), Value::Tuple(values)) => all(patterns, values),
            (Shown::Variant(name, patterns), Value::Variant(other, values)) => {
                name == other && all(patterns, values)
            }
            (Shown::List(patterns, false), Value::List(values)) => all(patterns, values),
            (Shown::List(patterns, true), Value::List(values)) => {
                values.len() >= patterns.len() && all(patterns, &values[..patterns.len()])
            }
            (Shown::Record(fields), Value::Record(values)) => fields
                .iter()
                .all(|(field, pattern)| pattern.matches(&values[*field])),
            _ => false,
        }
    }

    fn text(&self) -> String {
        let list = |patterns: &[Shown]| patterns.iter().map(Shown::text).collect::<Vec<_>>().join(", ");
        match self {
            Shown::All => "_".to_owned(),
            Shown::Bool(value) => value.to_string(),
            Shown::Range(from, to) if from == to => from.to_string(),
            Shown::Range(from, to) => format!("{from}..={to}"),
            Shown::Null => "null".to_owned(),
            Shown::Tuple(patterns) => format!("({})", list(patterns)),
            Shown::Variant(name, patterns) if patterns.is_empty() => (*name).to_owned(),
            Shown::Variant(name, patterns) => format!("{name}({})", list(patterns)),
            Shown::List(patterns, false) => format!("[{}]", list(patterns)),
            Shown::List(patterns, true) if patterns.is_empty() => "[...]".to_owned(),
            Shown::List(patterns, true) => format!("[{}, ...]", list(patterns)),
            Shown::Record(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(field, pattern)| format!("{}: {}", ["a", "b"][*field], pattern.text()))
                    .collect();
                format!("Point({})", fields.join(", "))
            }
            Shown::Or(alternatives) => {
                format!(
                    "({})",
                    alternatives
                        .iter()
                        .map(Shown::text)
                        .collect::<Vec<_>>()
                        .join(" | ")
                )
            }
        }
    }
}

fn kinds() -> impl Strategy<Value = Kind> {
    let leaf = prop_oneof![
        Just(Kind::Bool),
        Just(Kind::Int),
        Just(Kind::Shape),
        Just(Kind::List),
        Just(Kind::Point),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            prop_oneof![Just(Kind::Bool), Just(Kind::Int), Just(Kind::Shape)]
                .prop_map(|kind| Kind::Optional(Box::new(kind))),
            proptest::collection::vec(inner.clone(), 2).prop_map(Kind::Tuple),
            (inner.clone(), inner).prop_map(|(ok, error)| Kind::Result(Box::new(ok), Box::new(error))),
        ]
    })
}

fn patterns(kind: &Kind, depth: u32) -> BoxedStrategy<Shown> {
    let structured = structured(kind, depth);
    if depth == 0 {
        return prop_oneof![2 => Just(Shown::All), 3 => structured].boxed();
    }
    let inner = patterns(kind, depth - 1);
    prop_oneof![
        2 => Just(Shown::All),
        5 => structured,
        1 => proptest::collection::vec(inner, 2..=3).prop_map(Shown::Or),
    ]
    .boxed()
}

fn structured(kind: &Kind, depth: u32) -> BoxedStrategy<Shown> {
    let deeper = depth.saturating_sub(1);
    match kind {
        Kind::Bool => any::<bool>().prop_map(Shown::Bool).boxed(),
        Kind::Int => (0i64..=5, 0i64..=3)
            .prop_map(|(from, more)| Shown::Range(from, (from + more).min(5)))
            .boxed(),
        Kind::Optional(inner) => prop_oneof![Just(Shown::Null), structured(inner, depth)].boxed(),
        Kind::Tuple(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| patterns(part, deeper)).collect();
            parts.prop_map(Shown::Tuple).boxed()
        }
        Kind::Shape => {
            let one = patterns(&Kind::Bool, deeper);
            let two = (patterns(&Kind::Bool, deeper), patterns(&Kind::Bool, deeper));
            prop_oneof![
                Just(Shown::Variant("Empty", Vec::new())),
                one.prop_map(|inner| Shown::Variant("Circle", vec![inner])),
                two.prop_map(|(a, b)| Shown::Variant("Box", vec![a, b])),
            ]
            .boxed()
        }
        Kind::Result(ok, error) => prop_oneof![
            patterns(ok, deeper).prop_map(|inner| Shown::Variant("ok", vec![inner])),
            patterns(error, deeper).prop_map(|inner| Shown::Variant("err", vec![inner])),
        ]
        .boxed(),
        Kind::List => (
            proptest::collection::vec(patterns(&Kind::Bool, deeper), 0..=2),
            any::<bool>(),
        )
            .prop_map(|(elements, open)| Shown::List(elements, open))
            .boxed(),
        Kind::Point => (
            patterns(&Kind::Bool, deeper),
            patterns(&Kind::Int, deeper),
            1usize..=3,
        )
            .prop_map(|(a, b, which)| {
                let fields = [(0, a), (1, b)];
                Shown::Record(
                    fields
                        .into_iter()
                        .filter(|(field, _)| which & (field + 1) != 0)
                        .collect(),
                )
            })
            .boxed(),
    }
}

fn matches_of_kind() -> impl Strategy<Value = (Kind, Vec<(Shown, bool)>)> {
    kinds().prop_flat_map(|kind| {
        let arm = (patterns(&kind, 2), proptest::bool::weighted(0.1));
        (Just(kind), proptest::collection::vec(arm, 1..=6))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn findings_are_those_of_trying_every_value((kind, arms) in matches_of_kind()) {
        let mut text = format!("```lumen\n{DECLARATIONS}\ncell f(x: {}, c: Bool) -> Int\n  match x\n", kind.text());
        let first_line = text.lines().count() as u32 + 1;
        for (pattern, guarded) in &arms {
            let guard = if *guarded { " if c" } else { "" };
            text.push_str(&format!("    {}{guard} -> 1\n", pattern.text()));
        }
        text.push_str("  end\nend\n```\n");
        let (document, checked) = Modules::default().add("main", &text);
        prop_assert!(document.diagnostics.is_empty(), "{text}{:?}", document.diagnostics);

        let values = kind.values();
        let mut left: Vec<&Value> = values.iter().collect();
        let mut unreachable = Vec::new();
        for (index, (pattern, guarded)) in arms.iter().enumerate() {
            if !left.iter().any(|value| pattern.matches(value)) {
                unreachable.push(first_line + index as u32);
            }
            if !guarded {
                left.retain(|value| !pattern.matches(value));
            }
        }
        let reported_missing = checked.diagnostics.iter().any(|diagnostic| diagnostic.code == Code::E0016);
        let reported_arms: Vec<u32> = checked
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.code == Code::W0003)
            .map(|diagnostic| document.positions.start(diagnostic.span).line)
            .collect();
        prop_assert_eq!(reported_missing, !left.is_empty(), "{}left: {:?}", &text, left);
        prop_assert_eq!(reported_arms, unreachable, "{}", &text);
        let others: Vec<_> = checked
            .diagnostics
            .iter()
            .filter(|diagnostic| !matches!(diagnostic.code, Code::E0016 | Code::W0001 | Code::W0003))
            .collect();
        prop_assert!(others.is_empty(), "{}{:?}", &text, others);
    }
}
