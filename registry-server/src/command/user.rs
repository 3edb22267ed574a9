//! `registry-server user`, `registry-server token`: also while the registry runs.

use crate::account::is_user_name;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::database::Database;
use crate::development::{LIFETIME, user_with_token};
use clap::Subcommand;
use std::path::{Path, PathBuf};

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
    /// List all users, a line each: name, since when (seconds since 1970), `active` or `disabled`
    List {
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Refuse all tokens of a user from now on; what he has published stays
    Disable {
        /// The user's name
        name: String,
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Take the tokens of a disabled user again
    Enable {
        /// The user's name
        name: String,
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// List a user's tokens, a line each: id, when it ends (seconds since 1970), `revoked` or `good`, scopes, packages, label
    List {
        /// The user's name
        user: String,
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Revoke a token of any user
    Revoke {
        /// As `token list` shows it
        id: String,
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

const DAY: u64 = 24 * 60 * 60;

pub(super) async fn run(user: User) -> anyhow::Result<()> {
    match user {
        User::Add { name, config, days } => add(&name, &config, days).await,
        User::List { config } => list(&config).await,
        User::Disable { name, config } => disable(&name, &config, true).await,
        User::Enable { name, config } => disable(&name, &config, false).await,
    }
}

pub(super) async fn run_token(token: Token) -> anyhow::Result<()> {
    match token {
        Token::List { user, config } => list_tokens(&user, &config).await,
        Token::Revoke { id, config } => {
            let database = open(&config).await?;
            let revoked = database.revoke_token(&id, None).await?;
            database.close().await;
            anyhow::ensure!(
                revoked,
                "there is no token `{id}`; `registry-server token list USER` shows them"
            );
            super::print(&format!("revoked {id}\n"))
        }
    }
}

/// The database of a configuration.
pub(super) async fn open(config: &Path) -> anyhow::Result<Database> {
    let config = Config::read(config)?;
    Ok(Database::open(&config.database()).await?)
}

async fn add(name: &str, config: &Path, days: u64) -> anyhow::Result<()> {
    anyhow::ensure!(
        is_user_name(name),
        "`{name}` is not a user name: 1 to 39 lower-case ASCII letters, digits and `-`, beginning with a letter"
    );
    let database = open(config).await?;
    let token = user_with_token(&database, name, SystemClock.now(), days.saturating_mul(DAY)).await?;
    database.close().await;
    super::print(&format!("{token}\n"))
}

async fn list(config: &Path) -> anyhow::Result<()> {
    let database = open(config).await?;
    let users = database.users().await?;
    database.close().await;
    let mut text = String::new();
    for user in users {
        let state = if user.disabled { "disabled" } else { "active" };
        text += &format!("{} {} {state}\n", user.name, user.created);
    }
    super::print(&text)
}

async fn disable(name: &str, config: &Path, disabled: bool) -> anyhow::Result<()> {
    let database = open(config).await?;
    let found = database.disable_user(name, disabled).await?;
    database.close().await;
    anyhow::ensure!(
        found,
        "there is no user `{name}`; `registry-server user list` shows them"
    );
    super::print(&match disabled {
        true => format!(
            "disabled {name}: tokens of this user are refused; `registry-server user enable {name}` takes it back\n"
        ),
        false => format!("enabled {name}: tokens of this user are taken again\n"),
    })
}

async fn list_tokens(user: &str, config: &Path) -> anyhow::Result<()> {
    let database = open(config).await?;
    let tokens = database.tokens(user).await?;
    database.close().await;
    let mut text = String::new();
    for token in tokens {
        let state = if token.revoked { "revoked" } else { "good" };
        let scopes = token.scopes.replace(' ', ",");
        let packages = token.packages.as_deref().unwrap_or("all");
        text += &format!(
            "{} {} {state} {scopes} {packages} {}\n",
            token.id, token.expires, token.label
        );
    }
    super::print(&text)
}
