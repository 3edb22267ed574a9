//! `registry-server serve`.

use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::development::{LIFETIME, keep_address, prepare, user_with_token};
use crate::server::Server;
use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The user of a registry for development.
const DEVELOPER: &str = "dev";

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration file
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "dev",
        conflicts_with = "dev"
    )]
    config: Option<PathBuf>,
    /// A registry for development on the loopback, with generated keys, a user and a token
    #[arg(long)]
    dev: bool,
    /// The folder of the registry for development
    #[arg(
        long,
        value_name = "DIR",
        default_value = "lumen-registry-dev",
        requires = "dev"
    )]
    data: PathBuf,
    /// Listen here and not where the configuration says
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

pub(super) async fn run(serve: Serve) -> anyhow::Result<()> {
    let mut config = match &serve.config {
        Some(file) => Config::read(file)?,
        None => prepare(&serve.data, &SystemClock).await?,
    };
    config.listen = serve.listen.unwrap_or(config.listen);
    if serve.dev && !config.listen.ip().is_loopback() {
        anyhow::bail!(
            "a registry for development listens on the loopback only, not at {}",
            config.listen
        );
    }
    // Before the first request can come in, so that a signal at any time ends it in order.
    let terminate = signal(SignalKind::terminate())?;
    let server = Server::start(&config, Arc::new(SystemClock)).await?;
    if serve.dev {
        if serve.listen.is_none() {
            keep_address(&serve.data, server.address())?;
        }
        introduce(&server, &config).await?;
    }
    stop_signal(terminate).await?;
    server.stop().await;
    Ok(())
}

/// Prints what a user needs, once.
async fn introduce(server: &Server, config: &Config) -> anyhow::Result<()> {
    let database = &server.registry().database;
    let token = user_with_token(database, DEVELOPER, SystemClock.now(), LIFETIME).await?;
    let root = absolute(&config.files().join("tuf/1.root.json"));
    let root = root.display();
    let url = format!("http://{}", server.address());
    let origin = &config.origin;
    super::print(&format!(
        "url = {url}\norigin = {origin}\nroot = {root}\nuser = {DEVELOPER}\ntoken = {token}\n\
         LUMEN_REGISTRY_TOKEN={token} lumen login {url} --root {root}\n"
    ))
}

fn absolute(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

async fn stop_signal(mut terminate: Signal) -> anyhow::Result<()> {
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
