//! What lets a program give readings of some meters: 256 random bits, shown once.

use std::fmt;

use crate::session::{SessionToken, TokenError};

/// The text of a token. Only its hash is kept; only [`ReadingToken::expose`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadingToken(SessionToken);

impl ReadingToken {
    /// A new token from random bytes.
    pub const fn from_random(bytes: [u8; 32]) -> Self {
        Self(SessionToken::from_random(bytes))
    }

    /// Reads exactly what [`ReadingToken::expose`] writes.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        SessionToken::parse(text).map(Self)
    }

    /// The token's text, for its owner.
    pub fn expose(&self) -> String {
        self.0.expose()
    }

    /// Under what the token is kept: the SHA-256 of its text in hex.
    pub fn hash(&self) -> String {
        self.0.session_id()
    }
}

impl fmt::Debug for ReadingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadingToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_hashed_and_hidden_from_logs() {
        let token = ReadingToken::from_random([7; 32]);
        let text = token.expose();
        assert_eq!(ReadingToken::parse(&text), Ok(token.clone()));
        assert!(ReadingToken::parse(&text[1..]).is_err());
        assert_eq!(token.hash().len(), 64);
        assert!(!format!("{token:?}").contains(&text));
    }
}
