//! `registry-server holds`: names that a person looks at, also while the registry runs.

use super::user::open;
use crate::database::HoldState;
use clap::{Args, Subcommand};
use lumen_pkg::PackageName;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum Holds {
    /// List the names that were ever held, a line each: state, package, user, since when (seconds since 1970), why
    List {
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Let a user publish the name; he has to publish again
    Release(Decision),
    /// Refuse the name to the user
    Refuse(Decision),
}

#[derive(Debug, Args)]
pub(super) struct Decision {
    /// The package: `@scope/name`
    package: String,
    /// Who wants to publish it
    user: String,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

pub(super) async fn run(holds: Holds) -> anyhow::Result<()> {
    match holds {
        Holds::List { config } => list(&config).await,
        Holds::Release(decision) => decide(decision, HoldState::Released).await,
        Holds::Refuse(decision) => decide(decision, HoldState::Refused).await,
    }
}

async fn list(config: &Path) -> anyhow::Result<()> {
    let database = open(config).await?;
    let holds = database.holds().await?;
    database.close().await;
    let mut text = String::new();
    for hold in holds {
        let state = hold.state.name();
        text += &format!(
            "{state} {} {} {} {}\n",
            hold.package, hold.user, hold.created, hold.reason
        );
    }
    super::print(&text)
}

async fn decide(decision: Decision, state: HoldState) -> anyhow::Result<()> {
    let Decision {
        package,
        user,
        config,
    } = decision;
    let package = PackageName::parse(&package)
        .map_err(|error| anyhow::anyhow!("`{package}` is not a package name: {error}"))?;
    let database = open(&config).await?;
    let found = database.decide_hold(&package, &user, state).await?;
    database.close().await;
    anyhow::ensure!(
        found,
        "{package} of `{user}` was never held; `registry-server holds list` shows what was"
    );
    let then = match state {
        HoldState::Released => "may publish it now",
        HoldState::Held | HoldState::Refused => "may not publish it",
    };
    super::print(&format!("{} {package}: {user} {then}\n", state.name()))
}
