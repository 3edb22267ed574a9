//! `length`, `count` and `is_empty`.

use super::exactly;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word};

/// Defines a builtin that counts what a value holds, and one that asks whether that is nothing.
macro_rules! sizes {
    ($($size:ident $is_empty:ident $count:expr;)*) => {$(
        pub(super) fn $size(
            context: &mut Context<'_>,
            arguments: &mut [Argument],
            _: TypeRef,
        ) -> Result<Word, Failure> {
            let [value] = exactly(arguments);
            Ok(Word::from_int($count(context.heap, value.word) as i64))
        }

        pub(super) fn $is_empty(
            context: &mut Context<'_>,
            arguments: &mut [Argument],
            _: TypeRef,
        ) -> Result<Word, Failure> {
            let [value] = exactly(arguments);
            Ok(Word::from_bool($count(context.heap, value.word) == 0))
        }
    )*};
}

sizes! {
    of_string is_empty_string Heap::character_count;
    of_bytes is_empty_bytes |heap: &Heap, bytes| heap.octets(bytes).len();
    of_list is_empty_list Heap::element_count;
    of_table is_empty_table Heap::table_len;
}
