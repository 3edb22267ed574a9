//! Patterns reduced to what exhaustiveness looks at: constructors with arguments, and alternatives.

use super::super::body::Body;
use super::super::definition::Layout;
use super::super::types::Type;
use crate::hir::{self, PatternId, Ty};

/// A reduced pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Space {
    /// Anything.
    All,
    /// A constructor and its arguments.
    Constructor(Constructor, Vec<Space>),
    /// Any of them.
    Or(Vec<Space>),
}

/// How a value is built.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Constructor {
    /// The one way: records, tuples.
    Single,
    /// `null`.
    Null,
    /// A Bool.
    Bool(bool),
    /// An Int, both ends included.
    Range(i64, i64),
    /// A literal of a type with too many values to list.
    Literal(Literal),
    /// A variant.
    Variant(u32),
    /// A member of a union.
    Member(Ty),
    /// A list of exactly this length; as a pattern with `open`, at least of this length.
    List {
        /// Number of elements.
        length: usize,
        /// More may follow.
        open: bool,
    },
}

/// Literals that are only ever equal or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Literal {
    /// A String.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A Float, by its bits; equal Floats have equal bits but for the sign of zero.
    Float(u64),
    /// Something that matches values nobody can list (a constant, a range of Floats): equal to nothing else.
    Opaque(u32),
}

impl Body<'_, '_> {
    /// The pattern reduced, for values of the type.
    pub(super) fn space(&mut self, pattern: PatternId, ty: Ty) -> Space {
        match self.patterns[pattern].kind.clone() {
            hir::PatternKind::Wildcard => Space::All,
            hir::PatternKind::Bind(_, None) => Space::All,
            hir::PatternKind::Bind(_, Some(inner)) => self.space(inner, ty),
            hir::PatternKind::Type(member, inner) => self.member_space(member, inner),
            hir::PatternKind::Null => Space::Constructor(Constructor::Null, Vec::new()),
            hir::PatternKind::Bool(value) => Space::Constructor(Constructor::Bool(value), Vec::new()),
            hir::PatternKind::Int(value) => Space::Constructor(Constructor::Range(value, value), Vec::new()),
            hir::PatternKind::IntRange(from, to) => {
                Space::Constructor(Constructor::Range(from, to), Vec::new())
            }
            hir::PatternKind::Float(value) => {
                let bits = if value == 0.0 { 0 } else { value.to_bits() };
                literal(Literal::Float(bits))
            }
            hir::PatternKind::String(text) => literal(Literal::String(text)),
            hir::PatternKind::Bytes(bytes) => literal(Literal::Bytes(bytes)),
            hir::PatternKind::Constant(_) | hir::PatternKind::FloatRange(..) => {
                literal(Literal::Opaque(pattern.index() as u32))
            }
            hir::PatternKind::Variant { variant, payload } => {
                let types = self.constructor_types(ty, &Constructor::Variant(variant));
                let arguments = payload
                    .iter()
                    .enumerate()
                    .map(|(index, id)| match types.get(index) {
                        Some(ty) => self.space(*id, *ty),
                        None => Space::All,
                    })
                    .collect();
                Space::Constructor(Constructor::Variant(variant), arguments)
            }
            hir::PatternKind::Fields(fields) => {
                let types = self.constructor_types(ty, &Constructor::Single);
                let mut arguments = vec![Space::All; types.len()];
                for (position, id) in fields {
                    if let Some(ty) = types.get(position as usize) {
                        arguments[position as usize] = self.space(id, *ty);
                    }
                }
                Space::Constructor(Constructor::Single, arguments)
            }
            hir::PatternKind::List { elements, rest } => {
                let element = match self.checker.form(ty) {
                    Type::List(element) => element,
                    _ => ty,
                };
                let constructor = Constructor::List {
                    length: elements.len(),
                    open: rest.is_some(),
                };
                let arguments = elements.iter().map(|id| self.space(*id, element)).collect();
                Space::Constructor(constructor, arguments)
            }
            hir::PatternKind::Or(alternatives) => {
                Space::Or(alternatives.iter().map(|id| self.space(*id, ty)).collect())
            }
        }
    }

    /// A pattern for a member of a union, or for several of them.
    fn member_space(&mut self, member: Ty, inner: PatternId) -> Space {
        let member = self.checker.resolve_deep(member);
        let members = self.checker.types.members(member);
        if let [one] = members.as_slice() {
            let inner = self.space(inner, *one);
            return Space::Constructor(Constructor::Member(*one), vec![inner]);
        }
        match self.space(inner, member) {
            Space::All => Space::Or(
                members
                    .into_iter()
                    .map(|member| Space::Constructor(Constructor::Member(member), vec![Space::All]))
                    .collect(),
            ),
            inner => inner,
        }
    }

    /// Types of a constructor's arguments, for values of the type.
    pub(super) fn constructor_types(&mut self, ty: Ty, constructor: &Constructor) -> Vec<Ty> {
        match (constructor, self.checker.form(ty)) {
            (Constructor::Member(member), _) => vec![*member],
            (Constructor::Variant(variant), Type::Result(ok, error)) => {
                vec![if *variant == 0 { ok } else { error }]
            }
            (Constructor::Variant(variant), Type::Nominal(nominal, arguments)) => {
                let variant = super::super::scope::VariantRef {
                    nominal,
                    variant: *variant,
                };
                self.checker.payload_of(variant, &arguments)
            }
            (Constructor::Single, Type::Tuple(parts)) => parts.to_vec(),
            (Constructor::Single, Type::Nominal(nominal, arguments)) => {
                match &*self.checker.layout(nominal) {
                    Layout::Record { fields, .. } => fields
                        .iter()
                        .map(|field| self.checker.substitute(field.ty, &arguments))
                        .collect(),
                    Layout::Enum(_) | Layout::Broken => Vec::new(),
                }
            }
            (Constructor::List { length, .. }, Type::List(element)) => vec![element; *length],
            _ => Vec::new(),
        }
    }
}

fn literal(literal: Literal) -> Space {
    Space::Constructor(Constructor::Literal(literal), Vec::new())
}
