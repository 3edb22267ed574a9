//! Amounts of bytes in words: `10 GiB`.

const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// Parses a number and a unit, `10 GiB` or `500MB`, to bytes. Units are `B`, `kB MB GB TB` (thousands) and `KiB MiB GiB TiB` (1024);
/// upper and lower case are the same.
///
/// # Errors
/// What is wrong; completes "`TEXT` ...".
pub fn parse_size(text: &str) -> Result<u64, &'static str> {
    const SHAPE: &str = "is no size; write a number and a unit, as `10 GiB` or `500 MB`";
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let (_, bytes) = UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))
        .ok_or(SHAPE)?;
    if number.is_empty() {
        return Err(SHAPE);
    }
    let number: Option<u64> = number.parse().ok();
    number
        .and_then(|number| number.checked_mul(*bytes))
        .ok_or("is larger than any disk")
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        let good = [
            ("0 B", 0),
            ("10 GiB", 10 << 30),
            ("10gib", 10 << 30),
            ("500MB", 500_000_000),
            ("2 kb", 2_000),
            ("1 TiB", 1 << 40),
        ];
        for (text, bytes) in good {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in [
            "",
            "10",
            "GiB",
            "10  GiB",
            "-1 GiB",
            "1.5 GiB",
            "10 gigs",
            "10 GiB ",
            "99999999 TiB",
        ] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
