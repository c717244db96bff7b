//! The secret of a session: 256 random bits, in the browser's cookie and nowhere else.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// A session's secret. It is never printed by accident: only [`SessionToken::expose`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

/// The text is not a session token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a session token")]
pub struct TokenError;

impl SessionToken {
    /// A new token from random bytes.
    pub const fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads exactly what [`SessionToken::expose`] writes: 43 letters of base64url without padding.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError)?;
        bytes.try_into().map(Self).map_err(|_| TokenError)
    }

    /// The token's text, for the cookie.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Under what the session is kept: the SHA-256 of the token's text in hex. Whoever reads it cannot sign in.
    pub fn session_id(&self) -> String {
        hex(&Sha256::digest(self.expose()))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_43_letters_long_and_hidden_from_logs() {
        let token = SessionToken::from_random([255; 32]);
        assert_eq!(token.expose(), format!("{}8", "_".repeat(42)));
        assert_eq!(format!("{token:?}"), "SessionToken(…)");
    }

    #[test]
    fn a_session_is_kept_under_the_hash_of_its_token() {
        // echo -n AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA | sha256sum
        let token = SessionToken::from_random([0; 32]);
        assert_eq!(token.session_id(), SESSION_ID_OF_ZEROS);
    }

    const SESSION_ID_OF_ZEROS: &str = "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a";

    #[test]
    fn only_the_one_form_is_read() {
        let token = SessionToken::from_random([0; 32]).expose();
        let not_canonical = format!("{}B", &token[..42]);
        for text in [
            "",
            &token[..42],
            &format!("{token}A"),
            &format!("{token}="),
            &format!(" {token}"),
            &not_canonical,
            &"+".repeat(43),
        ] {
            assert_eq!(SessionToken::parse(text), Err(TokenError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in any::<[u8; 32]>()) {
            let token = SessionToken::from_random(bytes);
            prop_assert_eq!(token.expose().len(), 43);
            prop_assert_eq!(SessionToken::parse(&token.expose()), Ok(token));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[A-Za-z0-9_=-]{40,46}") {
            if let Ok(token) = SessionToken::parse(&text) {
                prop_assert_eq!(token.expose(), text);
            }
        }
    }
}
