//! The operators between two operands as data: `docs/spec/lumen-v1.md`, Operators, tightest last here.

use crate::syntax::ast::BinaryOp;
use crate::syntax::token::TokenKind;

/// How a chain of operators of one strength groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouping {
    /// `a - b - c` is `(a - b) - c`.
    Left,
    /// `a ** b ** c` is `a ** (b ** c)`.
    Right,
    /// `a < b < c` is an error.
    None,
}

/// What the parser builds of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Build {
    Binary(BinaryOp),
    Range { inclusive: bool },
    Pipe,
    Compose,
    Is,
    As,
    ExpectSchema,
}

/// One row: the token, how tightly it binds, how it groups, what it builds.
pub(super) struct Operator {
    pub(super) strength: u8,
    pub(super) grouping: Grouping,
    pub(super) build: Build,
}

/// Strength of `not`, between `and` and the comparisons.
pub(super) const NOT: u8 = 5;
/// Strength of the comparisons, `in`, `is` and `as`.
pub(super) const COMPARISON: u8 = 6;
/// Strength of `**`.
pub(super) const POWER: u8 = 16;

/// The operator that a token is, if it is one. `&&` and `||` are read as what they mean elsewhere.
pub(super) fn operator(kind: TokenKind) -> Option<Operator> {
    use BinaryOp::*;
    use Build::*;
    use Grouping::*;
    use TokenKind as T;
    let (strength, grouping, build) = match kind {
        T::Expect => (1, Left, ExpectSchema),
        T::QuestionQuestion => (2, Right, Binary(Coalesce)),
        T::Or | T::BarBar => (3, Left, Binary(Or)),
        T::And | T::AmpersandAmpersand => (4, Left, Binary(And)),
        T::EqualEqual => (COMPARISON, None, Binary(Equal)),
        T::BangEqual => (COMPARISON, None, Binary(NotEqual)),
        T::Less => (COMPARISON, None, Binary(Less)),
        T::LessEqual => (COMPARISON, None, Binary(LessEqual)),
        T::Greater => (COMPARISON, None, Binary(Greater)),
        T::GreaterEqual => (COMPARISON, None, Binary(GreaterEqual)),
        T::In => (COMPARISON, None, Binary(In)),
        T::Is => (COMPARISON, None, Is),
        T::As => (COMPARISON, None, As),
        T::Bar => (7, Left, Binary(BitOr)),
        T::Caret => (8, Left, Binary(BitXor)),
        T::Ampersand => (9, Left, Binary(BitAnd)),
        T::PipeArrow => (10, Left, Pipe),
        T::TildeArrow => (10, Left, Compose),
        T::PlusPlus => (11, Left, Binary(Concat)),
        T::DotDot => (12, None, Range { inclusive: false }),
        T::DotDotEqual => (12, None, Range { inclusive: true }),
        T::ShiftLeft => (13, Left, Binary(ShiftLeft)),
        T::ShiftRight => (13, Left, Binary(ShiftRight)),
        T::Plus => (14, Left, Binary(Add)),
        T::Minus => (14, Left, Binary(Subtract)),
        T::Star => (15, Left, Binary(Multiply)),
        T::Slash => (15, Left, Binary(Divide)),
        T::SlashSlash => (15, Left, Binary(FloorDivide)),
        T::Percent => (15, Left, Binary(Remainder)),
        T::StarStar => (POWER, Right, Binary(Power)),
        _ => return Option::None,
    };
    Some(Operator {
        strength,
        grouping,
        build,
    })
}

/// The operator of a compound assignment; `Some(None)` for `=`, `None` if it is no assignment.
pub(super) fn assignment(kind: TokenKind) -> Option<Option<BinaryOp>> {
    use TokenKind as T;
    Some(match kind {
        T::Equal => None,
        T::PlusEqual => Some(BinaryOp::Add),
        T::MinusEqual => Some(BinaryOp::Subtract),
        T::StarEqual => Some(BinaryOp::Multiply),
        T::SlashEqual => Some(BinaryOp::Divide),
        T::SlashSlashEqual => Some(BinaryOp::FloorDivide),
        T::PercentEqual => Some(BinaryOp::Remainder),
        T::StarStarEqual => Some(BinaryOp::Power),
        T::AmpersandEqual => Some(BinaryOp::BitAnd),
        T::BarEqual => Some(BinaryOp::BitOr),
        T::CaretEqual => Some(BinaryOp::BitXor),
        _ => return Option::None,
    })
}
