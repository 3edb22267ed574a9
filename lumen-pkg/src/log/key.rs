//! Keys of notes: the log's Ed25519 (type 0x01) and witnesses' timestamped cosignatures (type 0x04, `cosignature/v1`).
//!
//! Sources: C2SP signed-note 1.0.0, "Signatures" and "Verifier keys"; tlog-cosignature 1.0.0, "Ed25519 signed message".

use super::error::LogError;
use super::note::NoteSignature;
use crate::protocol::{PublicKey, Signature};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The latest time that a cosignature may state (tlog-cosignature, "Format").
const LATEST_TIME: u64 = i64::MAX as u64;

/// What a key signs, and its signature type identifier byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureType {
    /// The text of the note: 0x01.
    Ed25519,
    /// The text of a checkpoint, and a time: 0x04.
    Cosignature,
}

impl SignatureType {
    const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }
}

/// A public key with its name: `NAME+ID+base64(type || key)`, the text form that configurations hold.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: SignatureType,
    key: PublicKey,
}

impl VerifierKey {
    /// A key of a type.
    ///
    /// # Errors
    /// If the name is empty, or has white space or `+`.
    pub fn new(name: &str, kind: SignatureType, key: PublicKey) -> Result<Self, LogError> {
        check_key_name(name).map_err(malformed)?;
        let name = name.to_owned();
        Ok(Self { name, kind, key })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// If it is not exactly the text form of a key of a known type.
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed("it is not `NAME+ID+KEY`"));
        };
        let bytes = STANDARD
            .decode(encoded)
            .map_err(|_| malformed("its last part is not base64"))?;
        let (kind, bytes) = match bytes.split_first() {
            Some((0x01, bytes)) => (SignatureType::Ed25519, bytes),
            Some((0x04, bytes)) => (SignatureType::Cosignature, bytes),
            _ => {
                return Err(malformed(
                    "it is of a type that is not supported; expected 1 or 4",
                ));
            }
        };
        let bytes = bytes
            .try_into()
            .map_err(|_| malformed("it does not have 32 bytes"))?;
        let key = PublicKey::from_bytes(bytes).map_err(|error| malformed(error.to_string()))?;
        let parsed = Self::new(name, kind, key)?;
        match hexadecimal(parsed.id()) == id {
            true => Ok(parsed),
            false => Err(malformed("its id is not that of its name and key")),
        }
    }

    /// The name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub const fn kind(&self) -> SignatureType {
        self.kind
    }

    /// The key itself.
    pub const fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The first four bytes of SHA-256(name || newline || type || key).
    pub fn id(&self) -> [u8; 4] {
        let hash: [u8; 32] = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', self.kind.byte()])
            .chain_update(self.key.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }

    /// Name and id, for messages: `registry.example+1a2b3c4d`.
    pub(super) fn label(&self) -> String {
        format!("{}+{}", self.name, hexadecimal(self.id()))
    }

    /// Verifies the bytes of a signature line over the text of a note; the answer is the time that a cosignature states.
    pub(super) fn verify(&self, text: &str, bytes: &[u8]) -> Result<Option<u64>, LogError> {
        let refused = || LogError::Signature { key: self.label() };
        let (message, signature, time) = match self.kind {
            SignatureType::Ed25519 => (text.to_owned(), bytes, None),
            SignatureType::Cosignature => {
                let (time, signature) = bytes.split_first_chunk::<8>().ok_or_else(refused)?;
                let time = u64::from_be_bytes(*time);
                if time > LATEST_TIME {
                    return Err(refused());
                }
                (cosigned(text, time), signature, Some(time))
            }
        };
        let signature = signature.try_into().map_err(|_| refused())?;
        self.key
            .verify(message.as_bytes(), &Signature::from_bytes(signature))
            .map_err(|_| refused())?;
        Ok(time)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.kind.byte()][..], self.key.as_bytes()].concat();
        write!(formatter, "{}+{}", self.label(), STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for VerifierKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifierKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The secret key of a log. It is wiped from memory when dropped and never shown.
pub struct SignerKey(Secret);

/// The secret key of a witness.
pub struct CosignerKey(Secret);

struct Secret {
    signing: SigningKey,
    verifier: VerifierKey,
}

impl Secret {
    fn new(name: &str, kind: SignatureType, seed: &[u8; 32]) -> Result<Self, LogError> {
        let signing = SigningKey::from_bytes(seed);
        let key = PublicKey::from_bytes(signing.verifying_key().as_bytes());
        let key = key.map_err(|error| malformed(error.to_string()))?;
        let verifier = VerifierKey::new(name, kind, key)?;
        Ok(Self { signing, verifier })
    }

    fn line(&self, bytes: Vec<u8>) -> NoteSignature {
        NoteSignature {
            name: self.verifier.name.clone(),
            id: self.verifier.id(),
            bytes,
        }
    }
}

impl SignerKey {
    /// From the 32 secret bytes of RFC 8032 section 5.1.5. The name is the origin of the log.
    ///
    /// # Errors
    /// If the name is empty, or has white space or `+`.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, LogError> {
        Secret::new(name, SignatureType::Ed25519, seed).map(Self)
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.0.verifier
    }

    /// Signs the text of a note.
    pub fn sign(&self, text: &str) -> NoteSignature {
        let signature = self.0.signing.sign(text.as_bytes());
        self.0.line(signature.to_bytes().to_vec())
    }
}

impl CosignerKey {
    /// From the 32 secret bytes of RFC 8032 section 5.1.5.
    ///
    /// # Errors
    /// If the name is empty, or has white space or `+`.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, LogError> {
        Secret::new(name, SignatureType::Cosignature, seed).map(Self)
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.0.verifier
    }

    /// Cosigns the text of a checkpoint, as seen at `time` (seconds since 1970; beyond 2^63 - 1 nobody accepts it).
    pub fn cosign(&self, text: &str, time: u64) -> NoteSignature {
        let signature = self.0.signing.sign(cosigned(text, time).as_bytes());
        self.0
            .line([&time.to_be_bytes()[..], &signature.to_bytes()].concat())
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SignerKey({})", self.0.verifier.label())
    }
}

impl fmt::Debug for CosignerKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CosignerKey({})", self.0.verifier.label())
    }
}

/// The message of a cosignature: two lines of its own, then the text.
fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// The rule for names of keys; the answer is what is wrong.
pub(super) fn check_key_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("the name of a key is empty");
    }
    let allowed = |character: char| !character.is_whitespace() && !character.is_control() && character != '+';
    match name.chars().all(allowed) {
        true => Ok(()),
        false => Err("the name of a key has white space, control characters or `+`"),
    }
}

fn hexadecimal(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

fn malformed(why: impl Into<String>) -> LogError {
    LogError::malformed("key", why)
}
