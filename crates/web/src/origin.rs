//! Requests that change something must come from our own pages or from no browser at all.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; neither can be set by a
//! page. A program that sends neither carries no cookie that a browser attached for somebody else.

use http::{HeaderMap, Method, header};

/// Whether the request may change something.
pub(crate) fn is_ours(method: &Method, headers: &HeaderMap, public_origin: &str) -> bool {
    if method.is_safe() {
        return true;
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    headers.get(header::ORIGIN).is_none_or(|origin| origin == public_origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://moydom.example";

    fn allowed(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        is_ours(&method, &headers, OURS)
    }

    #[test]
    fn reading_is_allowed_from_anywhere() {
        assert!(allowed(Method::GET, &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]));
    }

    #[test]
    fn a_browser_s_word_about_the_site_decides() {
        assert!(allowed(Method::POST, &[("sec-fetch-site", "same-origin")]));
        assert!(allowed(Method::POST, &[("sec-fetch-site", "none")]));
        assert!(!allowed(Method::POST, &[("sec-fetch-site", "same-site")]));
        assert!(!allowed(Method::POST, &[("sec-fetch-site", "cross-site"), ("origin", OURS)]));
    }

    #[test]
    fn an_older_browser_is_known_by_the_origin() {
        assert!(allowed(Method::POST, &[("origin", OURS)]));
        assert!(!allowed(Method::POST, &[("origin", "https://evil.example")]));
        assert!(!allowed(Method::DELETE, &[("origin", "null")]));
    }

    #[test]
    fn a_program_that_is_no_browser_is_let_through() {
        assert!(allowed(Method::POST, &[]));
    }
}
