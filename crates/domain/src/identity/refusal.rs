//! Why nobody is let in, in closed lists: what a provider says in its own words reaches neither a page nor a record.

use std::borrow::Cow;

/// What the sign-in page tells; it has the words and the way out for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The sign-in is over, was answered before, or was begun in another browser.
    Stale,
    /// The person declined.
    Declined,
    /// The provider does not answer, or cannot now.
    Unavailable,
    /// What came is not what the provider gives for this sign-in.
    Distrusted,
    /// The provider does not take how the portal asks: the operator has to mend it.
    Misconfigured,
    /// The clocks of the portal and the provider differ.
    Clock,
    /// The provider does not know yet who the person is: the account there is not confirmed.
    Unconfirmed,
    /// There is no such provider here, or none any more.
    Unknown,
    /// The provider was to ask the person anew, and let in by a session that was open there.
    NotAnew,
    /// The person signed in there for an organisation.
    Organisation,
}

impl Reason {
    /// Every reason there is.
    pub const ALL: [Self; 10] = [
        Self::Stale,
        Self::Declined,
        Self::Unavailable,
        Self::Distrusted,
        Self::Misconfigured,
        Self::Clock,
        Self::Unconfirmed,
        Self::Unknown,
        Self::NotAnew,
        Self::Organisation,
    ];

    /// The name in the address of the sign-in page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stale => "provider-stale",
            Self::Declined => "provider-declined",
            Self::Unavailable => "provider-unavailable",
            Self::Distrusted => "provider-distrusted",
            Self::Misconfigured => "provider-misconfigured",
            Self::Clock => "provider-clock",
            Self::Unconfirmed => "provider-unconfirmed",
            Self::Unknown => "provider-unknown",
            Self::NotAnew => "provider-not-anew",
            Self::Organisation => "provider-organisation",
        }
    }
}

/// A refusal that is on one of our lists, or a code of ESIA that is on none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What the person is told.
    pub reason: Reason,
    /// What the record says.
    pub words: Cow<'static, str>,
}

type Known = (&'static str, Reason, &'static str);

/// RFC 6749, 4.1.2.1, and OpenID Connect Core 1.0, 3.1.2.6.
const AUTHORIZATION: [Known; 11] = [
    ("access_denied", Reason::Declined, "the person declined"),
    ("server_error", Reason::Unavailable, "server_error"),
    ("temporarily_unavailable", Reason::Unavailable, "temporarily_unavailable"),
    ("invalid_request", Reason::Misconfigured, "invalid_request"),
    ("unauthorized_client", Reason::Misconfigured, "unauthorized_client"),
    ("unsupported_response_type", Reason::Misconfigured, "unsupported_response_type"),
    ("invalid_scope", Reason::Misconfigured, "invalid_scope"),
    ("login_required", Reason::Stale, "login_required"),
    ("interaction_required", Reason::Stale, "interaction_required"),
    ("account_selection_required", Reason::Stale, "account_selection_required"),
    ("consent_required", Reason::Declined, "consent_required"),
];

/// RFC 6749, 5.2.
const TOKEN: [Known; 6] = [
    ("invalid_grant", Reason::Stale, "invalid_grant"),
    ("invalid_request", Reason::Misconfigured, "invalid_request"),
    ("invalid_client", Reason::Misconfigured, "invalid_client"),
    ("unauthorized_client", Reason::Misconfigured, "unauthorized_client"),
    ("unsupported_grant_type", Reason::Misconfigured, "unsupported_grant_type"),
    ("invalid_scope", Reason::Misconfigured, "invalid_scope"),
];

const UNKNOWN: Refusal =
    Refusal { reason: Reason::Unavailable, words: Cow::Borrowed("an error that the standard does not have") };

/// ESIA's own codes, which stand at the beginning of its descriptions.
const ESIA: [Known; 9] = [
    ("ESIA-007004", Reason::Declined, "ESIA-007004: the person declined"),
    ("ESIA-007006", Reason::Misconfigured, "ESIA-007006: the scope is not granted to the portal"),
    ("ESIA-007011", Reason::Stale, "ESIA-007011: the code is over"),
    ("ESIA-007015", Reason::Clock, "ESIA-007015: the clocks differ"),
    ("ESIA-007023", Reason::Misconfigured, "ESIA-007023: the redirect address is not registered"),
    ("ESIA-007039", Reason::Misconfigured, "ESIA-007039: the proof key is refused"),
    ("ESIA-007040", Reason::Misconfigured, "ESIA-007040: the proof key does not fit"),
    ("ESIA-007053", Reason::Misconfigured, "ESIA-007053: the signature or its certificate is refused"),
    ("ESIA-007055", Reason::Unconfirmed, "ESIA-007055: the account is not confirmed"),
];

/// What each of ESIA's codes begins with; six digits follow.
const ESIA_CODE: &str = "ESIA-";

/// What the provider answers instead of a code; a code of ESIA in the description tells more than the error.
pub fn of_authorization(error: &str, description: &str) -> Refusal {
    of_esia(description).or_else(|| find(&AUTHORIZATION, error)).unwrap_or(UNKNOWN)
}

/// What the provider answers instead of tokens.
pub fn of_token(error: &str, description: &str) -> Refusal {
    of_esia(description).or_else(|| find(&TOKEN, error)).unwrap_or(UNKNOWN)
}

/// Of a code that is not on the list the record keeps the digits alone. Whatever error it comes with, the person did not
/// decline: that has a code of its own.
fn of_esia(description: &str) -> Option<Refusal> {
    let code = description.trim_start().get(..ESIA_CODE.len() + 6)?;
    let is_code = code.strip_prefix(ESIA_CODE)?.bytes().all(|digit| digit.is_ascii_digit());
    let unlisted = || Refusal { reason: Reason::Unavailable, words: Cow::Owned(format!("{code}: not on our list")) };
    is_code.then(|| find(&ESIA, code).unwrap_or_else(unlisted))
}

fn find(known: &[Known], name: &str) -> Option<Refusal> {
    let &(_, reason, words) = known.iter().find(|(known, ..)| *known == name)?;
    Some(Refusal { reason, words: Cow::Borrowed(words) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_declined_is_told_so_and_who_may_try_again_too() {
        assert_eq!(of_authorization("access_denied", "").reason, Reason::Declined);
        assert_eq!(of_authorization("temporarily_unavailable", "").reason, Reason::Unavailable);
        assert_eq!(of_authorization("invalid_scope", "").reason, Reason::Misconfigured);
        assert_eq!(of_token("invalid_grant", "").reason, Reason::Stale);
        assert_eq!(of_token("invalid_client", "").reason, Reason::Misconfigured);
    }

    #[test]
    fn a_code_of_esia_that_is_on_no_list_reaches_the_record_alone_and_nobody_declined() {
        let refusal = of_authorization("access_denied", "ESIA-007002: <script> of theirs");
        assert_eq!((refusal.reason, &*refusal.words), (Reason::Unavailable, "ESIA-007002: not on our list"));
        assert_eq!(of_authorization("access_denied", "ESIA-00700x").reason, Reason::Declined, "that is no code");
    }

    #[test]
    fn the_words_of_a_provider_are_never_repeated() {
        for error in ["", "Invalid_grant", "<script>", "access_denied\r\nset-cookie: x", "слишком много"] {
            assert_eq!(of_authorization(error, error), UNKNOWN, "{error}");
            assert_eq!(of_token(error, error), UNKNOWN, "{error}");
        }
    }

    #[test]
    fn every_listed_error_has_a_reason() {
        for (error, reason, _) in AUTHORIZATION {
            assert_eq!(of_authorization(error, "").reason, reason);
        }
        for (error, reason, words) in TOKEN {
            assert_eq!(of_token(error, ""), Refusal { reason, words: words.into() });
        }
        for (code, reason, words) in ESIA {
            let description = format!("{code}: Доступ <запрещён>");
            assert_eq!(of_authorization("access_denied", &description), Refusal { reason, words: words.into() });
            assert_eq!(of_token("invalid_request", &description), Refusal { reason, words: words.into() });
        }
    }
}
