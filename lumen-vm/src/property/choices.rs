//! The choices that a value is made from: a list of numbers, drawn at random or given.
//!
//! A value is a function of its choices: whoever makes it draws one number after the other, each with a bound of its own, and 0
//! is always the simplest. So values shrink by shortening and lowering the list (D. MacIver and A. Donaldson, "Test-Case
//! Reduction via Test-Case Generation: Insights from the Hypothesis Reducer", ECOOP 2020), whatever their type is. A list
//! that is too short goes on with zeros, and a number beyond its bound counts from 0 again, so that any list makes some value.

use super::random::Random;

/// From how many choices on all further ones of a random case are 0.
pub(super) const MOST_CHOICES: usize = 4096;

/// Where choices come from, and those that were made.
pub(super) struct Choices<'given> {
    source: Source<'given>,
    /// What is made once more, before the source is asked.
    repeated: std::vec::IntoIter<u64>,
    made: Vec<u64>,
}

enum Source<'given> {
    Random { random: Random, size: u64 },
    Given(std::slice::Iter<'given, u64>),
}

impl<'given> Choices<'given> {
    /// Choices at random; `size` (0..=100) says how large values become.
    pub(super) fn random(random: Random, size: u64) -> Choices<'given> {
        Choices {
            source: Source::Random { random, size },
            repeated: Vec::new().into_iter(),
            made: Vec::new(),
        }
    }

    /// Choices from a list.
    pub(super) fn given(list: &'given [u64]) -> Choices<'given> {
        Choices {
            source: Source::Given(list.iter()),
            repeated: Vec::new().into_iter(),
            made: Vec::new(),
        }
    }

    /// Whether there are others to try where these ones lead nowhere.
    pub(super) fn is_random(&self) -> bool {
        matches!(self.source, Source::Random { .. })
    }

    /// A number up to `most`; without a choice if there is but one. At random, it is what `pick` makes of the random numbers
    /// and the size, up to `most` too.
    pub(super) fn draw(&mut self, most: u64, pick: impl FnOnce(&mut Random, u64) -> u64) -> u64 {
        if most == 0 {
            return 0;
        }
        let within = |choice: u64| most.checked_add(1).map_or(choice, |count| choice % count);
        let choice = match (self.repeated.next(), &mut self.source) {
            (_, Source::Random { .. }) if self.made.len() >= MOST_CHOICES => 0,
            (Some(choice), _) => within(choice),
            (None, Source::Random { random, size }) => pick(random, *size).min(most),
            (None, Source::Given(rest)) => within(rest.next().copied().unwrap_or(0)),
        };
        self.made.push(choice);
        choice
    }

    /// Of random choices, now and then: which of `count` lists that were made is to be made once more.
    pub(super) fn repetition(&mut self, count: usize) -> Option<usize> {
        const RARELY: u64 = 16;
        match &mut self.source {
            Source::Random { random, .. } if count > 0 && self.repeated.len() == 0 => random
                .once_in(RARELY)
                .then(|| random.below(count as u64) as usize),
            _ => None,
        }
    }

    /// Makes a list once more, as far as it is asked for until this is called again.
    pub(super) fn repeat(&mut self, list: Vec<u64>) {
        self.repeated = list.into_iter();
    }

    /// Those that were made from a position on.
    pub(super) fn made_from(&self, position: usize) -> &[u64] {
        &self.made[position..]
    }

    /// A number below `count`, each as likely; 0 if there is none.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let most = (count as u64).saturating_sub(1);
        self.draw(most, |random, _| random.below(most + 1)) as usize
    }

    /// A number below `count`, another one than 0 less often than once in `rarely` times.
    pub(super) fn mostly_first(&mut self, count: usize, rarely: u64) -> usize {
        if count < 2 {
            return 0;
        }
        let pick = |random: &mut Random, _| match random.once_in(rarely) {
            true => random.below(count as u64),
            false => 0,
        };
        self.draw(count as u64 - 1, pick) as usize
    }

    /// How likely a collection at this depth goes on, of 256; says nothing that a replay would need.
    pub(super) fn odds(&mut self, depth: u32) -> u64 {
        let Source::Random { random, size } = &mut self.source else {
            return 0;
        };
        let usual = 1 + *size / 10;
        let length = match random.below(16) {
            0 => 8 * usual,
            1..4 => 1,
            _ => usual,
        };
        let length = (length >> depth.min(8)).max(1);
        256 * length / (length + 1)
    }

    /// Whether a collection of this length goes on, within its bounds: a choice only where both are possible.
    pub(super) fn goes_on(&mut self, length: usize, (least, most): (usize, usize), odds: u64) -> bool {
        if length < least {
            return true;
        }
        length < most && self.draw(1, |random, _| u64::from(random.below(256) < odds)) == 1
    }

    /// How many were made.
    pub(super) fn len(&self) -> usize {
        self.made.len()
    }

    /// Takes back those from a position on.
    pub(super) fn take_from(&mut self, position: usize) -> Vec<u64> {
        self.made.split_off(position)
    }

    /// Puts back what was taken.
    pub(super) fn put(&mut self, made: &[u64]) {
        self.made.extend_from_slice(made);
    }

    /// All that were made, without the zeros at the end, which go without saying.
    pub(super) fn into_made(self) -> Vec<u64> {
        let mut made = self.made;
        let used = made
            .iter()
            .rposition(|&choice| choice != 0)
            .map_or(0, |last| last + 1);
        made.truncate(used);
        made
    }
}
