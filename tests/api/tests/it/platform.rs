//! What every answer has in common.

use api_tests::Suite;

const SECURITY: [&str; 5] = [
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-resource-policy",
    "x-frame-options",
];
const OF_DOCUMENTS: [&str; 2] = ["cross-origin-opener-policy", "permissions-policy"];

#[test]
fn every_answer_carries_the_security_headers() {
    let suite = Suite::start();
    let client = suite.client();
    for path in [
        "/",
        "/sign-in",
        "/no-such-page",
        "/css/main.css",
        "/api",
        "/api/auth/session",
        "/api/nothing",
        "/api/openapi.json",
    ] {
        let answer = client.get(path);
        for header in SECURITY {
            assert!(!answer.header(header).is_empty(), "{path} lacks {header}");
        }
        let is_document = answer.header("content-type").starts_with("text/html");
        for header in OF_DOCUMENTS {
            assert!(!is_document || !answer.header(header).is_empty(), "{path} lacks {header}");
        }
        assert!(!answer.header("content-security-policy").contains("unsafe"), "{path}");
    }
}

#[test]
fn what_the_host_answers_itself_tells_browsers_the_same_of_security() {
    // Spin answers in its own way.
    let Some(suite) = Suite::start_with_clock() else { return };
    let client = suite.client();
    let of_component = client.get("/api/auth/session");
    let of_host = client.send("GET", "/.well-known/moydom/metrics", &[("x-forwarded-for", "198.51.100.1")], None);
    of_host.problem("not-found");
    for header in SECURITY {
        assert_eq!(of_host.header(header), of_component.header(header), "{header}");
    }
    assert!(!of_host.header("x-request-id").is_empty());
}

#[test]
fn the_host_tells_this_machine_that_it_is_ready_and_what_it_counted() {
    let Some(suite) = Suite::start_with_clock() else { return };
    let client = suite.client();
    client.get("/.well-known/moydom/ready").expect(200);
    client.get("/api/auth/session");
    let metrics = client.get("/.well-known/moydom/metrics").text;
    let sample = "moydom_http_requests_total{route=\"/api/auth/...\",status=\"401\"} 1";
    assert!(metrics.lines().any(|line| line == sample), "{metrics}");
}

#[test]
fn every_api_answer_has_a_request_id_of_its_own() {
    let suite = Suite::start();
    let client = suite.client();
    let ids = [(); 2].map(|()| client.get("/api/auth/session").header("x-request-id").to_owned());
    assert!(!ids[0].is_empty());
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn pages_are_served_fresh_small_and_typed() {
    let suite = Suite::start();
    let client = suite.client();
    let plain = client.get("/sign-in");
    assert_eq!(plain.status, 200);
    assert_eq!(plain.header("content-type"), "text/html; charset=utf-8");
    let tag = plain.header("etag").to_owned();
    assert!(!tag.is_empty());
    let again = client.send("GET", "/sign-in", &[("if-none-match", &tag)], None);
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let packed = client.send("HEAD", "/sign-in", &[("accept-encoding", "gzip")], None);
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.header("vary").to_lowercase().contains("accept-encoding"));
}

#[test]
fn what_does_not_exist_is_a_real_404() {
    let suite = Suite::start();
    let client = suite.client();
    for path in ["/no-such-page", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "/css", "/css/", "/index.html/x", "/a%00b"] {
        let answer = client.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
    }
    for path in ["/api/nothing", "/api/auth/nothing", "/api/readings"] {
        client.get(path).problem("not-found");
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let suite = Suite::start();
    let client = suite.client();
    let answer = client.get("/api/auth/sign-in");
    answer.problem("method-not-allowed");
    assert_eq!(answer.header("allow"), "POST");
    assert_eq!(client.send("POST", "/sign-in", &[], Some("")).status, 405);
}

#[test]
fn the_openapi_document_is_served_and_the_list_of_its_operations() {
    let suite = Suite::start();
    let document = suite.client().get("/api/openapi.json").expect(200);
    let operations = suite.client().get("/api/operations.json").expect(200);
    assert!(
        operations.as_array().is_some_and(|list| list.iter().any(|one| one["path"] == "/api/readings/submissions"))
    );
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    assert!(document["paths"]["/api/readings/submissions"]["post"].is_object());
}

#[test]
fn the_host_says_that_it_is_well() {
    let suite = Suite::start();
    assert_eq!(suite.client().get("/.well-known/spin/health").status, 200);
}
