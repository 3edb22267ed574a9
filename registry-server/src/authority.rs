//! Who may do what: tokens stand for users, scopes and patterns limit tokens, ownership limits users.

use crate::clock::Clock;
use crate::database::{Database, Standing, StoredToken};
use crate::http::{Kind, Refusal};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lumen_pkg::protocol::TokenScope;
use lumen_pkg::{Digest, PackageName};
use std::sync::Arc;

/// What tokens begin with, so that scanners find those that leak.
const PREFIX: &str = "lumen_";

/// Characters of base64url for 32 bytes.
const SECRET_LENGTH: usize = 43;

/// Names of all scopes as they are stored and shown.
const SCOPES: [(TokenScope, &str); 5] = [
    (TokenScope::PublishNew, "publish-new"),
    (TokenScope::PublishUpdate, "publish-update"),
    (TokenScope::Yank, "yank"),
    (TokenScope::ChangeOwners, "change-owners"),
    (TokenScope::Account, "account"),
];

/// A user, and what his token may do.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user's name.
    pub user: String,
    /// Which token, for logs.
    pub token: String,
    /// What it may do.
    pub scopes: Vec<TokenScope>,
    /// With which packages; `None`: all.
    pub packages: Option<String>,
    /// When it ends.
    pub expires: u64,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy)]
pub enum Action<'a> {
    /// Publish a version, of a package that is there or is not.
    Publish(&'a PackageName),
    /// Yank a version or take that back.
    Yank(&'a PackageName),
    /// Change who owns a package.
    ChangeOwners(&'a PackageName),
    /// Keys and tokens.
    Account,
}

/// Decides.
#[async_trait]
pub trait Authority: Send + Sync + 'static {
    /// Whose token this is.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`] for every token that is not good, without saying why.
    async fn identify(&self, token: &str) -> Result<Caller, Refusal>;

    /// Whether a caller may do something. Ownership is looked at again when the event is put into the log.
    ///
    /// # Errors
    /// [`Kind::Forbidden`], with what would be needed.
    async fn allow(&self, caller: &Caller, action: Action<'_>) -> Result<(), Refusal>;
}

/// Tokens and owners of the registry's own database.
pub struct OwnTokens {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl OwnTokens {
    /// Decides by a database.
    pub fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }
}

#[async_trait]
impl Authority for OwnTokens {
    async fn identify(&self, token: &str) -> Result<Caller, Refusal> {
        let refused = || {
            Refusal::new(
                Kind::Unauthenticated,
                "The token is unknown, has expired or was revoked; make a new one and `lumen login` again.",
            )
        };
        // Looked up by its digest: what the comparison's time may tell is of no use without the token.
        let well_formed = token
            .strip_prefix(PREFIX)
            .is_some_and(|secret| secret.len() == SECRET_LENGTH);
        let stored = match well_formed {
            true => self.database.token(&Digest::of(token.as_bytes())).await?,
            false => None,
        };
        match stored {
            Some(stored) if !stored.revoked && self.clock.now() < stored.expires => Ok(Caller {
                scopes: parse_scopes(&stored.scopes),
                user: stored.user,
                token: stored.id,
                packages: stored.packages,
                expires: stored.expires,
            }),
            _ => Err(refused()),
        }
    }

    async fn allow(&self, caller: &Caller, action: Action<'_>) -> Result<(), Refusal> {
        let (package, scope) = match action {
            Action::Publish(package) => {
                let scope = match self.database.standing(&caller.user, package).await? {
                    Standing::Owner => TokenScope::PublishUpdate,
                    Standing::NewPackage | Standing::NewScope => TokenScope::PublishNew,
                    Standing::Stranger => return Err(not_owner(caller, package)),
                };
                (Some(package), scope)
            }
            Action::Yank(package) => (Some(package), TokenScope::Yank),
            Action::ChangeOwners(package) => (Some(package), TokenScope::ChangeOwners),
            Action::Account => (None, TokenScope::Account),
        };
        if !caller.scopes.contains(&scope) {
            let detail = format!("The token does not have the scope `{}`.", scope_name(scope));
            return Err(Refusal::new(Kind::Forbidden, detail));
        }
        match (package, &caller.packages) {
            (Some(package), Some(pattern)) if !matches(pattern, package) => {
                let detail = format!("The token is limited to `{pattern}`, and {package} is not.");
                Err(Refusal::new(Kind::Forbidden, detail))
            }
            // A token that is limited to packages has no say over the account.
            (None, Some(pattern)) => {
                let detail = format!("The token is limited to `{pattern}` and may not change the account.");
                Err(Refusal::new(Kind::Forbidden, detail))
            }
            _ => Ok(()),
        }
    }
}

/// A new token: 32 random bytes. It is shown once and stored as its digest.
///
/// # Errors
/// If the system gives no random numbers.
pub fn new_token() -> Result<String, getrandom::Error> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(secret)))
}

/// What is stored for a token that may do everything.
pub fn full_token(id: String, token: &str, user: &str, now: u64, lifetime: u64) -> StoredToken {
    StoredToken {
        id,
        hash: Digest::of(token.as_bytes()),
        user: user.to_owned(),
        label: "made on the server".to_owned(),
        scopes: SCOPES.map(|(_, name)| name).join(" "),
        packages: None,
        created: now,
        expires: now.saturating_add(lifetime),
        revoked: false,
    }
}

/// Scopes as they are stored.
pub fn scope_names(scopes: &[TokenScope]) -> String {
    let names: Vec<&str> = scopes.iter().map(|scope| scope_name(*scope)).collect();
    names.join(" ")
}

/// Whether a text is a pattern: a package, or `@scope/*`.
pub fn is_pattern(text: &str) -> bool {
    let package = match text.strip_suffix("/*") {
        Some(scope) => format!("{scope}/any"),
        None => text.to_owned(),
    };
    PackageName::parse(&package).is_ok()
}

/// Whether everything that one pattern covers is covered by another.
pub fn covers(pattern: &str, lesser: &str) -> bool {
    pattern == lesser || PackageName::parse(lesser).is_ok_and(|package| matches(pattern, &package))
}

/// Whether a pattern (`@acme/money`, `@acme/*`) covers a package.
fn matches(pattern: &str, package: &PackageName) -> bool {
    match pattern.strip_suffix("/*") {
        Some(scope) => scope.strip_prefix('@') == Some(package.scope()),
        None => pattern == package.as_str(),
    }
}

/// What [`scope_names`] has written.
pub fn parse_scopes(text: &str) -> Vec<TokenScope> {
    let known = |name: &str| {
        SCOPES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(scope, _)| *scope)
    };
    text.split(' ').filter_map(known).collect()
}

fn scope_name(scope: TokenScope) -> &'static str {
    SCOPES
        .iter()
        .find(|(known, _)| *known == scope)
        .map_or("", |(_, name)| *name)
}

fn not_owner(caller: &Caller, package: &PackageName) -> Refusal {
    let detail = format!(
        "{} is not an owner of {package} or its scope; ask an owner to add you.",
        caller.user
    );
    Refusal::new(Kind::Forbidden, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_package_or_a_scope_and_covers_lesser_ones() {
        let patterns = [
            ("@acme/money", true),
            ("@acme/*", true),
            ("*", false),
            ("@acme", false),
            ("@acme/mon*", false),
            ("@*/money", false),
            ("@acme/*/*", false),
            ("@Acme/*", false),
        ];
        for (text, expected) in patterns {
            assert_eq!(is_pattern(text), expected, "{text}");
        }
        assert!(covers("@acme/*", "@acme/money") && covers("@acme/*", "@acme/*"));
        assert!(!covers("@acme/money", "@acme/*") && !covers("@acme/*", "@acmes/*"));
    }

    #[test]
    fn patterns_cover_a_package_or_a_scope() {
        let package = PackageName::parse("@acme/money").expect("a name");
        let cases = [
            ("@acme/money", true),
            ("@acme/*", true),
            ("@acm/*", false),
            ("acme/*", false),
            ("*", false),
            ("@acme/mon*", false),
            ("@acme/money2", false),
            ("", false),
        ];
        for (pattern, expected) in cases {
            assert_eq!(matches(pattern, &package), expected, "{pattern}");
        }
    }
}
