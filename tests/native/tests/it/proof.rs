//! What somebody sends to have an identity confirmed: files, answers, and the whole request as it stands on the desk.

use domain::level_request::{Answers, Document, Field, Place, compare};
use serde_json::{Value, json};
use store::{
    MasterKeys,
    consents::{self, Act},
    homes::{self, Right},
    levels::{
        documents::{self, NewDocument},
        requests::{self, Sending},
    },
};
use web::fresh_id;

use crate::{
    door::Browser,
    suite::{Answer, FILES_KEY, Suite},
};

pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\nthe first page";
pub(crate) const PDF: &[u8] = b"%PDF-1.7 a lease";
const REQUEST: &str = "/api/auth/level-request";

/// The answers of Anna, as the register of the demo has her home, on this account.
pub(crate) fn answers(account_id: &Value) -> Value {
    json!({
        "account_id": account_id, "surname": "Лугова", "first_name": "Анна", "patronymic": "Сергеевна",
        "birth_date": "1986-04-12", "passport": "6112 345678", "issued_by": "УМВД России по Рязанской области",
        "issued_on": "2006-05-02", "snils": "112-233-445 95", "address": "г. Рязань, ул. Ленина, д. 10, кв. 15",
    })
}

/// Agrees to the processing of documents.
pub(crate) async fn agree(browser: &mut Browser<'_>) {
    let choice = json!({ "purpose": "proof", "version": 1 });
    assert_eq!(browser.ask("POST", "/api/auth/consents", Some(choice)).await.status, 201);
}

/// Puts a document.
pub(crate) async fn put(suite: &Suite, browser: &Browser<'_>, document: &str, bytes: &[u8]) -> Answer {
    let path = format!("{REQUEST}/documents/{document}");
    suite.send("PUT", &path, &[("cookie", &browser.cookies())], bytes.to_vec()).await
}

/// Puts every document.
pub(crate) async fn put_all(suite: &Suite, browser: &Browser<'_>) {
    for document in Document::ALL {
        let answer = put(suite, browser, document.as_str(), PNG).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

/// Sends the request, confirmed.
pub(crate) async fn send(browser: &mut Browser<'_>, answers: Value) -> Answer {
    browser.ask_surely("POST", REQUEST, Some(answers)).await
}

/// A whole request of the person, sent: its id.
pub(crate) async fn submitted(suite: &Suite, browser: &mut Browser<'_>) -> String {
    agree(browser).await;
    put_all(suite, browser).await;
    let account = browser.ask("GET", "/api/homes/accounts", None).await.body["items"][0]["account_id"].take();
    let sent = send(browser, answers(&account)).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    suite.rows("select level_request_id from level_request where stage = 'submitted'").concat().concat()
}

/// The person agreed, and every document is there: only the answers are wanting.
pub(crate) fn gather(suite: &Suite, person_id: &str) {
    let (env, now) = (&suite.env, suite.env.now());
    let gathered = env.db().write(|tx| {
        let text = consents::in_force(tx, now)?.into_iter().find(|text| text.purpose == consents::PROOF).unwrap();
        consents::record(tx, now, person_id, &text, Act::Given, "")?;
        let request = requests::begin(tx, now, &fresh_id(env), person_id)?;
        Document::ALL.iter().try_for_each(|document| {
            let document = file(suite, document.as_str(), request.round + 1, PNG);
            let level_request_id = &request.level_request_id;
            documents::name(tx, now, &NewDocument { document: &document, level_request_id, person_id })?;
            documents::keep(tx, now, &document.file_id).map(drop)
        })
    });
    gathered.unwrap();
}

/// A document whose file lies there.
pub(crate) fn file(suite: &Suite, kind: &str, round: u32, bytes: &[u8]) -> documents::Document {
    let (keys, file_id) = (MasterKeys::parse(FILES_KEY).unwrap(), fresh_id(&suite.env));
    suite.env.files().put(suite.env.now(), &keys, suite.env.random(), &file_id, bytes).unwrap();
    let content_type = store::files::content_type(bytes).to_owned();
    documents::Document {
        file_id,
        kind: kind.to_owned(),
        place: Place::ONLY,
        round,
        content_type,
        size_bytes: bytes.len() as u64,
    }
}

/// A request of a person, sent for this account: its id.
pub(crate) fn of(suite: &Suite, person_id: &str, account_id: &str) -> String {
    gather(suite, person_id);
    let (now, link_id) = (suite.env.now(), fresh_id(&suite.env));
    let answers: Answers = [(Field::Surname, "Иванова".to_owned())].into();
    let form = file(suite, documents::FORM, 1, &serde_json::to_vec(&answers).unwrap());
    let sent = suite.env.db().write(|tx| {
        homes::add_link(tx, now, &link_id, person_id, account_id, Right::Tenant)?;
        let request = requests::open(tx, person_id)?.unwrap();
        let level_request_id = &request.level_request_id;
        documents::name(tx, now, &NewDocument { document: &form, level_request_id, person_id })?;
        documents::keep(tx, now, &form.file_id)?;
        let (_, registered) = requests::registered(tx, person_id, account_id)?.unwrap();
        let results = compare(&answers, &registered);
        let sending = Sending { request: &request, account_link_id: &link_id, results: &results, due_at: now };
        assert!(requests::submit(tx, now, &sending)?);
        Ok::<_, store::Error>(request.level_request_id)
    });
    sent.unwrap()
}

/// Whoever confirms has opened each document before.
pub(crate) async fn open_all(suite: &Suite, headers: &[(&str, &str)], level_request_id: &str) {
    for document in ["passport-scan", "snils-scan", "basis-scan"] {
        let path =
            format!("/api/auth/level-desk/requests/{level_request_id}/documents/{document}?purpose=identity-check");
        suite.ask("GET", &path, headers, None).await;
    }
}
