//! Files that look like secrets: what is published cannot be taken back, so they are refused unless somebody says that they are none.
//!
//! By name and by what stands in them. This finds what people leave lying around, not what somebody hides.

use super::path::ArchivePath;

/// Names of files that hold secrets wherever they lie, in small letters.
const NAMES: [(&str, &str); 16] = [
    ("id_rsa", "a private key of SSH"),
    ("id_dsa", "a private key of SSH"),
    ("id_ecdsa", "a private key of SSH"),
    ("id_ecdsa_sk", "a private key of SSH"),
    ("id_ed25519", "a private key of SSH"),
    ("id_ed25519_sk", "a private key of SSH"),
    ("credentials.toml", "tokens of registries"),
    ("credentials", "credentials"),
    ("credentials.json", "credentials"),
    (".netrc", "passwords"),
    ("_netrc", "passwords"),
    (".pgpass", "passwords"),
    (".npmrc", "tokens of registries"),
    (".pypirc", "tokens of registries"),
    (".git-credentials", "passwords"),
    (".htpasswd", "passwords"),
];

/// Ends of names of files that hold keys.
const ENDS: [&str; 7] = [".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".key"];

/// Beginnings of tokens, and how many more characters make them one.
const TOKENS: [(&str, usize, &str); 11] = [
    ("lumen_", 32, "a token of a Lumen registry"),
    ("ghp_", 36, "a token of GitHub"),
    ("gho_", 36, "a token of GitHub"),
    ("ghs_", 36, "a token of GitHub"),
    ("github_pat_", 60, "a token of GitHub"),
    ("glpat-", 20, "a token of GitLab"),
    ("AKIA", 16, "an access key of AWS"),
    ("npm_", 36, "a token of npm"),
    ("xoxb-", 24, "a token of Slack"),
    ("sk_live_", 24, "a key of Stripe"),
    ("AIza", 35, "a key of Google"),
];

/// What a file looks like, if it looks like a secret: completes "`PATH` looks like ...".
pub(crate) fn suspicion(path: &ArchivePath, content: &[u8]) -> Option<&'static str> {
    by_name(path.file_name()).or_else(|| by_content(content))
}

fn by_name(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    if let Some((_, what)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(what);
    }
    // `.env.example` is there to be published.
    let example = ["example", "sample", "template", "dist"]
        .iter()
        .any(|end| name.ends_with(end));
    if name == ".env" || name.starts_with(".env.") && !example {
        return Some("settings with secrets");
    }
    ENDS.iter()
        .any(|end| name.ends_with(end))
        .then_some("a store of keys")
}

fn by_content(content: &[u8]) -> Option<&'static str> {
    if holds_private_key(content) {
        return Some("a private key (PEM)");
    }
    TOKENS
        .iter()
        .find_map(|(start, length, what)| holds_token(content, start, *length).then_some(*what))
}

/// `-----BEGIN PRIVATE KEY-----` at the start of a line, also with a kind of key (RFC 7468 section 10, and OpenSSH's and PGP's). With at
/// least a line of base64 after it, so that a page that only speaks of it is none.
fn holds_private_key(content: &[u8]) -> bool {
    let mut lines = content.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    while let Some(line) = lines.next() {
        let is_key = line
            .strip_prefix(b"-----BEGIN ")
            .and_then(|rest| rest.strip_suffix(b"-----"))
            .is_some_and(|label| label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK"));
        if is_key {
            let body = lines.clone().find(|line| !line.is_empty()).unwrap_or_default();
            let is_text = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=:,- ".contains(byte);
            if body.len() >= 16 && body.iter().all(is_text) {
                return true;
            }
        }
    }
    false
}

/// `start` with exactly or at least `length` characters of a token after it, and none before it.
fn holds_token(content: &[u8], start: &str, length: usize) -> bool {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let mut from = 0;
    while let Some(at) = find(content.get(from..).unwrap_or_default(), start.as_bytes()).map(|at| from + at) {
        let rest = content.get(at + start.len()..).unwrap_or_default();
        let free = at == 0 || content.get(at - 1).is_none_or(|before| !is_token(before));
        let token: Vec<u8> = rest.iter().copied().take_while(is_token).take(length).collect();
        // Words with `_` between them are names, not tokens.
        let random = token.iter().any(u8::is_ascii_digit);
        if free && random && token.len() >= length {
            return true;
        }
        from = at + 1;
    }
    false
}

fn find(content: &[u8], text: &[u8]) -> Option<usize> {
    let first = *text.first()?;
    let mut from = 0;
    loop {
        let at = from + content.get(from..)?.iter().position(|byte| *byte == first)?;
        if content.get(at..)?.starts_with(text) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n";

    #[test]
    fn secrets_are_seen_by_name_and_by_content() {
        let token = format!("token = \"lumen_{}\"", "a1".repeat(16));
        let github = format!("curl -H 'Authorization: ghp_{}'", "a1B2".repeat(9));
        let ssh = KEY.replace("PRIVATE", "OPENSSH PRIVATE");
        for (path, content, expected) in [
            (".env", "", Some("settings with secrets")),
            ("deploy/.env.production", "", Some("settings with secrets")),
            (".env.example", "", None),
            ("id_ed25519", "", Some("a private key of SSH")),
            ("id_ed25519.pub", "ssh-ed25519 AAAA", None),
            ("x/Credentials.toml", "", Some("tokens of registries")),
            ("server.p12", "", Some("a store of keys")),
            ("a.pem", KEY, Some("a private key (PEM)")),
            (
                "a.pem",
                "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n",
                None,
            ),
            ("notes.md", &ssh, Some("a private key (PEM)")),
            (
                "notes.md",
                "A key begins with\n-----BEGIN PRIVATE KEY-----\nand so on.\n",
                None,
            ),
            ("notes.md", &token, Some("a token of a Lumen registry")),
            ("notes.md", "lumen_config_of_the_whole_workspace_and_more", None),
            ("notes.md", &github, Some("a token of GitHub")),
            ("notes.md", "ghp_short", None),
            ("src/main.lm.md", "cell main() -> Int\n", None),
        ] {
            let path = ArchivePath::parse(path).expect("a good path");
            assert_eq!(suspicion(&path, content.as_bytes()), expected, "{path} {content}");
        }
    }
}
