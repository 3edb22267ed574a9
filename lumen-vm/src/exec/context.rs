//! What an intrinsic gets to work with: its arguments, the heap, the output.
//!
//! The machine calls `intrinsics::call(intrinsic, &mut Context, &mut [Argument], result) -> Result<Word, Failure>`, where
//! `result` is the type that the instruction declares (it says which list, map or union type to build). Arguments are
//! borrowed unless taken; the word that comes back is owned, in the form that places of type `result` have. On failure
//! everything that the intrinsic made or took is released. The machine releases what was not taken, and adds the stack
//! to the failure.

use super::output::Output;
use crate::heap::{Heap, TypeRef, Word};

/// The machine as intrinsics see it.
pub(crate) struct Context<'machine> {
    /// All objects.
    pub(crate) heap: &'machine mut Heap,
    /// Where `print` and `debug` write.
    pub(crate) output: &'machine mut dyn Output,
    /// What intrinsics keep between calls.
    pub(crate) state: &'machine mut crate::intrinsics::State,
}

/// An argument of an intrinsic: borrowed, unless [`Argument::take`]n.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Argument {
    /// The word, in the form that places of type `ty` have.
    pub(crate) word: Word,
    /// The type of the register that holds it.
    pub(crate) ty: TypeRef,
    /// Whether the call is the last use of the register, so that taking needs no new reference.
    owned: bool,
}

impl Argument {
    pub(crate) fn new(word: Word, ty: TypeRef, owned: bool) -> Argument {
        Argument { word, ty, owned }
    }

    /// An owned reference to the argument, to be consumed; updates of it work in place if it was the last one. Take an
    /// argument once at most; `word` stays readable only as long as what it was consumed by keeps it alive.
    pub(crate) fn take(&mut self, heap: &Heap) -> Word {
        if self.owned {
            self.owned = false;
        } else {
            heap.retain_typed(self.word, self.ty);
        }
        self.word
    }

    /// Gives up the register's reference unless it was taken; for the machine, after the call.
    pub(crate) fn finish(&mut self, heap: &mut Heap) {
        if std::mem::take(&mut self.owned) {
            heap.release_typed(self.word, self.ty);
        }
    }
}
