//! `registry-server serve`.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::server::Server;
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Listen here and not where the configuration says
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

pub(super) async fn run(serve: Serve) -> anyhow::Result<()> {
    let mut config = Config::read(&serve.config)?;
    config.listen = serve.listen.unwrap_or(config.listen);
    let server = Server::start(&config, Arc::new(SystemClock)).await?;
    stop_signal().await?;
    server.stop().await;
    Ok(())
}

async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
