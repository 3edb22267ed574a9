//! What must not be shown: a token.

use std::fmt;

/// An API token, `lumen_...`. Not shown by `Debug`, and only sent in the `Authorization` header.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Why a text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// Too long to be one.
    #[error("it is longer than 256 characters")]
    TooLong,
    /// Something that does not fit in a header.
    #[error("it has characters that no token has; tokens are made of ASCII letters, digits, `_` and `-`")]
    BadCharacter,
}

impl Token {
    /// Parses a token; white space around it is ignored.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        let allowed = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
        match text {
            "" => Err(TokenError::Empty),
            _ if text.len() > 256 => Err(TokenError::TooLong),
            _ if !text.chars().all(allowed) => Err(TokenError::BadCharacter),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The text, for the header and for the file of credentials.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, TokenError};

    #[test]
    fn a_token_fits_in_a_header_and_is_not_shown() {
        let token = Token::parse(" lumen_abc-1\n").expect("a token");
        assert_eq!(token.reveal(), "lumen_abc-1");
        assert_eq!(format!("{token:?}"), "Token(..)");
        assert_eq!(Token::parse(" "), Err(TokenError::Empty));
        assert_eq!(Token::parse("a\r\nb: c"), Err(TokenError::BadCharacter));
        assert_eq!(Token::parse(&"a".repeat(257)), Err(TokenError::TooLong));
    }
}
