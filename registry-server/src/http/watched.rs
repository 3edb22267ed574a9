//! A connection that is given up when nothing moves on it. HTTP's own time limits begin with a request and end with its answer; this one also holds before the first
//! byte, and for a client that asks for an archive and does not take it. Each of those would keep one of the few places for connections for ever.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that remembers that something went through it.
pub(super) struct Watched<S> {
    stream: S,
    moved: Arc<AtomicBool>,
}

/// The other end of [`Watched`].
pub(super) struct Watch {
    moved: Arc<AtomicBool>,
}

impl<S> Watched<S> {
    /// Watches a stream.
    pub(super) fn new(stream: S) -> (Self, Watch) {
        let moved = Arc::new(AtomicBool::new(false));
        let watch = Watch {
            moved: Arc::clone(&moved),
        };
        (Self { stream, moved }, watch)
    }

    fn note(&self, count: &Poll<Result<usize>>) {
        if matches!(count, Poll::Ready(Ok(1..))) {
            self.moved.store(true, Ordering::Relaxed);
        }
    }
}

impl Watch {
    /// Returns when nothing has moved for at least `time`, and before twice that.
    pub(super) async fn silence(self, time: Duration) {
        loop {
            tokio::time::sleep(time).await;
            if !self.moved.swap(false, Ordering::Relaxed) {
                return;
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.moved.store(true, Ordering::Relaxed);
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let count = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(&count);
        count
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let count = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.note(&count);
        count
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
