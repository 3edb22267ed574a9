//! The contents of a registry's three targets, all canonical JSON but the checkpoint, which is a signed note.

use super::refusal::{Refusal, Rule};
use crate::digest::Digest;
use crate::protocol::{MAXIMUM_ORIGIN_BYTES, from_canonical, is_origin};
use serde::{Deserialize, Serialize};

/// The target of role `targets` that says what the registry is.
pub const REGISTRY_TARGET: &str = "registry.json";
/// The target of role [`STATE_ROLE`] that is the signed note of the log's checkpoint.
pub const CHECKPOINT_TARGET: &str = "checkpoint";
/// The target of role [`STATE_ROLE`] that holds the map's root.
pub const MAP_ROOT_TARGET: &str = "map-root";
/// The delegated role that says where log and map stand.
pub const STATE_ROLE: &str = "state";

/// The version of `registry.json`.
const FORMAT: u64 = 1;
/// The most witnesses of a policy.
const MAXIMUM_WITNESSES: usize = 64;
/// Integers above are not exact in JSON (RFC 8785, section 3.2.2.3), and refused.
const MAXIMUM_INTEGER: u64 = (1 << 53) - 1;

/// `registry.json`: what the registry is, signed by its offline keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryConfig {
    /// The version of this format: 1.
    pub format: u64,
    /// The registry's name for itself, which its log and its lock entries carry. It never changes.
    pub origin: String,
    /// The log's key, as a C2SP signed-note verifier key: `ORIGIN+HASH+BASE64`.
    pub log_key: String,
    /// Who must have seen a checkpoint.
    pub witnesses: WitnessPolicy,
    /// Seconds for which resolution passes over a new version unless told otherwise; 0 for none.
    pub minimum_release_age: u64,
}

/// Which witnesses count, and how many of them a checkpoint needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WitnessPolicy {
    /// Verifier keys of cosignatures (C2SP tlog-cosignature).
    pub keys: Vec<String>,
    /// How many of them; 0 for none.
    pub quorum: u64,
}

/// `map-root`: the verifiable map, as it is after the leaves that the checkpoint of the same role counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRoot {
    /// The map's root hash.
    pub root: Digest,
    /// How many packages it holds.
    pub packages: u64,
    /// The size of the log's tree.
    pub size: u64,
}

impl RegistryConfig {
    /// A configuration of this format, checked.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence's end.
    pub fn new(
        origin: &str,
        log_key: &str,
        witnesses: WitnessPolicy,
        minimum_release_age: u64,
    ) -> Result<Self, String> {
        let config = Self {
            format: FORMAT,
            origin: origin.to_owned(),
            log_key: log_key.to_owned(),
            witnesses,
            minimum_release_age,
        };
        config.check().map(|()| config)
    }

    pub(super) fn read(role: &str, bytes: &[u8]) -> Result<Self, Box<Refusal>> {
        let config: Self =
            from_canonical(bytes).map_err(|error| refuse(role, REGISTRY_TARGET, error.to_string()))?;
        config
            .check()
            .map_err(|found| refuse(role, REGISTRY_TARGET, found))?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        let origin = &self.origin;
        if self.format != FORMAT {
            return Err(format!("format {} is not known", self.format));
        }
        if !is_origin(origin) {
            return Err(format!(
                "origin `{}` is not 1 to {MAXIMUM_ORIGIN_BYTES} visible ASCII characters without `+`",
                origin.escape_debug()
            ));
        }
        if self
            .log_key
            .strip_prefix(origin)
            .is_none_or(|rest| !rest.starts_with('+'))
        {
            return Err("the log key's name is not the origin".to_owned());
        }
        let witnesses = self.witnesses.keys.len();
        if witnesses > MAXIMUM_WITNESSES || self.witnesses.quorum > witnesses as u64 {
            return Err(format!(
                "a quorum of {} among {witnesses} witnesses",
                self.witnesses.quorum
            ));
        }
        match self.minimum_release_age <= MAXIMUM_INTEGER {
            true => Ok(()),
            false => Err("the minimum release age is out of range".to_owned()),
        }
    }
}

impl MapRoot {
    pub(super) fn read(role: &str, bytes: &[u8]) -> Result<Self, Box<Refusal>> {
        let map: Self =
            from_canonical(bytes).map_err(|error| refuse(role, MAP_ROOT_TARGET, error.to_string()))?;
        match map.packages <= map.size && map.size <= MAXIMUM_INTEGER {
            true => Ok(map),
            false => Err(refuse(
                role,
                MAP_ROOT_TARGET,
                format!("{} packages after {} leaves", map.packages, map.size),
            )),
        }
    }
}

fn refuse(role: &str, target: &str, found: String) -> Box<Refusal> {
    Box::new(Refusal::new(
        role,
        Rule::Content,
        format!("a valid {target}"),
        found,
    ))
}
