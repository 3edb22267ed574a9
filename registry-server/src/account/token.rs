//! Tokens: a user makes them with one that he has, and none can do more than the one it was made with.

use super::charge::{Charge, charge};
use crate::authority::{Action, Caller, covers, is_pattern, new_token, scope_names};
use crate::database::StoredToken;
use crate::development::LIFETIME;
use crate::http::{Kind, Refusal};
use crate::server::Registry;
use lumen_pkg::Digest;
use lumen_pkg::protocol::{TokenAnswer, TokenEntry, TokenRequest};

/// The longest lifetime, in seconds: a year.
const LONGEST: u64 = 366 * 24 * 60 * 60;

/// The longest label, in characters.
const LABEL: usize = 64;

/// The most tokens of a user that are good at once.
const MOST: usize = 100;

/// Makes a token.
///
/// # Errors
/// If the caller may not, the request is not well-formed, or the token would do more than the caller's.
pub async fn make_token(
    registry: &Registry,
    caller: &Caller,
    request: TokenRequest,
) -> Result<TokenAnswer, Refusal> {
    registry.authority.allow(caller, Action::Account).await?;
    check_form(&request)?;
    let now = registry.clock.now();
    let remaining = caller.expires.saturating_sub(now);
    let lifetime = request.lifetime.unwrap_or(remaining.min(LIFETIME));
    check_lesser(caller, &request, lifetime, remaining)?;
    let live = registry.database.tokens(&caller.user).await?;
    let live = live.iter().filter(|token| !token.revoked && now < token.expires);
    if live.count() >= MOST {
        let detail = format!("You have {MOST} tokens; revoke some first.");
        return Err(Refusal::new(Kind::WrongState, detail));
    }
    charge(registry, &caller.user, Charge::Account).await?;
    let token = new_token().map_err(|error| {
        tracing::error!(error = %error, "no random numbers");
        Refusal::new(Kind::Internal, "The registry has no random numbers.")
    })?;
    let stored = StoredToken {
        id: registry.random_name()?,
        hash: Digest::of(token.as_bytes()),
        user: caller.user.clone(),
        label: request.name,
        scopes: scope_names(&request.scopes),
        packages: request.packages,
        created: now,
        expires: now.saturating_add(lifetime),
        revoked: false,
    };
    registry.database.add_token(&stored).await?;
    Ok(TokenAnswer {
        id: stored.id,
        token,
        expires: stored.expires,
    })
}

/// The caller's tokens that are still good, oldest first. They themselves are not stored, so they cannot be shown.
///
/// # Errors
/// If the caller may not.
pub async fn list_tokens(registry: &Registry, caller: &Caller) -> Result<Vec<TokenEntry>, Refusal> {
    registry.authority.allow(caller, Action::Account).await?;
    let now = registry.clock.now();
    let tokens = registry.database.tokens(&caller.user).await?;
    let live = tokens
        .into_iter()
        .filter(|token| !token.revoked && now < token.expires);
    Ok(live.map(entry).collect())
}

/// Revokes one of the caller's tokens. Each token may revoke itself.
///
/// # Errors
/// If the caller may not, or has no such token.
pub async fn revoke_token(registry: &Registry, caller: &Caller, id: &str) -> Result<(), Refusal> {
    if id != caller.token {
        registry.authority.allow(caller, Action::Account).await?;
    }
    match registry.database.revoke_token(id, Some(&caller.user)).await? {
        true => Ok(()),
        false => Err(Refusal::new(Kind::NotFound, "You have no token of this id.")),
    }
}

fn entry(token: StoredToken) -> TokenEntry {
    TokenEntry {
        scopes: crate::authority::parse_scopes(&token.scopes),
        id: token.id,
        name: token.label,
        packages: token.packages,
        created: token.created,
        expires: token.expires,
    }
}

fn check_form(request: &TokenRequest) -> Result<(), Refusal> {
    let bad = |detail: String| Err(Refusal::new(Kind::BadRequest, detail));
    let length = request.name.chars().count();
    if !(1..=LABEL).contains(&length) || request.name.chars().any(char::is_control) {
        return bad(format!(
            "A token's name has 1 to {LABEL} characters, none of them control characters."
        ));
    }
    let mut scopes = request.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() || scopes.len() != request.scopes.len() {
        return bad("Name at least one scope, and each once.".to_owned());
    }
    if let Some(pattern) = request.packages.as_ref().filter(|pattern| !is_pattern(pattern)) {
        return bad(format!("`{pattern}` is not `@scope/name` or `@scope/*`."));
    }
    match request.lifetime {
        Some(seconds) if !(1..=LONGEST).contains(&seconds) => {
            bad(format!("A token lasts 1 to {LONGEST} seconds."))
        }
        _ => Ok(()),
    }
}

fn check_lesser(
    caller: &Caller,
    request: &TokenRequest,
    lifetime: u64,
    remaining: u64,
) -> Result<(), Refusal> {
    let more = |detail: String| Err(Refusal::new(Kind::Forbidden, detail));
    if let Some(scope) = request.scopes.iter().find(|scope| !caller.scopes.contains(scope)) {
        let scope = scope_names(&[*scope]);
        return more(format!(
            "Your token does not have the scope `{scope}`, so it cannot give it."
        ));
    }
    let covered = match (&caller.packages, &request.packages) {
        (None, _) => true,
        (Some(own), Some(asked)) => covers(own, asked),
        (Some(_), None) => false,
    };
    if !covered {
        return more("Your token is limited to packages, and the new one would do more.".to_owned());
    }
    match lifetime <= remaining {
        true => Ok(()),
        false => more(format!(
            "Your token ends in {remaining} seconds, and the new one would last longer."
        )),
    }
}
