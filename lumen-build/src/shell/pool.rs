//! The threads of a build. Compilation may recurse over the nesting of a document, which the parser bounds, so each
//! thread gets a stack that is large enough for that.

use crate::scheduler::{Job, Next};
use std::sync::{Condvar, Mutex, PoisonError};

/// Stack of a worker thread, in bytes.
const STACK: usize = 64 << 20;

/// Something that hands out jobs and performs them.
pub(crate) trait Work: Sync {
    fn next(&self) -> Next;

    /// `lane` is the number of the thread, from 0.
    fn perform(&self, job: Job, lane: u32);
}

/// Performs jobs on `threads` threads until there are none.
pub(crate) fn drive(work: &impl Work, threads: usize) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .stack_size(STACK)
        .build();
    let turns = Turns::default();
    match pool {
        Ok(pool) => {
            pool.broadcast(|thread| perform_all(work, &turns, thread.index() as u32));
        }
        // A machine that gives no threads still has this one.
        Err(_) => perform_all(work, &turns, 0),
    }
}

/// Counts finished jobs, for those who wait for one.
#[derive(Default)]
struct Turns {
    finished: Mutex<u64>,
    changed: Condvar,
}

fn perform_all(work: &impl Work, turns: &Turns, lane: u32) {
    loop {
        let before = *turns.finished.lock().unwrap_or_else(PoisonError::into_inner);
        match work.next() {
            Next::Done => return,
            Next::Job(job) => {
                work.perform(job, lane);
                *turns.finished.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                turns.changed.notify_all();
            }
            Next::Wait => {
                let finished = turns.finished.lock().unwrap_or_else(PoisonError::into_inner);
                let waited = turns.changed.wait_while(finished, |finished| *finished == before);
                drop(waited.unwrap_or_else(PoisonError::into_inner));
            }
        }
    }
}

/// Calls `perform` for each of `0..count`, on `threads` threads.
pub(crate) fn each(count: usize, threads: usize, perform: impl Fn(usize) + Sync) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.clamp(1, count.max(1)))
        .stack_size(STACK)
        .build();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        loop {
            let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if index >= count {
                return;
            }
            perform(index);
        }
    };
    match pool {
        Ok(pool) => {
            pool.broadcast(|_| work());
        }
        Err(_) => work(),
    }
}
