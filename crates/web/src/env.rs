//! The one seam between handlers and the world: state, clock, random bytes, variables, outgoing HTTP.
//!
//! In a component each of them is the host's; in a native build they are values that a test or a program hands in.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use domain::network;
use http::{Request, Response};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use store::{Db, Kv, files::Files, settings::Settings};

use crate::id::id_at;

/// What handlers have in their hands. Cheap to clone.
#[derive(Clone)]
pub struct Env(Arc<Inner>);

struct Inner {
    db: Db,
    files: Files,
    kv: Kv,
    config: OnceLock<Config>,
    outside: outside::Outside,
}

/// The variables that every request needs, read once per instance: they are settings, not data of a request.
pub(crate) struct Config {
    pub(crate) public_origin: String,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) session_idle_seconds: u32,
}

/// Another program did not answer, or not as it should; the text is for the log.
#[derive(Debug)]
pub struct Unreachable(pub String);

/// The longest answer of another program that is read, in bytes: nobody who answers may fill our memory.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

impl Env {
    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The sealed files. Only those components have them to which the manifest grants their database.
    pub fn files(&self) -> &Files {
        &self.0.files
    }

    /// The key-value store.
    pub fn kv(&self) -> &Kv {
        &self.0.kv
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.0.outside.now()
    }

    /// The day in UTC, by which registers hold: an account closes with it, a meter is installed.
    pub fn day(&self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
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

    /// Where people's browsers see the portal, without a slash at its end.
    ///
    /// # Errors
    /// A variable that is absent or cannot be read.
    pub fn public_origin(&self) -> store::Result<&str> {
        Ok(&self.config()?.public_origin)
    }

    /// Sends a request to another program and reads the whole answer, for `time` at most.
    ///
    /// # Errors
    /// [`Unreachable`] where there is none, or none in time, or one longer than 64 KiB.
    pub async fn send(&self, request: Request<Bytes>, time: Duration) -> Result<Response<Bytes>, Unreachable> {
        self.0.outside.send(request, time).await
    }

    /// Does `work` after the answer has gone: nobody can tell from the time of the answer whether there was any.
    /// What stops the host stops it too. In a native build it is done at once.
    pub async fn after_answer(&self, work: impl Future<Output = ()> + 'static) {
        outside::after_answer(work).await;
    }

    /// The settings that hold now.
    ///
    /// # Errors
    /// A failing database.
    pub fn settings(&self) -> store::Result<Settings> {
        self.db().read(|conn| Settings::at(conn, self.now()))
    }

    /// Lets time pass while other requests are served.
    pub async fn pause(&self, time: Duration) {
        self.0.outside.pause(time).await;
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
        let proxies = env.variable("trusted_proxies")?;
        Ok(Self {
            public_origin: env.variable("public_origin")?.trim_end_matches('/').to_owned(),
            trusted_proxies: network::proxies(&proxies).map_err(|entry| {
                store::Error::BadData(format!("variable trusted_proxies: {entry:?} is no network address"))
            })?,
            session_idle_seconds: idle
                .parse()
                .map_err(|_| store::Error::BadData(format!("variable session_idle_seconds: {idle:?}")))?,
        })
    }
}

/// A new id as [`crate::fresh_id`] makes them, for the files of the site, which have no state and so no [`Env`].
///
/// # Panics
/// Never: a host always has random bytes.
pub fn stateless_id() -> String {
    let mut random = [0; 10];
    getrandom::fill(&mut random).expect("a host always has random bytes");
    id_at(Timestamp::now(), random)
}

#[cfg(target_arch = "wasm32")]
mod outside {
    use std::{future::poll_fn, pin::pin, task::Poll};

    use http_body_util::{BodyExt, Full, Limited};
    use send_wrapper::SendWrapper;

    use super::{
        ANSWER_BYTES_MAX, Arc, Bytes, Db, Duration, Env, Files, Inner, Kv, OnceLock, Request, Response, Timestamp,
        Unreachable,
    };

    pub(super) struct Outside;

    impl Env {
        /// What the host gives this component.
        pub fn granted() -> Self {
            let (db, files, kv) = (Db::granted(), Files::granted(), Kv::granted());
            Self(Arc::new(Inner { db, files, kv, config: OnceLock::new(), outside: Outside }))
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
        pub(super) async fn send(
            &self,
            request: Request<Bytes>,
            time: Duration,
        ) -> Result<Response<Bytes>, Unreachable> {
            SendWrapper::new(in_time(exchange(request), time)).await
        }

        pub(super) async fn pause(&self, time: Duration) {
            SendWrapper::new(spin_sdk::time::sleep(time)).await;
        }
    }

    pub(super) async fn after_answer(work: impl Future<Output = ()> + 'static) {
        spin_sdk::wasip3::spawn(work);
    }

    /// The host's own limits hold for each step of an exchange; this one holds for all of it.
    async fn in_time<T>(work: impl Future<Output = Result<T, Unreachable>>, time: Duration) -> Result<T, Unreachable> {
        let (mut work, mut end) = (pin!(work), pin!(spin_sdk::time::sleep(time)));
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(done),
            Poll::Pending => end.as_mut().poll(cx).map(|()| Err(Unreachable(format!("no answer within {time:?}")))),
        })
        .await
    }

    async fn exchange(request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        let answer = spin_sdk::http::send(request.map(Full::new)).await;
        let (head, body) = answer.map_err(|error| Unreachable(error.to_string()))?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|error| Unreachable(error.to_string()))?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod outside {
    use std::{collections::HashMap, sync::mpsc, thread};

    use super::{
        ANSWER_BYTES_MAX, Arc, Bytes, Duration, Env, Inner, OnceLock, Request, Response, Timestamp, Unreachable,
    };

    /// How a native program answers outgoing requests.
    pub type Transport = dyn Fn(Request<Bytes>) -> Result<Response<Bytes>, Unreachable> + Send + Sync;

    /// How a native program lets time pass.
    pub type Pause = dyn Fn(Duration) + Send + Sync;

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
        /// What lets time pass.
        pub pause: Arc<Pause>,
    }

    pub(super) type Outside = Native;

    impl From<Native> for Env {
        fn from(native: Native) -> Self {
            let (db, files, kv) = (native.location.db(), native.location.files(), native.location.kv());
            Self(Arc::new(Inner { db, files, kv, config: OnceLock::new(), outside: native }))
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

        /// A transport that is not done in time is left to itself.
        pub(super) async fn send(
            &self,
            request: Request<Bytes>,
            time: Duration,
        ) -> Result<Response<Bytes>, Unreachable> {
            let (transport, (sender, receiver)) = (Arc::clone(&self.transport), mpsc::channel());
            thread::spawn(move || sender.send(transport(request)));
            let answer = receiver.recv_timeout(time);
            let answer = answer.map_err(|_| Unreachable(format!("no answer within {time:?}")))??;
            if answer.body().len() > ANSWER_BYTES_MAX {
                return Err(Unreachable("the answer is too long".to_owned()));
            }
            Ok(answer)
        }

        #[expect(clippy::unused_async, reason = "a component waits for its host here")]
        pub(super) async fn pause(&self, time: Duration) {
            (self.pause)(time);
        }
    }

    pub(super) async fn after_answer(work: impl Future<Output = ()> + 'static) {
        work.await;
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn answering(transport: impl Fn() -> Bytes + Send + Sync + 'static) -> Outside {
            let transport = move |_| Ok(Response::new(transport()));
            Native {
                location: store::Location::new("nowhere"),
                clock: Arc::new(|| Timestamp::UNIX_EPOCH),
                variables: HashMap::new(),
                transport: Arc::new(transport),
                pause: Arc::new(|_| ()),
            }
        }

        /// Sends and needs no runtime for it: a native transport answers within the first poll.
        fn sent(outside: &Outside, time: Duration) -> Result<Response<Bytes>, Unreachable> {
            let mut sending = std::pin::pin!(outside.send(Request::new(Bytes::new()), time));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            match sending.as_mut().poll(&mut context) {
                std::task::Poll::Ready(answer) => answer,
                std::task::Poll::Pending => panic!("a native transport never waits"),
            }
        }

        #[test]
        fn who_never_answers_is_given_up() {
            let (stop, stopped) = mpsc::channel::<()>();
            let stopped = std::sync::Mutex::new(stopped);
            let outside = answering(move || {
                let _hangs_until_the_test_is_over = stopped.lock().map(|stopped| stopped.recv());
                Bytes::new()
            });
            let error = sent(&outside, Duration::from_millis(1)).unwrap_err();
            assert_eq!(error.0, "no answer within 1ms");
            drop(stop);
        }

        #[test]
        fn an_answer_without_end_is_not_read() {
            let of_length = |length| answering(move || Bytes::from(vec![0; length]));
            let time = Duration::from_secs(60);
            assert!(sent(&of_length(ANSWER_BYTES_MAX), time).is_ok());
            assert_eq!(sent(&of_length(ANSWER_BYTES_MAX + 1), time).unwrap_err().0, "the answer is too long");
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use outside::{Native, Pause, Transport};
