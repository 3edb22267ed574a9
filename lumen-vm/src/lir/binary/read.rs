//! Reads numbers, texts and lists from foreign bytes.

use super::{BinaryError, BinaryProblem};
use crate::lir::{LIR_VERSION, TypeId};

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    /// Where the next read starts.
    at: usize,
    /// Where the current section ends.
    limit: usize,
}

type Read<T> = Result<T, BinaryError>;

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader {
            bytes,
            at: 0,
            limit: bytes.len(),
        }
    }

    pub(super) fn error(&self, problem: BinaryProblem) -> BinaryError {
        BinaryError {
            offset: self.at,
            problem,
        }
    }

    /// Reads magic and version.
    pub(super) fn head(&mut self, magic: [u8; 4]) -> Read<()> {
        if !self.bytes.starts_with(&magic) {
            return Err(self.error(BinaryProblem::Magic));
        }
        self.at = magic.len();
        match self.u32()? {
            LIR_VERSION => Ok(()),
            found => Err(BinaryError {
                offset: magic.len(),
                problem: BinaryProblem::Version { found },
            }),
        }
    }

    /// Reads a section of a given length, all of it.
    pub(super) fn section<T>(
        &mut self,
        length: u32,
        read: impl FnOnce(&mut Reader<'a>) -> Read<T>,
    ) -> Read<T> {
        let outer = self.limit;
        let end = self.at.checked_add(length as usize).filter(|&end| end <= outer);
        self.limit = end.ok_or_else(|| self.error(BinaryProblem::Truncated))?;
        let value = read(self)?;
        self.end()?;
        self.limit = outer;
        Ok(value)
    }

    /// Checks that nothing is left.
    pub(super) fn end(&self) -> Read<()> {
        if self.at == self.limit {
            Ok(())
        } else {
            Err(self.error(BinaryProblem::Superfluous))
        }
    }

    fn take(&mut self, length: usize) -> Read<&'a [u8]> {
        let end = self.at.checked_add(length).filter(|&end| end <= self.limit);
        let end = end.ok_or_else(|| self.error(BinaryProblem::Truncated))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        Ok(self.take(N)?.try_into().expect("N bytes were taken"))
    }

    pub(super) fn u8(&mut self) -> Read<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Read<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Read<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Read<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// Reads a byte that `read` knows; the error points at it.
    pub(super) fn tag<T>(&mut self, what: &'static str, read: impl Fn(u8) -> Option<T>) -> Read<T> {
        let offset = self.at;
        let tag = self.u8()?;
        read(tag).ok_or(BinaryError {
            offset,
            problem: BinaryProblem::BadTag(what),
        })
    }

    pub(super) fn bool(&mut self) -> Read<bool> {
        self.tag("truth value", |tag| match tag {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        })
    }

    /// Reads a count of items that take at least `item` bytes each, and refuses more than the section can hold.
    fn count(&mut self, item: usize) -> Read<usize> {
        let count = self.u32()? as usize;
        if count > (self.limit - self.at) / item {
            return Err(self.error(BinaryProblem::Truncated));
        }
        Ok(count)
    }

    pub(super) fn octets(&mut self) -> Read<&'a [u8]> {
        let length = self.count(1)?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Read<String> {
        Ok(self.text_slice()?.to_owned())
    }

    pub(super) fn text_slice(&mut self) -> Read<&'a str> {
        let start = self.at;
        let octets = self.octets()?;
        std::str::from_utf8(octets).map_err(|_| BinaryError {
            offset: start,
            problem: BinaryProblem::Utf8,
        })
    }

    pub(super) fn texts(&mut self) -> Read<Vec<String>> {
        self.list(4, Reader::text)
    }

    pub(super) fn words(&mut self) -> Read<Vec<u32>> {
        let count = self.count(4)?;
        let bytes = self.take(4 * count)?;
        let word = |chunk: &[u8]| u32::from_le_bytes(chunk.try_into().expect("chunks of four"));
        Ok(bytes.chunks_exact(4).map(word).collect())
    }

    pub(super) fn ty(&mut self) -> Read<TypeId> {
        Ok(TypeId(self.u32()?))
    }

    pub(super) fn type_list(&mut self) -> Read<Vec<TypeId>> {
        self.list(4, Reader::ty)
    }

    /// Reads a list of items that take at least `item` bytes each.
    pub(super) fn list<T>(
        &mut self,
        item: usize,
        mut read: impl FnMut(&mut Reader<'a>) -> Read<T>,
    ) -> Read<Vec<T>> {
        let count = self.count(item)?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(read(self)?);
        }
        Ok(items)
    }
}
