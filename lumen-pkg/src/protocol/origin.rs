//! What can be the origin of a registry: the one rule for the ceremony, the metadata, checkpoints in locks, and the server's configuration.

/// The longest origin, in bytes.
pub const MAXIMUM_ORIGIN_BYTES: usize = 128;

/// Whether a text can be the origin of a registry. It is the first line of its checkpoints and the name of its log's key (C2SP signed-note), and
/// stands in locks and messages: 1 to [`MAXIMUM_ORIGIN_BYTES`] visible ASCII characters without `+`.
pub fn is_origin(text: &str) -> bool {
    (1..=MAXIMUM_ORIGIN_BYTES).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+')
}

#[cfg(test)]
mod tests {
    use super::{MAXIMUM_ORIGIN_BYTES, is_origin};

    #[test]
    fn an_origin_is_visible_ascii_without_plus() {
        let longest = "o".repeat(MAXIMUM_ORIGIN_BYTES);
        for good in ["registry.example", "localhost-dev-3f9a2c41", "a", &longest] {
            assert!(is_origin(good), "{good}");
        }
        let too_long = format!("{longest}o");
        for bad in ["", "a b", "a+b", "a\n", "größe", &too_long] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
