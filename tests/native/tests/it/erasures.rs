//! The right to be forgotten: what goes, what stays, and that nobody is forgotten by mistake.

use http::StatusCode;
use jiff::SignedDuration;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use store::{audit, demo::PASSWORD, erasures};
use web::fresh_id;

use crate::{
    door::{Browser, guess},
    newcomer,
    suite::Suite,
    support::search,
};

const NOW: &str = "2026-07-20T09:00:00Z";
const PATH: &str = "/api/auth/erasure";

fn person_id(suite: &Suite, login: &str) -> String {
    suite.rows(&format!("select person_id from person where login = '{login}'")).concat().concat()
}

fn run(suite: &Suite) -> usize {
    reminders::run(&suite.env, suite.env.now()).unwrap().persons_erased
}

fn pass(suite: &Suite, days: i64) {
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(24 * days));
}

/// Where in the whole database one of these words stands.
fn found(suite: &Suite, words: &[&str]) -> Vec<String> {
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let tables = suite.rows("select name from pragma_table_list where schema = 'main' and type = 'table'").concat();
    let mut found = Vec::new();
    for table in tables {
        let mut statement = file.prepare(&format!("select * from \"{table}\"")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for cell in (0..columns).map(|column| row.get::<_, Cell>(column).unwrap()) {
                let Cell::Text(text) = cell else { continue };
                found.extend(words.iter().filter(|word| text.contains(**word)).map(|word| format!("{table}: {word}")));
            }
        }
    }
    found
}

/// Anna with a name, notices, an address and a device that are hers alone.
async fn settled(suite: &Suite) -> Browser<'_> {
    let mut anna = Browser::signed_in(suite, "83.77.66.55:1", "anna").await;
    anna.ask("POST", "/api/auth/consents", Some(newcomer::consent())).await;
    anna.ask("PATCH", "/api/auth/profile", Some(json!({ "name": "Аннушка Единственная" }))).await;
    let account = anna.ask("GET", "/api/homes/accounts", None).await.body["items"][0]["account_id"].take();
    let settings = format!("/api/homes/accounts/{}/settings", account.as_str().unwrap());
    anna.ask("POST", &settings, Some(json!({ "label": "Гнездо Аннушки", "notify_by": [] }))).await;
    guess(suite, "anna", 1).await;
    let mut support = Browser::signed_in(suite, "10.0.0.5:1", "support").await;
    support.ask("POST", "/api/auth/support/searches", Some(search("anna"))).await;
    anna
}

#[tokio::test]
async fn after_the_grace_nothing_that_tells_who_it_was_is_left_and_nobody_signs_in() {
    let suite = Suite::demo(NOW);
    let mut anna = settled(&suite).await;
    let (anna_id, words) = (person_id(&suite, "anna"), ["Аннушк", "83.77.66.55", "+79000000015", "звонит сам"]);
    assert_eq!(anna.ask("POST", PATH, None).await.problem(), "confirmation-required");
    let asked = anna.ask_surely("POST", PATH, None).await;
    assert_eq!(asked.body["request"]["due_at"], "2026-07-27T09:00:01.000Z", "{}", asked.body);
    assert!(suite.last_message()["text"].as_str().unwrap().replace('\u{a0}', " ").contains("27 июля"));
    assert_eq!(run(&suite), 0);
    assert!(!found(&suite, &words).is_empty());
    let submissions = suite.rows("select count(*) from submission");

    pass(&suite, 7);
    assert_eq!(run(&suite), 1);
    assert_eq!(run(&suite), 0, "once");
    // The company's own register keeps the contact that it has of the account.
    let left: Vec<_> = found(&suite, &words).into_iter().filter(|place| !place.starts_with("account: ")).collect();
    assert_eq!(left, [""; 0]);
    assert_eq!(suite.rows("select count(*) from submission"), submissions);
    assert_eq!(
        suite.rows(&format!("select 1 from account_link where person_id = '{anna_id}' and ended_at is null")).len(),
        0
    );
    assert_eq!(anna.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
    for identifier in ["anna", "+79000000015"] {
        let refused = Browser::new(&suite, "83.77.66.55:1").sign_in(identifier, PASSWORD).await;
        assert_eq!(refused.problem(), "wrong-credentials", "{identifier}");
    }
    let verdict = suite.env.db().read(audit::verify).unwrap();
    assert_eq!(verdict.faults, [""; 0]);
}

#[tokio::test]
async fn the_plan_tells_what_goes_and_what_stays_by_which_law() {
    let suite = Suite::demo(NOW);
    let mut anna = settled(&suite).await;
    let plan = anna.ask("GET", PATH, None).await.body;
    let items = plan["items"].as_array().unwrap();
    let fate = |table: &str| items.iter().find(|item| item["table"] == table).unwrap()["fate"].as_str().unwrap();
    assert_eq!((fate("role_grant"), &plan["grace_days"]), ("стирается", &json!(7)));
    assert!(fate("consent_act").contains("ФЗ-152"), "{}", fate("consent_act"));
    assert_eq!(plan["request"], Value::Null);
}

#[tokio::test]
async fn the_administrator_finds_the_act_with_the_entry_of_the_log_and_no_name() {
    let suite = Suite::demo(NOW);
    let mut anna = settled(&suite).await;
    anna.ask_surely("POST", PATH, None).await;
    pass(&suite, 7);
    run(&suite);
    let mut admin = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let acts = admin.ask("GET", "/api/auth/erasures", None).await.body;
    let act = &acts["items"][0];
    assert_eq!(act["person_id"], anna_of(&suite));
    assert!(!acts.to_string().contains("Аннушк"), "{acts}");
    let destroyed = act["destroyed"].as_array().unwrap();
    for table in ["person", "session", "known_device", "account_link", "audit_detail"] {
        assert!(destroyed.iter().any(|one| one["table"] == table && one["rows"].as_u64() > Some(0)), "{table}: {act}");
    }
    let entry = suite.rows("select hash from audit_entry where action = 'person.erase'").concat().concat();
    assert_eq!(act["log"]["hash"], entry);
    let one = admin.ask("GET", &format!("/api/auth/erasures/{}", act["erasure_id"].as_str().unwrap()), None).await;
    assert_eq!(&one.body, act);
    pass(&suite, 3 * 366 + 1);
    run(&suite);
    assert!(suite.rows("select 1 from erasure").is_empty(), "acts are kept three years");
}

fn anna_of(suite: &Suite) -> String {
    suite.rows("select person_id from erasure").concat().concat()
}

#[tokio::test]
async fn who_changes_their_mind_in_time_keeps_everything_and_is_told_at_each_step() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    anna.ask_surely("POST", PATH, None).await;
    let again = anna.ask_surely("POST", PATH, None).await;
    assert_eq!(again.body["request"]["due_at"], "2026-07-27T09:00:00.000Z", "asked twice it is one request");
    pass(&suite, 6);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    run(&suite);
    run(&suite);
    assert_eq!(anna.ask("DELETE", PATH, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(anna.ask("DELETE", PATH, None).await.problem(), "not-found");
    pass(&suite, 2);
    assert_eq!(run(&suite), 0);
    let told = suite.rows("select kind from notice where kind like 'erasure-%' order by created_at, kind").concat();
    assert_eq!(told, ["erasure-requested", "erasure-cancelled", "erasure-near"], "each once");
    Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
}

#[tokio::test]
async fn withdrawing_the_consent_leads_to_the_same_end_and_giving_it_again_averts_it() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    anna.ask("POST", "/api/auth/consents", Some(newcomer::consent())).await;
    anna.ask("POST", "/api/auth/consents/portal/withdraw", None).await;
    let request = anna.ask("GET", PATH, None).await.body["request"].take();
    assert_eq!((&request["reason"], &request["due_at"]), (&json!("withdrawal"), &json!("2026-08-19T09:00:00.000Z")));
    let told = suite.last_message()["text"].as_str().unwrap().to_owned();
    assert!(told.contains("вы отозвали согласие") && told.contains("19\u{a0}августа"), "{told}");
    anna.ask("POST", "/api/auth/consents", Some(newcomer::consent())).await;
    assert_eq!(anna.ask("GET", PATH, None).await.body["request"], Value::Null);
    anna.ask("POST", "/api/auth/consents/portal/withdraw", None).await;
    pass(&suite, 30);
    assert_eq!(run(&suite), 1);
}

#[tokio::test]
async fn one_of_the_staff_is_not_erased_while_others_rely_on_the_role() {
    let suite = Suite::demo(NOW);
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    let anna_id = person_id(&suite, "anna");
    file.execute(
        "insert into role_grant (person_id, role, granted_at) values (?1, 'support', '2026-01-01')",
        [&anna_id],
    )
    .unwrap();
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    assert_eq!(anna.ask_surely("POST", PATH, None).await.problem(), "erasure-blocked");
    anna.ask("POST", "/api/auth/consents", Some(newcomer::consent())).await;
    anna.ask("POST", "/api/auth/consents/portal/withdraw", None).await;
    assert!(suite.rows("select 1 from erasure").is_empty());
}

#[tokio::test]
async fn of_changing_ones_mind_and_the_beginning_one_wins_however_often_both_are_tried() {
    let suite = Suite::demo(NOW);
    let anna_id = person_id(&suite, "anna");
    for round in 0..8 {
        let (erasure_id, now) = (fresh_id(&suite.env), suite.env.now());
        let db = suite.env.db();
        let asked = db.write(|tx| erasures::request(tx, now, &erasure_id, &anna_id, erasures::Reason::Request, now));
        assert!(asked.unwrap(), "{round}");
        let attempt = |index: usize| match index % 2 {
            0 => db.write(|tx| erasures::cancel(tx, now, &anna_id, None)).map(|won| (won, 0)).unwrap(),
            _ => db.write(|tx| erasures::begin(tx, now, &erasure_id)).map(|won| (won, 1)).unwrap(),
        };
        let wins: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (round..round + 8).map(|index| scope.spawn(move || attempt(index))).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .filter(|(won, _)| *won)
                .map(|(_, who)| who)
                .collect()
        });
        assert!(wins == [0] || !wins.is_empty() && wins.iter().all(|who| *who == 1), "{wins:?}");
        db.write(|tx| erasures::begin(tx, now, &erasure_id).and_then(|_| erasures::finish(tx, now, &erasure_id)))
            .unwrap();
    }
}
