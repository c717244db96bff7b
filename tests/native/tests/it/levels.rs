//! On which level a person stands: who says so, how long it holds, and what it opens.

use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{identities, levels};

use crate::{
    door::Browser,
    esia::{UNSURE, esia, with_esia},
    provider::{self, GOOD, register, sign_in},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const PATH: &str = "/api/auth/level";

async fn delegate(browser: &mut Browser<'_>) -> Answer {
    let wish = json!({ "name": "Сын", "account_ids": ["x"], "powers": ["see-readings"], "until": "2026-08-01" });
    browser.ask("POST", "/api/homes/delegations", Some(wish)).await
}

async fn level(browser: &mut Browser<'_>) -> Value {
    browser.ask("GET", PATH, None).await.body["level"].take()
}

fn person_id(suite: &Suite, login: &str) -> String {
    suite.rows(&format!("select person_id from person where login = '{login}'")).concat().concat()
}

#[tokio::test]
async fn the_basic_level_looks_and_gives_readings_and_the_confirmed_one_trusts_others() {
    let suite = Suite::demo(NOW);
    let mut boris = Browser::signed_in(&suite, "83.1.2.3:1", "boris").await;
    let own = boris.ask("GET", PATH, None).await.body;
    assert_eq!((&own["level"], &own["source"], &own["is_required"]), (&json!("basic"), &json!(null), &json!(true)));
    assert_eq!(own["opens"], json!([{ "words": "доверить лицевой счёт другому человеку", "is_open": false }]));
    let refused = delegate(&mut boris).await;
    assert_eq!(refused.problem(), "level-too-low");
    assert!(refused.body["detail"].as_str().unwrap().contains("/level"), "{}", refused.body);
    for path in ["/api/homes/accounts", "/api/readings/meters", "/api/notices", "/api/homes/delegations"] {
        assert_eq!(boris.ask("GET", path, None).await.status, 200, "{path}");
    }
    let mut anna = Browser::signed_in(&suite, "83.1.2.4:1", "anna").await;
    let own = anna.ask("GET", PATH, None).await.body;
    assert_eq!((&own["level"], &own["source"]), (&json!("confirmed"), &json!("company")));
    assert_eq!(own["opens"][0]["is_open"], true);
    assert_eq!(delegate(&mut anna).await.problem(), "confirmation-required");
}

#[tokio::test]
async fn staff_are_told_of_nothing_that_their_role_does_not_let_them_do() {
    let suite = Suite::demo(NOW);
    let mut manager = Browser::signed_in(&suite, "83.1.2.3:1", "manager").await;
    assert_eq!(manager.ask("GET", PATH, None).await.body["opens"], json!([]));
}

#[tokio::test]
async fn an_operator_who_asks_for_no_levels_gets_none() {
    let suite = Suite::demo(NOW);
    suite.set("level.required", "no");
    let mut boris = Browser::signed_in(&suite, "83.1.2.3:1", "boris").await;
    assert_eq!(delegate(&mut boris).await.problem(), "confirmation-required");
    let own = boris.ask("GET", PATH, None).await.body;
    assert_eq!((&own["is_required"], &own["opens"][0]["is_open"]), (&json!(false), &json!(true)));
}

#[tokio::test]
async fn a_confirmation_is_over_with_its_time_and_a_later_one_begins_it_anew() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let until = anna.ask("GET", PATH, None).await.body["until"].take();
    suite.set_clock(until.as_str().unwrap().parse().unwrap());
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    assert_eq!(level(&mut anna).await, "basic");
    assert_eq!(delegate(&mut anna).await.problem(), "level-too-low");
    let person_id = person_id(&suite, "anna");
    suite.env.db().write(|tx| levels::confirm(tx, suite.env.now(), &person_id)).unwrap();
    assert_eq!(level(&mut anna).await, "confirmed");
    suite.set("level.valid_days", "0");
    suite.set_clock(suite.env.now() + SignedDuration::from_hours(24 * 3650));
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    assert_eq!(anna.ask("GET", PATH, None).await.body["until"], json!(null));
}

#[tokio::test]
async fn a_provider_that_is_trusted_raises_the_level_and_lowers_it_at_the_next_sign_in() {
    let suite = Suite::with_provider();
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    sign_in(&mut browser, "/", GOOD).await;
    register(&mut browser).await;
    let own = browser.ask("GET", PATH, None).await.body;
    assert_eq!((&own["level"], &own["source"]), (&json!("confirmed"), &json!("provider")));
    let row = suite.rows("select issuer, subject from identity").concat();
    let unsure = identities::Identity {
        provider: "oidc",
        issuer: &row[0],
        subject: &row[1],
        level: domain::identity::Level::Basic,
        name: "",
    };
    suite.env.db().write(|tx| identities::signed_in(tx, suite.env.now(), unsure)).unwrap();
    assert_eq!(level(&mut browser).await, "basic");
    assert_eq!(delegate(&mut browser).await.problem(), "level-too-low");
    assert_eq!(sign_in(&mut browser, "/", GOOD).await, "/");
    assert_eq!(level(&mut browser).await, "confirmed");
    browser.ask("POST", "/api/auth/consents/portal/withdraw", None).await;
    suite.env.db().write(|tx| identities::seen(tx, suite.env.now(), unsure)).unwrap();
    assert_eq!(level(&mut browser).await, "basic", "whoever withdrew the consent keeps no level that is gone");
    sign_in(&mut browser, "/", GOOD).await;
    assert_eq!(level(&mut browser).await, "basic", "and gives no new word");
}

#[tokio::test]
async fn whoever_a_provider_is_sure_of_no_more_hears_of_it_once() {
    let suite = with_esia(&[]);
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    esia(&mut browser, "/", UNSURE).await;
    register(&mut browser).await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update identity set level = 'confirmed'", []).unwrap();
    assert_eq!(level(&mut browser).await, "confirmed");
    for _ in 0..2 {
        assert_eq!(esia(&mut browser, "/", UNSURE).await, "/");
    }
    assert_eq!(level(&mut browser).await, "basic");
    reminders::run(&suite.env, suite.env.now()).unwrap();
    assert_eq!(suite.rows("select title from notice where kind = 'level-fell'"), [["Личность больше не подтверждена"]]);
}

#[tokio::test]
async fn the_trust_of_the_operator_bounds_what_a_provider_says() {
    let suite = Suite::with_provider_but(&[("oidc_level", "basic")]);
    let mut browser = Browser::new(&suite, "10.0.0.5:1");
    sign_in(&mut browser, "/", GOOD).await;
    register(&mut browser).await;
    assert_eq!(level(&mut browser).await, "basic");
}

#[tokio::test]
async fn a_provider_s_word_counts_only_while_the_operator_trusts_that_very_one() {
    let word = identities::Identity {
        provider: "oidc",
        issuer: &format!("{}/oidc", provider::origin()),
        subject: "4711",
        level: domain::identity::Level::Confirmed,
        name: "",
    };
    let changes: [&[(&str, &str)]; 4] =
        [&[], &[("oidc_level", "basic")], &[("oidc_client_id", "")], &[("oidc_issuer", "https://id.example")]];
    for change in changes {
        let suite = Suite::with_provider_but(change);
        let mut boris = Browser::signed_in(&suite, "83.1.2.3:1", "boris").await;
        let boris_id = person_id(&suite, "boris");
        suite.env.db().write(|tx| identities::link(tx, suite.env.now(), &boris_id, word)).unwrap();
        // Behind the level it is the day that is refused: it is long past by the clock of the provider.
        let (expected, refusal) =
            if change.is_empty() { ("confirmed", "validation") } else { ("basic", "level-too-low") };
        assert_eq!(level(&mut boris).await, expected, "{change:?}");
        assert_eq!(delegate(&mut boris).await.problem(), refusal, "{change:?}");
    }
}
