//! What is charged, and by which prices.

use api_tests::Suite;

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
