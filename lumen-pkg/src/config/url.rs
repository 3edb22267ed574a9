//! The address of a registry: `https`, or `http` to this very machine.

use std::fmt;

/// The longest address, in bytes.
const MAXIMUM_LENGTH: usize = 512;

/// `https://HOST[:PORT][/PATH]`, or the same with `http` where the host is this machine (`localhost`, `127.0.0.0/8`, `[::1]`). Without a
/// final `/`, user name, query and fragment, and of few enough characters that no two parsers read it differently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryUrl(String);

impl RegistryUrl {
    /// Checks an address; final `/` are taken off.
    ///
    /// # Errors
    /// What is wrong; completes "`TEXT` ...".
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > MAXIMUM_LENGTH {
            return Err("is longer than 512 bytes");
        }
        let text = text.trim_end_matches('/');
        let (scheme, rest) = text
            .split_once("://")
            .ok_or("is not an address; write `https://HOST`")?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err("has a user name or password; `lumen login` keeps tokens elsewhere");
        }
        let (host, port) = split_port(authority)?;
        if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
            return Err("has a port that is not one");
        }
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let good_host = match bracketed {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => host.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            }),
        };
        if !good_host {
            return Err("has no usable host; hosts are in lower case");
        }
        let good_part = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
        };
        if !path.is_empty() && !path.split('/').all(good_part) {
            return Err("has a path with more than letters, digits, `-`, `_`, `.` and `~`");
        }
        match scheme {
            "https" => Ok(Self(text.to_owned())),
            "http" if is_loopback(host, bracketed) => Ok(Self(text.to_owned())),
            "http" => Err(
                "is not encrypted; `http` is only for registries on this machine (`http://localhost:PORT`)",
            ),
            _ => Err("is not an address; write `https://HOST`"),
        }
    }

    /// The address, without a final `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), &'static str> {
    if let Some(end) = authority.find(']') {
        let (host, rest) = authority.split_at(end + 1);
        return match (rest.is_empty(), rest.strip_prefix(':')) {
            (true, _) => Ok((host, None)),
            (false, Some(port)) => Ok((host, Some(port))),
            (false, None) => Err("has no usable host"),
        };
    }
    Ok(match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    })
}

fn is_loopback(host: &str, bracketed: Option<&str>) -> bool {
    let v6 = bracketed.and_then(|address| address.parse::<std::net::Ipv6Addr>().ok());
    let v4 = host.parse::<std::net::Ipv4Addr>().ok();
    host == "localhost"
        || v6.is_some_and(|address| address.is_loopback())
        || v4.is_some_and(|address| address.is_loopback())
}

impl fmt::Display for RegistryUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::RegistryUrl;

    #[test]
    fn only_encrypted_or_local_addresses_are_taken() {
        for good in [
            "https://packages.example",
            "https://packages.example:8443/lumen/v1",
            "http://localhost:8080",
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:8080",
            "https://[2001:db8::1]",
        ] {
            assert_eq!(RegistryUrl::parse(good).expect("good").as_str(), good);
        }
        assert_eq!(
            RegistryUrl::parse("https://a.example/").expect("good").as_str(),
            "https://a.example"
        );
        for bad in [
            "",
            "packages.example",
            "http://packages.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://127.1",
            "http://[::2]",
            "http://[::ffff:10.0.0.1]",
            "https://user@packages.example",
            "https://user:secret@packages.example",
            "https://packages.example?x",
            "https://packages.example/#x",
            "https://packages.example/a/../b",
            "https://packages.example//b",
            "https://packages.example/%2e",
            "https://Packages.example",
            "https://:80",
            "https://a:0",
            "https://a:x",
            "https://a:80:80",
            "https://[::1",
            "ftp://packages.example",
            "file:///srv",
            "https://a b",
            "https://a\\b",
        ] {
            assert!(RegistryUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
