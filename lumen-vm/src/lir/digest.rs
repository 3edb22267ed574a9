//! Digests of the binary sections: identity of an artefact, in caches, manifests and traces.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// SHA-256 over a domain tag and the bytes of one binary section, so that no two kinds of section share a digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionDigest(pub [u8; 32]);

impl SectionDigest {
    /// Digest of a module in binary form ([`super::Module::encode`]): the artefact digest.
    pub fn of_module(encoded: &[u8]) -> SectionDigest {
        SectionDigest::tagged(b"lumen lir module 1\0", encoded)
    }

    /// Digest of a debug section in binary form ([`super::Debug::encode`]).
    pub fn of_debug(encoded: &[u8]) -> SectionDigest {
        SectionDigest::tagged(b"lumen lir debug 1\0", encoded)
    }

    fn tagged(tag: &[u8], encoded: &[u8]) -> SectionDigest {
        SectionDigest(
            Sha256::new()
                .chain_update(tag)
                .chain_update(encoded)
                .finalize()
                .into(),
        )
    }
}

impl fmt::Display for SectionDigest {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SectionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
