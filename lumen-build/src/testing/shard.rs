//! Which tests belong to a part of a run that is divided among machines.
//!
//! Every test is in exactly one shard, and the shards of one division are the same on every machine that knows the same
//! weights: none, or those of one `.lumen/tests`. Only a run of all tests changes weights, a shard does not.

use crate::digest::PartHasher;
use lumen_compiler::interface::Digest;
use std::cmp::Reverse;
use std::time::Duration;

/// A part of a run, `2/5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
}

/// More shards than this are a mistake.
const MAXIMUM_SHARDS: usize = 10_000;

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parsed = text.split_once('/').and_then(|(number, of)| {
            let shard = Shard {
                number: number.parse().ok()?,
                of: of.parse().ok()?,
            };
            ((1..=shard.of).contains(&shard.number) && shard.of <= MAXIMUM_SHARDS).then_some(shard)
        });
        parsed.ok_or_else(|| {
            format!("a shard is N/M, with N from 1 to M and M at most {MAXIMUM_SHARDS}: `2/5`")
        })
    }
}

/// A division of tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// For each test, in which shard it is, from 1.
    pub shards: Vec<usize>,
    /// Whether any weight was known.
    pub balanced: bool,
    /// A hash of the whole division: where it is the same, every test is in exactly one shard.
    pub digest: Digest,
}

/// Divides tests, given by name and weight. Tests with weights are dealt out, the heaviest first, to the shard with the least
/// so far (R. L. Graham, Bounds on Multiprocessing Timing Anomalies, 1969); the others go where the hashes of their names say.
pub fn divide(tests: &[(&str, Duration)], of: usize) -> Division {
    let of = of.max(1);
    let mut order: Vec<usize> = (0..tests.len()).collect();
    order.sort_by_key(|index| tests.get(*index).map(|(name, weight)| (Reverse(*weight), *name)));
    let mut loads = vec![Duration::ZERO; of];
    let mut shards = vec![1; tests.len()];
    let mut balanced = false;
    let mut hasher = PartHasher::new("lumen test division v1");
    for index in order {
        let (Some((name, weight)), Some(slot)) = (tests.get(index), shards.get_mut(index)) else {
            continue;
        };
        let shard = match weight.is_zero() {
            true => by_name(name, of),
            false => {
                balanced = true;
                let lightest = loads.iter().enumerate().min_by_key(|(_, load)| **load);
                lightest.map_or(0, |(shard, _)| shard)
            }
        };
        if let Some(load) = loads.get_mut(shard) {
            *load = load.saturating_add(*weight);
        }
        *slot = shard + 1;
        hasher.part(name.as_bytes()).part(&(shard as u64).to_le_bytes());
    }
    Division {
        shards,
        balanced,
        digest: hasher.finish(),
    }
}

fn by_name(name: &str, of: usize) -> usize {
    let mut hasher = PartHasher::new("lumen test shard v1");
    hasher.part(name.as_bytes());
    let hash = hasher.finish();
    let (front, _) = hash.split_at(8);
    let number = front
        .iter()
        .fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    (number % of as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn shards_are_read_strictly() {
        assert_eq!("2/5".parse(), Ok(Shard { number: 2, of: 5 }));
        for wrong in ["", "2", "0/5", "6/5", "1/0", "-1/2", "1/2/3", "a/b", "1/10001"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn divisions_depend_on_names_and_weights_alone(weights in prop::collection::btree_map("[a-f]{1,4}", 0..50u64, 0..30), of in 1..7usize) {
            let tests: Vec<(&str, Duration)> = weights.iter().map(|(name, weight)| (name.as_str(), Duration::from_millis(*weight))).collect();
            let division = divide(&tests, of);
            prop_assert!(division.shards.iter().all(|shard| (1..=of).contains(shard)));
            let backwards: Vec<_> = tests.iter().rev().copied().collect();
            let other = divide(&backwards, of);
            let named = |tests: &[(&str, Duration)], division: &Division| -> BTreeMap<String, usize> {
                tests.iter().map(|(name, _)| (*name).to_owned()).zip(division.shards.clone()).collect()
            };
            prop_assert_eq!(named(&tests, &division), named(&backwards, &other));
            prop_assert_eq!(division.digest, other.digest);
            // Graham's bound, against a load that no division can beat.
            let total: u64 = weights.values().sum();
            let largest = weights.values().copied().max().unwrap_or(0);
            for shard in 1..=of {
                let load: u64 = weights.values().zip(&division.shards).filter(|(_, other)| **other == shard).map(|(weight, _)| *weight).sum();
                prop_assert!(load <= total / of as u64 + largest + 1);
            }
        }

        #[test]
        fn a_test_without_a_weight_moves_no_other(weights in prop::collection::btree_map("[a-f]{1,4}", 0..50u64, 0..30), of in 1..7usize) {
            let tests: Vec<(&str, Duration)> = weights.iter().map(|(name, weight)| (name.as_str(), Duration::from_millis(*weight))).collect();
            let mut more = tests.clone();
            more.insert(tests.len() / 2, ("new", Duration::ZERO));
            let mut shards = divide(&more, of).shards;
            shards.remove(tests.len() / 2);
            prop_assert_eq!(shards, divide(&tests, of).shards);
        }
    }
}
