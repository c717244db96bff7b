//! Secrets that programs show: `Authorization: Bearer …`.

use http::{HeaderMap, header};
use subtle::ConstantTimeEq;

use crate::{Env, Problem, Slug, sha256};

/// What the header carries, if it is of this kind.
pub fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Refuses whoever does not show the secret of this variable; `words` say which one is wanted.
///
/// # Errors
/// `unauthenticated`, or a missing variable.
pub fn require(env: &Env, headers: &HeaderMap, variable: &str, words: &str) -> Result<(), Problem> {
    let expected = env.variable(variable)?;
    match token(headers) {
        Some(shown) if is_same(shown, &expected) => Ok(()),
        _ => Err(Problem::new(Slug::Unauthenticated, words).asks_for_bearer()),
    }
}

/// Digests are compared: their length tells nothing of the token's. An empty token opens nothing.
fn is_same(token: &str, expected: &str) -> bool {
    let same = sha256(token).as_bytes().ct_eq(sha256(expected).as_bytes());
    !expected.is_empty() && same.into()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn opens(authorization: &'static str, expected: &str) -> bool {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(authorization))]);
        token(&headers).is_some_and(|token| is_same(token, expected))
    }

    #[test]
    fn only_the_whole_token_opens() {
        assert!(opens("Bearer kalina-42", "kalina-42"));
        assert!(opens("bearer kalina-42", "kalina-42"));
        for wrong in ["", "kalina-42", "Basic kalina-42", "Bearer kalina-4", "Bearer kalina-421", "Bearer KALINA-42"] {
            assert!(!opens(wrong, "kalina-42"), "{wrong}");
        }
    }

    #[test]
    fn where_no_token_is_set_nothing_opens() {
        assert!(!opens("Bearer ", ""));
        assert!(!opens("Bearer", ""));
    }
}
