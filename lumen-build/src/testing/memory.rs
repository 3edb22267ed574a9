//! What the last runs of tests in a workspace left (`.lumen/tests`): verdicts, durations, and what everything looked like.
//!
//! It saves work and decides nothing: without it the same passes are found in the store. Layout (`docs/spec/tests-v1.md`):
//!
//! ```text
//! magic "LUMNTEST" · version u32 · 0 u32 · XXH3-128 of the rest
//! state digest · circumstances digest · scope text
//! inputs u32 count, then: path text · stat
//! tests  u32 count, then: name text · key digest · verdict u8 · current u8 · duration u64 · weight u64
//! ```

use crate::codec::{Reader, Writer};
use crate::digest;
use crate::files::Stat;
use crate::state::{checksum, read_checksum};
use lumen_compiler::interface::Digest;
use std::time::Duration;

const MAGIC: &[u8; 8] = b"LUMNTEST";
const VERSION: u32 = 1;

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestVerdict {
    /// It passed at the first attempt.
    Passed,
    /// It failed at every attempt.
    Failed,
    /// It failed, and then passed.
    Flaky,
    /// It did not end in time.
    TimedOut,
    /// It has not run.
    NotRun,
}

impl TestVerdict {
    /// As stored: position in this table.
    const TABLE: [TestVerdict; 5] = [
        TestVerdict::Passed,
        TestVerdict::Failed,
        TestVerdict::Flaky,
        TestVerdict::TimedOut,
        TestVerdict::NotRun,
    ];
}

/// A test that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownTest {
    /// Its full name.
    pub name: String,
    /// The hash of its key if it passed and that holds, zeros otherwise.
    pub key: Digest,
    /// How it ended.
    pub verdict: TestVerdict,
    /// Whether it has not changed since, as of the state that the memory is about.
    pub current: bool,
    /// How long it took.
    pub duration: Duration,
    /// How long it took in the last run of all tests: shards are balanced by it. Zero if it was in none.
    pub weight: Duration,
}

/// What is known of the tests of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestMemory {
    /// What the build saw when the tests ran; zeros if something was different when they ended, or a fence was broken.
    pub(crate) state: Digest,
    /// Machine and limits.
    pub(crate) circumstances: Digest,
    /// The package that was tested, or nothing for the whole workspace.
    pub(crate) scope: String,
    /// Folders and files besides documents that were looked at, by path as seen from the workspace's folder.
    pub(crate) inputs: Vec<(String, Option<Stat>)>,
    /// Ascending by name.
    pub(crate) tests: Vec<KnownTest>,
}

impl TestMemory {
    /// The tests, ascending by name.
    pub fn tests(&self) -> &[KnownTest] {
        &self.tests
    }

    /// Whether a test of this name passed with this key at its first attempt.
    pub fn has_passed(&self, name: &str, key: &Digest) -> bool {
        self.test(name).is_some_and(|test| {
            test.verdict == TestVerdict::Passed && test.key == *key && *key != digest::NONE
        })
    }

    /// The test of this name.
    pub fn test(&self, name: &str) -> Option<&KnownTest> {
        let position = self.tests.binary_search_by(|test| test.name.as_str().cmp(name));
        position.ok().and_then(|position| self.tests.get(position))
    }

    /// A file's content, if it is one and whole.
    pub(crate) fn decode(bytes: &[u8]) -> Option<TestMemory> {
        let mut reader = Reader::new(bytes);
        if reader.take(8)? != MAGIC || reader.u32()? != VERSION || reader.u32()? != 0 {
            return None;
        }
        let expected = read_checksum(&mut reader)?;
        if checksum(reader.rest()) != expected {
            return None;
        }
        let state = reader.digest()?;
        let circumstances = reader.digest()?;
        let scope = reader.text()?.to_owned();
        let inputs = (0..reader.count(5)?)
            .map(|_| Some((reader.text()?.to_owned(), read_stat(&mut reader)?)))
            .collect::<Option<_>>()?;
        let tests: Vec<KnownTest> = (0..reader.count(54)?)
            .map(|_| read_test(&mut reader))
            .collect::<Option<_>>()?;
        let sorted = tests.is_sorted_by(|left, right| left.name < right.name);
        (sorted && reader.rest().is_empty()).then_some(TestMemory {
            state,
            circumstances,
            scope,
            inputs,
            tests,
        })
    }

    /// The whole file.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut content = Writer::default();
        content.digest(&self.state);
        content.digest(&self.circumstances);
        content.text(&self.scope);
        content.count(self.inputs.len());
        for (path, stat) in &self.inputs {
            content.text(path);
            write_stat(&mut content, stat.as_ref());
        }
        content.count(self.tests.len());
        for test in &self.tests {
            let verdict = TestVerdict::TABLE
                .iter()
                .position(|verdict| *verdict == test.verdict);
            content.text(&test.name);
            content.digest(&test.key);
            content.u8(verdict.map_or(0, |verdict| verdict as u8));
            content.u8(u8::from(test.current));
            content.u64(nanoseconds(test.duration));
            content.u64(nanoseconds(test.weight));
        }
        let mut file = Writer::default();
        file.bytes.extend_from_slice(MAGIC);
        file.u32(VERSION);
        file.u32(0);
        file.bytes.extend_from_slice(&checksum(&content.bytes));
        file.bytes.extend_from_slice(&content.bytes);
        file.bytes
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn read_test(reader: &mut Reader<'_>) -> Option<KnownTest> {
    Some(KnownTest {
        name: reader.text()?.to_owned(),
        key: reader.digest()?,
        verdict: *TestVerdict::TABLE.get(usize::from(reader.u8()?))?,
        current: reader.u8()? == 1,
        duration: Duration::from_nanos(reader.u64()?),
        weight: Duration::from_nanos(reader.u64()?),
    })
}

fn write_stat(writer: &mut Writer, stat: Option<&Stat>) {
    writer.u8(u8::from(stat.is_some()));
    if let Some(stat) = stat {
        writer.u64(stat.device);
        writer.u64(stat.inode);
        writer.u64(stat.size);
        writer.i64(stat.modified);
        writer.i64(stat.changed);
    }
}

fn read_stat(reader: &mut Reader<'_>) -> Option<Option<Stat>> {
    match reader.u8()? {
        0 => Some(None),
        _ => Some(Some(Stat {
            device: reader.u64()?,
            inode: reader.u64()?,
            size: reader.u64()?,
            modified: reader.i64()?,
            changed: reader.i64()?,
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn test() -> impl Strategy<Value = KnownTest> {
        (
            "[a-z:@ ]{0,12}",
            any::<[u8; 32]>(),
            0..TestVerdict::TABLE.len(),
            any::<u64>(),
            any::<u64>(),
        )
            .prop_map(|(name, key, verdict, duration, weight)| KnownTest {
                name,
                key,
                verdict: TestVerdict::TABLE[verdict],
                current: duration % 2 == 0,
                duration: Duration::from_nanos(duration),
                weight: Duration::from_nanos(weight),
            })
    }

    fn memory() -> impl Strategy<Value = TestMemory> {
        let stat = (any::<u64>(), any::<i64>()).prop_map(|(size, modified)| Stat {
            size,
            modified,
            ..Stat::default()
        });
        let input = ("[a-z/]{0,9}", prop::option::of(stat));
        (
            prop::collection::vec(input, 0..4),
            prop::collection::vec(test(), 0..6),
        )
            .prop_map(|(inputs, mut tests)| {
                tests.sort_by(|left, right| left.name.cmp(&right.name));
                tests.dedup_by(|left, right| left.name == right.name);
                TestMemory {
                    state: [1; 32],
                    circumstances: [2; 32],
                    scope: "@w/p".to_owned(),
                    inputs,
                    tests,
                }
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(memory in memory()) {
            prop_assert_eq!(TestMemory::decode(&memory.encode()), Some(memory));
        }

        #[test]
        fn damage_is_seen(memory in memory(), at in any::<prop::sample::Index>(), value in 1..=255u8, cut in any::<bool>()) {
            let mut bytes = memory.encode();
            let at = at.index(bytes.len());
            match cut {
                true => bytes.truncate(at),
                false => bytes[at] ^= value,
            }
            prop_assert_eq!(TestMemory::decode(&bytes), None);
        }
    }
}
