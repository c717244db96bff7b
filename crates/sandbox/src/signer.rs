//! The service that signs for ESIA, as docs/operations.md describes it. Its signatures are real, though of another
//! scheme: the portal does not look inside. It also knows which of its certificates were revoked, as ESIA does, and checks
//! the signatures of people.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey, signature::Verifier as _};
use rsa::rand_core::OsRng;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use signature::Signer as _;

use crate::signature::{Signatures, Verdict};

const CERTIFICATE_TIME: SignedDuration = SignedDuration::from_hours(365 * 24);

#[derive(Clone)]
pub(crate) struct Signer(Arc<Inner>);

struct Inner {
    token: String,
    own: Mutex<Certificate>,
    /// By which ESIA signs tokens.
    esia: SigningKey,
    /// Those of people.
    signatures: Signatures,
}

struct Certificate {
    key: SigningKey,
    not_after: Timestamp,
    is_revoked: bool,
}

impl Certificate {
    fn new() -> Self {
        let not_after = Timestamp::now() + CERTIFICATE_TIME;
        Self { key: SigningKey::random(&mut OsRng), not_after, is_revoked: false }
    }

    fn hash(&self) -> String {
        let point = self.key.verifying_key().to_encoded_point(false);
        Sha256::digest(point.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Signer {
    pub(crate) fn new(token: &str, signatures: Signatures) -> Self {
        let own = Mutex::new(Certificate::new());
        Self(Arc::new(Inner { token: token.to_owned(), own, esia: SigningKey::random(&mut OsRng), signatures }))
    }

    fn own(&self) -> MutexGuard<'_, Certificate> {
        self.0.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the text was signed by the certificate of this digest, and that holds. The older form names none.
    pub(crate) fn has_signed(&self, text: &str, secret: &str, certificate_hash: Option<&str>) -> bool {
        let own = self.own();
        let is_named = certificate_hash.is_none_or(|named| named == own.hash().to_uppercase());
        let signature = URL_SAFE_NO_PAD.decode(secret).unwrap_or_default();
        let raw = if certificate_hash.is_some() { &signature } else { signature.strip_prefix(ENVELOPE).unwrap_or(&[]) };
        let signature = Signature::from_slice(raw);
        let is_by = |signature| own.key.verifying_key().verify(text.as_bytes(), &signature).is_ok();
        is_named && !own.is_revoked && signature.is_ok_and(is_by)
    }

    /// What ESIA signs a token with.
    pub(crate) fn sign_as_esia(&self, message: &str) -> Vec<u8> {
        let signature: Signature = self.0.esia.sign(message.as_bytes());
        signature.to_vec()
    }

    fn lets(&self, headers: &HeaderMap) -> bool {
        let expected = format!("Bearer {}", self.0.token);
        headers.get(header::AUTHORIZATION).is_some_and(|sent| *sent == expected)
    }
}

/// What stands around a signature of the older form here; there it is PKCS #7.
const ENVELOPE: &[u8] = b"detached signature:";

pub(crate) fn router(signer: Signer) -> Router {
    Router::new()
        .route("/signer/sign", post(sign))
        .route("/signer/v1/sign", post(sign_in_envelope))
        .route("/signer/verify", post(verify))
        .route("/signer/v1/verify", post(verify))
        .route("/signer/verify-cms", post(verify_cms))
        .route("/signer/certificates", get(certificates))
        .route("/signer/v1/certificates", get(certificates))
        .route("/signer/revoke", post(revoke))
        .route("/signer/renew", post(renew))
        .with_state(signer)
}

#[derive(Deserialize)]
struct Asked {
    data: String,
}

async fn sign(State(signer): State<Signer>, headers: HeaderMap, Json(asked): Json<Asked>) -> Response {
    signed(&signer, &headers, &asked, b"")
}

async fn sign_in_envelope(State(signer): State<Signer>, headers: HeaderMap, Json(asked): Json<Asked>) -> Response {
    signed(&signer, &headers, &asked, ENVELOPE)
}

fn signed(signer: &Signer, headers: &HeaderMap, asked: &Asked, before: &[u8]) -> Response {
    let data = URL_SAFE_NO_PAD.decode(&asked.data);
    let Some(data) = data.ok().filter(|_| signer.lets(headers)) else { return StatusCode::FORBIDDEN.into_response() };
    let own = signer.own();
    let signature: Signature = own.key.sign(&data);
    let signature = URL_SAFE_NO_PAD.encode([before, &signature.to_bytes()].concat());
    Json(json!({ "signature": signature, "certificate_hash": own.hash() })).into_response()
}

#[derive(Deserialize)]
struct Claimed {
    data: String,
    signature: String,
    algorithm: String,
}

async fn verify(State(signer): State<Signer>, headers: HeaderMap, Json(claimed): Json<Claimed>) -> Response {
    if !signer.lets(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let key: &VerifyingKey = signer.0.esia.verifying_key();
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let signature = Signature::from_slice(&bytes(&claimed.signature));
    let is_by_esia = signature.is_ok_and(|signature| key.verify(&bytes(&claimed.data), &signature).is_ok());
    Json(json!({ "valid": is_by_esia && claimed.algorithm == "GOST3410_2012_256" })).into_response()
}

#[derive(Deserialize)]
struct ClaimedCms {
    data: String,
    cms: String,
}

async fn verify_cms(State(signer): State<Signer>, headers: HeaderMap, Json(claimed): Json<ClaimedCms>) -> Response {
    if !signer.lets(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let verdict = match signer.0.signatures.verify(&bytes(&claimed.data), &bytes(&claimed.cms)) {
        Verdict::Valid(certificate) => {
            json!({ "verdict": "valid", "certificate": URL_SAFE_NO_PAD.encode(certificate) })
        }
        Verdict::Wrong => json!({ "verdict": "wrong" }),
        Verdict::Untrusted => json!({ "verdict": "untrusted" }),
        Verdict::Revoked => json!({ "verdict": "revoked" }),
    };
    Json(verdict).into_response()
}

async fn certificates(State(signer): State<Signer>, headers: HeaderMap) -> Response {
    if !signer.lets(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let own = signer.own();
    let own = json!({ "certificate_hash": own.hash(), "not_after": own.not_after });
    Json(json!({ "certificates": [own] })).into_response()
}

/// The certificate is taken back: ESIA takes nothing that it signs.
async fn revoke(State(signer): State<Signer>) -> StatusCode {
    signer.own().is_revoked = true;
    StatusCode::NO_CONTENT
}

/// The signer gets another certificate, which ESIA knows at once.
async fn renew(State(signer): State<Signer>) -> StatusCode {
    *signer.own() = Certificate::new();
    StatusCode::NO_CONTENT
}
