//! TLS with a certificate of the operator's own.

use std::path::PathBuf;
use std::sync::Arc;

use http::Request;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::{App, Reply, Running, reply, start};

/// A certificate for localhost, its files, and a client that trusts it.
struct Identity {
    certificate: PathBuf,
    key: PathBuf,
    trusted: RootCertStore,
}

impl Identity {
    /// A new one; its files take the place of those of the one before.
    fn new(app: &App) -> Self {
        let made = rcgen::generate_simple_self_signed([String::from("localhost")]).expect("a certificate");
        let (certificate, key) = (app.path("certificate.pem"), app.path("key.pem"));
        std::fs::write(&certificate, made.cert.pem()).expect("a file");
        std::fs::write(&key, made.signing_key.serialize_pem()).expect("a file");
        let mut trusted = RootCertStore::empty();
        trusted.add(made.cert.der().clone()).expect("a certificate");
        Self { certificate, key, trusted }
    }

    async fn connect(
        &self,
        running: &Running,
        versions: &[&'static SupportedProtocolVersion],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("known versions")
            .with_root_certificates(self.trusted.clone())
            .with_no_client_auth();
        let stream = TcpStream::connect(running.host.address()).await?;
        let name = ServerName::try_from("localhost").expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }
}

/// The answer over this connection.
async fn get(stream: TlsStream<TcpStream>, path: &str) -> Reply {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
    tokio::spawn(connection);
    let request = Request::get(path).header("host", "localhost").body(Empty::<bytes::Bytes>::new());
    reply(sender.send_request(request.expect("a request")).await.expect("an answer")).await
}

#[tokio::test]
async fn requests_are_served_over_tls_1_3_and_guests_know_the_scheme() {
    let app = App::new();
    let identity = Identity::new(&app);
    let running = start(app.host().tls(&identity.certificate, &identity.key)).await;
    let stream = identity.connect(&running, rustls::ALL_VERSIONS).await.expect("a connection");
    assert_eq!(stream.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_3));

    let reply = get(stream, "/probe/headers").await;
    assert!(reply.text.contains("spin-full-url: https://localhost/probe/headers\n"), "{}", reply.text);
}

#[tokio::test]
async fn older_versions_are_refused() {
    let app = App::new();
    let identity = Identity::new(&app);
    let running = start(app.host().tls(&identity.certificate, &identity.key)).await;
    assert!(identity.connect(&running, &[&rustls::version::TLS12]).await.is_err());
}

#[tokio::test]
async fn a_broken_certificate_is_named_at_the_start() {
    let app = App::new();
    let identity = Identity::new(&app);
    std::fs::write(&identity.certificate, "not a certificate").expect("a file");
    let error = app.host().tls(&identity.certificate, &identity.key).start().await.err().expect("the start is refused");
    let message = format!("{error:#}");
    assert!(message.contains("certificate.pem") && !message.contains('\n'), "{message}");
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_without_a_restart() {
    let app = App::new();
    let first = Identity::new(&app);
    let running = start(app.host().tls(&first.certificate, &first.key)).await;
    let kept_open = first.connect(&running, rustls::ALL_VERSIONS).await.expect("a connection");
    let second = Identity::new(&app);
    assert!(second.connect(&running, rustls::ALL_VERSIONS).await.is_err(), "nobody told the host yet");
    running.host.renew_certificate();
    second.connect(&running, rustls::ALL_VERSIONS).await.expect("the second certificate");
    assert!(first.connect(&running, rustls::ALL_VERSIONS).await.is_err(), "the first one is gone");
    assert_eq!(running.logged("tls.renewed").len(), 1);
    assert!(get(kept_open, "/probe/headers").await.text.contains("spin-full-url"), "open connections go on");
}

#[tokio::test]
async fn files_that_are_not_good_leave_the_certificate_as_it_is() {
    let app = App::new();
    let identity = Identity::new(&app);
    let running = start(app.host().tls(&identity.certificate, &identity.key)).await;
    std::fs::write(&identity.key, "cut off").expect("a file");
    running.host.renew_certificate();
    identity.connect(&running, rustls::ALL_VERSIONS).await.expect("the old certificate");
    let kept = running.logged("tls.kept");
    assert!(kept.len() == 1 && kept[0]["reason"].as_str().is_some_and(|it| it.contains("key.pem")), "{kept:?}");
}

#[tokio::test]
async fn whatever_is_answered_over_tls_tells_browsers_to_stay_there() {
    let app = App::new();
    let identity = Identity::new(&app);
    let running = start(app.host().tls(&identity.certificate, &identity.key)).await;
    for path in ["/probe/anything", "/teapot", "/nowhere", "/.well-known/spin/health"] {
        let stream = identity.connect(&running, rustls::ALL_VERSIONS).await.expect("a connection");
        let headers = get(stream, path).await.headers;
        let told: Vec<_> = headers.get_all("strict-transport-security").iter().collect();
        assert_eq!(told, ["max-age=31536000"], "{path}");
    }
    let plain = start(App::new().host()).await;
    assert!(!plain.get("/teapot").await.headers.contains_key("strict-transport-security"));
}
