//! Amounts of bytes in words: `10 GiB`.

/// What a unit begins with, and its bytes: with `B` in thousands, with `iB` or nothing in steps of 1024.
const SCALES: [(&str, u64, u64); 5] = [
    ("", 1, 1),
    ("k", 1_000, 1 << 10),
    ("M", 1_000_000, 1 << 20),
    ("G", 1_000_000_000, 1 << 30),
    ("T", 1_000_000_000_000, 1 << 40),
];

/// Digits after the point that are read; more say nothing about bytes.
const MAXIMUM_DECIMALS: usize = 12;

/// Parses a number and a unit, `10 GiB`, `1.5GB` or `500M`, to bytes; parts of a byte are dropped. Units are `B`, `kB MB GB TB`
/// (thousands) and `KiB MiB GiB TiB` or `K M G T` (1024); upper and lower case are the same, blanks around number and unit do not count. Only
/// `0` needs no unit.
///
/// # Errors
/// What is wrong; completes "`TEXT` ...".
pub fn parse_size(text: &str) -> Result<u64, &'static str> {
    const SHAPE: &str = "is no size; write `0`, or a number and one of the units B, kB, MB, GB, TB (thousands), K, M, G, T, KiB, MiB, GiB, TiB (1024), \
        as `10 GiB`, `1.5 GB` or `500M`";
    let text = text.trim_matches(' ');
    let end = text.find(|next: char| !next.is_ascii_digit() && next != '.');
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let (whole, decimals) = match number.split_once('.') {
        Some((whole, decimals)) if is_digits(decimals) && decimals.len() <= MAXIMUM_DECIMALS => {
            (whole, decimals)
        }
        Some(_) => return Err(SHAPE),
        None => (number, ""),
    };
    let unit = unit.trim_start_matches(' ');
    let is_zero = number.bytes().all(|digit| matches!(digit, b'0' | b'.'));
    if !is_digits(whole) || (unit.is_empty() && !is_zero) {
        return Err(SHAPE);
    }
    let bytes = unit_bytes(unit).ok_or(SHAPE)?;
    in_bytes(whole, decimals, bytes).ok_or("is larger than any disk")
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

fn unit_bytes(unit: &str) -> Option<u64> {
    SCALES.iter().find_map(|(scale, thousands, powers)| {
        let is = |ending: &str| unit.eq_ignore_ascii_case(&format!("{scale}{ending}"));
        match () {
            () if is("B") => Some(*thousands),
            () if is("") || (!scale.is_empty() && is("iB")) => Some(*powers),
            () => None,
        }
    })
}

/// `whole.decimals` times `unit`, rounded down; nothing if that is more than 64 bits hold.
fn in_bytes(whole: &str, decimals: &str, unit: u64) -> Option<u64> {
    let whole = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    if decimals.is_empty() {
        return Some(whole);
    }
    // At most 10^12 times 2^40: far below 128 bits.
    let scale = 10_u128.pow(u32::try_from(decimals.len()).ok()?);
    let part = decimals.parse::<u128>().ok()? * u128::from(unit) / scale;
    whole.checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        let good = [
            ("0", 0),
            ("0.0", 0),
            ("0 B", 0),
            ("10 GiB", 10 << 30),
            ("10gib", 10 << 30),
            ("  10  GiB ", 10 << 30),
            ("500MB", 500_000_000),
            ("500M", 500 << 20),
            ("2k", 2 << 10),
            ("2 kb", 2_000),
            ("1 TiB", 1 << 40),
            ("0.5 GB", 500_000_000),
            ("1.5 GiB", 3 << 29),
            ("1.0019 kB", 1_001),
            ("0.999999999999 TiB", (1 << 40) - 2),
        ];
        for (text, bytes) in good {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in [
            "",
            "10",
            "0.5",
            "GiB",
            "iB",
            "1 iB",
            "-1 GiB",
            "1. GiB",
            ".5 GiB",
            ".",
            "1.2.3 GiB",
            "1.0000000000000 B",
            "10 gigs",
            "10 GiB\n",
            "99999999 TiB",
            "99999999999999999999 B",
        ] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
