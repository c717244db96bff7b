//! The gateways as the suite and a tester meet them: over a socket.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use sandbox::{Channel, Sandbox};
use serde_json::{Value, json};

const TOKEN: &str = "secret";

async fn start() -> Sandbox {
    Sandbox::start(([127, 0, 0, 1], 0).into(), TOKEN).await.unwrap()
}

/// One request over its own connection; returns the status and the body.
async fn ask(address: SocketAddr, method: &str, path: &str, token: &str, body: &str) -> (u16, String) {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    })
    .await
    .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

async fn send(sandbox: &Sandbox, path: &str, body: Value) -> u16 {
    ask(sandbox.address(), "POST", path, TOKEN, &body.to_string()).await.0
}

#[tokio::test]
async fn what_is_sent_is_listed_newest_first_and_by_addressee() {
    let sandbox = start().await;
    assert_eq!(send(&sandbox, "/sms", json!({"to": "+79161234567", "text": "Код 123456"})).await, 202);
    assert_eq!(send(&sandbox, "/email", json!({"to": "a@b.ru", "subject": "Код", "text": "654321"})).await, 202);

    let messages = sandbox.messages();
    assert_eq!(messages.iter().map(|message| message.channel).collect::<Vec<_>>(), [Channel::Email, Channel::Sms]);
    assert_ne!(messages[0].message_id, messages[1].message_id);

    let (status, body) = ask(sandbox.address(), "GET", "/messages?to=%2B79161234567", "", "").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, body["items"].as_array().unwrap().len()), (200, 1));
    assert_eq!(body["items"][0]["text"], "Код 123456");
    assert_eq!(body["items"][0]["channel"], "sms");
}

#[tokio::test]
async fn a_wrong_token_sends_nothing() {
    let sandbox = start().await;
    let body = json!({"to": "+79161234567", "text": "Код"}).to_string();
    assert_eq!(ask(sandbox.address(), "POST", "/sms", "guess", &body).await.0, 401);
    assert!(sandbox.messages().is_empty());
}

#[tokio::test]
async fn what_a_real_gateway_would_refuse_is_refused() {
    let sandbox = start().await;
    for body in [
        json!({"to": "89161234567", "text": "Код"}),
        json!({"to": "+7916123456x", "text": "Код"}),
        json!({"to": "+79161234567", "text": " "}),
        json!({"to": "+79161234567", "text": "Код", "subject": "нет"}),
        json!({"to": "+79161234567", "text": "я".repeat(671)}),
        json!({"to": "+79161234567"}),
        json!({"to": "+79161234567", "text": "Код", "cc": "+7"}),
        json!([]),
    ] {
        assert_eq!(send(&sandbox, "/sms", body.clone()).await, 422, "{body}");
    }
    for body in [
        json!({"to": "a@b.ru", "text": "Код"}),
        json!({"to": "a@b.ru", "subject": "", "text": "Код"}),
        json!({"to": "a b@b.ru", "subject": "Код", "text": "Код"}),
        json!({"to": "@b.ru", "subject": "Код", "text": "Код"}),
    ] {
        assert_eq!(send(&sandbox, "/email", body.clone()).await, 422, "{body}");
    }
    assert!(sandbox.messages().is_empty());
}

#[tokio::test]
async fn the_page_shows_a_message_as_text_never_as_markup() {
    let sandbox = start().await;
    send(&sandbox, "/sms", json!({"to": "+79161234567", "text": "<script>alert(\"1\")</script> & Код"})).await;
    let (status, page) = ask(sandbox.address(), "GET", "/", "", "").await;
    assert_eq!(status, 200);
    assert!(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Код"), "{page}");
    assert!(!page.contains("<script"));
    assert_eq!(ask(sandbox.address(), "GET", "/style.css", "", "").await.0, 200);
}

#[tokio::test]
async fn only_the_last_thousand_messages_are_kept() {
    let sandbox = start().await;
    for number in 0..1_003 {
        let body = json!({"to": "+79161234567", "text": format!("Код {number}")});
        assert_eq!(send(&sandbox, "/sms", body).await, 202);
    }
    let messages = sandbox.messages();
    assert_eq!((messages.len(), messages[0].text.as_str()), (1_000, "Код 1002"));
    assert_eq!(messages[999].text, "Код 3");
}

#[tokio::test]
async fn a_dropped_sandbox_frees_its_port() {
    let sandbox = start().await;
    let address = sandbox.address();
    drop(sandbox);
    tokio::task::yield_now().await;
    Sandbox::start(address, TOKEN).await.unwrap();
}

/// Takes one request, and answers that it was taken; what was sent.
fn portal() -> (SocketAddr, std::thread::JoinHandle<String>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let taken = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut part) = (Vec::new(), [0; 4096]);
        while !String::from_utf8_lossy(&request).ends_with('}') {
            let read = stream.read(&mut part).unwrap();
            assert!(read > 0, "the whole request comes");
            request.extend_from_slice(&part[..read]);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        String::from_utf8(request).unwrap()
    });
    (address, taken)
}

#[tokio::test]
async fn what_somebody_writes_to_the_portal_is_brought_there_with_the_token() {
    let sandbox = start().await;
    let (address, taken) = portal();
    let form = format!("from=%2B79161234567&text=%3F&message_id=7&send_to=http://{address}/api/readings/sms");
    let request = format!(
        "POST /incoming HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    );
    let sandbox_address = sandbox.address();
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(sandbox_address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    assert!(answer.await.unwrap().ends_with("HTTP/1.1 204 No Content"));
    let request = taken.join().unwrap();
    assert!(request.starts_with("POST /api/readings/sms HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer secret\r\n"), "{request}");
    let body: Value = serde_json::from_str(request.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body, json!({ "message_id": "7", "from": "+79161234567", "text": "?" }));
}
