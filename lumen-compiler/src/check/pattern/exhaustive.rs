//! Exhaustiveness and reachability by usefulness: Luc Maranget, "Warnings for pattern matching" (JFP 17(3), 2007), with
//! Ints as intervals and lists by length.
//!
//! The problem is NP-complete, so the work is bounded; what goes beyond is answered with [`Stop::Effort`].

use super::super::body::Body;
use super::super::definition::Layout;
use super::super::types::Type;
use super::pieces::{gap, is_plain, lengths, ranges};
use super::space::{Constructor, Space};
use super::witness::Witness;
use crate::hir::{PatternId, Ty};
use rustc_hash::FxHashSet;

/// How much work a match may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Rows that may be looked at, each weighed with its number of columns.
    pub(crate) steps: usize,
    /// Columns that may be worked off one after another, which is the depth of recursion.
    pub(crate) depth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            steps: 20_000_000,
            depth: 2_000,
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Too much work.
    Effort,
    /// A type is erroneous.
    Broken,
}

/// What the arms of a match cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Coverage {
    /// A value that none of them matches.
    pub(crate) missing: Option<String>,
    /// Positions of arms that match nothing new.
    pub(crate) unreachable: Vec<usize>,
}

/// Rows of patterns; the first column is the first pattern of each.
type Row<'p> = Vec<&'p Space>;

const ALL: &Space = &Space::All;

impl Body<'_, '_> {
    /// What patterns cover, each with whether a guard may refuse what it matches.
    pub(crate) fn coverage(
        &mut self,
        ty: Ty,
        patterns: &[(PatternId, bool)],
        limits: Limits,
    ) -> Result<Coverage, Stop> {
        let spaces: Vec<Space> = patterns
            .iter()
            .map(|(pattern, _)| self.space(*pattern, ty))
            .collect();
        let mut search = Search {
            body: self,
            steps: limits.steps,
            depth: limits.depth,
        };
        let mut rows: Vec<Row> = Vec::with_capacity(spaces.len());
        let mut unreachable = Vec::new();
        let mut simple = Simple::default();
        for (index, space) in spaces.iter().enumerate() {
            search.depth = limits.depth;
            let is_useful = match simple.is_new(space) {
                Some(is_new) => is_new,
                // An arm that is too intricate to judge is not warned of.
                None => match search.useful(&rows, &vec![space], &[ty]) {
                    Ok(found) => found.is_some(),
                    Err(Stop::Effort) => true,
                    Err(Stop::Broken) => return Err(Stop::Broken),
                },
            };
            if !is_useful {
                unreachable.push(index);
            } else if !patterns[index].1 {
                simple.add(space);
                rows.push(vec![space]);
            }
        }
        search.steps = limits.steps;
        search.depth = limits.depth;
        let missing = if simple.has_all {
            None
        } else {
            let witness = search.useful(&rows, &vec![ALL], &[ty])?;
            witness
                .and_then(|mut values| values.pop())
                .map(|value| value.text)
        };
        Ok(Coverage { missing, unreachable })
    }
}

/// Long matches over literals without a matrix: the constructors met so far, as long as all are without arguments.
#[derive(Default)]
struct Simple<'p> {
    met: FxHashSet<&'p Constructor>,
    has_other: bool,
    has_all: bool,
}

impl<'p> Simple<'p> {
    /// Whether the pattern matches something new, if that is plain to see.
    fn is_new(&self, space: &Space) -> Option<bool> {
        if self.has_all {
            return Some(false);
        }
        match space {
            Space::Constructor(constructor, arguments)
                if arguments.is_empty() && is_point(constructor) && !self.has_other =>
            {
                Some(!self.met.contains(constructor))
            }
            _ => None,
        }
    }

    fn add(&mut self, space: &'p Space) {
        match space {
            Space::All => self.has_all = true,
            Space::Constructor(constructor, arguments) if arguments.is_empty() && is_point(constructor) => {
                self.met.insert(constructor);
            }
            _ => self.has_other = true,
        }
    }
}

/// Whether a constructor without arguments is one single value.
fn is_point(constructor: &Constructor) -> bool {
    match constructor {
        Constructor::Range(from, to) => from == to,
        Constructor::Literal(_) | Constructor::Variant(_) | Constructor::Bool(_) | Constructor::Null => true,
        Constructor::Single | Constructor::Member(_) | Constructor::List { .. } => false,
    }
}

struct Search<'s, 'c, 'a> {
    body: &'s mut Body<'c, 'a>,
    steps: usize,
    depth: usize,
}

impl Search<'_, '_, '_> {
    /// Values of the types that `query` matches and no row does; none if there are none.
    fn useful(&mut self, rows: &[Row], query: &Row, types: &[Ty]) -> Result<Option<Vec<Witness>>, Stop> {
        self.charge(rows.len().saturating_add(1).saturating_mul(types.len() + 1))?;
        let Some((ty, other_types)) = types.split_first() else {
            return Ok(rows.is_empty().then(Vec::new));
        };
        if rows.is_empty() {
            return Ok(Some(
                types
                    .iter()
                    .zip(query)
                    .map(|(ty, space)| self.body.example(*ty, space))
                    .collect(),
            ));
        }
        self.depth = self.depth.checked_sub(1).ok_or(Stop::Effort)?;
        let found = self.split_column(rows, query, *ty, other_types);
        self.depth += 1;
        found
    }

    fn split_column(
        &mut self,
        rows: &[Row],
        query: &Row,
        ty: Ty,
        other_types: &[Ty],
    ) -> Result<Option<Vec<Witness>>, Stop> {
        let (head, rest) = query.split_first().expect("a query has a pattern for each type");
        if let Space::Or(alternatives) = head {
            for alternative in alternatives {
                let mut query = vec![alternative];
                query.extend_from_slice(rest);
                let types: Vec<Ty> = std::iter::once(ty).chain(other_types.iter().copied()).collect();
                if let Some(found) = self.useful(rows, &query, &types)? {
                    return Ok(Some(found));
                }
            }
            return Ok(None);
        }
        let rows = self.expand(rows)?;
        let heads: Vec<&Constructor> = rows
            .iter()
            .filter_map(|row| match row[0] {
                Space::Constructor(constructor, _) => Some(constructor),
                Space::All | Space::Or(_) => None,
            })
            .collect();
        if let Space::All = head
            && heads.is_empty()
        {
            return self.skip_column(&rows, rest, other_types);
        }
        let ty = self.body.checker.resolve_deep(ty);
        if let Space::All = head {
            match self.missing_constructor(ty, &heads)? {
                // What rows leave of a missing constructor, they leave of all others at most.
                Some(example) => return self.with_missing(&rows, rest, example, other_types),
                None if other_types.is_empty() && heads.iter().all(|head| is_plain(head)) => return Ok(None),
                None => {}
            }
        }
        let mut looked_at: FxHashSet<Constructor> = FxHashSet::default();
        for constructor in self.pieces(ty, &heads, head)? {
            if !looked_at.insert(constructor.clone()) {
                continue;
            }
            if let Some(found) = self.with_constructor(&rows, query, ty, &constructor, other_types)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// No row looks at the column.
    fn skip_column(
        &mut self,
        rows: &[Row],
        rest: &[&Space],
        other_types: &[Ty],
    ) -> Result<Option<Vec<Witness>>, Stop> {
        let rows: Vec<Row> = rows.iter().map(|row| row[1..].to_vec()).collect();
        let found = self.useful(&rows, &rest.to_vec(), other_types)?;
        Ok(found.map(|mut values| {
            values.insert(0, Witness::all());
            values
        }))
    }

    /// Values whose first one is built by the constructor.
    fn with_constructor(
        &mut self,
        rows: &[Row],
        query: &Row,
        ty: Ty,
        constructor: &Constructor,
        other_types: &[Ty],
    ) -> Result<Option<Vec<Witness>>, Stop> {
        let argument_types = self.body.constructor_types(ty, constructor);
        let arity = argument_types.len();
        self.charge(rows.len().saturating_mul(arity + 1))?;
        let Some(query) = specialize(query, constructor, arity) else {
            return Ok(None);
        };
        let rows: Vec<Row> = rows
            .iter()
            .filter_map(|row| specialize(row, constructor, arity))
            .collect();
        let mut types = argument_types;
        types.extend_from_slice(other_types);
        let found = self.useful(&rows, &query, &types)?;
        Ok(found.map(|mut values| {
            let rest = values.split_off(arity);
            let mut all = vec![self.body.describe(ty, constructor, &values)];
            all.extend(rest);
            all
        }))
    }

    /// Values whose first one is built by a constructor that no row names.
    fn with_missing(
        &mut self,
        rows: &[Row],
        rest: &[&Space],
        example: Witness,
        other_types: &[Ty],
    ) -> Result<Option<Vec<Witness>>, Stop> {
        let rows: Vec<Row> = rows
            .iter()
            .filter(|row| matches!(row[0], Space::All))
            .map(|row| row[1..].to_vec())
            .collect();
        let found = self.useful(&rows, &rest.to_vec(), other_types)?;
        Ok(found.map(|mut values| {
            values.insert(0, example);
            values
        }))
    }

    /// Rows with alternatives in the first column taken apart.
    fn expand<'p>(&mut self, rows: &[Row<'p>]) -> Result<Vec<Row<'p>>, Stop> {
        let mut expanded = Vec::with_capacity(rows.len());
        let mut waiting: Vec<Row<'p>> = rows.iter().rev().cloned().collect();
        while let Some(row) = waiting.pop() {
            match row[0] {
                Space::Or(alternatives) => {
                    self.charge(alternatives.len().saturating_mul(row.len()))?;
                    for alternative in alternatives.iter().rev() {
                        let mut row = row.clone();
                        row[0] = alternative;
                        waiting.push(row);
                    }
                }
                Space::All | Space::Constructor(..) => expanded.push(row),
            }
        }
        Ok(expanded)
    }

    /// The constructors to look at one by one: those that rows or the query name, cut so that each row matches all or
    /// nothing of each.
    fn pieces(&mut self, ty: Ty, heads: &[&Constructor], query: &Space) -> Result<Vec<Constructor>, Stop> {
        let asked = match query {
            Space::Constructor(constructor, _) => Some(constructor),
            Space::All | Space::Or(_) => None,
        };
        self.charge(heads.len() + 1)?;
        Ok(match self.body.checker.form(ty) {
            Type::Int => ranges(heads, asked),
            Type::List(_) => lengths(heads, asked),
            _ => match asked {
                Some(constructor) => vec![constructor.clone()],
                None => heads.iter().map(|constructor| (*constructor).clone()).collect(),
            },
        })
    }

    /// What a constructor that no row names would build; none if rows name all of them.
    fn missing_constructor(&mut self, ty: Ty, heads: &[&Constructor]) -> Result<Option<Witness>, Stop> {
        let is_named = |constructor: &Constructor| heads.contains(&constructor);
        let candidates: Vec<Constructor> = match self.body.checker.form(ty) {
            Type::Int => {
                let gap = gap(heads);
                return Ok(gap.map(|gap| self.body.describe(ty, &gap, &[])));
            }
            // Their pieces cover everything.
            Type::List(_) | Type::Tuple(_) => return Ok(None),
            Type::Error => return Err(Stop::Broken),
            Type::Bool => vec![Constructor::Bool(false), Constructor::Bool(true)],
            Type::Null => vec![Constructor::Null],
            Type::Result(..) => vec![Constructor::Variant(0), Constructor::Variant(1)],
            Type::Union(_) | Type::Json => self
                .body
                .checker
                .types
                .alternatives(ty)
                .iter()
                .map(|member| Constructor::Member(*member))
                .collect(),
            Type::Nominal(nominal, _) => match &*self.body.checker.layout(nominal) {
                Layout::Record { .. } => vec![Constructor::Single],
                Layout::Enum(variants) => (0..variants.len() as u32).map(Constructor::Variant).collect(),
                Layout::Broken => return Err(Stop::Broken),
            },
            _ => return Ok(Some(Witness::all())),
        };
        let missing = candidates.into_iter().find(|candidate| !is_named(candidate));
        Ok(missing.map(|constructor| {
            let arity = self.body.constructor_types(ty, &constructor).len();
            self.body.describe(ty, &constructor, &vec![Witness::all(); arity])
        }))
    }

    fn charge(&mut self, steps: usize) -> Result<(), Stop> {
        self.steps = self.steps.checked_sub(steps).ok_or(Stop::Effort)?;
        Ok(())
    }
}

/// The row for values whose first one is built by the constructor, its arguments in place of it; none if the row matches
/// no such value. A piece lies within a pattern's constructor or outside of it.
fn specialize<'p>(row: &Row<'p>, piece: &Constructor, arity: usize) -> Option<Row<'p>> {
    let (head, rest) = row.split_first()?;
    let mut specialized: Row = Vec::with_capacity(arity + rest.len());
    match head {
        Space::All => specialized.resize(arity, ALL),
        Space::Or(_) => return None,
        Space::Constructor(constructor, arguments) => {
            let matches = match (constructor, piece) {
                (Constructor::Range(from, to), Constructor::Range(low, high)) => from <= low && high <= to,
                (
                    Constructor::List { length, open },
                    Constructor::List {
                        length: exact,
                        open: piece_is_open,
                    },
                ) => {
                    if *open {
                        length <= exact
                    } else {
                        length == exact && !piece_is_open
                    }
                }
                (constructor, piece) => constructor == piece,
            };
            if !matches {
                return None;
            }
            specialized.extend(arguments.iter());
            specialized.resize(arity, ALL);
        }
    }
    specialized.extend_from_slice(rest);
    Some(specialized)
}
