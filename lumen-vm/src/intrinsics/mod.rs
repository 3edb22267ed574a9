//! The builtins of the language on values of the heap: what the `intrinsic` instruction does.
//!
//! One file for each group of builtins; `table` names the function behind each row of [`Intrinsic::TABLE`]. Functions
//! take their arguments as [`crate::exec::Argument`] describes and trust their types, which the verifier has proved.
//! `arithmetic`, `pattern` and `re2` compute on plain Rust values and know neither heap nor machine.

mod arithmetic;
mod assertions;
mod building;
mod bytes;
mod constraints;
mod conversion;
mod json;
mod keyed;
mod lists;
mod maps;
mod numbers;
mod order;
mod output;
mod pattern;
mod pieces;
mod re2;
mod sets;
mod sizes;
mod snapshot;
mod table;
#[cfg(test)]
mod tests;
mod text;

use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};
use crate::lir::Intrinsic;

pub(crate) use pattern::parse_pattern;
pub use pattern::{PatternError, check_pattern};

/// A builtin: takes the machine, the arguments and the type of its value.
pub(crate) type Implementation = fn(&mut Context<'_>, &mut [Argument], TypeRef) -> Result<Word, Failure>;

/// The function behind an intrinsic, for a caller that resolves it once and calls it often.
pub(crate) fn implementation(intrinsic: Intrinsic) -> Implementation {
    table::IMPLEMENTATIONS[intrinsic as usize].1
}

/// Calls an intrinsic. `result` is the type of its value; the word that comes back is owned.
pub(crate) fn call(
    intrinsic: Intrinsic,
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    implementation(intrinsic)(context, arguments, result)
}

/// What intrinsics keep between calls of one run.
#[derive(Debug, Default)]
pub(crate) struct State {
    patterns: pattern::PatternCache,
}

/// The arguments of a builtin that has `N` of them.
fn exactly<const N: usize>(arguments: &mut [Argument]) -> &mut [Argument; N] {
    arguments
        .try_into()
        .expect("the verifier checked the number of arguments")
}
