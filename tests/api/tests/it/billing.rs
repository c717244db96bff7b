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
