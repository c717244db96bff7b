//! The service of ours that signs for ESIA, checks its signatures and those of people: GOST cryptography stays outside the
//! component.
//! Its contract stands in docs/operations.md.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use domain::identity::esia::{self, Form};
use http::{Request, header};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use web::Env;

use super::{
    Fault,
    jws::Jws,
    metadata::{self, unavailable},
};

#[derive(Clone)]
pub(crate) struct Signer {
    address: String,
    token: String,
}

/// What a signed request carries.
pub(crate) struct Signature {
    pub(crate) client_secret: String,
    pub(crate) certificate_hash: String,
}

#[derive(Deserialize)]
struct Signed {
    signature: String,
    certificate_hash: String,
}

#[derive(Deserialize)]
struct Verdict {
    valid: bool,
}

/// What the service says of a detached CMS and of the certificate in it.
#[derive(Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub(crate) enum CmsVerdict {
    /// Somebody signed these very bytes by this certificate (base64url of its DER), which a trusted centre made and did
    /// not take back.
    Valid { certificate: String },
    /// It is no CMS, of other bytes, or without the certificate.
    Wrong,
    /// Nobody trusted made the certificate.
    Untrusted,
    /// The certificate was taken back.
    Revoked,
}

#[derive(Deserialize)]
struct Certificates {
    certificates: Vec<Certificate>,
}

/// A certificate that the signer signs by.
#[derive(Deserialize)]
pub(crate) struct Certificate {
    pub(crate) certificate_hash: String,
    pub(crate) not_after: Timestamp,
}

impl Signer {
    pub(crate) fn configured(env: &Env) -> store::Result<Self> {
        Ok(Self { address: env.variable("esia_signer_address")?, token: env.variable("esia_signer_token")? })
    }

    /// The service, where the operator set it up: it has a token then.
    pub(crate) fn switched_on(env: &Env) -> store::Result<Option<Self>> {
        Ok(Some(Self::configured(env)?).filter(|signer| !signer.token.is_empty()))
    }

    pub(crate) async fn sign(&self, env: &Env, form: Form, text: &str) -> Result<Signature, Fault> {
        let signed: Signed = self.post(env, "/sign", &json!({ "data": URL_SAFE_NO_PAD.encode(text) })).await?;
        let secret = esia::client_secret(form, &signed.signature);
        let hash = esia::certificate_hash(&signed.certificate_hash);
        let (client_secret, certificate_hash) =
            secret.zip(hash).ok_or_else(|| unavailable("the signer's answer is no signature"))?;
        Ok(Signature { client_secret, certificate_hash })
    }

    /// Whether ESIA signed the token.
    pub(crate) async fn is_by_esia(&self, env: &Env, jws: &Jws<'_>) -> Result<bool, Fault> {
        let mut body = json!({
            "data": URL_SAFE_NO_PAD.encode(jws.message),
            "signature": URL_SAFE_NO_PAD.encode(&jws.signature),
            "algorithm": jws.algorithm.as_str(),
        });
        if let Some(kid) = &jws.kid {
            body["kid"] = json!(kid);
        }
        let verdict: Verdict = self.post(env, "/verify", &body).await?;
        Ok(verdict.valid)
    }

    /// By which certificate a person signed these bytes.
    pub(crate) async fn verify_cms(&self, env: &Env, data: &[u8], cms: &[u8]) -> Result<CmsVerdict, Fault> {
        let body = json!({ "data": URL_SAFE_NO_PAD.encode(data), "cms": URL_SAFE_NO_PAD.encode(cms) });
        self.post(env, "/verify-cms", &body).await
    }

    pub(crate) async fn certificates(&self, env: &Env) -> Result<Vec<Certificate>, Fault> {
        let address = format!("{}/certificates", self.address);
        let found: Certificates = metadata::get(env, &address, Some(&self.token)).await?;
        Ok(found.certificates)
    }

    async fn post<T: DeserializeOwned>(&self, env: &Env, path: &str, body: &Value) -> Result<T, Fault> {
        let body = Bytes::from(body.to_string());
        let request = Request::post(format!("{}{path}", self.address))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let answer = metadata::send(env, request.body(body).map_err(unavailable)?).await?;
        if !answer.status().is_success() {
            return Err(Fault::Unavailable(format!("the signer answered {} to {path}", answer.status())));
        }
        serde_json::from_slice(answer.body()).map_err(|error| Fault::Unavailable(format!("the signer: {error}")))
    }
}
