//! What a sign-in leaves in the browser.

use serde_json::json;

use crate::suite::Suite;

#[tokio::test]
async fn a_sign_in_gives_the_session_and_the_device_a_cookie_each() {
    let suite = Suite::demo("2026-07-20T09:00:00Z");
    let body = json!({ "identifier": "anna", "password": store::demo::PASSWORD });
    let answer = suite.ask("POST", "/api/auth/sign-in", &[], Some(body)).await;
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let mut names: Vec<_> = cookies.filter_map(|cookie| cookie.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["__Host-device", "__Host-session"]);
}
