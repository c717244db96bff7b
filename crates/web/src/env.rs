//! The one seam between handlers and the world: state, clock, random bytes, variables, outgoing HTTP.
//!
//! In a component each of them is the host's; in a native build they are values that a test or a program hands in.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use store::{Db, Kv};

/// What handlers have in their hands. Cheap to clone.
#[derive(Clone)]
pub struct Env(Arc<Inner>);

struct Inner {
    db: Db,
    kv: Kv,
    config: OnceLock<Config>,
    outside: outside::Outside,
}

/// The variables that every request needs, read once per instance: they are settings, not data of a request.
pub(crate) struct Config {
    pub(crate) public_origin: String,
    pub(crate) trusted_proxies: Vec<String>,
    pub(crate) session_idle_seconds: u32,
}

/// Another program did not answer; the text is for the log.
#[derive(Debug)]
pub struct Unreachable(pub String);

impl Env {
    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The key-value store.
    pub fn kv(&self) -> &Kv {
        &self.0.kv
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.0.outside.now()
    }

    /// Fresh bytes of the system's secure random source.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.outside.fill_random(&mut bytes);
        bytes
    }

    /// A variable of the manifest.
    ///
    /// # Errors
    /// Where the component was not granted it.
    pub fn variable(&self, name: &str) -> store::Result<String> {
        self.0.outside.variable(name)
    }

    /// Sends a request to another program and reads the whole answer.
    ///
    /// # Errors
    /// [`Unreachable`] where there is none.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        self.0.outside.send(request).await
    }

    pub(crate) fn config(&self) -> store::Result<&Config> {
        if let Some(config) = self.0.config.get() {
            return Ok(config);
        }
        let config = Config::read(self)?;
        Ok(self.0.config.get_or_init(|| config))
    }
}

impl Config {
    fn read(env: &Env) -> store::Result<Self> {
        let idle = env.variable("session_idle_seconds")?;
        Ok(Self {
            public_origin: env.variable("public_origin")?.trim_end_matches('/').to_owned(),
            trusted_proxies: env
                .variable("trusted_proxies")?
                .split([',', ' '])
                .filter(|proxy| !proxy.is_empty())
                .map(str::to_owned)
                .collect(),
            session_idle_seconds: idle
                .parse()
                .map_err(|_| store::Error::BadData(format!("variable session_idle_seconds: {idle:?}")))?,
        })
    }
}

#[cfg(target_arch = "wasm32")]
mod outside {
    use http_body_util::{BodyExt, Full};
    use send_wrapper::SendWrapper;

    use super::{Arc, Bytes, Db, Env, Inner, Kv, OnceLock, Request, Response, Timestamp, Unreachable};

    pub(super) struct Outside;

    impl Env {
        /// What the host gives this component.
        pub fn granted() -> Self {
            let (db, kv) = (Db::granted(), Kv::granted());
            Self(Arc::new(Inner { db, kv, config: OnceLock::new(), outside: Outside }))
        }
    }

    impl Outside {
        pub(super) fn now(&self) -> Timestamp {
            Timestamp::now()
        }

        pub(super) fn fill_random(&self, bytes: &mut [u8]) {
            getrandom::fill(bytes).expect("a host always has random bytes");
        }

        pub(super) fn variable(&self, name: &str) -> store::Result<String> {
            store::variables::get(name)
        }

        /// A component has one thread, so its futures need not be `Send`; axum asks for it all the same.
        pub(super) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
            SendWrapper::new(exchange(request)).await
        }
    }

    async fn exchange(request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        let answer = spin_sdk::http::send(request.map(Full::new)).await;
        let (head, body) = answer.map_err(|error| Unreachable(error.to_string()))?.into_parts();
        let body = body.collect().await.map_err(|error| Unreachable(error.to_string()))?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod outside {
    use std::collections::HashMap;

    use super::{Arc, Bytes, Env, Inner, OnceLock, Request, Response, Timestamp, Unreachable};

    /// How a native program answers outgoing requests.
    pub type Transport = dyn Fn(Request<Bytes>) -> Result<Response<Bytes>, Unreachable> + Send + Sync;

    /// What a native program hands to the handlers in place of a host.
    pub struct Native {
        /// Where the state lies.
        pub location: store::Location,
        /// The clock.
        pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
        /// The variables of the manifest.
        pub variables: HashMap<String, String>,
        /// Who answers outgoing requests.
        pub transport: Arc<Transport>,
    }

    pub(super) type Outside = Native;

    impl From<Native> for Env {
        fn from(native: Native) -> Self {
            let (db, kv) = (native.location.db(), native.location.kv());
            Self(Arc::new(Inner { db, kv, config: OnceLock::new(), outside: native }))
        }
    }

    impl Native {
        pub(super) fn now(&self) -> Timestamp {
            (self.clock)()
        }

        pub(super) fn fill_random(&self, bytes: &mut [u8]) {
            getrandom::fill(bytes).expect("an operating system always has random bytes");
        }

        pub(super) fn variable(&self, name: &str) -> store::Result<String> {
            let missing = || store::Error::Other(format!("variable {name} is not set"));
            self.variables.get(name).cloned().ok_or_else(missing)
        }

        pub(super) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
            (self.transport)(request)
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use outside::{Native, Transport};
