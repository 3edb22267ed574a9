//! When to look: a moment after the last event, but no later than a bound after the first, so that something that writes all the
//! time cannot keep the build from running.

use std::time::Duration;

/// How long to wait for more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settle {
    /// After the last event.
    pub(crate) quiet: Duration,
    /// After the first one.
    pub(crate) bound: Duration,
}

/// One save is several events within a few milliseconds; a checkout of a thousand files is one burst.
pub(crate) const SETTLE: Settle = Settle {
    quiet: Duration::from_millis(25),
    bound: Duration::from_millis(500),
};

/// No waiting for more.
#[cfg(test)]
pub(crate) const AT_ONCE: Settle = Settle {
    quiet: Duration::ZERO,
    bound: Duration::ZERO,
};

impl Settle {
    /// How long to wait still; nothing if it is time.
    pub(crate) fn left(&self, since_first: Duration, since_last: Duration) -> Option<Duration> {
        let left = self
            .quiet
            .saturating_sub(since_last)
            .min(self.bound.saturating_sub(since_first));
        (!left.is_zero()).then_some(left)
    }
}

/// How often to look if nothing tells of events. `took` is how long the last look took: looking gets a twentieth of one core.
pub(crate) fn poll_interval(took: Duration) -> Duration {
    const SHORTEST: Duration = Duration::from_millis(250);
    SHORTEST.max(took.saturating_mul(19))
}

#[cfg(test)]
mod tests {
    use super::{SETTLE, poll_interval};
    use std::time::Duration;

    const fn milliseconds(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn it_is_time_when_it_is_quiet_or_the_bound_is_reached() {
        for (first, last, left) in [
            (0, 0, Some(25)),
            (10, 0, Some(25)),
            (30, 5, Some(20)),
            (25, 25, None),
            (490, 0, Some(10)),
            (500, 0, None),
            (9000, 0, None),
        ] {
            assert_eq!(
                SETTLE.left(milliseconds(first), milliseconds(last)),
                left.map(milliseconds),
                "{first} ms after the first, {last} ms after the last event"
            );
        }
    }

    #[test]
    fn a_look_that_takes_long_is_rare() {
        assert_eq!(poll_interval(milliseconds(1)), milliseconds(250));
        assert_eq!(poll_interval(milliseconds(100)), milliseconds(1900));
    }
}
