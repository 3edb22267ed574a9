//! `registry-server backup OUT`, also while the registry runs, and `registry-server restore IN`.

use crate::backup::{Description, back_up, restore as restore_backup};
use crate::clock::SystemClock;
use crate::config::Config;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// A folder that is not there yet, or is empty
    out: PathBuf,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The folder of the backup
    backup: PathBuf,
    /// The configuration file; its data folder may hold no registry
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

pub(super) async fn run(backup: Backup) -> anyhow::Result<()> {
    let config = Config::read(&backup.config)?;
    anyhow::ensure!(
        config.database().exists(),
        "there is no registry in {}",
        config.data.display()
    );
    let description = back_up(&config, &backup.out).await?;
    super::print(&format!("backed up: {}\n", summary(&description)))
}

pub(super) async fn run_restore(restore: Restore) -> anyhow::Result<()> {
    let config = Config::read(&restore.config)?;
    let description = restore_backup(&config, &restore.backup, Arc::new(SystemClock)).await?;
    super::print(&format!("restored and verified: {}\n", summary(&description)))
}

fn summary(description: &Description) -> String {
    let Description {
        size,
        packages,
        archives,
        tree_root,
        ..
    } = description;
    format!("{size} leaves, {packages} packages, {archives} archives, log root {tree_root}")
}
