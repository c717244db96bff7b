//! Linking an account by its number and a code.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

use crate::portal::{Answer, Portal};

const BORIS: &str = "0000000027";

/// Six digits that are not the code.
fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

async fn asked(portal: &Portal, cookie: &str) -> Answer {
    let answer = portal.ask_code(cookie, BORIS).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer
}

#[tokio::test]
async fn the_code_goes_to_the_contact_of_the_company_and_links_the_account() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let request = asked(&portal, &boris).await;
    assert_eq!(request.body["channel"], "sms");
    assert_eq!(request.body["masked_contact"], "+7********27");
    assert_eq!(request.body["attempts_left"], 5);
    assert_eq!(request.body["expires_at"], "2026-07-20T09:10:00.000Z");
    let message = portal.last_message();
    assert_eq!((&message["path"], &message["to"]), (&json!("/sms"), &json!("+79000000027")));
    assert!(message["text"].as_str().unwrap().contains("…0027"));

    let account = portal.confirm(&boris, &request, &portal.last_code()).await;
    assert_eq!(account.status, StatusCode::CREATED);
    assert_eq!(account.body["number"], BORIS);
    assert_eq!(account.body["right"], "owner");
    let listed = portal.get(&boris, "/api/homes/accounts").await;
    assert_eq!(listed.body["items"], json!([account.body]));
    assert_eq!(portal.count("select count(*) from event where kind = 'account.linked'"), 1);
    assert_eq!(portal.count("select count(*) from audit_entry where action = 'account.link'"), 1);
}

#[tokio::test]
async fn the_code_itself_is_not_kept() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    asked(&portal, &boris).await;
    let code = portal.last_code();
    let kept = format!(
        "select (select count(*) from link_request where code_hash like '%{code}%')
              + (select count(*) from audit_detail where fields like '%\"{code}\"%')
              + (select count(*) from event where payload like '%{code}%')"
    );
    assert_eq!(portal.count(&kept), 0);
    assert_eq!(portal.count("select count(*) from link_request where length(code_hash) = 64"), 1);
}

#[tokio::test]
async fn a_number_is_found_however_it_is_typed() {
    let portal = Portal::new();
    portal.execute("update account set number = 'ЛС-27/А' where number = '0000000027'");
    let answer = portal.ask_code(&portal.sign_in("boris"), "  лс-27/а ").await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert!(portal.last_message()["text"].as_str().unwrap().contains("счёта …27/А"));
}

#[tokio::test]
async fn an_account_with_only_an_e_mail_gets_the_code_there() {
    let portal = Portal::new();
    let request = portal.ask_code(&portal.sign_in("boris"), "0000000059").await;
    assert_eq!(request.body["channel"], "email");
    assert_eq!(portal.last_message()["path"], "/email");
    assert!(portal.last_message()["subject"].is_string());
}

#[tokio::test]
async fn an_account_without_a_contact_leads_to_the_company() {
    let portal = Portal::new();
    let answer = portal.ask_code(&portal.sign_in("boris"), "0000000060").await;
    answer.is_problem(409, "no-contact");
    assert!(answer.body["detail"].as_str().unwrap().contains("+79000000100"));
}

#[tokio::test]
async fn an_unknown_number_and_a_closed_account_look_the_same() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    portal.execute("update account set closed_on = '2026-07-01' where number = '0000000016'");
    let (unknown, closed) = (portal.ask_code(&boris, "777").await, portal.ask_code(&boris, "0000000016").await);
    unknown.is_problem(404, "account-not-found");
    closed.is_problem(404, "account-not-found");
    assert_eq!(unknown.body["errors"][0]["pointer"], "/number");
    assert_eq!((&unknown.body["detail"], &unknown.body["errors"]), (&closed.body["detail"], &closed.body["errors"]));
}

#[tokio::test]
async fn a_number_that_can_t_be_one_is_named_as_a_field() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    for number in ["", "   ", "---", "1234567890123456789012345678901"] {
        let answer = portal.ask_code(&boris, number).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.body["errors"][0]["pointer"], "/number");
    }
}

#[tokio::test]
async fn an_account_is_linked_to_a_person_once() {
    let portal = Portal::new();
    portal.ask_code(&portal.sign_in("anna"), "0000000015").await.is_problem(409, "already-linked");
}

#[tokio::test]
async fn a_wrong_code_costs_an_attempt_and_the_last_one_ends_the_request() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let request = asked(&portal, &boris).await;
    let code = portal.last_code();
    for left in (0..5).rev() {
        let answer = portal.confirm(&boris, &request, &other_than(&code)).await;
        answer.is_problem(422, "wrong-code");
        assert_eq!(answer.body["errors"][0]["pointer"], "/code");
        assert_eq!(answer.body["errors"][0]["attempts_left"], left);
    }
    portal.confirm(&boris, &request, &code).await.is_problem(409, "code-spent");
    assert_eq!(portal.count("select count(*) from audit_entry where action = 'link.refuse'"), 5);
    assert_eq!(portal.count("select count(*) from account_link"), 1);
}

#[tokio::test]
async fn what_is_no_code_costs_no_attempt() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let request = asked(&portal, &boris).await;
    for text in ["", "12345", "1234567", "12345a"] {
        portal.confirm(&boris, &request, text).await.is_problem(422, "validation");
    }
    assert_eq!(portal.count("select attempts_left from link_request"), 5);
}

#[tokio::test]
async fn a_code_expires() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let request = asked(&portal, &boris).await;
    portal.pass(SignedDuration::from_secs(601));
    portal.confirm(&boris, &request, &portal.last_code()).await.is_problem(409, "code-expired");
}

#[tokio::test]
async fn asking_again_spends_the_earlier_code() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let first = asked(&portal, &boris).await;
    let first_code = portal.last_code();
    let second = asked(&portal, &boris).await;
    portal.confirm(&boris, &first, &first_code).await.is_problem(409, "code-spent");
    let linked = portal.confirm(&boris, &second, &portal.last_code()).await;
    assert_eq!(linked.status, StatusCode::CREATED);
}

#[tokio::test]
async fn confirming_twice_gives_the_same_answer_and_one_link() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let request = asked(&portal, &boris).await;
    let code = portal.last_code();
    let first = portal.confirm(&boris, &request, &code).await;
    portal.pass(SignedDuration::from_mins(14));
    let second = portal.confirm(&boris, &request, &code).await;
    assert_eq!((second.status, second.body), (StatusCode::CREATED, first.body));
    assert_eq!(portal.count("select count(*) from account_link"), 2); // Anna's, and this one
    assert_eq!(portal.count("select count(*) from event"), 1);
    portal.confirm(&boris, &request, &other_than(&code)).await.is_problem(409, "code-spent");
}

#[tokio::test]
async fn whoever_has_the_account_already_is_told_of_another_who_links_it() {
    let portal = Portal::new();
    let anna = "person_id = (select person_id from person where login = 'anna')";
    let told = |kind: &str| portal.count(&format!("select count(*) from event where kind = '{kind}' and {anna}"));
    let boris = portal.sign_in("boris");
    let request = portal.ask_code(&boris, "0000000015").await;
    let code = portal.last_code();
    for _ in 0..2 {
        assert_eq!(portal.confirm(&boris, &request, &code).await.status, StatusCode::CREATED);
    }
    assert_eq!((told("account.shared"), told("account.linked")), (1, 0));
    assert_eq!(portal.count("select count(*) from event"), 2);

    portal.execute(&format!("update account_link set ended_at = '2026-07-20T09:00:00.000Z' where {anna}"));
    let resident = portal.sign_in("resident01");
    let request = portal.ask_code(&resident, "0000000015").await;
    portal.confirm(&resident, &request, &portal.last_code()).await;
    assert_eq!(told("account.shared"), 1, "who left the account hears no more of it");
}

#[tokio::test]
async fn confirming_at_once_makes_one_link() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let request = asked(&portal, &boris).await;
    let code = portal.last_code();
    let path = format!("/api/homes/links/{}/confirm", request.body["link_request_id"].as_str().unwrap());
    let portal = std::sync::Arc::new(portal);
    let answers: Vec<_> = (0..8)
        .map(|_| {
            let (portal, boris, path, code) = (portal.clone(), boris.clone(), path.clone(), code.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(portal.post(&boris, &path, json!({ "code": code }))).status
            })
        })
        .collect();
    for answer in answers {
        assert_eq!(answer.join().unwrap(), StatusCode::CREATED);
    }
    assert_eq!(portal.count("select count(*) from account_link"), 2);
    assert_eq!(portal.count("select count(*) from event"), 1);
}

#[tokio::test]
async fn another_person_s_request_is_not_there() {
    let portal = Portal::new();
    let request = asked(&portal, &portal.sign_in("boris")).await;
    let code = portal.last_code();
    portal.confirm(&portal.sign_in("anna"), &request, &code).await.is_problem(404, "not-found");
    assert_eq!(portal.count("select attempts_left from link_request"), 5);
}

#[tokio::test]
async fn an_account_that_closes_later_is_open_until_then() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    portal.execute("update account set closed_on = '2026-07-21' where number = '0000000027'");
    let found = portal.search(&boris, "ленина 10 27", "").await;
    assert_eq!(found.body["items"][0]["connection"], "open");
    let request = asked(&portal, &boris).await;
    assert_eq!(portal.confirm(&boris, &request, &portal.last_code()).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_account_closed_meanwhile_is_not_linked() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let request = asked(&portal, &boris).await;
    portal.execute("update account set closed_on = '2026-07-20' where number = '0000000027'");
    portal.confirm(&boris, &request, &portal.last_code()).await.is_problem(404, "account-not-found");
    assert_eq!(portal.count("select count(*) from account_link"), 1);
}

#[tokio::test]
async fn a_gateway_that_is_down_is_said_so() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    portal.break_gateway();
    portal.ask_code(&boris, BORIS).await.is_problem(502, "gateway-unavailable");
}

#[tokio::test]
async fn codes_to_one_account_are_few_in_an_hour() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    for _ in 0..5 {
        asked(&portal, &boris).await;
    }
    let refused = portal.ask_code(&boris, BORIS).await;
    refused.is_problem(429, "rate-limited");
    assert_eq!(refused.retry_after.as_deref(), Some("3600"));
    assert!(refused.body["detail"].as_str().unwrap().contains("60\u{a0}минут"));
    portal.pass(SignedDuration::from_hours(1));
    asked(&portal, &portal.sign_in("boris")).await;
}

#[tokio::test]
async fn strangers_cannot_use_up_the_codes_that_a_holder_needs() {
    let portal = Portal::new();
    for stranger in ["resident01", "resident02", "resident03"] {
        let stranger = portal.sign_in(stranger);
        for _ in 0..2 {
            asked(&portal, &stranger).await;
        }
        for _ in 0..5 {
            portal.ask_code(&stranger, BORIS).await;
        }
        portal.ask_code(&stranger, BORIS).await.is_problem(429, "rate-limited");
    }
    let boris = portal.sign_in("boris");
    let before = portal.sent();
    for _ in 0..2 {
        asked(&portal, &boris).await;
    }
    portal.ask_code(&boris, BORIS).await.is_problem(429, "rate-limited");
    assert_eq!((before, portal.sent()), (5 + 2 + 2, 5 + 2 + 2 + 2), "all of them together stay within bounds");
}

#[tokio::test]
async fn wrong_numbers_of_strangers_do_not_keep_a_resident_from_the_own_flat() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    let flat = portal.search(&boris, "ленина 10 27", "").await.body["items"][0]["premises_id"].clone();
    let ask = async |cookie: &str, number: &str| {
        portal.post(cookie, "/api/homes/links", json!({ "number": number, "premises_id": flat })).await
    };
    for stranger in ["resident01", "resident02"] {
        let stranger = portal.sign_in(stranger);
        for number in 0..10 {
            ask(&stranger, &format!("9{number}")).await.is_problem(404, "account-not-found");
        }
        ask(&stranger, BORIS).await.is_problem(429, "rate-limited");
    }
    assert_eq!(ask(&boris, BORIS).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn numbers_can_t_be_tried_out() {
    let portal = Portal::new();
    let boris = portal.sign_in("boris");
    for number in 0..10 {
        portal.ask_code(&boris, &format!("9{number}")).await.is_problem(404, "account-not-found");
    }
    portal.ask_code(&boris, BORIS).await.is_problem(429, "rate-limited");
}

#[tokio::test]
async fn the_staff_links_nothing() {
    let portal = Portal::new();
    portal.ask_code(&portal.sign_in("manager"), BORIS).await.is_problem(403, "forbidden");
    portal.ask_code("", BORIS).await.is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_foreign_site_links_nothing() {
    let portal = Portal::new();
    let answer = portal
        .post_from("https://evil.example", &portal.sign_in("boris"), "/api/homes/links", json!({ "number": BORIS }))
        .await;
    answer.is_problem(403, "foreign-origin");
    assert_eq!(portal.count("select count(*) from link_request"), 0);
}
