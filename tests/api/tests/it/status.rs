//! The state of the portal and the works on it, for everybody to see.

use api_tests::Suite;
use serde_json::json;

#[test]
fn announced_works_are_seen_without_signing_in() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let path = "/api/notices/maintenance";
    let works =
        |until: &str| json!({ "starts_at": "2026-07-20T20:00:00Z", "ends_at": until, "words": "Обновляем портал." });
    let admin = suite.signed_in("admin");
    let announced = admin.post(path, &works("2026-07-20T22:00:00Z")).expect(201);
    let maintenance_id = announced["maintenance_id"].as_str().expect("an id");
    let one = format!("/api/notices/maintenance/{maintenance_id}");
    assert_eq!(suite.client().get(path).expect(200)["items"][0], announced);
    let headers = [("content-type", "application/json")];
    let longer = works("2026-07-20T23:00:00Z").to_string();
    admin.send("PUT", &one, &headers, Some(&longer)).expect(200);
    suite.signed_in("anna").send("DELETE", &one, &[], None).problem("forbidden");
    admin.send("DELETE", &one, &[], None).expect(204);
    assert_eq!(suite.client().get(path).expect(200)["items"], json!([]));
}

#[test]
fn the_status_tells_that_all_parts_are_reached() {
    let suite = Suite::start();
    let status = suite.client().get("/api/notices/status").expect(200);
    let parts = status["parts"].as_array().expect("the parts");
    assert!(
        !parts.is_empty() && parts.iter().any(|part| part["part"] == "database" && part["is_ok"] == true),
        "{status}"
    );
}
