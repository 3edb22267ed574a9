//! How long a test run goes on although something has changed. The first change stops it at once; if runs are stopped again and
//! again, each gets twice the time of the one before, so that whoever saves without pause sees an end too.

use std::time::Duration;

/// Counts runs in a row that were stopped.
#[derive(Debug, Default)]
pub(super) struct Patience {
    stopped: u32,
}

impl Patience {
    /// How long a run is left alone from its start on.
    pub(super) fn time(&self) -> Duration {
        const FIRST: Duration = Duration::from_millis(250);
        const LONGEST: Duration = Duration::from_secs(30);
        match self.stopped.checked_sub(1) {
            None => Duration::ZERO,
            Some(doublings) => FIRST.saturating_mul(1 << doublings.min(16)).min(LONGEST),
        }
    }

    /// A run was stopped.
    pub(super) fn stopped(&mut self) {
        self.stopped = self.stopped.saturating_add(1);
    }

    /// A run came to its end.
    pub(super) fn ended(&mut self) {
        self.stopped = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::Patience;

    #[test]
    fn each_run_that_is_stopped_gives_the_next_one_more_time() {
        let mut patience = Patience::default();
        let mut times = Vec::new();
        for _ in 0..10 {
            times.push(patience.time().as_millis());
            patience.stopped();
        }
        assert_eq!(times, [0, 250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        patience.ended();
        assert!(patience.time().is_zero());
    }
}
