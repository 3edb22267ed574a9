//! Lists, sets, maps and joined texts, built in pieces so that the number of values held at a time is bounded.

use super::Builder;
use crate::diagnostic::Span;
use crate::hir::{Element, ExprId, ExprKind, MapEntry, Ty, Type};
use crate::lower::ssa::{Op, Value};
use lumen_vm::lir::Intrinsic;

/// Most elements that one instruction takes.
const PIECE: usize = 64;
/// Number of values held by constructs around from which each element is added as soon as it is computed.
const MOST_HELD: usize = 96;

impl Builder<'_, '_> {
    /// Whether a piece with so many values must be added to what is there already.
    fn is_full(&self, piece: &[Value]) -> bool {
        piece.len() >= PIECE || (self.held >= MOST_HELD && !piece.is_empty())
    }

    /// Evaluates an element while the values of a piece are held.
    fn element(&mut self, id: ExprId, piece: &[Value]) -> Option<Value> {
        let held = self.held;
        self.held += piece.len() + 1;
        let value = self.value(id);
        self.held = held;
        value
    }

    /// A list or a set, as `ty` says.
    pub(super) fn list_or_set(&mut self, ty: Ty, elements: &[Element]) -> Option<Value> {
        let mut whole = None;
        let mut piece = Vec::new();
        for element in elements {
            match element {
                Element::Item(item) => {
                    let value = self.element(*item, &piece)?;
                    piece.push(value);
                    if self.is_full(&piece) {
                        whole = Some(self.add_piece(ty, whole, &mut piece));
                    }
                }
                Element::Spread(of) => {
                    if !piece.is_empty() {
                        whole = Some(self.add_piece(ty, whole, &mut piece));
                    }
                    let more = self.element(*of, &[])?;
                    whole = Some(self.add_spread(ty, whole, more));
                }
            }
        }
        match whole {
            Some(whole) if piece.is_empty() => Some(whole),
            whole => Some(self.add_piece(ty, whole, &mut piece)),
        }
    }

    fn is_set(&self, ty: Ty) -> bool {
        matches!(self.types.get(ty), Type::Set(_))
    }

    fn add_piece(&mut self, ty: Ty, whole: Option<Value>, piece: &mut Vec<Value>) -> Value {
        let value = match (whole, &piece[..]) {
            (Some(whole), values) if self.is_set(ty) => values.iter().fold(whole, |whole, &value| {
                self.emit(Op::Intrinsic(Intrinsic::AddSet), ty, &[whole, value])
            }),
            (None, values) if self.is_set(ty) => self.emit(Op::Set, ty, values),
            (Some(whole), [element]) => self.emit(Op::Intrinsic(Intrinsic::Append), ty, &[whole, *element]),
            (Some(whole), values) => {
                let piece = self.emit(Op::List, ty, values);
                self.emit(Op::Concat, ty, &[whole, piece])
            }
            (None, values) => self.emit(Op::List, ty, values),
        };
        piece.clear();
        value
    }

    /// Adds all elements of a list or a set, whichever of them `ty` is.
    fn add_spread(&mut self, ty: Ty, whole: Option<Value>, more: Value) -> Value {
        let (convert, join) = match self.is_set(ty) {
            true => (Intrinsic::ToSet, Op::Intrinsic(Intrinsic::Union)),
            false => (Intrinsic::ElementsOfSet, Op::Concat),
        };
        let more = match self.is_set(ty) == self.is_set(self.ty(more)) {
            true => more,
            false => self.emit(Op::Intrinsic(convert), ty, &[more]),
        };
        match whole {
            Some(whole) => self.emit(join, ty, &[whole, more]),
            None => more,
        }
    }

    pub(super) fn map(&mut self, ty: Ty, entries: &[MapEntry]) -> Option<Value> {
        let mut whole = None;
        let mut piece = Vec::new();
        for entry in entries {
            match entry {
                MapEntry::Item(key, value) => {
                    let key = self.element(*key, &piece)?;
                    piece.push(key);
                    let value = self.element(*value, &piece)?;
                    piece.push(value);
                    if self.is_full(&piece) {
                        whole = Some(self.add_to_map(ty, whole, &mut piece));
                    }
                }
                MapEntry::Spread(of) => {
                    if !piece.is_empty() {
                        whole = Some(self.add_to_map(ty, whole, &mut piece));
                    }
                    let more = self.element(*of, &[])?;
                    whole = Some(match whole {
                        Some(whole) => self.emit(Op::Intrinsic(Intrinsic::Merge), ty, &[whole, more]),
                        None => more,
                    });
                }
            }
        }
        match whole {
            Some(whole) if piece.is_empty() => Some(whole),
            whole => Some(self.add_to_map(ty, whole, &mut piece)),
        }
    }

    fn add_to_map(&mut self, ty: Ty, whole: Option<Value>, piece: &mut Vec<Value>) -> Value {
        let value = match whole {
            Some(whole) => piece.chunks(2).fold(whole, |whole, entry| {
                self.emit(
                    Op::Intrinsic(Intrinsic::InsertMap),
                    ty,
                    &[whole, entry[0], entry[1]],
                )
            }),
            None => self.emit(Op::Map, ty, piece),
        };
        piece.clear();
        value
    }

    pub(super) fn concat(&mut self, ty: Ty, parts: &[ExprId], span: Span) -> Option<Value> {
        let mut piece = Vec::new();
        self.concat_parts(ty, parts, span, &mut piece)?;
        match piece[..] {
            [part] => Some(part),
            _ => Some(self.joined(ty, &piece, span)),
        }
    }

    /// The join of pieces. It has a place in the text: a text that grows without end runs out of memory here.
    fn joined(&mut self, ty: Ty, pieces: &[Value], span: Span) -> Value {
        let location = self.at(span);
        self.emit_at(Op::Concat, ty, pieces, location)
    }

    /// Adds the values of the parts to a piece; joins within joins are one join.
    fn concat_parts(&mut self, ty: Ty, parts: &[ExprId], span: Span, piece: &mut Vec<Value>) -> Option<()> {
        for &part in parts {
            match &self.expr(part).kind {
                ExprKind::Concat(inner) => self.concat_parts(ty, inner, span, piece)?,
                _ => {
                    let value = self.element(part, piece)?;
                    piece.push(value);
                    if piece.len() > 1 && self.is_full(piece) {
                        let joined = self.joined(ty, piece, span);
                        piece.clear();
                        piece.push(joined);
                    }
                }
            }
        }
        Some(())
    }
}
