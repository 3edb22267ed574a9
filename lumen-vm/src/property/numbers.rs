//! Ints and Floats from choices, those near 0 first, with a liking for the places where programs go wrong.

use super::choices::Choices;
use super::random::Random;

/// Ints that are tried more often than others.
const SPECIAL_INTS: [i64; 22] = [
    0,
    1,
    -1,
    2,
    -2,
    9,
    10,
    100,
    127,
    128,
    255,
    256,
    1000,
    65_535,
    65_536,
    i32::MAX as i64,
    i32::MIN as i64,
    1 << 31,
    u32::MAX as i64,
    1 << 53,
    (1 << 53) + 1,
    -(1 << 53),
];

/// Floats that are tried more often than others, the simplest first.
const SPECIAL_FLOATS: [f64; 14] = [
    0.5,
    -0.0,
    0.1,
    -0.5,
    f64::EPSILON,
    1.0 + f64::EPSILON,
    f64::MIN_POSITIVE,
    5e-324,
    9_007_199_254_740_993.0,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// An Int of a range, which is not empty.
pub(super) fn int(choices: &mut Choices<'_>, (low, high): (i64, i64)) -> i64 {
    let most = high.abs_diff(low);
    let order = Order::new(low, high);
    let choice = choices.draw(most, |random, size| {
        let wanted = pick_int(random, size, low, high);
        order.position(wanted.clamp(low, high))
    });
    order.at(choice)
}

fn pick_int(random: &mut Random, size: u64, low: i64, high: i64) -> i64 {
    let anchor = 0.clamp(low, high);
    match random.below(8) {
        0 => [low, high, low.saturating_add(1), high.saturating_sub(1)][random.below(4) as usize],
        1 => SPECIAL_INTS[random.below(SPECIAL_INTS.len() as u64) as usize],
        // Any number of bits.
        2 => (random.any() as i64) >> random.below(64),
        3 => match high.abs_diff(low).checked_add(1) {
            Some(count) => low.wrapping_add_unsigned(random.below(count)),
            None => random.any() as i64,
        },
        _ => {
            let distance = random.below(4 + size) as i64;
            match random.once_in(3) {
                true => anchor.saturating_sub(distance),
                false => anchor.saturating_add(distance),
            }
        }
    }
}

/// The Ints of a range in order of simplicity: from the one nearest to 0 outwards, `a, a + 1, a - 1, a + 2 ...`.
struct Order {
    anchor: i64,
    /// How many follow on both sides.
    both: u64,
    /// Whether the longer side is above.
    up: bool,
}

impl Order {
    fn new(low: i64, high: i64) -> Order {
        let anchor = 0.clamp(low, high);
        let (up, down) = (high.abs_diff(anchor), anchor.abs_diff(low));
        Order {
            anchor,
            both: up.min(down),
            up: up >= down,
        }
    }

    fn at(&self, position: u64) -> i64 {
        let half = position.div_ceil(2);
        if half <= self.both {
            return match position % 2 {
                1 => self.anchor.wrapping_add_unsigned(half),
                _ => self.anchor.wrapping_sub_unsigned(half),
            };
        }
        let distance = position - self.both;
        match self.up {
            true => self.anchor.wrapping_add_unsigned(distance),
            false => self.anchor.wrapping_sub_unsigned(distance),
        }
    }

    fn position(&self, value: i64) -> u64 {
        let distance = value.abs_diff(self.anchor);
        match distance {
            0 => 0,
            _ if distance > self.both => distance + self.both,
            _ if value > self.anchor => 2 * (distance - 1) + 1,
            _ => 2 * (distance - 1) + 2,
        }
    }
}

/// Any Float.
pub(super) fn float(choices: &mut Choices<'_>) -> f64 {
    const WHOLE: i64 = 1 << 53;
    let kind = choices.draw(3, |random, _| match random.below(8) {
        0..3 => 0,
        3 => 1,
        // So often that a hundred cases mostly have each.
        4..7 => 2,
        _ => 3,
    });
    match kind {
        0 => int(choices, (-WHOLE, WHOLE)) as f64,
        1 => decimal(choices, (f64::MIN, f64::MAX)),
        2 => SPECIAL_FLOATS[choices.below(SPECIAL_FLOATS.len())],
        _ => {
            let bits = choices.draw(u64::MAX, |random, _| random.any());
            let float = f64::from_bits(bits);
            // The language has one NaN.
            if float.is_nan() { f64::NAN } else { float }
        }
    }
}

/// A Float of a range of finite ones.
pub(super) fn float_within(choices: &mut Choices<'_>, (low, high): (f64, f64)) -> f64 {
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    let whole = (low.ceil().max(-WHOLE), high.floor().min(WHOLE));
    let kind = choices.draw(3, |random, _| random.below(4));
    let float = match kind {
        0 if whole.0 <= whole.1 => int(choices, (whole.0 as i64, whole.1 as i64)) as f64,
        0 | 1 => decimal(choices, (low, high)),
        2 => [low, high, low.next_up(), high.next_down()][choices.below(4)],
        _ => {
            let share = choices.draw((1 << 53) - 1, |random, _| random.any() >> 11) as f64 / WHOLE;
            low * (1.0 - share) + high * share
        }
    };
    float.clamp(low, high)
}

/// A Float with few digits after the point.
fn decimal(choices: &mut Choices<'_>, (low, high): (f64, f64)) -> f64 {
    const DIGITS: usize = 4;
    const MOST: f64 = 1e15;
    let scale = 10f64.powi(1 + choices.below(DIGITS) as i32);
    let (low, high) = ((low * scale).ceil().max(-MOST), (high * scale).floor().min(MOST));
    if low > high {
        return low / scale;
    }
    int(choices, (low as i64, high as i64)) as f64 / scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edge() -> impl Strategy<Value = i64> {
        prop_oneof![any::<i64>(), -3i64..4, Just(i64::MIN), Just(i64::MAX)]
    }

    proptest! {
        #[test]
        fn the_order_of_ints_has_each_once((a, b, value) in (edge(), edge(), edge())) {
            let (low, high) = (a.min(b), a.max(b));
            let order = Order::new(low, high);
            let value = value.clamp(low, high);
            let position = order.position(value);
            prop_assert!(position <= high.abs_diff(low));
            prop_assert_eq!(order.at(position), value);
        }

        #[test]
        fn small_ranges_are_walked_from_the_middle(low in -6i64..7, length in 0i64..7) {
            let order = Order::new(low, low + length);
            let walked: Vec<i64> = (0..=length as u64).map(|position| order.at(position)).collect();
            let mut expected: Vec<i64> = (low..=low + length).collect();
            let anchor = 0.clamp(low, low + length);
            expected.sort_by_key(|value| (value.abs_diff(anchor), *value < anchor));
            prop_assert_eq!(walked, expected);
        }

        #[test]
        fn floats_stay_within_their_range(
            list in proptest::collection::vec(any::<u64>(), 0..4),
            a in proptest::num::f64::NORMAL,
            b in proptest::num::f64::NORMAL,
        ) {
            let (low, high) = (a.min(b), a.max(b));
            let float = float_within(&mut Choices::given(&list), (low, high));
            prop_assert!(low <= float && float <= high, "{} in {}..={}", float, low, high);
        }
    }
}
