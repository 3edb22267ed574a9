//! Calls of an account: who am I, keys, owners, yank, search. Each function builds one request and reads its answer.

use super::answer::{ask, bare, with_json};
use super::error::ClientError;
use super::printable::one_line;
use super::secret::Token;
use super::transport::{Method, Transport};
use crate::name::PackageName;
use crate::protocol::{
    Change, Identity, KeyRequest, LeafAnswer, OwnerRequest, Owners, PublicKey, SearchAnswer, Signature,
    TokenAnswer, TokenRequest, paths,
};
use semver::Version;

/// A registry's API, for one user.
pub struct Account<'t> {
    transport: &'t dyn Transport,
    token: Token,
}

impl<'t> Account<'t> {
    /// Calls over `transport` with a token.
    pub fn new(transport: &'t dyn Transport, token: &Token) -> Self {
        Self {
            transport,
            token: token.clone(),
        }
    }

    pub(super) fn transport(&self) -> &'t dyn Transport {
        self.transport
    }

    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    /// Who the token belongs to.
    ///
    /// # Errors
    /// If the registry does not answer, or does not know the token.
    pub fn identity(&self) -> Result<Identity, ClientError> {
        let call = bare(Method::Get, paths::WHOAMI.to_owned(), Some(&self.token));
        let identity: Identity = ask(self.transport, &call, "say whose token this is")?;
        Ok(Identity {
            user: one_line(&identity.user),
            ..identity
        })
    }

    /// Announces a publishing key, with a proof over [`crate::protocol::key_proof_bytes`].
    ///
    /// # Errors
    /// If the registry does not answer, or refuses.
    pub fn announce_key(&self, key: PublicKey, proof: Signature) -> Result<LeafAnswer, ClientError> {
        let request = KeyRequest {
            key,
            proof: Some(proof),
        };
        let call = with_json(Method::Put, paths::KEYS.to_owned(), &request, &self.token);
        ask(self.transport, &call, "announce the publishing key")
    }

    /// Makes a token that may do no more than this one.
    ///
    /// # Errors
    /// If the registry does not answer, or refuses.
    pub fn make_token(&self, request: &TokenRequest) -> Result<TokenAnswer, ClientError> {
        let call = with_json(Method::Post, paths::TOKENS.to_owned(), request, &self.token);
        ask(self.transport, &call, "make a token")
    }

    /// Yanks a version, or takes the yank back.
    ///
    /// # Errors
    /// If the registry does not answer, or refuses.
    pub fn yank(
        &self,
        package: &PackageName,
        version: &Version,
        change: Change,
    ) -> Result<LeafAnswer, ClientError> {
        let (method, doing) = match change {
            Change::Add => (Method::Put, format!("yank {package} {version}")),
            Change::Remove => (
                Method::Delete,
                format!("take back the yank of {package} {version}"),
            ),
        };
        let call = bare(method, paths::yank(package, version), Some(&self.token));
        ask(self.transport, &call, &doing)
    }

    /// Adds or removes an owner.
    ///
    /// # Errors
    /// If the registry does not answer, or refuses.
    pub fn change_owner(
        &self,
        package: &PackageName,
        owner: &str,
        change: Change,
    ) -> Result<LeafAnswer, ClientError> {
        let (method, doing) = match change {
            Change::Add => (Method::Put, format!("make {owner} an owner of {package}")),
            Change::Remove => (Method::Delete, format!("make {owner} no owner of {package}")),
        };
        let request = OwnerRequest {
            owner: owner.to_owned(),
        };
        let call = with_json(method, paths::owners(package), &request, &self.token);
        ask(self.transport, &call, &doing)
    }
}

/// The owners of a package; anybody may ask.
///
/// # Errors
/// If the registry does not answer, or has no such package.
pub fn owners(transport: &dyn Transport, package: &PackageName) -> Result<Vec<String>, ClientError> {
    let call = bare(Method::Get, paths::owners(package), None);
    let owners: Owners = ask(transport, &call, &format!("list the owners of {package}"))?;
    Ok(owners.owners.iter().map(|owner| one_line(owner)).collect())
}

/// Packages that match a text; anybody may ask. What is found is not proved: it is a hint where to look.
///
/// # Errors
/// If the registry does not answer.
pub fn search(transport: &dyn Transport, text: &str, limit: u32) -> Result<SearchAnswer, ClientError> {
    let path = format!("{}?q={}&limit={limit}", paths::SEARCH, percent_encoded(text));
    let call = bare(Method::Get, path, None);
    let mut answer: SearchAnswer = ask(transport, &call, "search")?;
    for hit in &mut answer.hits {
        hit.description = hit.description.as_deref().map(one_line);
    }
    Ok(answer)
}

/// RFC 3986 section 2.1: everything but unreserved characters.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded += &format!("%{byte:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn a_query_is_percent_encoded() {
        assert_eq!(percent_encoded("a b&c=@/é"), "a%20b%26c%3D%40%2F%C3%A9");
    }
}
