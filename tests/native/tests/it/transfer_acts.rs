//! Acts of transfer: one for each reading, signed, found out when changed, checked by everybody who holds one.

use domain::transfer_act::{Act, public_key};
use http::StatusCode;
use serde_json::{Value, json};
use store::{
    MasterKeys,
    transfer_acts::{self, Signing},
};

use crate::suite::{Answer, FILES_KEY, Suite};

const NOW: &str = "2026-07-20T09:00:00Z";
const CHECKS: &str = "/api/readings/act-checks";

struct Visitor<'a> {
    suite: &'a Suite,
    cookie: String,
    meter: Value,
    account_id: String,
}

impl<'a> Visitor<'a> {
    async fn anna(suite: &'a Suite) -> Self {
        let cookie = suite.sign_in("anna").await;
        let answer = suite.ask("GET", "/api/readings/meters", &[("cookie", &cookie)], None).await;
        let account = &answer.body["accounts"][0];
        let meters = account["meters"].as_array().unwrap();
        let meter = meters.iter().find(|meter| meter["kind"] == "cold_water").unwrap().clone();
        Self { suite, cookie, meter, account_id: account["account_id"].as_str().unwrap().to_owned() }
    }

    /// Gives again what the meter showed last; answers with the reading's id.
    async fn submit(&self, key: &str) -> String {
        let item = json!({ "meter_id": self.meter["meter_id"], "values": self.meter["last"]["values"] });
        let body = json!({ "account_id": self.account_id, "items": [item] });
        let headers = [("cookie", self.cookie.as_str()), ("idempotency-key", key)];
        let answer = self.suite.ask("POST", "/api/readings/submissions", &headers, Some(body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.body["items"][0]["reading_id"].as_str().unwrap().to_owned()
    }

    async fn file(&self, reading_id: &str, format: &str) -> Answer {
        let path = format!("/api/readings/history/{reading_id}/act?format={format}");
        self.suite.ask("GET", &path, &[("cookie", &self.cookie)], None).await
    }

    async fn act(&self, reading_id: &str) -> Act {
        let answer = self.file(reading_id, "json").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        Act::parse(&answer.text).unwrap()
    }
}

async fn check(suite: &Suite, question: Value) -> Value {
    let answer = suite.ask("POST", CHECKS, &[], Some(question)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

fn rows(suite: &Suite, sql: &str) -> String {
    suite.rows(sql).concat().concat()
}

#[tokio::test]
async fn a_reading_has_its_act_from_the_moment_it_is_there_and_names_nobody() {
    let suite = Suite::demo(NOW);
    let anna = Visitor::anna(&suite).await;
    let reading_id = anna.submit("first").await;
    let sql = format!("select count(*) from transfer_act where reading_id = '{reading_id}'");
    assert_eq!(rows(&suite, &sql), "1", "before anybody asked for it");
    let act = anna.act(&reading_id).await;
    assert_eq!(act.content.meter_serial, anna.meter["serial"].as_str().unwrap());
    assert_eq!(json!(act.content.values), anna.meter["last"]["values"]);
    assert_eq!((act.content.channel.as_str(), act.content.source.as_str()), ("portal", "resident"));
    assert_eq!(act.content.made_at, act.content.accepted_at);
    assert_eq!(act.content.account.as_deref(), Some("…0015"));
    let text = act.to_text();
    for personal in ["Анна", "0000000015", "кв."] {
        assert!(!text.contains(personal), "{text}");
    }
}

#[tokio::test]
async fn everybody_with_the_number_and_the_code_or_the_file_learns_whether_it_holds() {
    let suite = Suite::demo(NOW);
    let anna = Visitor::anna(&suite).await;
    let act = anna.act(&anna.submit("first").await).await;
    let by_code = check(&suite, json!({ "number": act.content.number, "code": act.code() })).await;
    assert_eq!((&by_code["verdict"], &by_code["act"]["values"]), (&json!("valid"), &json!(act.content.values)));
    let by_file = check(&suite, json!({ "act": act.to_text() })).await;
    assert_eq!(by_file, by_code);
    let wrong = check(&suite, json!({ "number": act.content.number, "code": "0000-0000" })).await;
    assert_eq!(wrong, json!({ "verdict": "unknown", "act": null, "replaced_by": null }), "the code is the proof");
    let changed = act.to_text().replacen("\"number\":1", "\"number\":2", 1);
    assert_eq!(
        check(&suite, json!({ "act": changed })).await,
        json!({ "verdict": "changed", "act": null, "replaced_by": null })
    );
    let forged = Act::sign(act.content.clone(), &[9; 32]);
    assert_eq!(check(&suite, json!({ "act": forged.to_text() })).await["verdict"], "unknown", "no key of the portal");
    let renamed = Act { key_id: act.key_id.clone(), ..forged };
    assert_eq!(check(&suite, json!({ "act": renamed.to_text() })).await["verdict"], "changed");
    assert_eq!(check(&suite, json!({ "act": "привет" })).await["verdict"], "unknown");
}

#[tokio::test]
async fn a_question_that_asks_nothing_names_what_is_missing() {
    let suite = Suite::demo(NOW);
    for (question, pointer) in [
        (json!({}), "/number"),
        (json!({ "number": 1 }), "/code"),
        (json!({ "number": 1, "code": "ой" }), "/code"),
        (json!({ "number": 1, "code": "7K3M-Q2XA", "act": "{}" }), "/act"),
    ] {
        let answer = suite.ask("POST", CHECKS, &[], Some(question)).await;
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["pointer"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(pointer))
        );
    }
}

#[tokio::test]
async fn codes_cannot_be_tried_without_end() {
    let suite = Suite::demo(NOW);
    suite.set("limit.act_check_per_address", "2");
    let question = || json!({ "number": 1, "code": "7K3M-Q2XA" });
    for _ in 0..2 {
        check(&suite, question()).await;
    }
    let refused = suite.ask("POST", CHECKS, &[], Some(question())).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::TOO_MANY_REQUESTS, "rate-limited"));
}

#[tokio::test]
async fn the_act_of_a_correction_names_the_former_one_and_the_former_one_is_told_as_replaced() {
    let suite = Suite::demo(NOW);
    let anna = Visitor::anna(&suite).await;
    let (first, second) = (anna.submit("first").await, anna.submit("second").await);
    let (former, act) = (anna.act(&first).await, anna.act(&second).await);
    assert_eq!((former.content.replaces, act.content.replaces), (None, Some(former.content.number)));
    let checked = check(&suite, json!({ "act": former.to_text() })).await;
    assert_eq!((&checked["verdict"], &checked["replaced_by"]), (&json!("valid"), &json!(act.content.number)));
}

#[tokio::test]
async fn what_came_from_a_file_of_the_company_has_an_act_too_and_always_the_same_one() {
    let suite = Suite::demo(NOW);
    let anna = Visitor::anna(&suite).await;
    let meter_id = anna.meter["meter_id"].as_str().unwrap();
    let sql = format!("select reading_id from reading where meter_id = '{meter_id}' and period = '2026-05'");
    let reading_id = rows(&suite, &sql);
    let act = anna.act(&reading_id).await;
    assert_eq!((act.content.channel.as_str(), act.content.account.as_deref()), ("import", None));
    assert_eq!(act.content.period, "2026-05");
    assert_eq!(anna.act(&reading_id).await, act);
}

#[tokio::test]
async fn the_paper_says_what_the_act_says_with_the_way_to_check_it() {
    let suite = Suite::demo(NOW);
    let anna = Visitor::anna(&suite).await;
    let reading_id = anna.submit("first").await;
    let (act, paper) = (anna.act(&reading_id).await, anna.file(&reading_id, "pdf").await);
    assert_eq!(paper.headers["content-type"], "application/pdf");
    let document = lopdf::Document::load_mem(&paper.bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let squeeze = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
    let said = squeeze(&document.extract_text(&pages).unwrap());
    let code = act.code();
    for fact in
        [code.as_str(), &act.content.meter_serial, &act.content.values[0].replace('.', ","), "12:00помосковскому"]
    {
        assert!(said.contains(&squeeze(fact)), "{fact}: {said}");
    }
    assert!(document.extract_text(&pages).is_ok() && pages.len() == 1);
}

#[tokio::test]
async fn an_old_key_proves_what_it_signed_and_a_lost_master_key_stops_no_reading() {
    let suite = Suite::demo(NOW);
    let anna = Visitor::anna(&suite).await;
    let first = anna.act(&anna.submit("first").await).await;
    let keys = MasterKeys::parse(FILES_KEY).unwrap();
    let rotate = |keys: &MasterKeys, secret: [u8; 32]| {
        let signing = Signing { keys, secret, nonce: [1; 24] };
        suite.env.db().write(|tx| transfer_acts::rotate(tx, suite.env.now(), &signing)).unwrap();
        domain::transfer_act::key_id(&public_key(&secret))
    };
    let own = rotate(&keys, [5; 32]);
    let second = anna.act(&anna.submit("second").await).await;
    assert_eq!(second.key_id, own);
    let lost = rotate(&MasterKeys::parse(&"ab".repeat(32)).unwrap(), [6; 32]);
    let third = anna.act(&anna.submit("third").await).await;
    assert_ne!(third.key_id, lost, "nobody can open that one");
    for act in [&first, &second, &third] {
        assert_eq!(check(&suite, json!({ "act": act.to_text() })).await["verdict"], "valid");
    }
    let known = suite.ask("GET", "/api/readings/act-keys", &[], None).await.body["items"].clone();
    let signing: Vec<_> = known.as_array().unwrap().iter().filter(|key| key["retired_at"].is_null()).collect();
    assert_eq!((known.as_array().unwrap().len(), signing.len()), (4, 1), "{known}");
    assert_eq!(signing[0]["key_id"], third.key_id);
    let (old, new) = (FILES_KEY.to_owned(), "cd".repeat(32));
    let both = MasterKeys::parse(&format!("{new} {old}")).unwrap();
    let reseal = || suite.env.db().write(|tx| transfer_acts::reseal(tx, &both, [2; 24])).unwrap();
    assert_eq!([reseal(), reseal()], [true, false]);
}
