//! Where events, Ctrl-C and the ends of programs arrive, and where a watch waits for them. Bounded, whatever arrives.

use crate::shell::clock;
use crate::watch::hints::Hints;
use crate::watch::settle::Settle;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What has arrived since somebody last waited.
#[derive(Debug, Default)]
pub(crate) struct Arrived {
    /// Where to look.
    pub(crate) hints: Hints,
    /// Why events cannot be relied on any longer.
    pub(crate) refused: Option<String>,
    /// Whether somebody else wants attention.
    pub(crate) woken: bool,
}

/// One waits, many send.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    pending: Mutex<Pending>,
    sent: Condvar,
}

#[derive(Debug, Default)]
struct Pending {
    arrived: Arrived,
    /// When the first and the last hint arrived.
    times: Option<(Instant, Instant)>,
}

impl Inbox {
    /// Something happened at a path.
    pub(crate) fn hint(&self, path: PathBuf) {
        self.send_hints(|hints| hints.add(path));
    }

    /// Something happened somewhere.
    pub(crate) fn rescan(&self) {
        self.send_hints(|hints| *hints = Hints::everywhere());
    }

    fn send_hints(&self, add: impl FnOnce(&mut Hints)) {
        let mut pending = self.pending();
        add(&mut pending.arrived.hints);
        let now = clock::moment();
        let first = pending.times.map_or(now, |(first, _)| first);
        pending.times = Some((first, now));
        drop(pending);
        self.sent.notify_all();
    }

    /// Events cannot be relied on any longer.
    pub(crate) fn refuse(&self, reason: String) {
        self.pending().arrived.refused.get_or_insert(reason);
        self.sent.notify_all();
    }

    /// Ends the waiting, now or the next time.
    pub(crate) fn wake(&self) {
        self.pending().arrived.woken = true;
        self.sent.notify_all();
    }

    /// Waits until somebody wants attention, or hints have settled, but no longer than `longest`.
    pub(crate) fn wait(&self, settle: Settle, longest: Option<Duration>) -> Arrived {
        let end = longest.and_then(|longest| clock::moment().checked_add(longest));
        let mut pending = self.pending();
        loop {
            if pending.arrived.woken || pending.arrived.refused.is_some() {
                return pending.take();
            }
            let now = clock::moment();
            let settling = pending.times.map(|(first, last)| {
                settle.left(
                    now.saturating_duration_since(first),
                    now.saturating_duration_since(last),
                )
            });
            let left = match (settling, end.map(|end| end.saturating_duration_since(now))) {
                (Some(None), _) | (_, Some(Duration::ZERO)) => return pending.take(),
                (Some(Some(left)), Some(end)) => Some(left.min(end)),
                (Some(left), None) | (None, left) => left,
            };
            pending = match left {
                Some(left) => {
                    let waited = self.sent.wait_timeout(pending, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.sent.wait(pending).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    fn take(&mut self) -> Arrived {
        self.times = None;
        std::mem::take(&mut self.arrived)
    }
}

#[cfg(test)]
mod tests {
    use super::Inbox;
    use crate::watch::settle::{AT_ONCE, Settle};
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    #[test]
    fn what_was_sent_before_waiting_is_there() {
        let inbox = Inbox::default();
        inbox.hint(PathBuf::from("/a"));
        inbox.hint(PathBuf::from("/a"));
        inbox.hint(PathBuf::from("/b"));
        let arrived = inbox.wait(AT_ONCE, None);
        assert_eq!(arrived.hints.paths().count(), 2);
        assert!(!arrived.woken);
        inbox.wake();
        let arrived = inbox.wait(AT_ONCE, None);
        assert!(arrived.woken && arrived.hints.is_empty());
        inbox.refuse("first".to_owned());
        inbox.refuse("second".to_owned());
        assert_eq!(inbox.wait(AT_ONCE, None).refused.as_deref(), Some("first"));
    }

    #[test]
    fn waiting_ends_by_itself_if_it_is_bounded() {
        let arrived = Inbox::default().wait(AT_ONCE, Some(Duration::from_millis(1)));
        assert!(arrived.hints.is_empty() && !arrived.woken);
    }

    /// The writer stops only when the waiter has something: without the bound neither would ever end.
    #[test]
    fn a_writer_that_never_pauses_does_not_keep_the_waiter_waiting() {
        let inbox = Inbox::default();
        let done = AtomicBool::new(false);
        let never_quiet = Settle {
            quiet: Duration::from_secs(3600),
            bound: Duration::from_millis(20),
        };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    inbox.hint(PathBuf::from("/busy"));
                }
            });
            let arrived = inbox.wait(never_quiet, None);
            done.store(true, Ordering::Relaxed);
            assert_eq!(arrived.hints.paths().count(), 1);
        });
    }
}
