//! What one host stands on: nothing but its own files, or TLS before it and a Redis server behind it.

use std::{ffi::OsString, fs, path::PathBuf};

use tempfile::TempDir;

use crate::{Client, process::Redis};

/// What one host stands on. Lives longer than the host.
#[derive(Default)]
pub struct Ground {
    fortified: Option<Fortified>,
}

struct Fortified {
    // Alive as long as the host.
    _redis: Redis,
    folder: TempDir,
    certificate: String,
}

impl Ground {
    /// A certificate of its own, and sessions in Redis.
    pub fn of_tls_and_redis() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let made = rcgen::generate_simple_self_signed([String::from("127.0.0.1")]).expect("a certificate");
        let (redis, certificate) = (Redis::start(), made.cert.pem());
        fs::write(folder.path().join("certificate.pem"), &certificate).expect("a file");
        fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).expect("a file");
        fs::write(folder.path().join("runtime-config.toml"), redis.config()).expect("a file");
        Self { fortified: Some(Fortified { _redis: redis, folder, certificate }) }
    }

    /// A host in this process that stands on it.
    pub fn configure(&self, builder: host::Builder) -> host::Builder {
        match &self.fortified {
            None => builder,
            Some(fortified) => builder
                .tls(fortified.path("certificate.pem"), fortified.path("key.pem"))
                .runtime_config(fortified.path("runtime-config.toml")),
        }
    }

    /// The arguments of `moydom serve` that say the same.
    pub fn arguments(&self) -> Vec<OsString> {
        let Some(fortified) = &self.fortified else { return Vec::new() };
        [("--tls-cert", "certificate.pem"), ("--tls-key", "key.pem"), ("--runtime-config-file", "runtime-config.toml")]
            .into_iter()
            .flat_map(|(flag, file)| [flag.into(), fortified.path(file).into()])
            .collect()
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.fortified.is_some() { "https" } else { "http" }
    }

    /// A new visitor of the suite at `base_url`.
    pub fn client(&self, base_url: &str) -> Client {
        match &self.fortified {
            None => Client::new(base_url),
            Some(fortified) => Client::trusting(base_url, &fortified.certificate),
        }
    }
}

impl Fortified {
    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }
}
