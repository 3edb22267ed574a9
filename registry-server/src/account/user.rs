//! What users may be called.

/// 1 to 39 lower-case ASCII letters, digits and `-`, beginning with a letter.
pub fn is_user_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=39).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(plain)
}
