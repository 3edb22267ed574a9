//! C2SP signed notes (signed-note 1.0.0): a text and signature lines. Form only: keys are `key`, trust is `policy`.

use super::error::LogError;
use super::key::{SignerKey, VerifierKey, check_key_name};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

/// The longest note that is read, in bytes (128 KiB): room for 16 post-quantum signatures.
pub const MAXIMUM_NOTE_BYTES: usize = 128 * 1024;

/// The most signature lines that are read. The specification asks for at least 16.
pub const MAXIMUM_NOTE_SIGNATURES: usize = 64;

/// A text and its signatures, none of them verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature line: `— NAME base64(id || bytes)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The first four bytes of the hash that identifies the key and its type.
    pub id: [u8; 4],
    /// What the type of the key says: 64 bytes for Ed25519, 8 + 64 for a cosignature.
    pub bytes: Vec<u8>,
}

impl Note {
    /// A note that nobody has signed yet. It has no valid text form until somebody has.
    ///
    /// # Errors
    /// If the text does not end in a newline or has control characters.
    pub fn unsigned(text: impl Into<String>) -> Result<Self, LogError> {
        let text = text.into();
        if !text.ends_with('\n') {
            return Err(malformed("its text does not end in a newline"));
        }
        check_characters(&text)?;
        let signatures = Vec::new();
        Ok(Self { text, signatures })
    }

    /// A note signed by one key.
    ///
    /// # Errors
    /// As [`Note::unsigned`].
    pub fn sign(text: impl Into<String>, key: &SignerKey) -> Result<Self, LogError> {
        let mut note = Self::unsigned(text)?;
        note.add(key.sign(note.text()));
        Ok(note)
    }

    /// Adds a signature line.
    pub fn add(&mut self, signature: NoteSignature) {
        self.signatures.push(signature);
    }

    /// Reads a note. At least one signature line is there; all have the right form.
    ///
    /// # Errors
    /// [`LogError::Malformed`], with the rule.
    pub fn parse(bytes: &[u8]) -> Result<Self, LogError> {
        if bytes.len() > MAXIMUM_NOTE_BYTES {
            return Err(malformed(format!("it is longer than {MAXIMUM_NOTE_BYTES} bytes")));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
        check_characters(whole)?;
        let (before, lines) = whole
            .rsplit_once("\n\n")
            .ok_or_else(|| malformed("it has no empty line before its signatures"))?;
        let lines = lines
            .strip_suffix('\n')
            .ok_or_else(|| malformed("its last line is not ended"))?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == MAXIMUM_NOTE_SIGNATURES {
                return Err(malformed(format!(
                    "it has more than {MAXIMUM_NOTE_SIGNATURES} signatures"
                )));
            }
            signatures.push(NoteSignature::parse(line)?);
        }
        let text = format!("{before}\n");
        Ok(Self { text, signatures })
    }

    /// The text of the whole note.
    pub fn render(&self) -> String {
        let mut whole = format!("{}\n", self.text);
        for signature in &self.signatures {
            let bytes = [&signature.id[..], &signature.bytes].concat();
            let _ = writeln!(whole, "\u{2014} {} {}", signature.name, STANDARD.encode(bytes));
        }
        whole
    }

    /// What is signed, with its last newline. Not to be believed before a signature is verified.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in their order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Verifies every signature line with the name and id of `key`: `None` if there is none, otherwise the earliest time that they state
    /// (`Some(None)` for a type without time).
    ///
    /// # Errors
    /// [`LogError::Signature`] if one of them is wrong: the specification wants the whole note refused.
    pub fn verify(&self, key: &VerifierKey) -> Result<Option<Option<u64>>, LogError> {
        let mut found: Option<Option<u64>> = None;
        for signature in &self.signatures {
            if signature.name == key.name() && signature.id == key.id() {
                let time = key.verify(&self.text, &signature.bytes)?;
                found = Some(found.map_or(time, |earlier| earlier.min(time)));
            }
        }
        Ok(found)
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Result<Self, LogError> {
        let rest = line
            .strip_prefix("\u{2014} ")
            .ok_or_else(|| malformed("a signature line does not begin with a dash and a space"))?;
        let (name, encoded) = rest
            .split_once(' ')
            .ok_or_else(|| malformed("a signature line has no signature"))?;
        check_key_name(name).map_err(malformed)?;
        let bytes = STANDARD
            .decode(encoded)
            .map_err(|_| malformed(format!("the signature by `{name}` is not base64")))?;
        match bytes.split_first_chunk::<4>() {
            Some((id, bytes)) if !bytes.is_empty() => Ok(Self {
                name: name.to_owned(),
                id: *id,
                bytes: bytes.to_vec(),
            }),
            _ => Err(malformed(format!("the signature by `{name}` is too short"))),
        }
    }
}

fn check_characters(text: &str) -> Result<(), LogError> {
    match text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        true => Err(malformed("it has control characters")),
        false => Ok(()),
    }
}

fn malformed(why: impl Into<String>) -> LogError {
    LogError::malformed("note", why)
}
