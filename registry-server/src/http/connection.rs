//! Connections: how many, how long their headers may take, and how they end.

use super::watched::Watched;
use crate::config::Limits;
use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

/// How long a client may take for a request's headers.
const HEADERS: Duration = Duration::from_secs(15);

/// How long to wait after an `accept` that failed, for instance because there are no file descriptors left.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// A server that accepts connections.
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Listening {
    /// Accepts no more connections, lets requests under way finish for as long as the limits say, and returns.
    pub async fn stop(self) {
        // The receiver is only gone when the task is.
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

/// Serves a router.
///
/// # Errors
/// If the address cannot be listened at.
pub async fn listen(address: SocketAddr, router: Router, limits: Limits) -> std::io::Result<Listening> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(accept(listener, router, limits, stopped));
    Ok(Listening { address, stop, task })
}

async fn accept(listener: TcpListener, router: Router, limits: Limits, mut stopped: oneshot::Receiver<()>) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS);
    builder.http2().timer(TokioTimer::new());
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(limits.connections));
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            break;
        };
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(error = %error, "accept failed");
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
            },
            _ = &mut stopped => break,
        };
        // Answers are small or flushed in one piece; waiting for more would only add delay.
        let _ = stream.set_nodelay(true);
        let (stream, watch) = Watched::new(stream);
        let service = TowerToHyperService::new(router.clone());
        let connection = builder
            .serve_connection_with_upgrades(TokioIo::new(stream), service)
            .into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => {
                    if let Err(error) = ended {
                        tracing::debug!(error = %error, "connection ended");
                    }
                }
                () = watch.silence(limits.silence) => tracing::debug!("nothing moved on a connection"),
            }
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests were still under way when the time to drain was over");
    }
}
