//! Random numbers that are the same on every platform: SHA-256 of a key and a counter, four numbers a block.

use sha2::{Digest, Sha256};

/// A stream of numbers that its key determines.
#[derive(Clone, Debug)]
pub(super) struct Random {
    key: [u8; 32],
    blocks: u64,
    /// What is left of the last block.
    ready: Vec<u64>,
}

/// The seed of a test in a run.
pub(super) fn seed_of(run: u64, name: &str) -> [u8; 32] {
    let mut seed = Sha256::new();
    seed.update(b"lumen property seed v1");
    seed.update(run.to_le_bytes());
    seed.update(name);
    seed.finalize().into()
}

impl Random {
    /// The stream of attempt `attempt` at case `case`.
    pub(super) fn new(seed: &[u8; 32], case: u64, attempt: u64) -> Random {
        let mut key = Sha256::new();
        key.update(b"lumen property v1");
        key.update(seed);
        key.update(case.to_le_bytes());
        key.update(attempt.to_le_bytes());
        Random {
            key: key.finalize().into(),
            blocks: 0,
            ready: Vec::new(),
        }
    }

    /// Any number.
    pub(super) fn any(&mut self) -> u64 {
        loop {
            if let Some(number) = self.ready.pop() {
                return number;
            }
            let mut block = Sha256::new();
            block.update(self.key);
            block.update(self.blocks.to_le_bytes());
            self.blocks += 1;
            let block: [u8; 32] = block.finalize().into();
            let numbers = block.as_chunks::<8>().0.iter();
            self.ready = numbers.map(|octets| u64::from_le_bytes(*octets)).collect();
        }
    }

    /// A number below `count`, which is not 0; each about as likely (Lemire, "Fast Random Integer Generation in an
    /// Interval", 2019, without the correction of a bias below 2^-32 for the counts in use).
    pub(super) fn below(&mut self, count: u64) -> u64 {
        ((u128::from(self.any()) * u128::from(count)) >> 64) as u64
    }

    /// True once in `count` times.
    pub(super) fn once_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}
