//! Ctrl-C: a build stops and keeps what it has; anything else ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

/// Who is to be told.
pub(crate) struct Interrupt {
    listening: Once,
    flag: Arc<Mutex<Option<Arc<AtomicBool>>>>,
}

impl Interrupt {
    /// Nobody is to be told yet.
    pub(crate) fn new() -> Interrupt {
        Interrupt {
            listening: Once::new(),
            flag: Arc::default(),
        }
    }

    /// From now on, until the next call, Ctrl-C sets `flag`, or without one ends the process.
    pub(crate) fn tell(&self, flag: Option<Arc<AtomicBool>>) {
        *self.flag.lock().unwrap_or_else(PoisonError::into_inner) = flag;
    }

    /// Starts to listen; until then the system's own way of ending a process applies.
    pub(crate) fn listen(&self) {
        self.listening.call_once(|| {
            let flag = Arc::clone(&self.flag);
            let handler = move || match &*flag.lock().unwrap_or_else(PoisonError::into_inner) {
                // The second Ctrl-C is impatience.
                Some(flag) if !flag.swap(true, Ordering::SeqCst) => {}
                #[expect(clippy::disallowed_methods, reason = "Ctrl-C ends the process")]
                _ => std::process::exit(130),
            };
            // Without a handler Ctrl-C ends the process, and the cache keeps what is sealed.
            let _ = ctrlc::set_handler(handler);
        });
    }
}
