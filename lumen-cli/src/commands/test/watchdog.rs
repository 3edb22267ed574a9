//! Ends tests that take too long: one thread waits for the earliest deadline and sets the flag of that test's machine.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The deadlines of the tests that are running.
pub(super) struct Watchdog {
    limit: Option<Duration>,
    watched: Mutex<Watched>,
    changed: Condvar,
}

#[derive(Default)]
struct Watched {
    runs: Vec<(Instant, Arc<AtomicBool>)>,
    over: bool,
}

/// A test that is being watched, until this is dropped.
pub(super) struct Watch<'w> {
    watchdog: &'w Watchdog,
    flag: Arc<AtomicBool>,
}

/// Ends the watch, when this is dropped.
pub(super) struct Posted<'w> {
    watchdog: &'w Watchdog,
}

impl Watchdog {
    /// No time means no limit.
    pub(super) fn new(limit: Duration) -> Watchdog {
        Watchdog {
            limit: (!limit.is_zero()).then_some(limit),
            watched: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches a test that starts now.
    pub(super) fn watch(&self) -> Watch<'_> {
        let flag = Arc::new(AtomicBool::new(false));
        if let Some(limit) = self.limit {
            self.watched().runs.push((now() + limit, Arc::clone(&flag)));
            self.changed.notify_one();
        }
        Watch { watchdog: self, flag }
    }

    /// Lets the thread that stands watch go when this is dropped, by a panic too.
    pub(super) fn posted(&self) -> Posted<'_> {
        Posted { watchdog: self }
    }

    /// Waits for deadlines until [`Watchdog::posted`] is dropped. For a thread of its own.
    pub(super) fn stand(&self) {
        let mut watched = self.watched();
        while !watched.over {
            let time = now();
            for (_, flag) in watched.runs.iter().filter(|(deadline, _)| *deadline <= time) {
                flag.store(true, Ordering::Relaxed);
            }
            watched.runs.retain(|(deadline, _)| *deadline > time);
            let next = watched.runs.iter().map(|(deadline, _)| *deadline).min();
            watched = match next {
                None => self.changed.wait(watched).unwrap_or_else(PoisonError::into_inner),
                Some(next) => {
                    let wait = self.changed.wait_timeout(watched, next - time);
                    wait.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

impl Drop for Posted<'_> {
    fn drop(&mut self) {
        self.watchdog.watched().over = true;
        self.watchdog.changed.notify_all();
    }
}

impl Watch<'_> {
    /// The time that the test has; zero if there is no limit.
    pub(super) fn limit(&self) -> Duration {
        self.watchdog.limit.unwrap_or_default()
    }

    /// Set when the time is over.
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// Whether the time is over.
    pub(super) fn is_over(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut watched = self.watchdog.watched();
        watched.runs.retain(|(_, flag)| !Arc::ptr_eq(flag, &self.flag));
    }
}

#[expect(clippy::disallowed_methods, reason = "deadlines are times")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::Watchdog;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    /// If it went on to stand, this would not end.
    #[test]
    fn it_is_over_when_whoever_runs_tests_panics() {
        let watchdog = Watchdog::new(Duration::from_secs(3600));
        let ended = catch_unwind(AssertUnwindSafe(|| {
            std::thread::scope(|scope| {
                let _posted = watchdog.posted();
                scope.spawn(|| watchdog.stand());
                let _running = watchdog.watch();
                std::panic::resume_unwind(Box::new("a defect"));
            });
        }));
        assert!(ended.is_err());
    }
}
