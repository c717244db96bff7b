//! The same code without a grant: Spin's own refusals.

use crate::support::{App, start};

#[tokio::test]
async fn a_database_without_a_grant_is_denied() {
    let running = start(App::new().host()).await;
    assert_eq!(running.ask("/bare/sqlite?default").await, "refused: Error::AccessDenied");
    assert_eq!(running.ask("/probe/sqlite?other").await, "refused: Error::AccessDenied");
}

#[tokio::test]
async fn a_store_without_a_grant_is_denied() {
    let running = start(App::new().host()).await;
    assert_eq!(running.ask("/bare/key-value?default").await, "refused: Error::AccessDenied");
    assert_eq!(running.ask("/probe/key-value?other").await, "refused: Error::AccessDenied");
}

#[tokio::test]
async fn a_variable_of_others_is_undefined() {
    let running = start(App::new().host()).await;
    let answer = running.ask("/bare/variable?secret").await;
    assert!(answer.starts_with("refused: Error::Undefined("), "{answer}");
    assert!(!answer.contains("s3cret"), "{answer}");
    let answer = running.ask("/probe/variable?task").await;
    assert!(answer.starts_with("refused: Error::Undefined("), "{answer}");
    let answer = running.ask("/bare/variable?No-Name").await;
    assert!(answer.starts_with("refused: Error::InvalidName("), "{answer}");
}

#[tokio::test]
async fn files_without_a_mount_are_not_there() {
    let running = start(App::new().host()).await;
    for path in ["read.txt", "/etc/hostname"] {
        let answer = running.ask(&format!("/bare/file?{path}")).await;
        assert!(answer.starts_with("refused:"), "{answer}");
    }
}

#[tokio::test]
async fn hosts_without_a_grant_are_denied() {
    let running = start(App::new().host()).await;
    let itself = running.url("/empty");
    let addresses = [itself.as_str(), "http://inner.spin.internal/", "http://self.alt/empty"];
    for address in addresses {
        let answer = running.ask(&format!("/bare/fetch?{address}")).await;
        assert_eq!(answer, "refused: ErrorCode::HttpRequestDenied", "{address}");
    }
    let answer = running.ask(&format!("/probe/fetch?{itself}")).await;
    assert_eq!(answer, "refused: ErrorCode::HttpRequestDenied", "another host than the granted one");
}
