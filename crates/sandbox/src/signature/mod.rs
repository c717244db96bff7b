//! Electronic signatures of people: the program on somebody's computer that signs a text (`/signature`), with a
//! certificate that is made for whoever is asked for. The signer answers for them (`/signer/verify-cms`).

mod centre;
mod cms;
mod page;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Form, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::civil::Date;
use serde::Deserialize;

use centre::{Centre, Holder};
pub(crate) use cms::Verdict;

/// Who signs, and what is wrong with the certificate. The same wish gets the same certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub(crate) struct Wish {
    surname: String,
    given_name: String,
    /// Empty: the certificate has none.
    #[serde(default)]
    snils: String,
    from: Date,
    until: Date,
    #[serde(default)]
    algorithm: Algorithm,
    #[serde(default)]
    trouble: Trouble,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
enum Algorithm {
    #[default]
    #[serde(rename = "ECDSA")]
    Ecdsa,
    #[serde(rename = "RSA")]
    Rsa,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Trouble {
    #[default]
    None,
    /// A centre that nobody trusts made it.
    UnknownCentre,
    /// Its centre took it back.
    Revoked,
}

/// What is to be signed, by whom.
#[derive(Deserialize)]
struct Asked {
    #[serde(flatten)]
    wish: Wish,
    text: String,
}

/// The centres, and whoever has a certificate of one.
#[derive(Clone)]
pub(crate) struct Signatures(Arc<Inner>);

struct Inner {
    trusted: Centre,
    unknown: Centre,
    holders: Mutex<HashMap<Wish, Holder>>,
}

impl Signatures {
    pub(crate) fn new() -> Self {
        let (trusted, unknown) = (Centre::new("УЦ песочницы"), Centre::new("Никому не известный УЦ"));
        Self(Arc::new(Inner { trusted, unknown, holders: Mutex::default() }))
    }

    fn sign(&self, wish: &Wish, text: &str) -> der::Result<Vec<u8>> {
        let mut holders = self.0.holders.lock().unwrap_or_else(PoisonError::into_inner);
        if !holders.contains_key(wish) {
            let is_unknown = wish.trouble == Trouble::UnknownCentre;
            let centre = if is_unknown { &self.0.unknown } else { &self.0.trusted };
            holders.insert(wish.clone(), centre.issue(wish)?);
        }
        cms::sign(&holders[wish], text.as_bytes())
    }

    /// What the service says of a signature.
    pub(crate) fn verify(&self, data: &[u8], cms: &[u8]) -> Verdict {
        let Some(certificate) = cms::signer(data, cms) else { return Verdict::Wrong };
        if !self.0.trusted.has_made(&certificate) {
            return Verdict::Untrusted;
        }
        let holders = self.0.holders.lock().unwrap_or_else(PoisonError::into_inner);
        let holder = holders.iter().find(|(_, holder)| holder.certificate == certificate);
        if holder.is_some_and(|(wish, _)| wish.trouble == Trouble::Revoked) {
            return Verdict::Revoked;
        }
        Verdict::Valid(certificate)
    }
}

pub(crate) fn router(signatures: Signatures) -> Router {
    Router::new()
        .route("/signature", get(page::show).post(sign))
        .route("/signature.js", get(page::script))
        .with_state(signatures)
}

/// Browsers send another end of each line than the portal's text has.
async fn sign(State(signatures): State<Signatures>, Form(asked): Form<Asked>) -> Response {
    let text = asked.text.replace("\r\n", "\n");
    let Ok(signature) = signatures.sign(&asked.wish, &format!("{}\n", text.trim_end())) else {
        return (StatusCode::UNPROCESSABLE_ENTITY, "no certificate can say this").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "application/pkcs7-signature"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"moydom.txt.sig\""),
    ];
    (headers, signature).into_response()
}
