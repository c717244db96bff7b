//! The cookie of an identity that waits for its person. It comes with the very sign-in that the identity waits from and
//! is over with the browser's session: whoever uses the browser later does not find it.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use web::{Env, cookies, sha256};

const NAME: &str = "__Host-identity";
const ATTRIBUTES: &str = "Path=/; HttpOnly; Secure; SameSite=Lax";

/// What the cookie says: 256 random bits in hex.
pub(crate) struct Waiting(String);

impl Waiting {
    pub(crate) fn fresh(env: &Env) -> Self {
        Self(web::hex(&env.random::<32>()))
    }

    /// The one that came with a request; of two none counts.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut found = cookies(headers, NAME);
        let cookie = found.next().filter(|_| found.next().is_none());
        cookie.map(|value| Self(value.to_owned()))
    }

    /// Under what the identity is kept: whoever reads it cannot take the identity.
    pub(crate) fn hash(&self) -> String {
        sha256(&self.0)
    }

    /// `Set-Cookie` for as long as the browser is open.
    pub(crate) fn set(&self) -> (HeaderName, HeaderValue) {
        set_cookie(&format!("{NAME}={}; {ATTRIBUTES}", self.0))
    }
}

/// `Set-Cookie` that makes the browser forget it.
pub(crate) fn clear() -> (HeaderName, HeaderValue) {
    set_cookie(&format!("{NAME}=; {ATTRIBUTES}; Max-Age=0"))
}

fn set_cookie(cookie: &str) -> (HeaderName, HeaderValue) {
    (header::SET_COOKIE, HeaderValue::try_from(cookie).expect("names and hex are valid in a header"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cookies: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookies).unwrap())]);
        Waiting::of(&headers).map(|found| found.0)
    }

    #[test]
    fn of_two_cookies_none_counts() {
        assert_eq!(of("a=b; __Host-identity=0f; c=d").as_deref(), Some("0f"));
        for cookies in ["", "a=b", "x__Host-identity=0f", "__Host-identity=0f; __Host-identity=0f"] {
            assert_eq!(of(cookies), None, "{cookies}");
        }
    }

    #[test]
    fn the_cookie_is_over_with_the_browser_and_hidden_from_scripts() {
        let (_, cookie) = Waiting("0f".to_owned()).set();
        assert_eq!(cookie, "__Host-identity=0f; Path=/; HttpOnly; Secure; SameSite=Lax");
    }
}
