//! Whoever signs a text by a certificate: the program of the sandbox.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::signing_certificate::SigningCertificate;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::certificates::{self, NewChallenge};

use crate::{
    provider::{agent, origin},
    suite::Suite,
};

const CHALLENGE_ID: &str = "of the walk";
const TEXT: &str = "Подпишите это.\n";

/// A person with a certificate.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) surname: &'static str,
    pub(crate) snils: &'static str,
    pub(crate) from: &'static str,
    pub(crate) until: &'static str,
    pub(crate) algorithm: &'static str,
    pub(crate) trouble: &'static str,
}

/// Anna, and nothing is wrong, whatever the day.
pub(crate) const ANNA: Owner = Owner {
    surname: "Иванова",
    snils: "112-233-445 95",
    from: "2020-01-01",
    until: "2049-01-01",
    algorithm: "ECDSA",
    trouble: "none",
};

impl Owner {
    /// The signature, as the program gives it: DER.
    pub(crate) fn signature(&self, given_name: &str, text: &str) -> Vec<u8> {
        let form = [
            ("surname", self.surname),
            ("given_name", given_name),
            ("snils", self.snils),
            ("from", self.from),
            ("until", self.until),
            ("algorithm", self.algorithm),
            ("trouble", self.trouble),
            ("text", text),
        ];
        let mut answer = agent().post(format!("{}/signature", origin())).send_form(form).unwrap();
        assert_eq!(answer.status(), 200);
        answer.body_mut().read_to_vec().unwrap()
    }

    /// The answer to a text that the portal asks to be signed.
    pub(crate) fn signed(&self, asked: &Value) -> Value {
        let signature = self.signature("Анна Сергеевна", asked["text"].as_str().unwrap());
        json!({ "challenge_id": asked["challenge_id"], "signature": STANDARD.encode(signature) })
    }
}

/// Asks for [`TEXT`] in this session, once more; nobody has a certificate yet.
pub(crate) fn ask(suite: &Suite, session_id: Option<&str>) {
    let Some(session_id) = session_id else { return };
    let rows = suite.rows(&format!("select person_id from session where session_id = '{session_id}'"));
    let (now, person_id) = (suite.env.now(), rows.concat().concat());
    let expires_at = now + SignedDuration::from_mins(5);
    let new = NewChallenge { challenge_id: CHALLENGE_ID, person_id: &person_id, session_id, text: TEXT, expires_at };
    let asked = suite.env.db().write(|tx| {
        tx.execute("delete from certificate_challenge", &[])?;
        tx.execute("delete from signing_certificate", &[])?;
        certificates::ask(tx, now, &new)
    });
    asked.unwrap();
}

/// [`TEXT`], signed by somebody with a certificate.
pub(crate) fn example() -> Value {
    ANNA.signed(&json!({ "challenge_id": CHALLENGE_ID, "text": TEXT }))
}

/// Makes a certificate the person's without any signature.
pub(crate) fn keep(suite: &Suite, person_id: &str, certificate_id: &str) {
    let now = suite.env.now();
    let certificate = SigningCertificate {
        fingerprint: certificate_id.to_owned(),
        owner: "Иванова Анна Сергеевна".to_owned(),
        snils: None,
        issuer: "УЦ".to_owned(),
        serial: "01".to_owned(),
        not_before: now,
        not_after: now + SignedDuration::from_hours(24),
    };
    let kept = suite.env.db().write(|tx| {
        certificates::remove(tx, person_id, certificate_id)?;
        certificates::connect(tx, now, certificate_id, person_id, &certificate)
    });
    kept.unwrap();
}
