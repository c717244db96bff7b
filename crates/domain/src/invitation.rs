//! The link that lets one new person set a password: 256 random bits, good once and for some hours.

use std::fmt;

use jiff::Timestamp;

use crate::session::{SessionToken, TokenError};

/// What the link of an invitation ends in. Only its hash is kept; only [`InvitationToken::expose`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationToken(SessionToken);

impl InvitationToken {
    /// A new token from random bytes.
    pub const fn from_random(bytes: [u8; 32]) -> Self {
        Self(SessionToken::from_random(bytes))
    }

    /// Reads exactly what [`InvitationToken::expose`] writes.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        SessionToken::parse(text).map(Self)
    }

    /// The token's text, for the link.
    pub fn expose(&self) -> String {
        self.0.expose()
    }

    /// Under what the invitation is kept: the SHA-256 of the token's text in hex.
    pub fn hash(&self) -> String {
        self.0.session_id()
    }
}

impl fmt::Debug for InvitationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationToken(…)")
    }
}

/// Whether an invitation can still be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationState {
    /// It can.
    Open,
    /// Somebody took it.
    Used,
    /// Nobody took it in time.
    Expired,
}

/// Whether an invitation can still be taken. The last moment of its term belongs to it.
pub fn state(is_used: bool, expires_at: Timestamp, now: Timestamp) -> InvitationState {
    if is_used {
        InvitationState::Used
    } else if now > expires_at {
        InvitationState::Expired
    } else {
        InvitationState::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_good_once_and_in_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(state(false, at(60), at(60)), InvitationState::Open);
        assert_eq!(state(false, at(60), at(61)), InvitationState::Expired);
        assert_eq!(state(true, at(60), at(0)), InvitationState::Used);
        assert_eq!(state(true, at(60), at(61)), InvitationState::Used);
    }

    #[test]
    fn a_token_is_read_back_hashed_and_hidden_from_logs() {
        let token = InvitationToken::from_random([3; 32]);
        assert_eq!(InvitationToken::parse(&token.expose()), Ok(token.clone()));
        assert_eq!(InvitationToken::parse("short"), Err(TokenError));
        assert_eq!(token.hash().len(), 64);
        assert_ne!(token.hash(), InvitationToken::from_random([4; 32]).hash());
        assert_eq!(format!("{token:?}"), "InvitationToken(…)");
    }
}
