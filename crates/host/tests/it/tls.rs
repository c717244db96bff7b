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

use crate::support::{App, Running, reply, start};

/// A certificate for localhost, its files, and a client that trusts it.
struct Identity {
    certificate: PathBuf,
    key: PathBuf,
    trusted: RootCertStore,
}

impl Identity {
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

#[tokio::test]
async fn requests_are_served_over_tls_1_3_and_guests_know_the_scheme() {
    let app = App::new();
    let identity = Identity::new(&app);
    let running = start(app.host().tls(&identity.certificate, &identity.key)).await;
    let stream = identity.connect(&running, rustls::ALL_VERSIONS).await.expect("a connection");
    assert_eq!(stream.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_3));

    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
    tokio::spawn(connection);
    let request = Request::get("/probe/headers").header("host", "localhost").body(Empty::<bytes::Bytes>::new());
    let reply = reply(sender.send_request(request.expect("a request")).await.expect("an answer")).await;
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
