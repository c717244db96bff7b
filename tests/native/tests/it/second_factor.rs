//! How a person switches the second factor on and off, and what is kept of it.

use http::StatusCode;
use serde_json::json;
use store::second_factors;

use crate::{
    door::Browser,
    factors::{Equipped, answer, first_step, keys, pass, person_id, texts},
    suite::Suite,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const TOTP: &str = "/api/auth/second-factor/totp";
const CONTACT: &str = "/api/auth/second-factor/contact";
const RECOVERY_CODES: &str = "/api/auth/second-factor/recovery-codes";

async fn anna(suite: &Suite) -> Browser<'_> {
    Browser::signed_in(suite, "83.1.2.3:1", "anna").await
}

#[tokio::test]
async fn an_app_counts_from_its_first_right_code_on() {
    let suite = Suite::demo(NOW);
    let mut browser = anna(&suite).await;
    let begun = browser.ask_surely("POST", TOTP, None).await;
    assert!(begun.body["uri"].as_str().unwrap().contains(begun.body["secret"].as_str().unwrap()));
    assert!(begun.body["qr_svg"].as_str().unwrap().starts_with("<svg "));
    let wrong = browser.ask("POST", &format!("{TOTP}/confirm"), Some(json!({ "code": "000000" }))).await;
    assert_eq!(wrong.problem(), "wrong-code");
    assert_eq!(browser.ask("GET", "/api/auth/second-factor", None).await.body["is_on"], false);
    assert_eq!(Browser::new(&suite, "83.1.2.3:1").sign_in("anna", store::demo::PASSWORD).await.status, StatusCode::OK);
    let equipped = Equipped::in_browser(&suite, &mut browser, "anna").await;
    assert_eq!(equipped.recovery_codes.len(), 10);
    let shown = browser.ask("GET", "/api/auth/second-factor", None).await.body;
    assert_eq!((&shown["is_on"], &shown["recovery_codes_left"]), (&json!(true), &json!(10)));
    assert_eq!(shown["totp_since"], "2026-07-20T09:00:01.000Z", "the wrong code was answered a second later");
    assert_eq!(browser.ask_surely("POST", TOTP, None).await.problem(), "second-factor-on", "one app at a time");
}

#[tokio::test]
async fn a_copy_of_the_database_makes_no_codes() {
    let suite = Suite::demo(NOW);
    let mut browser = anna(&suite).await;
    let secret = browser.ask_surely("POST", TOTP, None).await.body["secret"].as_str().unwrap().to_owned();
    let totp = suite.env.db().read(|conn| second_factors::totp(conn, &keys(), &person_id(&suite, "anna")));
    let bytes = *totp.unwrap().unwrap().secret.expose();
    let file = std::fs::read(suite.location.database_file()).unwrap();
    let log = std::fs::read(suite.location.database_file().with_extension("db-wal")).unwrap_or_default();
    let kept = [file, log].concat();
    assert!(!kept.windows(20).any(|window| window == bytes), "the secret itself");
    assert!(!kept.windows(32).any(|window| window == secret.as_bytes()), "the secret as text");
    assert!(kept.windows(4).any(|window| window == b"anna"), "the search finds what is there");
}

#[tokio::test]
async fn a_secret_opens_for_nobody_else_and_goes_over_to_a_new_master_key() {
    let suite = Suite::demo(NOW);
    let _anna = Equipped::anna(&suite).await;
    let (anna, boris) = (person_id(&suite, "anna"), person_id(&suite, "boris"));
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let read = |person_id: &str, keys: &_| suite.env.db().read(|conn| second_factors::totp(conn, keys, person_id));
    let sql = "insert into totp select ?2, sealed_secret, master_key_id, last_step, created_at, confirmed_at from totp
               where person_id = ?1";
    file.execute(sql, [&anna, &boris]).unwrap();
    assert!(read(&boris, &keys()).is_err(), "a row moved to somebody else");
    file.execute("delete from totp where person_id = ?1", [&boris]).unwrap();

    let before = read(&anna, &keys()).unwrap().unwrap().secret;
    let new = "new:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
    let both = store::MasterKeys::parse(&format!("{new} {}", crate::suite::FILES_KEY)).unwrap();
    let resealed =
        suite.env.db().write(|tx| second_factors::SECRETS.reseal(tx, &both, || suite.env.random(), "", 10)).unwrap();
    assert_eq!(resealed, (1, Some(anna.clone())));
    assert_eq!(read(&anna, &store::MasterKeys::parse(new).unwrap()).unwrap().unwrap().secret, before);
    assert!(read(&anna, &keys()).is_err(), "the old key opens nothing");
}

#[tokio::test]
async fn new_recovery_codes_take_the_place_of_all() {
    let suite = Suite::demo(NOW);
    let mut browser = anna(&suite).await;
    assert_eq!(browser.ask_surely("POST", RECOVERY_CODES, None).await.problem(), "not-found", "nothing to recover");
    let equipped = Equipped::in_browser(&suite, &mut browser, "anna").await;
    let renewed = texts(&browser.ask_surely("POST", RECOVERY_CODES, None).await.body["recovery_codes"]);
    let mut stranger = Browser::new(&suite, "83.1.2.9:1");
    let path = first_step(&mut stranger, "anna").await;
    let old = answer(&mut stranger, &path, "recovery-code", &equipped.recovery_codes[0]).await;
    assert_eq!(old.problem(), "wrong-code");
    let new = answer(&mut stranger, &path, "recovery-code", &renewed[0]).await;
    assert_eq!(new.status, StatusCode::OK, "{}", new.body);
}

#[tokio::test]
async fn a_second_way_leaves_the_paper_as_it_is_and_the_last_one_takes_it_along() {
    let suite = Suite::demo(NOW);
    let mut browser = anna(&suite).await;
    Equipped::in_browser(&suite, &mut browser, "anna").await;
    let added = browser.ask_surely("POST", CONTACT, None).await;
    assert_eq!((added.status, &added.body["recovery_codes"]), (StatusCode::CREATED, &json!([])));
    assert_eq!(browser.ask_surely("POST", CONTACT, None).await.problem(), "second-factor-on");
    assert_eq!(browser.ask_surely("DELETE", TOTP, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(suite.rows("select count(*) from recovery_code"), [["10"]]);
    assert_eq!(browser.ask_surely("DELETE", CONTACT, None).await.status, StatusCode::NO_CONTENT);
    assert!(suite.rows("select 1 from recovery_code").is_empty());
    assert_eq!(browser.ask_surely("DELETE", CONTACT, None).await.problem(), "not-found");
    assert_eq!(Browser::new(&suite, "83.1.2.9:1").sign_in("anna", store::demo::PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_contact_no_code_can_be_sent() {
    let suite = Suite::demo(NOW);
    let mut browser = Browser::signed_in(&suite, "83.1.2.3:1", "manager").await;
    assert_eq!(browser.ask_surely("POST", CONTACT, None).await.problem(), "no-contact");
}

#[tokio::test]
async fn each_change_is_in_the_journal_and_in_the_feed() {
    let suite = Suite::demo(NOW);
    let mut browser = anna(&suite).await;
    Equipped::in_browser(&suite, &mut browser, "anna").await;
    browser.ask_surely("POST", RECOVERY_CODES, None).await;
    pass(&suite, 60);
    browser.ask_surely("DELETE", TOTP, None).await;
    let journal = browser.ask("GET", "/api/auth/journal", None).await.body;
    let what: Vec<_> = journal["items"].as_array().unwrap().iter().map(|item| item["what"].as_str().unwrap()).collect();
    for expected in ["Отключён второй шаг входа", "Выданы новые коды восстановления", "Включён второй шаг входа"]
    {
        assert!(what.contains(&expected), "{what:?}");
    }
    let events = suite.rows("select kind from event order by event_id").concat();
    assert_eq!(events, ["second-factor.added", "recovery-codes.renewed", "second-factor.removed"]);
}

#[tokio::test]
async fn staff_with_a_password_alone_may_only_switch_a_second_factor_on() {
    let suite = Suite::demo(NOW);
    let search = Some(json!({ "identifier": "anna", "purpose": "sign-in-help", "words": "" }));
    let mut support = Browser::signed_in(&suite, "83.1.2.3:1", "support").await;
    let found = support.ask("POST", "/api/auth/support/searches", search.clone()).await;
    assert_eq!(found.status, StatusCode::OK, "a demo asks for none");
    suite.set("staff.second_factor", "always");
    let refused = support.ask("POST", "/api/auth/support/searches", search.clone()).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::FORBIDDEN, "second-factor-needed"));
    assert_eq!(support.ask("GET", "/api/auth/profile", None).await.status, StatusCode::OK);
    Equipped::in_browser(&suite, &mut support, "support").await;
    assert_eq!(support.ask("POST", "/api/auth/support/searches", search).await.status, StatusCode::OK);
    let mut resident = anna(&suite).await;
    assert_eq!(resident.ask("GET", "/api/homes/accounts", None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn in_a_live_state_staff_need_a_second_factor_unless_the_operator_wants_it_otherwise() {
    let suite = Suite::empty(NOW);
    let token = crate::newcomer::invite(&suite, "olga");
    let mut olga = Browser::new(&suite, "83.1.2.3:1");
    let body = json!({ "token": token, "password": crate::newcomer::PASSWORD });
    assert_eq!(olga.ask("POST", "/api/auth/invitations/accept", Some(body)).await.status, StatusCode::CREATED);
    let window =
        json!({ "starts_at": "2026-07-20T20:00:00Z", "ends_at": "2026-07-20T22:00:00Z", "words": "Обновляем." });
    let refused = olga.ask("POST", "/api/notices/maintenance", Some(window.clone())).await;
    assert_eq!(refused.problem(), "second-factor-needed");
    suite.set("staff.second_factor", "never");
    assert_eq!(olga.ask("POST", "/api/notices/maintenance", Some(window)).await.status, StatusCode::CREATED);
}
