//! What a package asks for, and what a root gives: tools with constraints, in one canonical text.
//!
//! A constraint narrows a grant, so a grant without constraints is the widest. Nothing is enforced here: this is what the manifest, the index
//! record, the log and the lock say. See `docs/spec/manifest-v1.md`, Grants.

use crate::name::PackageName;
use crate::protocol::{from_canonical, to_canonical};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The longest name of a tool and the longest text of a constraint, in bytes.
const MAXIMUM_TEXT: usize = 256;
/// The longest name of a constraint, in bytes.
const MAXIMUM_KEY: usize = 64;
/// The most constraints of a grant, and the most texts of a constraint.
const MAXIMUM_COUNT: usize = 256;
/// Numbers above this do not survive every JSON reader (RFC 8785, section 3.2.2.3).
const MAXIMUM_LIMIT: u64 = (1 << 53) - 1;

/// One tool and the constraints on its use. Shown as `http.get` or `http.get {"domain":["api.example"],"timeout-ms":5000}`: the name, and the
/// constraints as canonical JSON (RFC 8785) with sorted lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    tool: String,
    constraints: BTreeMap<String, Constraint>,
}

/// The value of a constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Constraint {
    /// Yes or no; only the same value is covered.
    Flag(bool),
    /// At most this, at most 2^53 - 1.
    Limit(u64),
    /// One of these. `*` is everything; in `domain`, `*.example` is everything below `example`.
    Texts(BTreeSet<String>),
}

/// Why there is no such grant. Shown to people after the text that it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The tool.
    #[error(
        "is not a tool: names are parts of ASCII letters, digits, `_` and `-` with dots between them, as `http.get`"
    )]
    Tool,
    /// The name of a constraint.
    #[error(
        "is not a constraint: names are made of lower-case ASCII letters, digits, `_` and `-`, as `timeout-ms`"
    )]
    Key,
    /// A list without texts, or a text that is empty, too long or has control characters.
    #[error("must be a text or a list of texts, each of 1 to 256 bytes without control characters")]
    Texts,
    /// A number that is too large.
    #[error("is larger than 2^53 - 1")]
    Limit,
    /// More than 256 constraints or texts.
    #[error("has more than 256 entries")]
    Count,
    /// Not the canonical text of a grant.
    #[error("is not the canonical text of a grant")]
    NotCanonical,
}

impl Grant {
    /// A grant without constraints.
    ///
    /// # Errors
    /// [`GrantError::Tool`].
    pub fn new(tool: &str) -> Result<Self, GrantError> {
        let part = |part: &str| {
            part.starts_with(|first: char| first.is_ascii_alphabetic())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        };
        match tool.len() <= MAXIMUM_TEXT && tool.split('.').all(part) {
            true => Ok(Self {
                tool: tool.to_owned(),
                constraints: BTreeMap::new(),
            }),
            false => Err(GrantError::Tool),
        }
    }

    /// Adds a constraint, or replaces the one of that name.
    ///
    /// # Errors
    /// If the name or the value breaks a rule.
    pub fn constrain(&mut self, key: &str, constraint: Constraint) -> Result<(), GrantError> {
        let good_key = key.len() <= MAXIMUM_KEY
            && key.starts_with(|first: char| first.is_ascii_lowercase())
            && key.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
            });
        if !good_key {
            return Err(GrantError::Key);
        }
        let good_text =
            |text: &String| (1..=MAXIMUM_TEXT).contains(&text.len()) && !text.contains(char::is_control);
        match &constraint {
            Constraint::Texts(texts) if texts.len() > MAXIMUM_COUNT => return Err(GrantError::Count),
            Constraint::Texts(texts) if texts.is_empty() || !texts.iter().all(good_text) => {
                return Err(GrantError::Texts);
            }
            Constraint::Limit(limit) if *limit > MAXIMUM_LIMIT => return Err(GrantError::Limit),
            _ => {}
        }
        self.constraints.insert(key.to_owned(), constraint);
        match self.constraints.len() > MAXIMUM_COUNT {
            true => Err(GrantError::Count),
            false => Ok(()),
        }
    }

    /// Reads the canonical text.
    ///
    /// # Errors
    /// If it is not exactly what [`Grant`] shows.
    pub fn parse(text: &str) -> Result<Self, GrantError> {
        let (tool, constraints) = match text.split_once(' ') {
            None => (text, BTreeMap::new()),
            Some((tool, json)) => {
                let constraints: BTreeMap<String, Constraint> =
                    from_canonical(json.as_bytes()).map_err(|_| GrantError::NotCanonical)?;
                (tool, constraints)
            }
        };
        let mut grant = Self::new(tool)?;
        for (key, constraint) in constraints {
            grant.constrain(&key, constraint)?;
        }
        match grant.to_string() == text {
            true => Ok(grant),
            false => Err(GrantError::NotCanonical),
        }
    }

    /// The tool's name.
    pub fn tool(&self) -> &str {
        &self.tool
    }

    /// The constraints, by name.
    pub fn constraints(&self) -> &BTreeMap<String, Constraint> {
        &self.constraints
    }

    /// Whether whoever has this grant needs no other one for what `asked` allows.
    pub fn covers(&self, asked: &Grant) -> bool {
        self.tool == asked.tool
            && self.constraints.iter().all(|(key, allowed)| {
                asked
                    .constraints
                    .get(key)
                    .is_some_and(|asked| allowed.covers(key, asked))
            })
    }
}

impl Constraint {
    fn covers(&self, key: &str, asked: &Constraint) -> bool {
        match (self, asked) {
            (Self::Flag(allowed), Self::Flag(asked)) => allowed == asked,
            (Self::Limit(allowed), Self::Limit(asked)) => asked <= allowed,
            (Self::Texts(allowed), Self::Texts(asked)) => asked
                .iter()
                .all(|asked| allowed.iter().any(|allowed| text_covers(key, allowed, asked))),
            _ => false,
        }
    }
}

fn text_covers(key: &str, allowed: &str, asked: &str) -> bool {
    let below = || {
        key == "domain"
            && allowed.strip_prefix('*').is_some_and(|suffix| {
                suffix.starts_with('.') && asked.ends_with(suffix) && asked.len() > suffix.len()
            })
    };
    allowed == "*" || allowed == asked || below()
}

impl fmt::Display for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.tool)?;
        match self.constraints.is_empty() {
            true => Ok(()),
            false => write!(
                formatter,
                " {}",
                String::from_utf8_lossy(&to_canonical(&self.constraints))
            ),
        }
    }
}

/// What `wanted` asks for beyond `locked`, sorted: what an update has to ask the root about.
pub fn new_grants(locked: &[Grant], wanted: &[Grant]) -> Vec<Grant> {
    let new: BTreeSet<&Grant> = wanted
        .iter()
        .filter(|wanted| !locked.iter().any(|locked| locked.covers(wanted)))
        .collect();
    new.into_iter().cloned().collect()
}

/// What the root of a workspace gives: `[grants]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Consent {
    /// To every package.
    pub everyone: Vec<Grant>,
    /// To one package.
    pub packages: BTreeMap<PackageName, Vec<Grant>>,
}

impl Consent {
    /// What `package` asks for and was not given, sorted.
    pub fn missing(&self, package: &PackageName, asked: &[Grant]) -> Vec<Grant> {
        let own = self.packages.get(package).map(Vec::as_slice).unwrap_or_default();
        new_grants(&[self.everyone.as_slice(), own].concat(), asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grant(text: &str) -> Grant {
        Grant::parse(text).expect("a grant")
    }

    #[test]
    fn a_grant_has_one_text() {
        for text in [
            "http.get",
            "http.get {\"domain\":[\"a\",\"b\"],\"timeout-ms\":5}",
            "mcp.github.createIssue {\"dry_run\":true}",
        ] {
            assert_eq!(grant(text).to_string(), text);
        }
        for text in [
            "",
            "http..get",
            ".get",
            "1x",
            "http.get {}",
            "http.get  {\"a\":1}",
            "http.get {\"a\":1} ",
            "http.get {\"b\":1,\"a\":1}",
            "http.get {\"d\":[\"b\",\"a\"]}",
            "http.get {\"d\":[\"a\",\"a\"]}",
            "http.get {\"d\":[]}",
            "http.get {\"d\":\"a\"}",
            "http.get {\"d\":-1}",
            "http.get {\"d\":1.5}",
            "http.get {\"D\":1}",
            "http.get {\"d\":[\"\"]}",
            "http.get {\"d\":null}",
        ] {
            assert!(Grant::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn asking_for_more_is_noticed() {
        let cases = [
            ("http.get", "http.get", true),
            ("http.get", "http.get {\"domain\":[\"a\"]}", true),
            ("http.get {\"domain\":[\"a\"]}", "http.get", false),
            ("http.get", "http.post", false),
            ("t {\"n\":5}", "t {\"n\":4}", true),
            ("t {\"n\":5}", "t {\"n\":6}", false),
            ("t {\"n\":5}", "t {\"n\":[\"5\"]}", false),
            ("t {\"f\":true}", "t {\"f\":false}", false),
            ("t {\"d\":[\"a\",\"b\"]}", "t {\"d\":[\"b\"]}", true),
            ("t {\"d\":[\"a\"]}", "t {\"d\":[\"a\",\"b\"]}", false),
            ("t {\"d\":[\"*\"]}", "t {\"d\":[\"b\"]}", true),
            ("t {\"d\":[\"b\"]}", "t {\"d\":[\"*\"]}", false),
            (
                "t {\"domain\":[\"*.x.org\"]}",
                "t {\"domain\":[\"a.x.org\"]}",
                true,
            ),
            (
                "t {\"domain\":[\"*.x.org\"]}",
                "t {\"domain\":[\"*.a.x.org\"]}",
                true,
            ),
            (
                "t {\"domain\":[\"*.x.org\"]}",
                "t {\"domain\":[\"x.org\"]}",
                false,
            ),
            (
                "t {\"domain\":[\"*.x.org\"]}",
                "t {\"domain\":[\"evilx.org\"]}",
                false,
            ),
            ("t {\"path\":[\"*.x\"]}", "t {\"path\":[\"a.x\"]}", false),
        ];
        for (has, asks, covered) in cases {
            assert_eq!(grant(has).covers(&grant(asks)), covered, "{has} | {asks}");
            assert_eq!(new_grants(&[grant(has)], &[grant(asks)]).is_empty(), covered);
        }
    }

    #[test]
    fn consent_is_given_to_all_or_to_one() {
        let name = |text: &str| PackageName::parse(text).expect("a name");
        let consent = Consent {
            everyone: vec![grant("time.now")],
            packages: BTreeMap::from([(name("@a/b"), vec![grant("http.get {\"domain\":[\"x\"]}")])]),
        };
        let asked = [grant("time.now"), grant("http.get {\"domain\":[\"x\"]}")];
        assert_eq!(consent.missing(&name("@a/b"), &asked), []);
        assert_eq!(consent.missing(&name("@a/c"), &asked), [asked[1].clone()]);
    }

    proptest! {
        #[test]
        fn any_text_is_a_grant_or_refused(text in "[a-z.]{0,6}( [{}\\[\\]\":,a-c0-9]{0,20})?") {
            if let Ok(grant) = Grant::parse(&text) {
                prop_assert_eq!(grant.to_string(), text);
                prop_assert!(grant.covers(&grant));
            }
        }
    }
}
