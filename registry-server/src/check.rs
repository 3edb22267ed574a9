//! Work on archives, which takes memory: only so much of it goes on at a time.

use tokio::sync::OwnedSemaphorePermit;
use tokio::task::{JoinError, spawn_blocking};

/// Does a piece of work on a thread for such. The place is given back when the work has *ended*: a client that goes away does not end it, so somebody who
/// asks and goes away, again and again, would otherwise have it done any number of times at once.
///
/// # Errors
/// If the work panics.
pub(crate) async fn in_place<T: Send + 'static>(
    place: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    spawn_blocking(move || {
        let result = work();
        drop(place);
        result
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::in_place;
    use std::sync::{Arc, mpsc};
    use tokio::sync::{Semaphore, oneshot};

    #[tokio::test]
    async fn who_goes_away_does_not_free_the_place() {
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).acquire_owned().await.expect("a place");
        let (started, begun) = oneshot::channel();
        let (finish, wait) = mpsc::channel::<()>();
        let request = tokio::spawn(in_place(place, move || {
            started.send(()).expect("somebody listens");
            wait.recv().expect("told to end");
        }));
        begun.await.expect("it has begun");
        request.abort();
        assert!(request.await.expect_err("nobody waits any more").is_cancelled());
        assert_eq!(places.available_permits(), 0, "the work still goes on");
        finish.send(()).expect("it still goes on");
        let _place = places.acquire().await.expect("free again");
    }
}
