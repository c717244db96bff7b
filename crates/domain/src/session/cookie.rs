//! The cookie that carries a session's token (RFC 6265).
//!
//! The `__Host-` prefix makes the browser keep it to this very host: secure, for every path, for no other domain.

use crate::session::{HOURS_MAX, SessionToken};

/// The name of the session's cookie.
pub const NAME: &str = "__Host-session";

const ATTRIBUTES: &str = "Path=/; HttpOnly; Secure; SameSite=Lax";

/// The request names two sessions, or one that is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session cookie is not one that was issued")]
pub struct CookieError;

/// The session's token in the `Cookie` headers of a request, if there is one.
///
/// Two cookies of the name are refused, even equal ones: a browser sends one, and which of two a proxy and we
/// would each believe is how sessions get planted. Names are compared letter by letter, as browsers do.
pub fn session_token<'a>(headers: impl IntoIterator<Item = &'a str>) -> Result<Option<SessionToken>, CookieError> {
    let mut values = headers.into_iter().flat_map(|header| header.split(';')).filter_map(session_value);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => SessionToken::parse(value).map(Some).map_err(|_| CookieError),
        (Some(_), Some(_)) => Err(CookieError),
    }
}

/// The value of one `name=value` pair, if the name is ours. Spaces and tabs around both mean nothing.
fn session_value(pair: &str) -> Option<&str> {
    let is_space = [' ', '\t'];
    let (name, value) = pair.split_once('=')?;
    (name.trim_matches(is_space) == NAME).then(|| value.trim_matches(is_space))
}

/// The `Set-Cookie` header that begins a session.
pub fn begin(token: &SessionToken) -> String {
    format!("{NAME}={}; {ATTRIBUTES}; Max-Age={}", token.expose(), HOURS_MAX * 3600)
}

/// The `Set-Cookie` header that ends a session.
pub fn end() -> String {
    format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token() -> SessionToken {
        SessionToken::from_random([7; 32])
    }

    fn ours() -> String {
        format!("{NAME}={}", token().expose())
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        for header in
            [ours(), format!("theme=dark; {}", ours()), format!("a=b;{} ; c=\"d=e\"", ours()), format!("; {};", ours())]
        {
            assert_eq!(session_token([header.as_str()]), Ok(Some(token())), "{header}");
        }
        assert_eq!(session_token(["theme=dark", &ours()]), Ok(Some(token())));
    }

    #[test]
    fn without_the_cookie_nobody_is_signed_in() {
        for header in ["", ";", "theme=dark", "__Host-session", "__host-session=x", "x__Host-session=x", "session=x"] {
            assert_eq!(session_token([header]), Ok(None), "{header}");
        }
        assert_eq!(session_token([]), Ok(None));
    }

    #[test]
    fn two_sessions_are_refused_even_if_they_are_the_same() {
        let twice = format!("{0}; {0}", ours());
        assert_eq!(session_token([twice.as_str()]), Err(CookieError));
        assert_eq!(session_token([ours().as_str(), "__Host-session="]), Err(CookieError));
    }

    #[test]
    fn what_was_never_issued_is_refused() {
        for value in ["", "x", "\"\"", &format!("\"{}\"", token().expose()), &format!("{}=", token().expose())] {
            assert_eq!(session_token([format!("{NAME}={value}").as_str()]), Err(CookieError), "{value}");
        }
    }

    #[test]
    fn the_cookie_is_kept_to_this_host_and_from_scripts() {
        assert!(begin(&token()).ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=43200"));
        assert_eq!(end(), "__Host-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0");
        let issued = begin(&token());
        assert_eq!(session_token([issued.split(';').next().unwrap()]), Ok(Some(token())));
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(header in "\\PC{0,200}") {
            let _ = session_token([header.as_str()]);
        }

        #[test]
        fn other_cookies_never_hide_the_session(
            before in proptest::collection::vec("[a-zA-Z0-9_-]{1,12}=[!#-+--:<-~]{0,20}", 0..5),
            after in proptest::collection::vec("[a-zA-Z0-9_-]{1,12}=[!#-+--:<-~]{0,20}", 0..5),
        ) {
            let header = [before, vec![ours()], after].concat().join("; ");
            prop_assert_eq!(session_token([header.as_str()]), Ok(Some(token())));
        }

        #[test]
        fn without_our_name_no_header_signs_anybody_in(header in "[a-zA-Z0-9_=; -]{0,120}") {
            if !header.contains(NAME) {
                prop_assert_eq!(session_token([header.as_str()]), Ok(None));
            }
        }
    }
}
