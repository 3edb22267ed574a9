//! Publishers' Ed25519 keys and signatures (RFC 8032), in JSON as standard base64 with padding.

use crate::digest::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::Cell;
use std::fmt;

/// A public key: 32 bytes that are a point on the curve, and not one of small order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// 64 bytes, not yet verified.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// Why a key or signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not base64, or of another length.
    #[error("it is not {0} bytes in base64")]
    Encoding(usize),
    /// No point on the curve, or a weak one.
    #[error("it is not a usable Ed25519 public key")]
    Point,
    /// The signature is not one of this key over these bytes.
    #[error("the signature does not verify")]
    Signature,
}

/// What the proof of `PUT keys` signs, to show that a user has the secret half of a key.
pub fn key_proof_bytes(user: &str) -> Vec<u8> {
    format!("lumen key v1\n{user}").into_bytes()
}

impl PublicKey {
    /// # Errors
    /// [`KeyError::Point`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        // The versions of a record mostly have one key, and to check that it is a point takes longer than to read all the rest.
        thread_local!(static LAST: Cell<Option<PublicKey>> = const { Cell::new(None) });
        if let Some(last) = LAST.get()
            && last.as_bytes() == bytes
        {
            return Ok(last);
        }
        match VerifyingKey::from_bytes(bytes) {
            Ok(key) if !key.is_weak() => {
                LAST.set(Some(Self(key)));
                Ok(Self(key))
            }
            _ => Err(KeyError::Point),
        }
    }

    /// # Errors
    /// See [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&decode(text)?)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The SHA-256 of the 32 bytes: how people and commands refer to a key.
    pub fn id(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// Verifies strictly (RFC 8032 section 5.1.7, no malleable or small-order forms).
    ///
    /// # Errors
    /// [`KeyError::Signature`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0
            .verify_strict(message, &signature)
            .map_err(|_| KeyError::Signature)
    }
}

impl Signature {
    /// The bytes of a signature.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// # Errors
    /// [`KeyError::Encoding`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        decode(text).map(Self)
    }

    /// The 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

fn decode<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], KeyError> {
    let mut bytes = [0; LENGTH];
    match STANDARD.decode_slice(text, &mut bytes) {
        Ok(length) if length == LENGTH => Ok(bytes),
        _ => Err(KeyError::Encoding(LENGTH)),
    }
}

/// Text form, `Debug`, and serde for a type of bytes with `parse` and `as_bytes`.
macro_rules! base64_form {
    ($type:ty) => {
        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&STANDARD.encode(self.as_bytes()))
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::text_form::deserialize(deserializer, Self::parse)
            }
        }
    };
}

base64_form!(PublicKey);
base64_form!(Signature);
