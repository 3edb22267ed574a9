//! Keys of TUF roles: Ed25519, stored as PKCS#8 PEM.

use super::MetadataError;
use super::document::signed_bytes;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _,
};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use lumen_pkg::Digest;
use serde_json::{Value, json};

/// A secret key of a role.
#[derive(Clone)]
pub struct RoleKey(SigningKey);

/// A public key of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolePublicKey(VerifyingKey);

impl RoleKey {
    /// From the 32 secret bytes of RFC 8032 section 5.1.5.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// A new key, from the system's random source.
    ///
    /// # Errors
    /// [`MetadataError::Input`] if there is no randomness.
    pub fn generate() -> Result<Self, MetadataError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)
            .map_err(|error| MetadataError::Input(format!("no random bytes: {error}")))?;
        Ok(Self::from_seed(&seed))
    }

    /// # Errors
    /// [`MetadataError::Pem`].
    pub fn from_pem(text: &str) -> Result<Self, MetadataError> {
        let key = SigningKey::from_pkcs8_pem(text);
        key.map(Self)
            .map_err(|error| MetadataError::Pem(error.to_string()))
    }

    /// `-----BEGIN PRIVATE KEY-----`.
    ///
    /// # Errors
    /// [`MetadataError::Pem`].
    pub fn to_pem(&self) -> Result<String, MetadataError> {
        let pem = self.0.to_pkcs8_pem(LineEnding::LF);
        pem.map(|pem| pem.to_string())
            .map_err(|error| MetadataError::Pem(error.to_string()))
    }

    /// The 32 secret bytes.
    pub fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    pub fn public(&self) -> RolePublicKey {
        RolePublicKey(self.0.verifying_key())
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> String {
        hex(&self.0.sign(bytes).to_bytes())
    }
}

impl RolePublicKey {
    /// A public key's PEM, or the one of a secret key.
    ///
    /// # Errors
    /// [`MetadataError::Pem`].
    pub fn from_pem(text: &str) -> Result<Self, MetadataError> {
        if text.contains("PRIVATE KEY") {
            return RoleKey::from_pem(text).map(|key| key.public());
        }
        let key = VerifyingKey::from_public_key_pem(text);
        key.map(Self)
            .map_err(|error| MetadataError::Pem(error.to_string()))
    }

    /// `-----BEGIN PUBLIC KEY-----`.
    ///
    /// # Errors
    /// [`MetadataError::Pem`].
    pub fn to_pem(&self) -> Result<String, MetadataError> {
        let pem = self.0.to_public_key_pem(LineEnding::LF);
        pem.map_err(|error| MetadataError::Pem(error.to_string()))
    }

    /// The TUF key id: the SHA-256 of the key object's canonical form, which `tough` insists on.
    pub fn id(&self) -> String {
        Digest::of(&signed_bytes(&self.object())).to_string()
    }

    /// The key object of TUF section 4.2.1.
    pub(super) fn object(&self) -> Value {
        json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": hex(self.0.as_bytes())}})
    }

    /// The key of a key object, if it is an Ed25519 key.
    pub(super) fn of_object(object: &Value) -> Option<Self> {
        let text = object.pointer("/keyval/public")?.as_str()?;
        let key = VerifyingKey::from_bytes(Digest::parse(text)?.as_bytes()).ok()?;
        Some(Self(key))
    }

    pub(super) fn verifies(&self, bytes: &[u8], signature: &str) -> bool {
        let half = |range| signature.get(range).and_then(Digest::parse);
        let (Some(first), Some(second), 128) = (half(0..64), half(64..128), signature.len()) else {
            return false;
        };
        let signature = ed25519_dalek::Signature::from_components(*first.as_bytes(), *second.as_bytes());
        self.0.verify_strict(bytes, &signature).is_ok()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
