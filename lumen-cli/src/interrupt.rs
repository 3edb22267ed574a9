//! Ctrl-C: a build stops and keeps what it has; anything else ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

/// Who is to be told.
pub(crate) struct Interrupt {
    listening: Once,
    told: Arc<Mutex<Told>>,
}

/// Those who want to know.
#[derive(Default)]
struct Told {
    flag: Option<Arc<AtomicBool>>,
    call: Option<Box<dyn FnOnce() + Send>>,
}

impl Interrupt {
    /// Nobody is to be told yet.
    pub(crate) fn new() -> Interrupt {
        Interrupt {
            listening: Once::new(),
            told: Arc::default(),
        }
    }

    /// From now on, until the next call, Ctrl-C sets `flag`, or without one ends the process.
    pub(crate) fn tell(&self, flag: Option<Arc<AtomicBool>>) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).flag = flag;
    }

    /// The first Ctrl-C calls this, and does not end the process.
    pub(crate) fn call(&self, call: Box<dyn FnOnce() + Send>) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).call = Some(call);
    }

    /// Starts to listen; until then the system's own way of ending a process applies.
    pub(crate) fn listen(&self) {
        self.listening.call_once(|| {
            let told = Arc::clone(&self.told);
            let handler = move || {
                let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                let called = told.call.take().map(|call| call()).is_some();
                match &told.flag {
                    // The second Ctrl-C is impatience.
                    Some(flag) if !flag.swap(true, Ordering::SeqCst) => {}
                    _ if called => {}
                    #[expect(clippy::disallowed_methods, reason = "Ctrl-C ends the process")]
                    _ => std::process::exit(130),
                }
            };
            // Without a handler Ctrl-C ends the process, and the cache keeps what is sealed.
            let _ = ctrlc::set_handler(handler);
        });
    }
}
