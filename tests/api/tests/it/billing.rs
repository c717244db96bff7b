//! What is charged, and by which prices.

use api_tests::{Client, Suite};
use serde_json::{Value, json};

#[test]
fn everybody_may_know_what_a_bill_has_lines_for() {
    let suite = Suite::start();
    let services = suite.client().get("/api/billing/services").expect(200);
    let items = services["items"].as_array().expect("the services");
    let cold = items.iter().find(|item| item["service"] == "cold_water").expect("cold water");
    assert_eq!((&cold["title"], &cold["unit"]), (&"Холодная вода".into(), &"м³".into()));
}

#[test]
fn a_bill_that_is_not_one_s_own_is_not_there() {
    let suite = Suite::start();
    let client = suite.signed_in("anna");
    let bills = client.get("/api/billing/bills?year=2026").expect(200);
    client.get("/api/billing/bills/202001-none/document").problem("not-found");
    client.get("/api/billing/bills/202001-none").problem("not-found");
    let number = bills["items"][0]["bill_number"].as_str().expect("a bill");
    let path = format!("/api/billing/bills/{number}");
    assert_eq!(client.get(&path).expect(200)["bill_number"], number);
    client.get("/api/billing/bills/202001-none/lines/1/calculation").problem("not-found");
    let first = client.get(&format!("{path}/lines/1/calculation")).expect(200);
    assert_eq!(first["bill_number"], number);
    suite.signed_in("boris").get(&path).problem("not-found");
}

#[test]
fn a_resident_sees_by_what_the_home_is_charged_and_what_it_cost_before() {
    let suite = Suite::start();
    let anna = suite.signed_in("anna");
    let accounts = anna.get("/api/homes/accounts").expect(200);
    let account_id = accounts["items"][0]["account_id"].as_str().expect("an account");
    let path = format!("/api/billing/accounts/{account_id}/tariffs");
    let sheet = anna.get(&format!("{path}?period=2026-11&against=2026-09")).expect(200);
    assert_eq!(sheet["period"], "2026-11");
    let compared = sheet["comparison"]["items"].as_array().expect("prices beside each other");
    let cold = compared.iter().find(|item| item["service"] == "cold_water").expect("cold water");
    assert_eq!((&cold["before"][0], &cold["now"][0]), (&"47.91".into(), &"50.93".into()));
    let history = format!("/api/billing/accounts/{account_id}/tariff-history?service=cold_water");
    let items = anna.get(&history).expect(200)["items"].take();
    assert_eq!((&items[0]["since"], &items[0]["act"]["number"]), (&"2026-10-01".into(), &"1026".into()));
    suite.signed_in("boris").get(&path).problem("not-found");
}

/// Takes steps of a month until there are none to take; answers with its state.
fn drain(accountant: &Client, run: &str) -> String {
    loop {
        let step = accountant.send("POST", &format!("{run}/step"), &[], None).expect(200);
        if step["has_more"] == false {
            return step["run"]["state"].as_str().expect("a state").to_owned();
        }
    }
}

#[test]
fn an_accountant_takes_a_month_from_its_opening_to_its_approval() {
    let suite = Suite::start();
    let accountant = suite.signed_in("accountant");
    let houses = accountant.get("/api/billing/desk/houses").expect(200);
    let house = &houses["items"][0];
    let house_id = house["house_id"].as_str().expect("an id");
    let shown = accountant.get(&format!("/api/billing/desk/houses/{house_id}")).expect(200);
    assert_eq!(shown["runs"][0], house["last_run"]);
    suite.signed_in("anna").get("/api/billing/desk/houses").problem("forbidden");

    let last = house["last_run"]["period"].as_str().expect("a month");
    let path = format!("/api/billing/desk/houses/{house_id}/recalculations");
    let headers = [("content-type", "application/json"), ("idempotency-key", "an-act")];
    let wish = json!({ "from": last, "reason": "Акт № 5" }).to_string();
    let asked = accountant.send("POST", &path, &headers, Some(&wish)).expect(201);
    let id = asked["recalculation_id"].as_str().expect("an id");
    let one = format!("/api/billing/desk/houses/{house_id}/recalculations/{id}");
    accountant.send("DELETE", &one, &[], None).expect(204);

    let mine = suite.signed_in("anna").get("/api/billing/absences").expect(200);
    assert_eq!(mine["items"][0]["standing"], "accepted", "the demo family was away");
    let unlinked = json!({ "account_id": "nobody-s", "persons": 1, "left_on": "2026-01-01", "returned_on": "2026-01-20",
                           "document": "билеты" });
    let headers = [("content-type", "application/json"), ("idempotency-key", "an-absence")];
    suite
        .signed_in("anna")
        .send("POST", "/api/billing/absences", &headers, Some(&unlinked.to_string()))
        .problem("not-found");
    let waiting = accountant.get(&format!("/api/billing/desk/houses/{house_id}/absences")).expect(200);
    assert_eq!(waiting["items"], json!([]));
    let absence_id = mine["items"][0]["absence_id"].as_str().expect("an id");
    let again = json!({ "is_accepted": false, "reason": "решено раньше" });
    let decision = format!("/api/billing/desk/houses/{house_id}/absences/{absence_id}/decision");
    accountant.post(&decision, &again).problem("not-found");

    let path = format!("/api/billing/desk/houses/{house_id}/benefits");
    let kinds = accountant.get(&path).expect(200)["kinds"].clone();
    let headers = [("content-type", "application/json"), ("idempotency-key", "a-benefit")];
    let wish = json!({ "account_number": "0000000016", "benefit": kinds[0], "document": "справка № 5", "since": "2030-01-01" });
    let recorded = accountant.send("POST", &path, &headers, Some(&wish.to_string())).expect(201);
    let benefit_id = recorded["benefit_id"].as_str().expect("an id");
    let ended = json!({ "reason": "записана по ошибке" });
    accountant.post(&format!("/api/billing/desk/houses/{house_id}/benefits/{benefit_id}/end"), &ended).expect(204);

    let tariffs = accountant.get(&format!("/api/billing/desk/houses/{house_id}/tariffs")).expect(200);
    let services = tariffs["services"].as_array().expect("services");
    assert!(services.len() > 10 && services.iter().all(|one| one["has_price"] == true), "{services:?}");

    let anna = suite.signed_in("anna");
    let bill = anna.get("/api/billing/bills").expect(200)["items"][0]["bill_number"].clone();
    let bill = bill.as_str().expect("a bill");
    let headers = [("content-type", "application/json"), ("idempotency-key", "a-question")];
    let words = json!({ "words": "На счётчике меньше" }).to_string();
    let path = format!("/api/billing/bills/{bill}/lines/1/questions");
    let asked = anna.send("POST", &path, &headers, Some(&words)).expect(201);
    suite.signed_in("boris").send("POST", &path, &headers, Some(&words)).problem("not-found");
    assert_eq!(anna.get("/api/billing/questions").expect(200)["items"][0], asked);
    let waiting = accountant.get(&format!("/api/billing/desk/houses/{house_id}/questions")).expect(200);
    assert_eq!(waiting["items"][0], asked);
    let question_id = asked["question_id"].as_str().expect("an id");
    let path = format!("/api/billing/desk/houses/{house_id}/questions/{question_id}/answer");
    accountant.post(&path, &json!({ "answer": "Исправим в следующем счёте" })).expect(204);

    let list = anna.get("/api/billing/bills/document?format=csv");
    assert!(list.status == 200 && list.text.contains("0000000015"), "{list:?}");
    let accounts = anna.get("/api/billing/requests").expect(200)["accounts"].clone();
    let headers = [("content-type", "application/json"), ("idempotency-key", "a-request")];
    let wish = json!({ "account_id": accounts[0]["account_id"], "kind": "service", "service": "gas", "words": "Подключите газ" });
    let asked = anna.send("POST", "/api/billing/requests", &headers, Some(&wish.to_string())).expect(201);
    let waiting = accountant.get(&format!("/api/billing/desk/houses/{house_id}/requests")).expect(200);
    assert_eq!(waiting["items"], json!([asked]));
    let request_id = asked["request_id"].as_str().expect("an id");
    let path = format!("/api/billing/desk/houses/{house_id}/requests/{request_id}/decision");
    accountant.post(&path, &json!({ "is_accepted": true, "answer": "Подключим к 1 июня" })).expect(204);
    assert_eq!(anna.get("/api/billing/requests").expect(200)["items"][0]["standing"], "accepted");

    let path = format!("/api/billing/desk/houses/{house_id}/interruptions");
    let headers = [("content-type", "application/json"), ("idempotency-key", "an-interruption")];
    let wish = json!({ "service": "gas", "since": "2026-01-10T10:00", "until": "2026-01-10T12:00", "act": "акт № 5" });
    let recorded = accountant.send("POST", &path, &headers, Some(&wish.to_string())).expect(201);
    assert_eq!(accountant.get(&path).expect(200)["items"][0], recorded);
    let interruption_id = recorded["interruption_id"].as_str().expect("an id");
    let withdrawn = json!({ "reason": "записан не тот дом" });
    let path = format!("/api/billing/desk/houses/{house_id}/interruptions/{interruption_id}/withdraw");
    accountant.post(&path, &withdrawn).expect(204);

    let path = format!("/api/billing/desk/houses/{house_id}/disputes");
    let headers = [("content-type", "application/json"), ("idempotency-key", "a-dispute")];
    let bill = &accountant.get("/api/billing/desk/accounts?number=0000000016").expect(200)["items"][0]["bills"][0];
    let wish =
        json!({ "account_number": "0000000016", "period": bill["period"], "amount": 100, "reason": "претензия № 1" });
    let disputed = accountant.send("POST", &path, &headers, Some(&wish.to_string())).expect(201);
    let dispute_id = disputed["dispute_id"].as_str().expect("an id");
    assert_eq!(accountant.get(&path).expect(200)["items"], json!([disputed]));
    let outcome = json!({ "outcome": "в перерасчёте отказано" });
    accountant.post(&format!("/api/billing/desk/houses/{house_id}/disputes/{dispute_id}/settle"), &outcome).expect(204);

    let next = json!({ "house_id": house_id, "period": house["may_open"] });
    let opened = accountant.post("/api/billing/desk/runs", &next).expect(201);
    let run_id = opened["run_id"].as_i64().expect("a number");
    let run = format!("/api/billing/desk/runs/{run_id}");
    assert_eq!(drain(&accountant, &run), "previewed");
    let list = accountant.get(&format!("/api/billing/desk/runs/{run_id}/document"));
    assert!(list.status == 200 && list.text.lines().count() == 61, "60 flats: {list:?}");
    accountant.send("POST", &format!("/api/billing/desk/runs/{run_id}/preview"), &[], None).expect(200);
    accountant.send("POST", &format!("/api/billing/desk/runs/{run_id}/step"), &[], None).expect(200);
    assert_eq!(drain(&accountant, &run), "previewed");
    let whole = accountant.get(&format!("/api/billing/desk/runs/{run_id}")).expect(200);
    assert_eq!(whole["bills"], 60);
    let bills = accountant.get(&format!("/api/billing/desk/runs/{run_id}/bills")).expect(200);
    let bill_id = bills["items"][0]["bill_id"].as_i64().expect("a number");
    let bill = accountant.get(&format!("/api/billing/desk/runs/{run_id}/bills/{bill_id}")).expect(200);
    assert_eq!(bill["bill"]["bill_id"], bill_id);
    let number = bill["bill"]["account_number"].as_str().expect("a number");
    let found = accountant.get(&format!("/api/billing/desk/accounts?number={number}")).expect(200);
    assert_eq!(found["items"][0]["bills"][0]["period"], last);

    let path = format!("/api/billing/desk/runs/{run_id}/approve?without_readings=true");
    let asked: Value = accountant.send("POST", &path, &[], None).problem("confirmation-required");
    assert_eq!(asked["confirmation"]["operation"], "issue-bills");
}
