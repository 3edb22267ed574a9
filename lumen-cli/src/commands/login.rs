//! `lumen login`, `lumen logout` and `lumen whoami`: a pinned root, a token, a publishing key.

use super::Session;
use super::registry::Access;
use crate::arguments::{LoginArguments, RegistryArguments};
use crate::exit::Exit;
use anyhow::{Context, Result, anyhow, bail};
use lumen_pkg::ManifestSource as _;
use lumen_pkg::client::{Account, Freshness, RegistrySession, Token};
use lumen_pkg::config::{Registries, RegistryUrl};
use lumen_pkg::protocol::key_proof_bytes;
use lumen_pkg::shell::{Connector, Credentials, Disk, Home, PublishingKey, TrustFolder, configure_registry};
use lumen_pkg::utc;
use serde_json::json;
use std::io::{IsTerminal as _, Read as _};

/// The largest root that is pinned, in bytes.
const MAXIMUM_ROOT_BYTES: u64 = 64 * 1024;

/// Longer input than this is no token.
const MAXIMUM_TOKEN_BYTES: u64 = 4096;

/// Pins the root, verifies the registry with it, takes the token (unless told to read only), and announces the publishing key. Nothing is kept of a registry that does not verify, or
/// of a token that it does not know.
pub(crate) fn login(session: &Session, arguments: &LoginArguments) -> Result<Exit> {
    let url = RegistryUrl::parse(&arguments.url).map_err(|fault| anyhow!("`{}` {fault}", arguments.url))?;
    let home = &session.environment.home;
    let connector = Connector::new(home, Freshness::Now);
    let root = pinned_root(session, arguments, &connector, &url)?;
    let registry = connector.connect_with(url.as_str(), &root)?;
    let keep = || -> Result<()> {
        let pinned = TrustFolder::new(home, &root).pin(&root)?;
        let config = Home::new(home).config_file();
        Ok(configure_registry(
            &config,
            &arguments.name,
            url.as_str(),
            &pinned,
        )?)
    };
    let origin = registry.origin();
    if arguments.no_token {
        keep()?;
        let line = format!(
            "the registry `{origin}` at {url}, to read from; it is called `{}` here",
            arguments.name
        );
        session.output.status("Pinned", &line);
        session.output.event(&json!({
            "event": "pinned", "version": 1, "url": url.as_str(), "origin": origin, "name": arguments.name,
        }));
        return Ok(Exit::Done);
    }
    let token = token(session, arguments)?;
    let account = Account::new(registry.transport(), &token);
    let identity = account.identity()?;
    keep()?;
    Credentials::new(home).set(url.as_str(), &token)?;
    session.output.status(
        "Logged in",
        &format!(
            "as {} at {url}, the registry `{}`",
            identity.user,
            registry.origin()
        ),
    );
    announce(session, &account, &identity)?;
    session.output.event(&json!({
        "event": "login", "version": 1, "user": identity.user, "url": url.as_str(), "origin": registry.origin(),
    }));
    Ok(Exit::Done)
}

/// Makes sure that the registry knows the user's publishing key.
fn announce(
    session: &Session,
    account: &Account<'_>,
    identity: &lumen_pkg::protocol::Identity,
) -> Result<()> {
    let (key, new) = PublishingKey::load_or_make(&session.environment.home)?;
    let path = PublishingKey::path(&session.environment.home);
    if new {
        session
            .output
            .status("Made", &format!("a publishing key, {}", path.display()));
    }
    if identity.keys.contains(&key.public()) {
        return Ok(());
    }
    let answer = account.announce_key(key.public(), key.sign(&key_proof_bytes(&identity.user)));
    match answer {
        Ok(answer) => {
            let place = answer.leaf.map(|leaf| format!(", leaf {leaf} of the log")).unwrap_or_default();
            session.output.status("Announced", &format!("the publishing key{place}"));
        }
        // A token that may only read or yank is a token too.
        Err(lumen_pkg::client::ClientError::Refused { problem, .. }) => session.output.note(&format!(
            "           this token cannot announce the publishing key ({}); publishing needs one that can, once",
            problem.detail
        )),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The file that is named, or what is pinned for the address already.
fn pinned_root(
    session: &Session,
    arguments: &LoginArguments,
    connector: &Connector,
    url: &RegistryUrl,
) -> Result<Vec<u8>> {
    if let Some(file) = &arguments.root {
        let path = session.environment.folder.join(file);
        return Disk
            .read(&path, MAXIMUM_ROOT_BYTES)
            .map_err(|error| anyhow!("the root `{}` cannot be read: {error}", file.display()));
    }
    let known = Registries::of_user(&connector.user_config()?);
    let registry = known.iter().find(|registry| registry.url == *url);
    let registry = registry.with_context(|| {
        format!("no root is pinned for {url}: get its root.json from somebody you trust, then `lumen login {url} --root root.json`")
    })?;
    Ok(connector.pinned_root(registry)?)
}

/// Never from the command line, where everybody on the machine can read it.
fn token(session: &Session, arguments: &LoginArguments) -> Result<Token> {
    let text = match &session.environment.registry_token {
        Some(token) if !arguments.token_stdin => token.to_string_lossy().into_owned(),
        _ => {
            let input = std::io::stdin();
            if input.is_terminal() {
                session
                    .output
                    .note("Paste the token from the registry, then press Enter:");
                let mut line = String::new();
                input.read_line(&mut line).context("the token cannot be read")?;
                line
            } else {
                let mut text = String::new();
                let limited = input.lock().take(MAXIMUM_TOKEN_BYTES).read_to_string(&mut text);
                limited.context("the token cannot be read from standard input")?;
                text
            }
        }
    };
    if text.trim().is_empty() {
        bail!(
            "there is no token on standard input; pipe one in, or set $LUMEN_REGISTRY_TOKEN, or use `--no-token` to read only"
        );
    }
    Token::parse(&text).map_err(|error| anyhow!("that is no token: {error}"))
}

/// Forgets the token. The registry goes on to know it until it expires or is revoked.
pub(crate) fn logout(session: &Session, arguments: &RegistryArguments) -> Result<Exit> {
    let access = Access::new(session, Freshness::LastSeen)?;
    let registry = access.choose(arguments, None)?;
    match Credentials::new(&session.environment.home).remove(registry.url.as_str())? {
        true => session
            .output
            .status("Forgot", &format!("the token for {}", registry.url)),
        false => bail!("there is no token for {}", registry.url),
    }
    Ok(Exit::Done)
}

/// Asks the registry whose token it is.
pub(crate) fn whoami(session: &Session, arguments: &RegistryArguments) -> Result<Exit> {
    let access = Access::new(session, Freshness::Now)?;
    let registry = access.choose(arguments, None)?;
    let token = access.token(registry)?;
    let opened: RegistrySession = access.open(registry)?;
    let identity = Account::new(opened.transport(), &token).identity()?;
    let scopes: Vec<String> = (identity.scopes.iter())
        .map(|scope| json!(scope).as_str().unwrap_or_default().to_owned())
        .collect();
    let event = json!({
        "event": "identity", "version": 1, "user": identity.user, "registry": opened.origin(), "scopes": scopes,
        "packages": identity.packages, "expires": identity.expires, "keys": identity.keys,
    });
    session.output.item(&identity.user, &event);
    session
        .output
        .note(&format!("  registry: {} ({})", opened.origin(), registry.url));
    session.output.note(&format!("  token:    {}", scopes.join(", ")));
    if let Some(expires) = identity.expires {
        session.output.note(&format!("  until:    {}", utc(expires)));
    }
    if let Some(packages) = &identity.packages {
        session.output.note(&format!("  packages: {packages}"));
    }
    Ok(Exit::Done)
}
