//! Proof key for code exchange (RFC 7636): whoever stole the code of a sign-in cannot use it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// The secret that a sign-in begins with and only its end tells, 43 letters of base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeVerifier(String);

impl CodeVerifier {
    /// A new one from random bytes.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// One that was kept.
    pub fn kept(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the exchange of the code.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the provider is told at the beginning; the method is S256, the other one proves nothing.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.0))
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeVerifier(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e3_the_challenge_is_that_of_rfc_7636() {
        let verifier = CodeVerifier::kept("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_verifier_has_256_bits_in_43_letters_and_is_hidden_from_logs() {
        let verifier = CodeVerifier::from_random([255; 32]);
        assert_eq!(verifier.expose(), format!("{}8", "_".repeat(42)));
        assert_eq!(format!("{verifier:?}"), "CodeVerifier(…)");
    }
}
