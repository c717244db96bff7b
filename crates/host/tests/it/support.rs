//! A host with the test guests, a client, and a neighbour to call.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use host::{Builder, Clock, Host, Log};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tempfile::TempDir;

/// The moment at which the tests' clocks stand.
pub(crate) const NOON: &str = "2026-07-20T12:00:00Z";

/// The directory of the built guests.
static GUESTS: LazyLock<PathBuf> = LazyLock::new(|| {
    // target/PROFILE/deps/TEST
    let test = std::env::current_exe().expect("the test has a path");
    let target = test.ancestors().nth(3).expect("the test lies in a target directory");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--target", "wasm32-wasip2", "--target-dir"])
        .arg(target)
        .args(["-p", "guest-empty", "-p", "guest-probe", "-p", "guest-tick"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the guests must build; is the target wasm32-wasip2 installed?");
    target.join("wasm32-wasip2/release")
});

/// A directory with the guests' manifest and its state.
pub(crate) struct App {
    pub(crate) directory: TempDir,
}

impl App {
    /// The guests' own manifest.
    pub(crate) fn new() -> Self {
        Self::with(|manifest| manifest)
    }

    /// The guests' manifest, changed.
    pub(crate) fn with(change: impl FnOnce(String) -> String) -> Self {
        let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests");
        let manifest = std::fs::read_to_string(guests.join("spin.toml")).expect("the guests' manifest");
        let manifest = manifest
            .replace("../../../../target/wasm32-wasip2/release", GUESTS.to_str().expect("a path in UTF-8"))
            .replace("source = \"files\"", &format!("source = \"{}\"", guests.join("files").display()));
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(directory.path().join("spin.toml"), change(manifest)).expect("a manifest");
        Self { directory }
    }

    /// The guests in the suite's name: the host knows the schema of their database.
    pub(crate) fn as_suite() -> Self {
        Self::with(|manifest| manifest.replace(r#"name = "host-guests""#, r#"name = "moydom""#))
    }

    /// Brings the suite's database to the version that `migrations` lead to.
    pub(crate) fn migrate(&self, migrations: &[schema::Migration]) {
        std::fs::create_dir_all(self.path(".spin")).expect("a folder");
        schema::apply(&mut self.database(), migrations, NOON).expect("a schema");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A host of this app that ticks only when told, with a clock that stands at noon and a log in memory.
    pub(crate) fn host(&self) -> Builder {
        Host::builder(self.path("spin.toml"))
            .clock(Clock::fixed(NOON.parse().expect("a timestamp")))
            .log(Log::memory())
            .schedule(false)
    }

    /// The database that the guests write to.
    pub(crate) fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path(".spin/sqlite_db.db")).expect("the guests' database")
    }

    /// How many ticks the database knows.
    pub(crate) fn ticks(&self) -> i64 {
        self.database().query_row("SELECT count(*) FROM tick", [], |row| row.get(0)).unwrap_or(0)
    }
}

/// A host that answers, with a client.
pub(crate) struct Running {
    pub(crate) host: Host,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

pub(crate) async fn start(builder: Builder) -> Running {
    let host = builder.start().await.expect("the host starts");
    Running { host, client: Client::builder(TokioExecutor::new()).build_http() }
}

impl Running {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host.address())
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(self.url(path)).body(Full::default()).expect("a request")).await
    }

    /// What the guest answers to that.
    pub(crate) async fn ask(&self, path: &str) -> String {
        let reply = self.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
        reply.text
    }

    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Reply {
        let response = self.client.request(request).await.expect("an answer");
        reply(response).await
    }

    /// The lines of the log about `event`.
    pub(crate) fn logged(&self, event: &str) -> Vec<serde_json::Value> {
        let mut lines = self.host.log().lines();
        lines.retain(|line| line["event"] == event);
        lines
    }
}

pub(crate) async fn reply<B>(response: Response<B>) -> Reply
where
    B: hyper::body::Body,
    B::Error: std::fmt::Debug,
{
    let (head, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let text = String::from_utf8(body.to_vec()).expect("text");
    Reply { status: head.status, headers: head.headers, text }
}

/// Waits until something is so that happens by itself, and fails when it does not.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let patience = tokio::time::timeout(Duration::from_secs(30), async {
        let mut pulse = tokio::time::interval(Duration::from_millis(5));
        while !so() {
            pulse.tick().await;
        }
    });
    assert!(patience.await.is_ok(), "waited in vain until {what}");
}

/// A server outside of the host; it answers every request with its path, after `delay`.
pub(crate) struct Neighbour {
    pub(crate) origin: String,
    /// The most requests that it has had at the same time.
    pub(crate) most_at_once: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Neighbour {
    pub(crate) async fn start(delay: Duration) -> Self {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let most_at_once = std::sync::Arc::new(AtomicUsize::new(0));
        let at_once = std::sync::Arc::new(AtomicUsize::new(0));
        let most = most_at_once.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (at_once, most) = (at_once.clone(), most.clone());
                let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
                    let (at_once, most) = (at_once.clone(), most.clone());
                    async move {
                        most.fetch_max(at_once.fetch_add(1, SeqCst) + 1, SeqCst);
                        tokio::time::sleep(delay).await;
                        at_once.fetch_sub(1, SeqCst);
                        let path = request.uri().path().to_owned();
                        Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::from(path))))
                    }
                });
                let io = hyper_util::rt::TokioIo::new(stream);
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(io, service));
            }
        });
        Self { origin, most_at_once }
    }
}
