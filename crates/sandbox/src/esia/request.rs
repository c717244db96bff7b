//! A signed request as ESIA checks it, written from its description and not from the portal's code.

use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::signer::Signer;

/// How far the clock of who asks may differ.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// What both steps carry.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Signed {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// Absent in the older form.
    pub(crate) client_certificate_hash: Option<String>,
    pub(crate) scope: String,
    pub(crate) timestamp: String,
    pub(crate) state: String,
    pub(crate) redirect_uri: String,
}

pub(crate) type Fault = (&'static str, &'static str);

impl Signed {
    /// The first thing that ESIA refuses.
    pub(crate) fn fault(&self, signer: &Signer, code: &str) -> Option<Fault> {
        let is_named = self.client_certificate_hash.as_deref();
        let text = match is_named {
            Some(_) => {
                format!("{}{}{}{}{}{code}", self.client_id, self.scope, self.timestamp, self.state, self.redirect_uri)
            }
            None => format!("{}{}{}{}", self.scope, self.timestamp, self.client_id, self.state),
        };
        [
            (self.redirect_uri.ends_with("/auth/esia/callback"), ("invalid_request", "ESIA-007023: redirect_uri")),
            (self.is_timely(), ("invalid_request", "ESIA-007015: timestamp")),
            (is_uuid(&self.state), ("invalid_request", "ESIA-007014: state")),
            (self.scope.split(' ').any(|scope| scope == "openid"), ("invalid_scope", "ESIA-007006: scope")),
            (
                signer.has_signed(&text, &self.client_secret, is_named),
                ("invalid_request", "ESIA-007053: client_secret"),
            ),
        ]
        .into_iter()
        .find_map(|(holds, fault)| (!holds).then_some(fault))
    }

    /// `2026.03.02 09:15:30 +0300`, and about now.
    fn is_timely(&self) -> bool {
        let shape: String = self.timestamp.chars().map(|sign| if sign.is_ascii_digit() { '0' } else { sign }).collect();
        let moment = Timestamp::strptime("%Y.%m.%d %H:%M:%S %z", &self.timestamp);
        let is_near = moment.is_ok_and(|moment| moment.duration_since(Timestamp::now()).abs() < WINDOW);
        matches!(shape.as_str(), "0000.00.00 00:00:00 +0000" | "0000.00.00 00:00:00 -0000") && is_near
    }
}

/// 8-4-4-4-12 hex digits.
fn is_uuid(text: &str) -> bool {
    let lengths: Vec<_> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// RFC 7636, 4.6; the older form has none.
pub(crate) fn is_proved(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
        _ => false,
    }
}

/// What a page shows whose request leads nowhere.
pub(crate) const NOWHERE: (StatusCode, &str) = (StatusCode::BAD_REQUEST, "redirect_uri is no address of the web");
