//! TLS for the server: version 1.3 only, HTTP/1.1 only.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use tokio_rustls::TlsAcceptor;

/// Why TLS cannot be offered: one sentence that names the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl Error {
    fn of(path: &Path, what: impl Display) -> Self {
        Self(format!("{}: {what}", path.display()))
    }
}

/// A certificate chain and its private key in two PEM files, which can be read anew while they are in use.
#[derive(Debug)]
pub struct Identity {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Identity {
    /// Reads the two files.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, Error> {
        let current = RwLock::new(Arc::new(read(certificate, key)?));
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), current })
    }

    /// Reads the files anew for the connections to come; where they are not good, all stays as it is.
    pub fn renew(&self) -> Result<(), Error> {
        let renewed = Arc::new(read(&self.certificate, &self.key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// Shakes hands as whoever the files say at that moment.
    pub fn acceptor(self: Arc<Self>) -> Result<TlsAcceptor, Error> {
        let path = self.certificate.clone();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| Error::of(&path, error))?
            .with_no_client_auth()
            .with_cert_resolver(self);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, Error> {
    let chain = read_chain(certificate)?;
    CertifiedKey::from_der(chain, read_key(key)?, &ring::default_provider()).map_err(|error| {
        let key = key.display();
        Error::of(certificate, format!("the certificate does not go with the key {key}: {error}"))
    })
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| match error {
        pem::Error::NoItemsFound => Error::of(path, "there is no private key in PEM form; give its file to --tls-key"),
        error => Error::of(path, format!("the private key cannot be read: {error}")),
    })
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unreadable = |error| Error::of(path, format!("the certificate cannot be read: {error}"));
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(path).map_err(unreadable)?.collect::<Result<_, _>>().map_err(unreadable)?;
    if chain.is_empty() {
        return Err(Error::of(path, "there is no certificate in PEM form; give its file to --tls-cert"));
    }
    Ok(chain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::version::TLS12;
    use rustls::{ClientConfig, ClientConnection, RootCertStore, SupportedProtocolVersion};
    use tokio_rustls::TlsConnector;

    /// A directory with a self-signed certificate for localhost and its key.
    struct Files {
        directory: tempfile::TempDir,
        certificate: CertificateDer<'static>,
    }

    impl Files {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
            std::fs::write(directory.path().join("cert.pem"), made.cert.pem()).unwrap();
            std::fs::write(directory.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
            Self { directory, certificate: made.cert.der().clone() }
        }

        fn acceptor(&self, certificate: &str, key: &str) -> Result<TlsAcceptor, Error> {
            let path = |name| self.directory.path().join(name);
            Arc::new(Identity::read(&path(certificate), &path(key))?).acceptor()
        }

        /// Shakes hands with a client of one version; what the client knows afterwards.
        async fn shake_hands(&self, version: &'static SupportedProtocolVersion) -> std::io::Result<Agreed> {
            let mut roots = RootCertStore::empty();
            roots.add(self.certificate.clone()).unwrap();
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let mut config = ClientConfig::builder_with_provider(provider)
                .with_protocol_versions(&[version])
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth();
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            let acceptor = self.acceptor("cert.pem", "key.pem").unwrap();
            let (client, server) = tokio::io::duplex(4096);
            let connector = TlsConnector::from(Arc::new(config));
            let connecting = connector.connect("localhost".try_into().unwrap(), client);
            let (_, connected) = tokio::join!(acceptor.accept(server), connecting);
            Ok(Agreed::of(connected?.get_ref().1))
        }
    }

    #[derive(Debug, PartialEq)]
    struct Agreed {
        version: Option<rustls::ProtocolVersion>,
        alpn: Option<Vec<u8>>,
    }

    impl Agreed {
        fn of(connection: &ClientConnection) -> Self {
            let alpn = connection.alpn_protocol().map(ToOwned::to_owned);
            Self { version: connection.protocol_version(), alpn }
        }
    }

    #[tokio::test]
    async fn clients_speak_tls_1_3_and_http_1_1() {
        let agreed = Files::new().shake_hands(&TLS13).await.unwrap();
        let expected = Agreed { version: Some(rustls::ProtocolVersion::TLSv1_3), alpn: Some(b"http/1.1".to_vec()) };
        assert_eq!(agreed, expected);
    }

    #[tokio::test]
    async fn older_versions_are_refused() {
        assert!(Files::new().shake_hands(&TLS12).await.is_err());
    }

    #[test]
    fn errors_name_the_file() {
        let files = Files::new();
        std::fs::write(files.directory.path().join("empty.pem"), "").unwrap();
        let other = Files::new();
        let foreign = other.directory.path().join("key.pem");
        std::fs::copy(foreign, files.directory.path().join("foreign.pem")).unwrap();
        for (certificate, key, culprit) in [
            ("missing.pem", "key.pem", "missing.pem"),
            ("empty.pem", "key.pem", "empty.pem"),
            ("cert.pem", "missing.pem", "missing.pem"),
            ("cert.pem", "cert.pem", "cert.pem"),
            ("cert.pem", "foreign.pem", "foreign.pem"),
        ] {
            let error = files.acceptor(certificate, key).err().unwrap().to_string();
            assert!(error.contains(culprit), "{error}");
        }
    }
}
