//! When entries of the cache were last used: a record of our own, since access times of files are switched off or coarse on many
//! systems (`docs/spec/build-cache-v1.md`, Collection). Pure: bytes in, bytes out.
//!
//! ```text
//! "LUMNUSED" · version u32 = 1 · records u32 · collected i64 · SHA-256 of the records      56 bytes
//! records: key prefix u64 · seconds since 1970 u32, ascending                              12 bytes each
//! ```
//!
//! The record decides only what goes first when room is needed. A damaged one is an empty one.

use crate::codec::{Reader, Writer};
use crate::digest;
use lumen_compiler::interface::Digest;
use rustc_hash::FxHashMap;

const MAGIC: &[u8; 8] = b"LUMNUSED";
const VERSION: u32 = 1;
const RECORD_LENGTH: usize = 12;
/// What tells the time of the last collection, in bytes.
pub(crate) const START: usize = 24;
const SECOND: i64 = 1_000_000_000;

/// At most this many records are kept, the newest (48 MiB).
const MAXIMUM_RECORDS: usize = 4 << 20;

/// The first eight bytes of a key. Two keys with one prefix are kept as long as either is used, which does no harm.
pub(crate) type KeyPrefix = u64;

/// The prefix of a key.
pub(crate) fn prefix(key: &Digest) -> KeyPrefix {
    Reader::new(key).u64().unwrap_or(0)
}

/// When entries were last used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AccessTable {
    /// When the cache was last looked through, nanoseconds since 1970; 0: never.
    pub(crate) collected: i64,
    /// Seconds since 1970.
    uses: FxHashMap<KeyPrefix, u32>,
}

impl AccessTable {
    /// Notes a use at `time`, nanoseconds since 1970; an earlier one than is known changes nothing.
    pub(crate) fn note(&mut self, prefix: KeyPrefix, time: i64) {
        self.note_seconds(prefix, u32::try_from(time / SECOND).unwrap_or(0));
    }

    fn note_seconds(&mut self, prefix: KeyPrefix, seconds: u32) {
        let known = self.uses.entry(prefix).or_insert(seconds);
        *known = seconds.max(*known);
    }

    /// Takes over what another one knows.
    pub(crate) fn add(&mut self, other: &AccessTable) {
        for (prefix, seconds) in &other.uses {
            self.note_seconds(*prefix, *seconds);
        }
    }

    /// The last use, nanoseconds since 1970; 0 if none is known.
    pub(crate) fn last_use(&self, prefix: KeyPrefix) -> i64 {
        self.uses
            .get(&prefix)
            .map_or(0, |seconds| i64::from(*seconds) * SECOND)
    }

    /// A hash of what was used, whenever that was.
    pub(crate) fn fingerprint(&self) -> Digest {
        let mut prefixes: Vec<KeyPrefix> = self.uses.keys().copied().collect();
        prefixes.sort_unstable();
        let bytes: Vec<u8> = prefixes.into_iter().flat_map(u64::to_le_bytes).collect();
        digest::of(&bytes)
    }

    /// Forgets what lies furthest back, if there is too much.
    pub(crate) fn limit(&mut self) {
        if self.uses.len() <= MAXIMUM_RECORDS {
            return;
        }
        let mut times: Vec<u32> = self.uses.values().copied().collect();
        let surplus = times.len() - MAXIMUM_RECORDS;
        let (_, oldest, _) = times.select_nth_unstable(surplus);
        let oldest = *oldest;
        self.uses.retain(|_, seconds| *seconds > oldest);
    }

    /// The stored form.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut uses: Vec<(KeyPrefix, u32)> = self
            .uses
            .iter()
            .map(|(prefix, seconds)| (*prefix, *seconds))
            .collect();
        uses.sort_unstable();
        let mut records = Writer::default();
        for (prefix, seconds) in &uses {
            records.u64(*prefix);
            records.u32(*seconds);
        }
        let mut writer = Writer::default();
        writer.bytes.extend_from_slice(MAGIC);
        writer.u32(VERSION);
        writer.count(uses.len());
        writer.i64(self.collected);
        writer.digest(&digest::of(&records.bytes));
        writer.bytes.extend_from_slice(&records.bytes);
        writer.bytes
    }

    /// The time of the last collection, by the first [`START`] bytes of the stored form.
    pub(crate) fn collected_of(start: &[u8]) -> Option<i64> {
        let mut reader = Reader::new(start);
        let known = reader.take(8)? == MAGIC && reader.u32()? == VERSION;
        reader.u32()?;
        reader.i64().filter(|_| known)
    }

    /// Reads the stored form; `None` if it is another version's or damaged.
    pub(crate) fn decode(bytes: &[u8]) -> Option<AccessTable> {
        let mut reader = Reader::new(bytes);
        if reader.take(8)? != MAGIC || reader.u32()? != VERSION {
            return None;
        }
        let count = reader.u32()? as usize;
        let collected = reader.i64()?;
        let checksum = reader.digest()?;
        let records = reader.rest();
        if records.len() != count.checked_mul(RECORD_LENGTH)? || digest::of(records) != checksum {
            return None;
        }
        let mut uses = FxHashMap::default();
        uses.reserve(count);
        for record in records.chunks_exact(RECORD_LENGTH) {
            let mut reader = Reader::new(record);
            uses.insert(reader.u64()?, reader.u32()?);
        }
        Some(AccessTable { collected, uses })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_later_use_counts() {
        let mut table = AccessTable::default();
        table.note(7, 5 * SECOND);
        table.note(7, 3 * SECOND);
        let mut other = AccessTable::default();
        other.note(7, 9 * SECOND);
        other.note(8, SECOND);
        table.add(&other);
        assert_eq!(
            [table.last_use(7), table.last_use(8), table.last_use(9)],
            [9 * SECOND, SECOND, 0]
        );
    }

    proptest! {
        #[test]
        fn a_table_is_read_as_it_was_written_or_not_at_all(
            uses in proptest::collection::vec((any::<u64>(), 0u32..1_000_000), 0..40),
            collected in any::<i64>(),
            at in any::<prop::sample::Index>(),
            value in any::<u8>(),
        ) {
            let mut table = AccessTable { collected, ..AccessTable::default() };
            for (prefix, seconds) in uses {
                table.note(prefix, i64::from(seconds) * SECOND);
            }
            let mut bytes = table.encode();
            prop_assert_eq!(AccessTable::decode(&bytes), Some(table.clone()));
            let at = at.index(bytes.len());
            bytes[at] = value;
            if let Some(other) = AccessTable::decode(&bytes) {
                prop_assert_eq!(other.uses, table.uses);
            }
            bytes.truncate(at);
            prop_assert_eq!(AccessTable::decode(&bytes), None);
        }
    }
}
