//! Appends numbers, texts and lists to a byte string.

use crate::lir::TypeId;

#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Appends zeros to be patched; yields their offset.
    pub(super) fn reserve(&mut self, length: usize) -> usize {
        let start = self.bytes.len();
        self.bytes.resize(start + length, 0);
        start
    }

    /// Writes a length over four reserved bytes.
    pub(super) fn patch(&mut self, offset: usize, length: usize) {
        self.bytes[offset..offset + 4].copy_from_slice(&short(length).to_le_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(super) fn bool(&mut self, value: bool) {
        self.u8(u8::from(value));
    }

    pub(super) fn u16(&mut self, value: u16) {
        self.bytes(&value.to_le_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.bytes(&value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.bytes(&value.to_le_bytes());
    }

    pub(super) fn count(&mut self, count: usize) {
        self.u32(short(count));
    }

    pub(super) fn octets(&mut self, octets: &[u8]) {
        self.count(octets.len());
        self.bytes(octets);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.octets(text.as_bytes());
    }

    pub(super) fn texts(&mut self, texts: &[String]) {
        self.list(texts, |writer, text| writer.text(text));
    }

    pub(super) fn words(&mut self, words: &[u32]) {
        self.count(words.len());
        self.bytes.reserve(4 * words.len());
        words.iter().for_each(|&word| self.u32(word));
    }

    pub(super) fn ty(&mut self, ty: TypeId) {
        self.u32(ty.0);
    }

    pub(super) fn type_list(&mut self, types: &[TypeId]) {
        self.list(types, |writer, &ty| writer.ty(ty));
    }

    pub(super) fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Writer, &T)) {
        self.count(items.len());
        items.iter().for_each(|item| write(self, item));
    }
}

fn short(length: usize) -> u32 {
    u32::try_from(length).expect("tables and sections are shorter than 2^32")
}
