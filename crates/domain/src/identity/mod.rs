//! People whom somebody else knows: a state service or another provider vouches for who signs in.

pub mod certificate;
pub mod esia;
pub mod id_token;
pub mod jwk;
pub mod logout_token;
pub mod pkce;
pub mod refusal;

use jiff::{SignedDuration, Timestamp};

/// The name of ESIA («Госуслуги») in addresses, in the database and before its variables.
pub const ESIA: &str = "esia";

/// How sure it is who somebody is (S0: basic and verified levels).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Somebody who knows a password, or whom a provider knows by no more.
    Basic,
    /// A provider that checks documents, or the company, knows who it is.
    Confirmed,
}

impl Level {
    /// The name under which the level is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Confirmed => "confirmed",
        }
    }

    /// The level of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Basic, Self::Confirmed].into_iter().find(|level| level.as_str() == name)
    }
}

/// Where a sign-in goes on to: a path of the portal itself, never another site, and not back to the sign-in.
pub fn next_path(asked: &str) -> &str {
    let is_path = asked.starts_with('/') && !asked[1..].starts_with(['/', '\\']);
    let is_plain = asked.len() <= NEXT_LENGTH_MAX && asked.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    let is_page = !["/sign-in", "/api", "/auth"].iter().any(|path| is_under(asked, path));
    if is_path && is_plain && is_page { asked } else { "/" }
}

/// In bytes.
const NEXT_LENGTH_MAX: usize = 500;

fn is_under(asked: &str, path: &str) -> bool {
    asked.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// A sign-in at a provider takes no longer: people look for a password, a phone, a code.
pub const SIGN_IN_TIME: SignedDuration = SignedDuration::from_mins(10);

/// Whom the portal does not know yet decides within this time who that is here.
pub const UNLINKED_TIME: SignedDuration = SignedDuration::from_mins(15);

/// Names and values as an address or a form carries them (`application/x-www-form-urlencoded`).
pub fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// When something begun now is over; beyond the end of the calendar nothing ends.
pub fn ends_at(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_read_back_from_its_name_and_confirmed_is_the_higher() {
        for level in [Level::Basic, Level::Confirmed] {
            assert_eq!(Level::parse(level.as_str()), Some(level));
        }
        assert_eq!(Level::parse("AL20"), None);
        assert!(Level::Confirmed > Level::Basic);
    }

    #[test]
    fn a_sign_in_goes_on_within_the_portal_alone() {
        for path in ["/", "/readings", "/history?meter_id=1&year=2026", "/account?account_id=x#top", "/sign-inside"] {
            assert_eq!(next_path(path), path);
        }
        let long = format!("/{}", "a".repeat(500));
        for path in [
            "",
            "readings",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "/a\r\nset-cookie: x",
            "/с",
            "/sign-in",
            "/sign-in?next=/",
            "/api/auth/session",
            "/auth/oidc/callback",
            "/ /evil.example",
            &long,
        ] {
            assert_eq!(next_path(path), "/", "{path}");
        }
    }

    #[test]
    fn the_end_of_time_is_no_trap() {
        assert_eq!(ends_at(Timestamp::MAX, SIGN_IN_TIME), Timestamp::MAX);
    }
}
