//! Which packs go when room is needed, and which are written again without what nobody uses. Pure: sizes and times in, a plan
//! out (`docs/spec/build-cache-v1.md`, Collection).

use rustc_hash::FxHashSet;
use std::cmp::Reverse;

/// How much an entry is worth keeping; ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Worth {
    /// It lies in a newer pack too.
    Superseded,
    /// Nobody is known to need it; when it was last used, nanoseconds since 1970.
    Used(i64),
    /// A workspace needs it; when that was last built.
    Pinned(i64),
}

impl Worth {
    fn is_pinned(self) -> bool {
        matches!(self, Worth::Pinned(_))
    }
}

/// Entries of one pack that are worth the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Position of the pack; the newest has 0.
    pub(crate) pack: usize,
    pub(crate) worth: Worth,
    /// What they take with their part of the index.
    pub(crate) bytes: u64,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Goal {
    /// All packs together are to take no more than this.
    pub(crate) bytes: u64,
    /// Entries that are pinned go only if they alone take more than this.
    pub(crate) capacity: u64,
    /// At most so many bytes are copied.
    pub(crate) copies: u64,
}

/// What to do with a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing in it is kept.
    Remove(usize),
    /// What is kept is written to a new one.
    Rewrite(usize),
}

/// How room is made.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    /// In this order.
    pub(crate) steps: Vec<Step>,
    /// What is not kept.
    pub(crate) dropped: FxHashSet<(usize, Worth)>,
    /// What all packs take afterwards, about.
    pub(crate) left: u64,
    /// Pinned bytes, if they alone are more than there is room for.
    pub(crate) overflow: Option<u64>,
}

impl Decision {
    /// Whether entries of this worth in this pack are kept.
    pub(crate) fn keeps(&self, pack: usize, worth: Worth) -> bool {
        !self.dropped.contains(&(pack, worth))
    }
}

/// Decides. `packs`: their sizes, the newest first. A pack without a group is of no use.
pub(crate) fn decide(packs: &[u64], groups: &[Group], goal: &Goal) -> Decision {
    let pinned: u64 = groups
        .iter()
        .filter(|group| group.worth.is_pinned())
        .map(|group| group.bytes)
        .sum();
    let mut decision = Decision {
        left: packs.iter().sum(),
        overflow: (pinned > goal.capacity).then_some(pinned),
        ..Decision::default()
    };
    if decision.left <= goal.bytes {
        return decision;
    }
    let mut kept = vec![0; packs.len()];
    for group in groups {
        kept[group.pack] += group.bytes;
    }
    drop_least_used(groups, goal, &mut kept, &mut decision);
    // Those of which least is kept give most room for the least work.
    let share = |pack: usize| {
        (
            kept[pack].saturating_mul(1_000) / packs[pack].max(1),
            Reverse(pack),
        )
    };
    let mut order: Vec<usize> = (0..packs.len())
        .filter(|pack| kept[*pack] == 0 || decision.dropped.iter().any(|(of, _)| of == pack))
        .collect();
    order.sort_by_key(|pack| share(*pack));
    let mut copies = goal.copies;
    for pack in order {
        if decision.left <= goal.bytes {
            break;
        }
        match kept[pack] {
            0 => {
                decision.steps.push(Step::Remove(pack));
                decision.left -= packs[pack];
            }
            bytes if bytes <= copies => {
                copies -= bytes;
                decision.steps.push(Step::Rewrite(pack));
                decision.left -= packs[pack].saturating_sub(bytes);
            }
            _ => {}
        }
    }
    decision
}

/// Drops groups, what was used least recently first, until what is kept takes a tenth less than is asked for: then packs in
/// which little is dropped need not be written again.
fn drop_least_used(groups: &[Group], goal: &Goal, kept: &mut [u64], decision: &mut Decision) {
    let mut order: Vec<&Group> = groups.iter().collect();
    order.sort_by_key(|group| (group.worth, Reverse(group.pack)));
    let mut live: u64 = kept.iter().sum();
    for group in order {
        let target = match group.worth {
            Worth::Superseded => 0,
            Worth::Used(_) => goal.bytes - goal.bytes / 10,
            Worth::Pinned(_) => goal.capacity,
        };
        if live <= target {
            break;
        }
        live -= group.bytes;
        kept[group.pack] -= group.bytes;
        decision.dropped.insert((group.pack, group.worth));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: Goal = Goal {
        bytes: 100,
        capacity: 200,
        copies: u64::MAX,
    };

    fn group(pack: usize, worth: Worth, bytes: u64) -> Group {
        Group { pack, worth, bytes }
    }

    #[test]
    fn nothing_is_done_while_there_is_room() {
        let decision = decide(
            &[60, 40],
            &[group(0, Worth::Used(1), 60), group(1, Worth::Used(2), 40)],
            &ALL,
        );
        assert!(decision.steps.is_empty() && decision.dropped.is_empty());
    }

    #[test]
    fn what_was_used_least_recently_goes_first_whatever_its_pack() {
        // The old pack is still used, the new one is not.
        let groups = [group(0, Worth::Used(1), 90), group(1, Worth::Used(5), 90)];
        assert_eq!(decide(&[90, 90], &groups, &ALL).steps, [Step::Remove(0)]);
    }

    #[test]
    fn a_pack_of_which_little_is_kept_is_written_again() {
        let groups = [
            group(0, Worth::Used(1), 80),
            group(0, Worth::Used(9), 10),
            group(1, Worth::Used(8), 80),
        ];
        let decision = decide(&[90, 80], &groups, &ALL);
        assert_eq!(decision.steps, [Step::Rewrite(0)]);
        assert!(decision.keeps(0, Worth::Used(9)) && !decision.keeps(0, Worth::Used(1)));
    }

    #[test]
    fn pinned_entries_stay_until_they_alone_are_too_much() {
        let groups = [group(0, Worth::Pinned(1), 150), group(1, Worth::Used(9), 30)];
        let decision = decide(&[150, 30], &groups, &ALL);
        assert_eq!((decision.steps, decision.overflow), (vec![Step::Remove(1)], None));
        let groups = [group(0, Worth::Pinned(2), 150), group(1, Worth::Pinned(1), 90)];
        let decision = decide(&[150, 90], &groups, &ALL);
        assert_eq!(
            (decision.steps, decision.overflow),
            (vec![Step::Remove(1)], Some(240))
        );
    }

    #[test]
    fn a_run_copies_no_more_than_it_may() {
        let groups = [
            group(0, Worth::Used(1), 60),
            group(0, Worth::Used(9), 40),
            group(1, Worth::Used(2), 60),
        ];
        let goal = Goal { copies: 39, ..ALL };
        assert_eq!(decide(&[100, 60], &groups, &goal).steps, [Step::Remove(1)]);
    }

    proptest! {
        #[test]
        fn a_plan_drops_only_what_is_worth_least(
            groups in proptest::collection::vec((0usize..6, 0u8..3, 0i64..20, 1u64..50), 0..40),
            bytes in 0u64..400,
            capacity in 0u64..400,
        ) {
            let groups: Vec<Group> = groups.into_iter().map(|(pack, kind, time, bytes)| group(pack, match kind {
                0 => Worth::Superseded,
                1 => Worth::Used(time),
                _ => Worth::Pinned(time),
            }, bytes)).collect();
            let mut packs = [0u64; 6];
            groups.iter().for_each(|group| packs[group.pack] += group.bytes);
            let goal = Goal { bytes, capacity: capacity.max(bytes), copies: u64::MAX };
            let decision = decide(&packs, &groups, &goal);
            let pinned: u64 = groups.iter().filter(|group| group.worth.is_pinned()).map(|group| group.bytes).sum();
            prop_assert_eq!(decision.overflow.is_some(), pinned > goal.capacity);
            prop_assert!(decision.left <= bytes.max(pinned.min(goal.capacity)));
            let is_dropped = |group: &&Group| !decision.keeps(group.pack, group.worth);
            let best_dropped = groups.iter().filter(is_dropped).map(|group| group.worth).max();
            let worst_kept = groups.iter().filter(|group| !is_dropped(group)).map(|group| group.worth).min();
            if let (Some(dropped), Some(kept)) = (best_dropped, worst_kept) {
                prop_assert!(dropped <= kept);
            }
            if pinned <= goal.capacity {
                prop_assert!(groups.iter().filter(|group| group.worth.is_pinned()).all(|group| !is_dropped(&group)));
            }
            for step in decision.steps.iter() {
                let of = |pack: usize| groups.iter().filter(move |group| group.pack == pack);
                match *step {
                    Step::Remove(pack) => prop_assert!(of(pack).all(|group| is_dropped(&group))),
                    Step::Rewrite(pack) => prop_assert!(of(pack).any(|group| is_dropped(&group))),
                }
            }
        }
    }
}
