//! Administrators decide who works here, in the portal itself.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{door::Browser, newcomer::PASSWORD, suite::Suite};

const NOW: &str = "2026-07-20T09:00:00Z";
const PATH: &str = "/api/auth/staff";

fn wish(login: &str, roles: &[&str]) -> Option<Value> {
    Some(json!({ "login": login, "name": "Мария Ивановна", "roles": roles, "scope": { "kind": "portal" } }))
}

/// The one with this login.
async fn staff(admin: &mut Browser<'_>, login: &str) -> Value {
    let list = admin.ask("GET", PATH, None).await.body;
    list["people"].as_array().unwrap().iter().find(|one| one["login"] == login).cloned().unwrap_or_default()
}

fn path(one: &Value, rest: &str) -> String {
    format!("{PATH}/{}/{rest}", one["staff_id"].as_str().unwrap())
}

/// The path of the first of somebody's roles.
fn role(one: &Value) -> String {
    path(one, &format!("roles/{}", one["roles"][0]["grant_id"]))
}

pub(crate) async fn accept(suite: &Suite, link: &Value) -> crate::suite::Answer {
    let token = link.as_str().unwrap().split_once('#').unwrap().1;
    let body = json!({ "token": token, "password": PASSWORD });
    suite.ask("POST", "/api/auth/invitations/accept", &[], Some(body)).await
}

#[tokio::test]
async fn an_administrator_invites_somebody_who_then_works_here_until_the_role_is_taken_away() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let invitations = format!("{PATH}/invitations");
    assert_eq!(admin.ask("POST", &invitations, wish("maria", &["support"])).await.problem(), "confirmation-required");
    let made = admin.ask_surely("POST", &invitations, wish("maria", &["support"])).await;
    assert_eq!(admin.ask("GET", PATH, None).await.body["invited"][0]["login"], "maria");
    let accepted = accept(&suite, &made.body["link"]).await;
    assert_eq!(accepted.body["roles"], json!(["support"]), "{}", accepted.body);
    let mut maria = Browser::new(&suite, "10.0.0.7:1");
    maria.sign_in("maria", PASSWORD).await;
    assert_eq!(maria.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);

    let one = staff(&mut admin, "maria").await;
    assert_eq!((&one["roles"][0]["role"], &one["is_me"]), (&json!("support"), &json!(false)));
    let taken = admin.ask_surely("DELETE", &role(&one), None).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
    assert_eq!(staff(&mut admin, "maria").await, Value::Null);
    assert_eq!(maria.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
    let again = admin.ask_surely("DELETE", &role(&one), None).await;
    assert_eq!(again.problem(), "not-found");
}

#[tokio::test]
async fn a_wish_names_a_free_login_a_name_and_roles_of_the_staff_alone() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    for (body, pointer) in [
        (wish("a", &["support"]), "/login"),
        (wish("anna", &["support"]), "/login"),
        (wish("maria", &[]), "/roles"),
        (wish("maria", &["resident"]), "/roles"),
        (wish("maria", &["integrator"]), "/roles"),
        (Some(json!({ "login": "maria", "name": "", "roles": ["support"], "scope": { "kind": "portal" } })), "/name"),
        (
            Some(json!({ "login": "maria", "name": "Мария", "roles": ["support"], "scope": { "kind": "house" } })),
            "/scope",
        ),
    ] {
        let refused = admin.ask_surely("POST", &format!("{PATH}/invitations"), body).await;
        assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("validation", &json!(pointer)));
    }
    assert!(suite.rows("select 1 from invitation").is_empty());
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_a_link_and_the_person_reads_of_it() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let one = staff(&mut admin, "dispatcher").await;
    let made = admin.ask_surely("POST", &path(&one, "reset"), None).await;
    assert_eq!(accept(&suite, &made.body["link"]).await.status, StatusCode::CREATED);
    let mut dispatcher = Browser::new(&suite, "10.0.0.8:1");
    assert_eq!(dispatcher.sign_in("dispatcher", PASSWORD).await.status, StatusCode::OK);
    let journal = dispatcher.ask("GET", "/api/auth/journal", None).await.body;
    let told = journal["items"].as_array().unwrap().iter().find(|item| item["who"] == "staff").unwrap();
    assert_eq!(told["by"], "Ольга Дмитриевна, администратор", "{told}");
}

#[tokio::test]
async fn nobody_decides_about_oneself_about_a_resident_or_about_who_can_recover_alone() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let own = staff(&mut admin, "admin").await;
    for answer in [
        admin.ask_surely("DELETE", &role(&own), None).await,
        admin.ask_surely("POST", &path(&own, "reset"), None).await,
    ] {
        assert_eq!(answer.problem(), "forbidden");
    }
    let anna = suite
        .rows("select person_id, role_grant_id from person join role_grant using (person_id) where login = 'anna'");
    let anna = json!({ "staff_id": anna[0][0], "roles": [{ "grant_id": anna[0][1].parse::<i64>().unwrap() }] });
    assert_eq!(admin.ask_surely("POST", &path(&anna, "reset"), None).await.problem(), "not-found");
    assert_eq!(admin.ask_surely("DELETE", &role(&anna), None).await.problem(), "not-found");
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update person set email = 'd@example.ru' where login = 'dispatcher'", []).unwrap();
    let one = staff(&mut admin, "dispatcher").await;
    assert_eq!(admin.ask_surely("POST", &path(&one, "reset"), None).await.problem(), "forbidden");
}

#[tokio::test]
async fn who_is_an_administrator_no_more_decides_nothing_with_an_old_session() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let one = staff(&mut admin, "dispatcher").await;
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    file.execute("update role_grant set taken_at = '2026-07-20' where role = 'admin'", []).unwrap();
    let refused = admin.ask_surely("DELETE", &role(&one), None).await;
    assert_eq!(refused.problem(), "forbidden");
}

#[tokio::test]
async fn an_administrator_signs_one_of_the_staff_out_everywhere_and_nobody_else() {
    let suite = Suite::demo(NOW);
    let mut admin = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    let mut dispatcher = Browser::signed_in(&suite, "10.0.0.7:1", "dispatcher").await;
    let mut another = Browser::signed_in(&suite, "10.0.0.8:1", "dispatcher").await;
    let one = staff(&mut admin, "dispatcher").await;
    assert_eq!(admin.ask("POST", &path(&one, "sign-out"), None).await.problem(), "confirmation-required");
    let done = admin.ask_surely("POST", &path(&one, "sign-out"), None).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    for browser in [&mut dispatcher, &mut another] {
        assert_eq!(browser.ask("GET", "/api/auth/session", None).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(admin.ask("GET", "/api/auth/session", None).await.status, StatusCode::OK);
    let own = staff(&mut admin, "admin").await;
    assert_eq!(admin.ask_surely("POST", &path(&own, "sign-out"), None).await.problem(), "forbidden");
    let anna = json!({ "staff_id": suite.rows("select person_id from person where login = 'anna'").concat().concat() });
    assert_eq!(admin.ask_surely("POST", &path(&anna, "sign-out"), None).await.problem(), "not-found");
}
