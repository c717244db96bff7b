//! What is set for a linked account, and unlinking it.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::portal::{Answer, Portal};

/// Anna's portal: her cookie and the path of her account.
async fn annas() -> (Portal, String, String) {
    let portal = Portal::new();
    let anna = portal.sign_in("anna");
    let accounts = portal.get(&anna, "/api/homes/accounts").await;
    let path = format!("/api/homes/accounts/{}", accounts.body["items"][0]["account_id"].as_str().unwrap());
    (portal, anna, path)
}

async fn account(portal: &Portal, cookie: &str) -> Value {
    portal.get(cookie, "/api/homes/accounts").await.body["items"][0].clone()
}

async fn answer_code(portal: &Portal, cookie: &str, asked: &Answer, code: &str) -> Answer {
    let id = asked.body["account_code_id"].as_str().unwrap_or_else(|| panic!("a code: {asked:?}"));
    portal.post(cookie, &format!("/api/homes/account-codes/{id}/confirm"), json!({ "code": code })).await
}

fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn an_account_gets_a_name_and_loses_it_again() {
    let (portal, anna, path) = annas().await;
    let settings = format!("{path}/settings");
    let named = portal.post(&anna, &settings, json!({ "label": "  Дом  у реки ", "notify_by": [] })).await;
    assert_eq!((named.status, &named.body["label"]), (StatusCode::OK, &json!("Дом у реки")));
    assert_eq!(account(&portal, &anna).await["label"], "Дом у реки");
    portal.post(&anna, &settings, json!({ "label": "", "notify_by": [] })).await;
    assert_eq!(account(&portal, &anna).await["label"], Value::Null);
    let long = portal.post(&anna, &settings, json!({ "label": "д".repeat(41), "notify_by": [] })).await;
    long.is_problem(422, "validation");
    assert_eq!(long.body["errors"][0]["pointer"], "/label");
    assert_eq!(portal.count("select count(*) from audit_entry where action = 'account.set'"), 2);
}

#[tokio::test]
async fn a_contact_is_used_only_after_its_code() {
    let (portal, anna, path) = annas().await;
    let early = portal.post(&anna, &format!("{path}/settings"), json!({ "label": "", "notify_by": ["sms"] })).await;
    early.is_problem(422, "validation");
    assert_eq!(early.body["errors"][0]["pointer"], "/notify_by");

    let asked = portal.post(&anna, &format!("{path}/contacts"), json!({ "contact": "8 916 123-45-67" })).await;
    assert_eq!((asked.status, &asked.body["masked_contact"]), (StatusCode::CREATED, &json!("+7********67")));
    assert_eq!(portal.last_message()["to"], "+79161234567");
    assert_eq!(account(&portal, &anna).await["notices"]["masked_phone"], Value::Null);

    let done = answer_code(&portal, &anna, &asked, &portal.last_code()).await;
    assert_eq!((done.status, &done.body["purpose"]), (StatusCode::OK, &json!("contact")));
    let expected = json!({ "masked_phone": "+7********67", "masked_email": null, "notify_by": ["sms"] });
    assert_eq!(done.body["account"]["notices"], expected);
    assert_eq!(account(&portal, &anna).await["notices"], expected);
    assert_eq!(portal.count("select count(*) from event where kind = 'account.contact-confirmed'"), 1);
}

#[tokio::test]
async fn a_mail_address_works_like_a_phone_and_is_forgotten_with_its_letters() {
    let (portal, anna, path) = annas().await;
    let asked = portal.post(&anna, &format!("{path}/contacts"), json!({ "contact": "Anna@Pochta.example" })).await;
    assert_eq!(portal.last_message()["path"], "/email");
    answer_code(&portal, &anna, &asked, &portal.last_code()).await;
    assert_eq!(account(&portal, &anna).await["notices"]["notify_by"], json!(["email"]));
    let body = json!({ "channel": "email" });
    let forgotten = portal.post(&anna, &format!("{path}/contacts/forget"), body).await;
    let nothing = json!({ "masked_phone": null, "masked_email": null, "notify_by": [] });
    assert_eq!(forgotten.body["notices"], nothing);
    assert_eq!(portal.count("select count(*) from account_link where notice_email is not null"), 0);
}

#[tokio::test]
async fn what_is_no_contact_is_named_as_a_field() {
    let (portal, anna, path) = annas().await;
    for contact in ["", "12", "a@b", "anna"] {
        let refused = portal.post(&anna, &format!("{path}/contacts"), json!({ "contact": contact })).await;
        refused.is_problem(422, "validation");
        assert_eq!(refused.body["errors"][0]["pointer"], "/contact");
    }
}

#[tokio::test]
async fn a_code_is_guessed_five_times_at_most_and_holds_ten_minutes() {
    let (portal, anna, path) = annas().await;
    let contacts = format!("{path}/contacts");
    let asked = portal.post(&anna, &contacts, json!({ "contact": "+79161234567" })).await;
    let code = portal.last_code();
    for left in (0..5).rev() {
        let wrong = answer_code(&portal, &anna, &asked, &other_than(&code)).await;
        wrong.is_problem(422, "wrong-code");
        assert_eq!(wrong.body["errors"][0]["attempts_left"], left);
    }
    answer_code(&portal, &anna, &asked, &code).await.is_problem(409, "code-spent");

    let first = portal.post(&anna, &contacts, json!({ "contact": "+79161234567" })).await;
    let first_code = portal.last_code();
    let second = portal.post(&anna, &contacts, json!({ "contact": "+79161234567" })).await;
    answer_code(&portal, &anna, &first, &first_code).await.is_problem(409, "code-spent");
    portal.pass(SignedDuration::from_secs(601));
    answer_code(&portal, &anna, &second, &portal.last_code()).await.is_problem(409, "code-expired");
    assert_eq!(account(&portal, &anna).await["notices"]["masked_phone"], Value::Null);
}

#[tokio::test]
async fn a_stranger_s_phone_is_not_flooded_with_codes() {
    let (portal, anna, path) = annas().await;
    let ask =
        async |contact: &str| portal.post(&anna, &format!("{path}/contacts"), json!({ "contact": contact })).await;
    for _ in 0..5 {
        assert_eq!(ask("+79161234567").await.status, StatusCode::CREATED);
    }
    ask("+79161234567").await.is_problem(429, "rate-limited");
    for last in 0..5 {
        assert_eq!(ask(&format!("+7916123450{last}")).await.status, StatusCode::CREATED);
    }
    ask("+79161234509").await.is_problem(429, "rate-limited");
    let leave = portal.post(&anna, &format!("{path}/unlink"), json!({})).await;
    assert_eq!(leave.status, StatusCode::CREATED, "whoever adds contacts can still leave: {leave:?}");
}

#[tokio::test]
async fn others_who_name_a_person_s_phone_keep_the_person_neither_from_confirming_it_nor_from_leaving() {
    let (portal, anna, path) = annas().await;
    let of_anna = json!({ "contact": "+79000000015" });
    let boris = portal.sign_in("boris");
    let request = portal.ask_code(&boris, "0000000027").await;
    let linked = portal.confirm(&boris, &request, &portal.last_code()).await;
    let of_boris = format!("/api/homes/accounts/{}/contacts", linked.body["account_id"].as_str().unwrap());
    for _ in 0..5 {
        assert_eq!(portal.post(&boris, &of_boris, of_anna.clone()).await.status, StatusCode::CREATED);
    }
    portal.post(&boris, &of_boris, of_anna.clone()).await.is_problem(429, "rate-limited");
    let own = portal.post(&anna, &format!("{path}/contacts"), of_anna).await;
    assert_eq!(own.status, StatusCode::CREATED, "{own:?}");
    let leave = portal.post(&anna, &format!("{path}/unlink"), json!({})).await;
    assert_eq!(leave.status, StatusCode::CREATED, "{leave:?}");
}

#[tokio::test]
async fn reminders_rest_and_go_on_and_each_is_told_once() {
    let (portal, anna, path) = annas().await;
    let (suspend, resume) = (format!("{path}/suspend"), format!("{path}/resume"));
    for _ in 0..2 {
        let rests = portal.post(&anna, &suspend, Value::Null).await;
        assert_eq!((rests.status, &rests.body["suspended_at"]), (StatusCode::OK, &json!("2026-07-20T09:00:00.000Z")));
        portal.pass(SignedDuration::from_secs(60));
    }
    for _ in 0..2 {
        let goes_on = portal.post(&anna, &resume, Value::Null).await;
        assert_eq!((goes_on.status, &goes_on.body["suspended_at"]), (StatusCode::OK, &Value::Null));
    }
    assert_eq!(portal.count("select count(*) from event where kind = 'account.suspended'"), 1);
    assert_eq!(portal.count("select count(*) from event where kind = 'account.resumed'"), 1);
    assert_eq!(portal.count("select count(*) from audit_entry where action like 'account.%'"), 2);
}

#[tokio::test]
async fn an_account_is_unlinked_by_a_code_to_its_person_and_its_settings_go() {
    let (portal, anna, path) = annas().await;
    portal.post(&anna, &format!("{path}/settings"), json!({ "label": "Дом", "notify_by": [] })).await;
    let asked = portal.post(&anna, &format!("{path}/unlink"), Value::Null).await;
    assert_eq!((asked.status, &asked.body["channel"]), (StatusCode::CREATED, &json!("sms")));
    assert_eq!(portal.last_message()["to"], "+79000000015");
    assert_eq!(account(&portal, &anna).await["number"], "0000000015", "nothing happens before the code");

    let code = portal.last_code();
    for _ in 0..2 {
        let done = answer_code(&portal, &anna, &asked, &code).await;
        assert_eq!((done.status, done.body), (StatusCode::OK, json!({ "purpose": "unlink", "account": null })));
    }
    assert_eq!(account(&portal, &anna).await, Value::Null);
    assert_eq!(portal.count("select count(*) from account_link where label is not null"), 0);
    assert_eq!(portal.count("select count(*) from event where kind = 'account.unlinked'"), 1);
    portal.post(&anna, &format!("{path}/unlink"), Value::Null).await.is_problem(404, "not-found");

    let past = portal.get(&anna, "/api/homes/past-accounts").await;
    assert_eq!(past.body["items"][0]["number"], "0000000015");
    assert_eq!(past.body["items"][0]["unlinked_at"], "2026-07-20T09:00:00.000Z");
}

#[tokio::test]
async fn a_person_without_any_contact_is_told_the_way_out() {
    let (portal, anna, path) = annas().await;
    portal.execute("update person set phone = null where login = 'anna'");
    portal.post(&anna, &format!("{path}/unlink"), Value::Null).await.is_problem(409, "no-contact");
    let asked = portal.post(&anna, &format!("{path}/contacts"), json!({ "contact": "+79161234567" })).await;
    answer_code(&portal, &anna, &asked, &portal.last_code()).await;
    let unlink = portal.post(&anna, &format!("{path}/unlink"), Value::Null).await;
    assert_eq!(unlink.status, StatusCode::CREATED);
    assert_eq!(portal.last_message()["to"], "+79161234567");
}

#[tokio::test]
async fn a_code_of_a_link_that_has_ended_does_nothing() {
    let (portal, anna, path) = annas().await;
    let contact = portal.post(&anna, &format!("{path}/contacts"), json!({ "contact": "+79161234567" })).await;
    let contact_code = portal.last_code();
    let unlink = portal.post(&anna, &format!("{path}/unlink"), Value::Null).await;
    answer_code(&portal, &anna, &unlink, &portal.last_code()).await;
    answer_code(&portal, &anna, &contact, &contact_code).await.is_problem(409, "code-spent");
    assert_eq!(portal.count("select count(*) from account_link where notice_phone is not null"), 0);
}

#[tokio::test]
async fn what_the_person_submitted_stays_in_the_archive_and_nobody_else_s() {
    let (portal, anna, path) = annas().await;
    portal.submit_reading("anna", "7K3Q-92XF", "2026-07-20T08:00:00.000Z", "120.5");
    portal.submit_reading("anna", "7K3Q-92XG", "2026-07-20T08:30:00.000Z", "121.5");
    portal.submit_reading("boris", "7K3Q-92XH", "2026-07-20T08:40:00.000Z", "122.5");
    let asked = portal.post(&anna, &format!("{path}/unlink"), Value::Null).await;
    answer_code(&portal, &anna, &asked, &portal.last_code()).await;

    let archive = path.replace("accounts", "past-accounts") + "/submissions";
    let first = portal.get(&anna, &format!("{archive}?limit=1")).await;
    let newest = &first.body["items"][0];
    assert_eq!(
        (&newest["confirmation_code"], &newest["readings"][0]["values"]),
        (&json!("7K3Q-92XG"), &json!(["121.5"]))
    );
    let cursor = first.body["next_cursor"].as_str().expect("a second page");
    let second = portal.get(&anna, &format!("{archive}?limit=1&cursor={cursor}")).await;
    assert_eq!(second.body["items"][0]["confirmation_code"], "7K3Q-92XF");
    assert_eq!(second.body["next_cursor"], Value::Null);
    portal.get(&portal.sign_in("boris"), &archive).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn another_person_s_account_looks_absent() {
    let (portal, anna, path) = annas().await;
    let boris = portal.sign_in("boris");
    let asked = portal.post(&anna, &format!("{path}/unlink"), Value::Null).await;
    answer_code(&portal, &boris, &asked, &portal.last_code()).await.is_problem(404, "not-found");
    let nowhere = "/api/homes/accounts/no-such".to_owned();
    for path in [&path, &nowhere] {
        for (end, body) in [
            ("settings", json!({ "label": "", "notify_by": [] })),
            ("contacts", json!({ "contact": "+79161234567" })),
            ("contacts/forget", json!({ "channel": "sms" })),
            ("suspend", Value::Null),
            ("resume", Value::Null),
            ("unlink", Value::Null),
        ] {
            portal.post(&boris, &format!("{path}/{end}"), body).await.is_problem(404, "not-found");
        }
    }
    assert_eq!(portal.count("select count(*) from account_code"), 1);
    assert_eq!(portal.count("select attempts_left from account_code"), 5);
}
