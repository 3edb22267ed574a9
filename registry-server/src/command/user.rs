//! `registry-server user add NAME`: also while the registry runs.

use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::database::Database;
use crate::development::{LIFETIME, user_with_token};
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add a user, or only make another token for one who is there; prints the token, once
    Add {
        /// The user's name: lower-case letters, digits and `-`
        name: String,
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// After how many days the token ends
        #[arg(long, value_name = "DAYS", default_value_t = LIFETIME / DAY)]
        days: u64,
    },
}

const DAY: u64 = 24 * 60 * 60;

pub(super) async fn run(user: User) -> anyhow::Result<()> {
    let User::Add { name, config, days } = user;
    anyhow::ensure!(
        is_user_name(&name),
        "`{name}` is not a user name: 1 to 39 lower-case ASCII letters, digits and `-`, beginning with a letter"
    );
    let config = Config::read(&config)?;
    let database = Database::open(&config.database()).await?;
    let token = user_with_token(&database, &name, SystemClock.now(), days.saturating_mul(DAY)).await?;
    database.close().await;
    super::print(&format!("{token}\n"))
}

fn is_user_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=39).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(plain)
}
