//! Headers that every answer carries.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// What every answer says.
static ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];
/// What a document may do.
static OF_DOCUMENTS: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];
/// Data do nothing, even where a browser is led to them; a page asks for eight such answers, and what they say of
/// themselves is weighed too.
static OF_DATA: [(HeaderName, &str); 1] =
    [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'")];

/// Adds the security headers; a policy of its own, which a file of somebody else has, is the stricter one and stays. Over
/// HTTPS (`is_https`: the public origin's scheme) browsers are told to stay there.
pub fn secure(headers: &mut HeaderMap, is_https: bool) {
    let own = if is_json(headers) { OF_DATA.iter() } else { OF_DOCUMENTS.iter() };
    for (name, value) in ALWAYS.iter().chain(own) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_https {
        // Not for subdomains: a portal on a city's own domain must not decide for its neighbours.
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| media_type.ends_with("json"))
}
