//! Making lists, maps, sets and joined texts; calling intrinsics; turning `halt` into failures.

use super::Vm;
use super::context::{Argument, Context};
use super::op::{Code, Op};
use super::position::Data;
use super::stack::Link;
use crate::failure::{Details, Failure, FailureKind};
use crate::heap::{HeapError, RuntimeType, TypeRef, Word};
use crate::json::shown_errors;
use crate::lir::{HaltKind, Intrinsic};

impl Vm<'_> {
    /// A value of type `ty` of these words. Consumes them.
    pub(super) fn build(&mut self, code: Code, ty: TypeRef, words: &[Word]) -> Result<Word, HeapError> {
        match code {
            Code::List => self.heap.list_of(ty, words),
            Code::Map => self.build_map(ty, words),
            Code::Set => self.build_set(ty, words),
            _ => self.concat(ty, words),
        }
    }

    /// The tuple, record or variant that the operation at `ip` makes. Consumes its arguments.
    ///
    /// # Safety
    /// It is an operation of the frame at `base`.
    #[inline(always)]
    pub(super) unsafe fn aggregate(&mut self, ip: *const Op, base: *mut Word) -> Result<Word, HeapError> {
        // SAFETY: the first data slot holds flags and variant, the arguments follow.
        let (op, head, data) = unsafe { (&*ip, &*ip.add(1), Data::behind(ip, 2)) };
        // SAFETY: argument registers belong to the frame and hold values.
        let argument = |position: usize| unsafe { *base.add(usize::from(data.byte(position))) };
        let count = usize::from(op.b);
        match self.heap.create_aggregate(op.ty(), head.w as u16, head.a, count) {
            Ok(object) => {
                for position in 0..count {
                    object.write_word(position, argument(position));
                }
                Ok(object.word())
            }
            Err(error) => {
                for &position in self.program.types().counted_parts(op.ty(), head.w as u32) {
                    self.heap.release(argument(position as usize));
                }
                Err(error)
            }
        }
    }

    fn build_map(&mut self, ty: TypeRef, words: &[Word]) -> Result<Word, HeapError> {
        let types = self.program.types().key_and_value(ty).expect("a map type");
        let mut map = self.heap.map(ty);
        for entry in words.chunks_exact(2) {
            map = match map {
                Ok(map) => self.heap.map_insert(map, entry[0], entry[1]),
                Err(error) => {
                    self.heap.release_typed(entry[0], types.0);
                    self.heap.release_typed(entry[1], types.1);
                    Err(error)
                }
            };
        }
        map
    }

    fn build_set(&mut self, ty: TypeRef, words: &[Word]) -> Result<Word, HeapError> {
        let element = self.program.types().element(ty).expect("a set type");
        let mut set = self.heap.set(ty);
        for &word in words {
            set = match set {
                Ok(set) => self.heap.set_insert(set, word),
                Err(error) => {
                    self.heap.release_typed(word, element);
                    Err(error)
                }
            };
        }
        set
    }

    /// The words joined; the first one grows in place if nothing else refers to it.
    fn concat(&mut self, ty: TypeRef, words: &[Word]) -> Result<Word, HeapError> {
        let is_list = matches!(self.program.types().get(ty), RuntimeType::List(_));
        let Some((&first, rest)) = words.split_first() else {
            return match ty {
                TypeRef::STRING => self.heap.string(""),
                TypeRef::BYTES => self.heap.bytes(&[]),
                _ => self.heap.list(ty, 0),
            };
        };
        let mut joined = Ok(first);
        for &next in rest {
            joined = joined.and_then(|joined| match ty {
                TypeRef::STRING => self.heap.append_string(joined, next),
                TypeRef::BYTES => self.heap.append_bytes(joined, next),
                _ if is_list => {
                    let length = self.heap.element_count(next);
                    self.heap.extend(joined, next, 0, length)
                }
                _ => unreachable!("the verifier admits no other type"),
            });
            self.heap.release(next);
        }
        joined
    }

    /// Calls an intrinsic at one of the frame's sites. Consumes the arguments that die there.
    ///
    /// # Safety
    /// `base` is that of the running frame, and `site` a number of its cell.
    pub(super) unsafe fn intrinsic(&mut self, base: *mut Word, site: usize) -> Result<Word, Failure> {
        // SAFETY: the frame's words lie before its window.
        let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
        let site = &self.program.quick(cell).sites[site];
        let argument = |position: usize| {
            let argument = &site.arguments[position];
            // SAFETY: argument registers belong to the frame and hold values.
            let word = unsafe { *base.add(usize::from(argument.register)) };
            Argument::new(word, argument.ty, argument.owned)
        };
        if site.intrinsic == Intrinsic::Patch {
            let [mut value, mut patches] = [argument(0), argument(1)];
            let patched = self.patch(value, patches);
            value.finish(&mut self.heap);
            patches.finish(&mut self.heap);
            return patched;
        }
        let mut context = Context {
            heap: &mut self.heap,
            output: &mut *self.output,
            state: &mut self.state,
        };
        let call = |context: &mut Context<'_>, arguments: &mut [Argument]| {
            let result = crate::intrinsics::call(site.intrinsic, context, arguments, site.result);
            arguments
                .iter_mut()
                .for_each(|argument| argument.finish(context.heap));
            result
        };
        match site.arguments.len() {
            1 => call(&mut context, &mut [argument(0)]),
            2 => call(&mut context, &mut [argument(0), argument(1)]),
            count => call(&mut context, &mut (0..count).map(argument).collect::<Vec<_>>()),
        }
    }

    /// The failure that `halt` makes of a value. Consumes it.
    #[cold]
    pub(super) fn halt(&mut self, value: Word, kind: u8) -> Failure {
        let failure = match HaltKind::from_number(kind).expect("the verifier has checked the kind") {
            HaltKind::Halt => Failure::new(FailureKind::Halt, self.heap.text(value)),
            HaltKind::Runtime => Failure::runtime(self.heap.text(value)),
            HaltKind::Validation => self.validation_failure(value),
        };
        self.heap.release(value);
        failure
    }

    fn validation_failure(&self, error: Word) -> Failure {
        let [message, errors] = [0, 1].map(|part| self.heap.element(error, part));
        let broken = shown_errors(&self.heap, self.heap.elements(errors));
        Failure::new(FailureKind::Validation, self.heap.text(message))
            .with_details(Details::Constraints(broken))
    }
}
