//! Makes the choices of a failing case fewer and lower while it fails as before.
//!
//! Every step leads to a list that is shorter, or as long and lower at the first difference, so that it comes to an end; the
//! caller bounds the number of trials besides.

/// Asks whether a list of choices fails as before; what comes back are the choices that were really made.
pub(super) trait Trial {
    /// The choices made, if the case fails as before; nothing too when no trials are left.
    fn fails(&mut self, choices: &[u64]) -> Option<Vec<u64>>;

    /// Whether trials are left.
    fn goes_on(&self) -> bool;
}

/// The simplest list found, and how many steps led to it.
pub(super) fn shrink(trial: &mut dyn Trial, choices: Vec<u64>) -> (Vec<u64>, u32) {
    let mut shrinker = Shrinker {
        trial,
        best: choices,
        steps: 0,
    };
    loop {
        let before = shrinker.steps;
        shrinker.shorten();
        shrinker.lower_each();
        shrinker.lower_and_cut();
        shrinker.lower_together();
        shrinker.gather();
        if shrinker.steps == before {
            shrinker.stride();
        }
        if shrinker.steps == before || !shrinker.trial.goes_on() {
            return (shrinker.best, shrinker.steps);
        }
    }
}

struct Shrinker<'t> {
    trial: &'t mut dyn Trial,
    best: Vec<u64>,
    steps: u32,
}

/// Whether a list is simpler than another.
fn is_simpler(list: &[u64], other: &[u64]) -> bool {
    (list.len(), list) < (other.len(), other)
}

impl Shrinker<'_> {
    /// Takes a list over if it fails and is simpler.
    fn accept(&mut self, mut list: Vec<u64>) -> bool {
        while list.last() == Some(&0) {
            list.pop();
        }
        if !is_simpler(&list, &self.best) {
            return false;
        }
        let Some(made) = self.trial.fails(&list) else {
            return false;
        };
        // What was really made is mostly the list, or simpler still.
        self.best = if is_simpler(&made, &list) { made } else { list };
        self.steps += 1;
        true
    }

    /// Leaves out stretches of choices, long ones first. Short ones are as long as what elements are made from.
    fn shorten(&mut self) {
        const SHORT: usize = 8;
        let mut length = self.best.len().next_power_of_two().max(SHORT);
        while length > 0 && self.trial.goes_on() {
            let mut end = self.best.len();
            while end > 0 && self.trial.goes_on() {
                let start = end.saturating_sub(length);
                let mut list = self.best[..start].to_vec();
                list.extend_from_slice(&self.best[end..]);
                if self.accept(list) {
                    end = start.min(self.best.len());
                } else {
                    // Long stretches are moved in large steps, so that the number of trials stays low.
                    end -= (length / 4).max(1).min(end);
                }
            }
            length = if length > SHORT { length / 2 } else { length - 1 };
        }
    }

    /// Lowers choices one by one.
    fn lower_each(&mut self) {
        let mut position = 0;
        while position < self.best.len() && self.trial.goes_on() {
            self.lower(&[position]);
            position += 1;
        }
    }

    /// Lowers small choices, which mostly say which kind of value comes, and leaves out some of those behind, which a simpler
    /// kind may not need.
    fn lower_and_cut(&mut self) {
        const KINDS: u64 = 6;
        const CUT: usize = 2;
        let mut position = 0;
        while position < self.best.len() && self.trial.goes_on() {
            let kinds = 0..Some(self.best[position])
                .filter(|kind| *kind <= KINDS)
                .unwrap_or(0);
            let mut ways = kinds.flat_map(|kind| (1..=CUT).map(move |cut| (kind, cut)));
            ways.any(|(kind, cut)| {
                let behind = self.best.iter().skip(position + 1 + cut);
                let kept = self.best.iter().take(position);
                let list = kept.chain([&kind]).chain(behind).copied().collect();
                self.accept(list)
            });
            position += 1;
        }
    }

    /// Lowers equal choices together, since it may be their being equal that fails.
    fn lower_together(&mut self) {
        let mut position = 0;
        while position < self.best.len() && self.trial.goes_on() {
            let choice = self.best[position];
            let equal: Vec<usize> = (position..self.best.len())
                .filter(|&other| self.best[other] == choice)
                .collect();
            if choice > 1 && equal.len() > 1 {
                self.lower(&equal);
            }
            position += 1;
        }
    }

    /// Lowers the choices at these positions, which are equal, as far as it goes.
    fn lower(&mut self, positions: &[usize]) {
        let Some(choice) = positions.first().and_then(|&first| self.best.get(first)).copied() else {
            return;
        };
        if choice == 0 || self.set(positions, 0) {
            return;
        }
        // Of numbers, an odd choice is above the middle and the even one after it as far below.
        if choice.is_multiple_of(2) && self.set(positions, choice - 1) {
            return self.halve(positions);
        }
        self.halve(positions);
    }

    /// Looks for the lowest choice by halves, among those as odd as this one, then below it one by one.
    fn halve(&mut self, positions: &[usize]) {
        const LAST_STEPS: u64 = 4;
        let Some(&choice) = positions.first().and_then(|&first| self.best.get(first)) else {
            return;
        };
        let odd = choice & 1;
        let (mut passes, mut fails) = (0, choice >> 1);
        while passes < fails && self.trial.goes_on() {
            let middle = passes + (fails - passes) / 2;
            if self.set(positions, middle << 1 | odd) {
                fails = middle;
            } else {
                passes = middle + 1;
            }
        }
        for less in 1..=LAST_STEPS {
            let now = positions.first().and_then(|&first| self.best.get(first)).copied();
            if let Some(lower) = now.and_then(|now| now.checked_sub(less)) {
                self.set(positions, lower);
            }
        }
    }

    fn set(&mut self, positions: &[usize], choice: u64) -> bool {
        let mut list = self.best.clone();
        for &position in positions {
            match list.get_mut(position) {
                Some(place) => *place = choice,
                None => return false,
            }
        }
        self.accept(list)
    }

    /// Lowers choices by longer steps than [`Shrinker::halve`] tries, for constraints that hold here and there only: multiples
    /// of 5. Takes many trials, so it comes last.
    fn stride(&mut self) {
        let mut position = 0;
        while position < self.best.len() && self.trial.goes_on() {
            let stride = (5..=40).find(|stride| self.lower_by(position, *stride));
            if let Some(stride) = stride {
                let mut step = stride;
                while step >= stride && self.trial.goes_on() {
                    match self.lower_by(position, step) {
                        true => step = step.saturating_mul(2),
                        false => step /= 2,
                    }
                }
            }
            position += 1;
        }
    }

    fn lower_by(&mut self, position: usize, step: u64) -> bool {
        let lower = self
            .best
            .get(position)
            .and_then(|choice| choice.checked_sub(step));
        lower.is_some_and(|lower| self.set(&[position], lower))
    }

    /// Moves what one choice is worth to one of those behind it, all of it or as much as goes: `[60, 50]` to `[0, 110]`, which
    /// then gets shorter.
    fn gather(&mut self) {
        const NEAR: usize = 6;
        for position in 0..self.best.len() {
            for other in position + 1..=position + NEAR {
                if !self.trial.goes_on() {
                    return;
                }
                let (Some(&choice), Some(&taker)) = (self.best.get(position), self.best.get(other)) else {
                    break;
                };
                if choice < 2 || taker == 0 {
                    continue;
                }
                // Of numbers above the middle, `n` is choice `2n - 1`.
                let sum = choice.saturating_add(taker);
                let all = [sum, sum.saturating_add(1)];
                if !all.into_iter().any(|sum| self.set_both(position, 0, other, sum)) {
                    self.move_some(position, other);
                }
            }
        }
    }

    /// Moves as much as goes from one choice to another, by halves.
    fn move_some(&mut self, position: usize, other: usize) {
        let (choice, taker) = (self.best[position], self.best[other]);
        let moved = |half: u64| Some((choice.checked_sub(2 * half)?, taker.checked_add(2 * half)?));
        let (mut goes, mut fails) = (0, choice / 2 + 1);
        let mut half = 1;
        while goes + 1 < fails && self.trial.goes_on() {
            let is_failing = moved(half).is_some_and(|(rest, sum)| self.set_both(position, rest, other, sum));
            match is_failing {
                true => goes = half,
                // Mostly not even a little can be moved.
                false if goes == 0 => return,
                false => fails = half,
            }
            half = goes + (fails - goes) / 2;
        }
    }

    fn set_both(&mut self, position: usize, choice: u64, other: usize, taker: u64) -> bool {
        let mut list = self.best.clone();
        let (Some(_), Some(_)) = (list.get(position), list.get(other)) else {
            return false;
        };
        list[position] = choice;
        list[other] = taker;
        self.accept(list)
    }
}
