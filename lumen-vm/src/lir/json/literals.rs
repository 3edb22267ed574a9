//! Constants in JSON: `{"int": 5}`, `{"float": "1.5"}`, `{"string": "text"}`, `{"bytes": "00ff"}`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::JsonError;
use super::cursor::Cursor;
use crate::lir::Constant;

/// Bits of the NaN that is written as a word.
const CANONICAL_NAN: u64 = 0x7ff8_0000_0000_0000;

pub(super) fn write(constant: &Constant) -> Value {
    match constant {
        Constant::Int(value) => json!({ "int": value }),
        Constant::Float(value) => json!({ "float": float_text(*value) }),
        Constant::String(value) => json!({ "string": value }),
        Constant::Bytes(value) => json!({ "bytes": hex(value) }),
    }
}

pub(super) fn read(cursor: &Cursor<'_>) -> Result<Constant, JsonError> {
    let kind = cursor.only_key()?;
    let value = cursor.need(kind)?;
    match kind {
        "int" => Ok(Constant::Int(value.integer()?)),
        "float" => {
            let text = value.text()?;
            float(text).map(Constant::Float).ok_or_else(|| {
                value.error(format!(
                    "`{text}` is not a Float: \"1.5\", \"1e21\", \"NaN\", \"inf\", \"-inf\""
                ))
            })
        }
        "string" => Ok(Constant::String(value.text()?.to_owned())),
        "bytes" => unhex(value.text()?)
            .map(Constant::Bytes)
            .ok_or_else(|| value.error("expected an even number of hexadecimal digits")),
        _ => Err(cursor.error(format!(
            "unknown constant `{kind}`; there are int, float, string, bytes"
        ))),
    }
}

/// Shortest text that reads back to the same bits; NaNs other than the canonical one by their bits.
pub(in crate::lir) fn float_text(value: f64) -> String {
    if value.is_nan() && value.to_bits() != CANONICAL_NAN {
        return format!("0x{:016x}", value.to_bits());
    }
    format!("{value:?}")
}

fn float(text: &str) -> Option<f64> {
    if let Some(bits) = text.strip_prefix("0x") {
        let bits = u64::from_str_radix(bits, 16).ok().filter(|_| bits.len() == 16)?;
        return Some(f64::from_bits(bits));
    }
    match text {
        "NaN" => Some(f64::from_bits(CANONICAL_NAN)),
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ if text.bytes().all(|byte| b"0123456789+-.eE".contains(&byte)) => text.parse().ok(),
        _ => None,
    }
}

/// Two lower-case digits a byte.
pub(in crate::lir) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a String does not fail");
            text
        })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some((digit(*high)? * 16 + digit(*low)?) as u8),
            _ => None,
        })
        .collect()
}
