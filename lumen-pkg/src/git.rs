//! What names a state of a git repository: its URL, a revision, tag or branch, and the commit that it stands for.
//!
//! Only texts and their rules. `shell::git` runs the command, and may do so with anything that is made here: nothing begins with `-`,
//! names a helper program, or holds characters that a shell or a terminal would act on.

use std::fmt;

/// The longest URL or reference, in bytes.
const MAXIMUM_TEXT: usize = 1024;

/// The URL of a repository: `https://HOST/PATH`, `ssh://[USER@]HOST/PATH` or `file:///PATH`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitUrl(String);

impl GitUrl {
    /// Checks a URL.
    ///
    /// # Errors
    /// What is wrong with it; completes "`TEXT` ...".
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > MAXIMUM_TEXT {
            return Err("is longer than 1024 bytes");
        }
        let plain =
            |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'#' | b'?');
        if !text.bytes().all(plain) {
            return Err("has characters that a repository's URL does not have");
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(match text.contains('@') && text.contains(':') {
                true => "is not a URL; write `ssh://git@HOST/PATH`",
                false => "is not a URL; write `https://HOST/PATH`, `ssh://git@HOST/PATH` or `file:///PATH`",
            });
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        match scheme {
            "file" if authority.is_empty() => {}
            "file" => return Err("names a host; a `file` URL is `file:///PATH`"),
            "https" if authority.contains('@') => {
                return Err("has a user name or password; git asks its credential helper for those");
            }
            "https" => check_host(authority)?,
            "ssh" => check_host(ssh_host(authority)?)?,
            _ => return Err("has a scheme other than `https`, `ssh` and `file`"),
        }
        match path.is_empty() || path.split('/').any(|part| part == ".." || part.starts_with('-')) {
            true => Err("has no usable path"),
            false => Ok(Self(text.to_owned())),
        }
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `[USER@]HOST`, without a password.
fn ssh_host(authority: &str) -> Result<&str, &'static str> {
    let Some((user, host)) = authority.split_once('@') else {
        return Ok(authority);
    };
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    match !user.is_empty() && !user.starts_with('-') && user.bytes().all(letters) {
        true => Ok(host),
        false => Err("has a user name that is not one, or a password"),
    }
}

/// `HOST[:PORT]`.
fn check_host(authority: &str) -> Result<(), &'static str> {
    let (host, port) = authority.split_once(':').unwrap_or((authority, "1"));
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let host_is_good = !host.is_empty() && !host.starts_with(['-', '.']) && host.bytes().all(letters);
    match host_is_good && port.parse::<u16>().is_ok_and(|port| port > 0) {
        true => Ok(()),
        false => Err("has no usable host"),
    }
}

impl fmt::Display for GitUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Which state of a repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum GitReference {
    /// What the repository's `HEAD` names.
    #[default]
    DefaultBranch,
    /// A commit, by at least 7 digits of its hash.
    Rev(String),
    /// A tag.
    Tag(String),
    /// A branch.
    Branch(String),
}

impl GitReference {
    /// Checks the value of the manifest's key `rev`, `tag` or `branch`.
    ///
    /// # Errors
    /// What is wrong with it; completes "`TEXT` ...". Any other key is an error too.
    pub fn parse(key: &str, text: &str) -> Result<Self, &'static str> {
        match key {
            "rev" => match (7..=64).contains(&text.len()) && is_lower_hex(text) {
                true => Ok(Self::Rev(text.to_owned())),
                false => Err("is no commit: 7 to 64 lower-case hexadecimal digits are"),
            },
            "tag" => check_reference(text).map(|()| Self::Tag(text.to_owned())),
            "branch" => check_reference(text).map(|()| Self::Branch(text.to_owned())),
            _ => Err("belongs to no kind of reference"),
        }
    }

    /// Key and value, as in a manifest.
    pub fn key_and_value(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::DefaultBranch => None,
            Self::Rev(rev) => Some(("rev", rev)),
            Self::Tag(tag) => Some(("tag", tag)),
            Self::Branch(branch) => Some(("branch", branch)),
        }
    }
}

impl fmt::Display for GitReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key_and_value() {
            None => formatter.write_str("the default branch"),
            Some((key, value)) => write!(formatter, "{key} `{value}`"),
        }
    }
}

/// The rules of `git check-ref-format`, and no `-` in front.
fn check_reference(text: &str) -> Result<(), &'static str> {
    let forbidden = |character: char| {
        character.is_control() || character.is_whitespace() || "~^:?*[\\\"'`".contains(character)
    };
    let bad_part = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock");
    let bad = text.len() > MAXIMUM_TEXT
        || text.starts_with('-')
        || text.ends_with('.')
        || text == "@"
        || text.contains("..")
        || text.contains("@{")
        || text.contains(forbidden)
        || text.split('/').any(bad_part);
    match bad {
        true => Err("is no name that git gives to tags and branches"),
        false => Ok(()),
    }
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The whole hash of a commit: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(String);

impl CommitId {
    /// Parses a hash; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        (matches!(text.len(), 40 | 64) && is_lower_hex(text)).then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_urls_are_repositories() {
        for good in [
            "https://git.example/acme/money",
            "https://git.example:8443/money.git",
            "ssh://git@git.example/acme/money.git",
            "ssh://git.example:22/money",
            "file:///srv/git/money",
        ] {
            assert!(GitUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "--upload-pack=touch /tmp/x",
            "ext::sh -c touch% /tmp/x",
            "ssh://-oProxyCommand=touch/x",
            "ssh://-o@host/x",
            "ssh://git:secret@host/x",
            "https://user@host/x",
            "https://host",
            "https://host/",
            "https:///x",
            "https://host/../x",
            "https://host/x y",
            "https://host/x\n",
            "https://host/x#y",
            "https://host:99999/x",
            "http://git.example/x",
            "git://git.example/x",
            "git@git.example:acme/money",
            "file://host/x",
            "/srv/git",
            "C:/git",
        ] {
            assert!(GitUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn references_are_what_git_allows() {
        for (key, good) in [
            ("rev", "abcdef0"),
            ("tag", "v1.2.0"),
            ("branch", "feature/x"),
            ("tag", "größe"),
        ] {
            assert!(GitReference::parse(key, good).is_ok(), "{key} {good}");
        }
        for (key, bad) in [
            ("rev", "HEAD"),
            ("rev", "abc"),
            ("rev", "ABCDEF0"),
            ("tag", "-v1"),
            ("tag", ""),
            ("branch", "a..b"),
            ("branch", "a b"),
            ("branch", "a@{1}"),
            ("branch", "a/.b"),
            ("branch", "a//b"),
            ("branch", "x.lock"),
            ("branch", "a:b"),
            ("branch", "a\u{7}"),
        ] {
            assert!(GitReference::parse(key, bad).is_err(), "{key} {bad}");
        }
    }
}
