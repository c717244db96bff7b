//! The electronic address: by a consent of its own, with the e-mail of the profile; and the list for a company's register.

use domain::access::{Role, Scope};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    door::Browser,
    factors::person_id,
    journal::journal,
    scopes::{NEIGHBOURS, hire, places},
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";
const CONSENTS: &str = "/api/auth/consents";
const WITHDRAW: &str = "/api/auth/consents/electronic-address/withdraw";
const LIST: &str = "/api/auth/electronic-addresses?purpose=register";

async fn decide(browser: &mut Browser<'_>) -> Answer {
    browser.ask("POST", CONSENTS, Some(json!({ "purpose": "electronic-address", "version": 1 }))).await
}

/// Makes this the e-mail of the profile, or takes it off.
async fn set_email(suite: &Suite, browser: &mut Browser<'_>, email: Option<&str>) {
    let contacts = "/api/auth/profile/contacts";
    let Some(email) = email else {
        let forget = json!({ "channel": "email" });
        let gone = browser.ask_surely("POST", &format!("{contacts}/forget"), Some(forget)).await;
        return assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
    };
    let asked = browser.ask_surely("POST", contacts, Some(json!({ "contact": email }))).await;
    let path = format!("{contacts}/{}/confirm", asked.body["contact_code_id"].as_str().unwrap());
    let proved = browser.ask("POST", &path, Some(json!({ "code": suite.last_code() }))).await;
    assert_eq!(proved.status, StatusCode::OK, "{}", proved.body);
}

async fn since(browser: &mut Browser<'_>) -> Value {
    browser.ask("GET", "/api/auth/profile", None).await.body["electronic_address_since"].take()
}

fn emitted(suite: &Suite) -> Vec<String> {
    suite.rows("select payload from event where kind = 'electronic-address.changed' order by event_id").concat()
}

/// Anna has an e-mail, and it is her electronic address.
async fn addressed(suite: &Suite) -> Browser<'_> {
    let mut anna = Browser::signed_in(suite, "83.1.2.3:1", "anna").await;
    set_email(suite, &mut anna, Some("anna@example.ru")).await;
    assert_eq!(decide(&mut anna).await.status, StatusCode::CREATED);
    anna
}

#[tokio::test]
async fn the_e_mail_of_the_profile_is_the_address_while_the_consent_holds() {
    let suite = Suite::demo(NOW);
    let mut anna = Browser::signed_in(&suite, "83.1.2.3:1", "anna").await;
    let refused = decide(&mut anna).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/purpose", "there is no e-mail: {}", refused.body);
    assert_eq!(suite.rows("select 1 from consent_act where purpose = 'electronic-address'").len(), 0);
    set_email(&suite, &mut anna, Some("anna@example.ru")).await;
    assert_eq!(since(&mut anna).await, Value::Null, "nobody decides but the person");
    assert_eq!(decide(&mut anna).await.status, StatusCode::CREATED);
    assert_eq!(since(&mut anna).await, "2026-07-20T09:00:00.000Z");
    assert_eq!(decide(&mut anna).await.status, StatusCode::CREATED);
    assert_eq!(emitted(&suite), [r#"{"masked_email":"a***@example.ru"}"#]);
    assert_eq!(anna.ask("POST", WITHDRAW, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(since(&mut anna).await, Value::Null);
    assert_eq!(emitted(&suite)[1..], [r#"{"masked_email":null}"#]);
    reminders::run(&suite.env, suite.env.now()).unwrap();
    let told = suite.rows("select 1 from notice where kind = 'electronic-address-changed'");
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn the_address_follows_the_e_mail_and_ends_with_it() {
    let suite = Suite::demo(NOW);
    let mut anna = addressed(&suite).await;
    suite.set_clock("2026-07-20T09:05:00Z".parse().unwrap());
    set_email(&suite, &mut anna, Some("new@example.ru")).await;
    assert_eq!(since(&mut anna).await, "2026-07-20T09:05:00.000Z");
    set_email(&suite, &mut anna, None).await;
    assert_eq!(since(&mut anna).await, Value::Null);
    let expected = [r#"{"masked_email":"a***@example.ru"}"#, r#"{"masked_email":"n***@example.ru"}"#];
    assert_eq!(emitted(&suite)[..2], expected);
    assert_eq!(emitted(&suite)[2..], [r#"{"masked_email":null}"#]);
    let acts = suite.rows("select act from consent_act where purpose = 'electronic-address' order by consent_seq");
    assert_eq!(acts, [["given"], ["withdrawn"]]);
    set_email(&suite, &mut anna, Some("third@example.ru")).await;
    assert_eq!(since(&mut anna).await, Value::Null, "it begins by a new decision alone");
    let phone = json!({ "contact": "+79161234567" });
    anna.ask_surely("POST", "/api/auth/profile/contacts", Some(phone)).await;
    assert_eq!(emitted(&suite).len(), 3, "a phone is no electronic address");
}

#[tokio::test]
async fn who_took_the_consent_to_the_login_back_gets_no_address_and_is_on_no_list() {
    let suite = Suite::demo(NOW);
    let mut anna = addressed(&suite).await;
    let portal = json!({ "purpose": "portal", "version": 2 });
    anna.ask("POST", CONSENTS, Some(portal)).await;
    assert_eq!(anna.ask("POST", "/api/auth/consents/portal/withdraw", None).await.status, StatusCode::NO_CONTENT);
    let mut manager = Browser::signed_in(&suite, "10.0.0.7:1", "manager").await;
    assert_eq!(manager.ask("GET", LIST, None).await.text.lines().count(), 1);
    anna.ask("POST", WITHDRAW, None).await;
    assert_eq!(decide(&mut anna).await.problem(), "consent-withdrawn");
}

#[tokio::test]
async fn a_company_takes_the_addresses_of_its_houses_alone_and_each_person_reads_of_it() {
    let suite = Suite::demo(NOW);
    let mut anna = addressed(&suite).await;
    let [neighbours, house] = places(&suite, NEIGHBOURS);
    hire(&suite, "their-admin", Role::Admin, &neighbours);
    hire(&suite, "their-manager", Role::Manager, &house);
    for (login, count) in [("manager", 1), ("admin", 1), ("their-admin", 0), ("their-manager", 0)] {
        let mut staff = Browser::signed_in(&suite, "10.0.0.7:1", login).await;
        let list = staff.ask("GET", LIST, None).await;
        assert_eq!(list.status, StatusCode::OK, "{login}: {}", list.body);
        assert_eq!(list.text.lines().count(), 1 + count, "{login}: {}", list.text);
    }
    let mut manager = Browser::signed_in(&suite, "10.0.0.7:1", "manager").await;
    let list = manager.ask("GET", LIST, None).await;
    let expected = "\u{feff}\"number\";\"address\";\"name\";\"electronic_address\";\"since\"\r\n\
                    \"0000000015\";\"г. Рязань, ул. Ленина, д. 10, кв. 15\";\"Анна Сергеевна\";\"anna@example.ru\";\"2026-07-20\"\r\n";
    assert_eq!(list.text, expected);
    assert!(list.headers.get("link").is_none());
    let told = journal(&mut anna, "").await.to_string();
    assert!(told.contains("Ваш электронный адрес взят для реестра") && told.contains("руководитель"), "{told}");
    assert_eq!(suite.rows("select 1 from audit_entry where action = 'electronic-address.look'").len(), 3);
    anna.ask("POST", WITHDRAW, None).await;
    assert_eq!(manager.ask("GET", LIST, None).await.text.lines().count(), 1, "who took it back is on no list");
}

#[tokio::test]
async fn a_list_has_its_purpose_and_its_reader() {
    let suite = Suite::demo(NOW);
    addressed(&suite).await;
    let mut manager = Browser::signed_in(&suite, "10.0.0.7:1", "manager").await;
    for purpose in ["", "other", "curiosity", "sign-in-help"] {
        let path = format!("/api/auth/electronic-addresses?purpose={purpose}");
        let refused = manager.ask("GET", &path, None).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "?purpose", "{purpose}");
    }
    for login in ["anna", "support", "dispatcher", "accountant"] {
        let mut other = Browser::signed_in(&suite, "10.0.0.8:1", login).await;
        assert_eq!(other.ask("GET", LIST, None).await.problem(), "forbidden", "{login}");
    }
    assert!(suite.rows("select 1 from audit_entry where action = 'electronic-address.look'").is_empty());
}

#[tokio::test]
async fn an_account_that_left_the_person_or_is_closed_is_on_no_list() {
    for deed in [
        "update account_link set ended_at = '2026-07-20T09:00:00.000Z' where person_id =",
        "update account set closed_on = '2026-07-01' where account_id in (select account_id from account_link where person_id =",
    ] {
        let suite = Suite::demo(NOW);
        addressed(&suite).await;
        let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
        let end = if deed.contains("(select") { ")" } else { "" };
        file.execute(&format!("{deed} '{}'{end}", person_id(&suite, "anna")), []).unwrap();
        let mut manager = Browser::signed_in(&suite, "10.0.0.7:1", "manager").await;
        assert_eq!(manager.ask("GET", LIST, None).await.text.lines().count(), 1, "{deed}");
    }
}

/// Four people with an electronic address each have every account of the demo; one is called like a formula.
fn crowd(suite: &Suite) {
    let file = rusqlite::Connection::open(suite.location.database_file()).unwrap();
    for login in ["resident01", "resident02", "resident03", "resident04"] {
        let person_id = person_id(suite, login);
        let email = format!("{login}@example.ru");
        file.execute("update person set name = '=1+1', email = ?2 where person_id = ?1", [&person_id, &email]).unwrap();
        file.execute("insert into electronic_address values (?1, '2026-07-20T09:00:00.000Z')", [&person_id]).unwrap();
        let sql = "insert into account_link (account_link_id, person_id, account_id, right, linked_at)
                   select ?2 || account_id, ?1, account_id, 'owner', '2026-07-20T09:00:00.000Z' from account";
        file.execute(sql, [&person_id, &email]).unwrap();
    }
}

#[tokio::test]
async fn a_long_list_comes_in_parts_that_put_together_are_one_table() {
    let suite = Suite::demo(NOW);
    crowd(&suite);
    let count = 4 * suite.rows("select 1 from account").len();
    let mut manager = Browser::signed_in(&suite, "10.0.0.7:1", "manager").await;
    let first = manager.ask("GET", LIST, None).await;
    let link = first.headers["link"].to_str().unwrap();
    let path = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap();
    let second = manager.ask("GET", path, None).await;
    assert!(second.headers.get("link").is_none());
    assert_eq!((first.text.lines().count(), second.text.lines().count()), (1 + 200, count - 200));
    assert!(second.text.starts_with('"') && second.text.contains("\"'=1+1\""), "a formula is text: {}", second.text);
    let looks = suite.rows("select 1 from audit_entry where action = 'electronic-address.look'");
    assert_eq!(looks.len(), 5, "a person reads of each part once, however many accounts: the fourth is in both");
}

#[tokio::test]
async fn the_portal_s_own_staff_see_every_house() {
    let suite = Suite::demo(NOW);
    addressed(&suite).await;
    hire(&suite, "portal-manager", Role::Manager, &Scope::Portal);
    let mut manager = Browser::signed_in(&suite, "10.0.0.7:1", "portal-manager").await;
    assert_eq!(manager.ask("GET", LIST, None).await.text.lines().count(), 2);
}
