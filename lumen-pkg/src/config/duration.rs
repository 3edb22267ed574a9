//! Lengths of time in words: `3 days`.

/// The longest, in seconds: ten years of 365 days.
const MAXIMUM_SECONDS: u64 = 10 * 365 * 86_400;

const UNITS: [(&str, u64); 5] = [
    ("second", 1),
    ("minute", 60),
    ("hour", 3_600),
    ("day", 86_400),
    ("week", 7 * 86_400),
];

/// Parses a number and a unit, `3 days`, to seconds. The unit is second, minute, hour, day or week, with or without `s`.
///
/// # Errors
/// What is wrong; completes "`TEXT` ...".
pub fn parse_duration(text: &str) -> Result<u64, &'static str> {
    const SHAPE: &str =
        "is no length of time; write a number and `seconds`, `minutes`, `hours`, `days` or `weeks`";
    let (number, unit) = text.split_once(' ').ok_or(SHAPE)?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SHAPE);
    }
    let singular = unit.strip_suffix('s').unwrap_or(unit);
    let (_, seconds) = UNITS.iter().find(|(name, _)| *name == singular).ok_or(SHAPE)?;
    let total = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(*seconds));
    total
        .filter(|total| *total <= MAXIMUM_SECONDS)
        .ok_or("is longer than ten years")
}

#[cfg(test)]
mod tests {
    use super::parse_duration;

    #[test]
    fn a_length_is_a_number_and_a_unit() {
        let good = [
            ("0 days", 0),
            ("1 day", 86_400),
            ("3 days", 259_200),
            ("90 seconds", 90),
            ("2 weeks", 1_209_600),
            ("36 hours", 129_600),
        ];
        for (text, seconds) in good {
            assert_eq!(parse_duration(text), Ok(seconds), "{text}");
        }
        for text in [
            "",
            "3",
            "days",
            "3days",
            "3  days",
            "-3 days",
            "3.5 days",
            "3 dayss",
            "3 months",
            "+3 days",
            "3 days ",
            "99999999999999999999 days",
            "11 years",
            "521 weeks 1",
            "600 weeks",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
