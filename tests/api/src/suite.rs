//! A suite to test: our own, or the one that `BASE_URL` names.

use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, LazyLock, OnceLock},
};

use host::{Clock, Host, Log};
use jiff::Timestamp;
use sandbox::Sandbox;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{Client, Ground};

/// When a test's clock starts, unless it says otherwise: a Monday morning in Moscow's zone.
const START: &str = "2026-07-20T06:00:00Z";
const GATEWAY_TOKEN: &str = "gateway-token-of-the-tests";
const JOBS_TOKEN: &str = "jobs-token-of-the-tests";

pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// A suite under test.
pub struct Suite {
    base_url: String,
    sandbox_url: String,
    own: Option<Own>,
    // After the host that stands on it.
    ground: Ground,
}

/// What runs in this process.
struct Own {
    host: Option<Host>,
    state: TempDir,
    world: World,
}

/// What is outside of a host: the time and the gateways. Two hosts may share it.
#[derive(Clone)]
pub(crate) struct World {
    clock: Clock,
    sandbox: Arc<Sandbox>,
}

impl World {
    pub(crate) fn start() -> Self {
        let localhost = SocketAddr::from(([127, 0, 0, 1], 0));
        let sandbox = RUNTIME.block_on(Sandbox::start(localhost, GATEWAY_TOKEN)).expect("the sandbox starts");
        Self { clock: Clock::fixed(START.parse().expect("a moment")), sandbox: Arc::new(sandbox) }
    }
}

impl Suite {
    /// The suite of `BASE_URL`, or a new one over a fresh demo state.
    pub fn start() -> Self {
        match env::var("BASE_URL") {
            Ok(base_url) => Self {
                base_url: base_url.trim_end_matches('/').to_owned(),
                sandbox_url: env::var("SANDBOX_URL").unwrap_or_else(|_| "http://127.0.0.1:3001".to_owned()),
                own: None,
                ground: Ground::default(),
            },
            Err(_) => Self::start_own(Ground::default(), |builder| builder),
        }
    }

    /// A new suite whose clock the test moves; nothing where `BASE_URL` names one that runs elsewhere.
    pub fn start_with_clock() -> Option<Self> {
        Self::start_configured(|builder| builder)
    }

    /// A new suite with settings of the host; nothing where `BASE_URL` names one that runs elsewhere.
    pub fn start_configured(configure: impl FnOnce(host::Builder) -> host::Builder) -> Option<Self> {
        may_start_own().then(|| Self::start_own(Ground::default(), configure))
    }

    /// A new suite on this ground; nothing where `BASE_URL` names one that runs elsewhere.
    pub fn start_on(ground: impl FnOnce() -> Ground) -> Option<Self> {
        may_start_own().then(|| Self::start_own(ground(), |builder| builder))
    }

    fn start_own(ground: Ground, configure: impl FnOnce(host::Builder) -> host::Builder) -> Self {
        let state = tempfile::tempdir().expect("a folder for the state");
        copy_state(demo_state(), state.path());
        Self::start_in(World::start(), state, ground, configure)
    }

    /// A host of our own over what lies in `state`.
    pub(crate) fn start_in(
        world: World,
        state: TempDir,
        ground: Ground,
        configure: impl FnOnce(host::Builder) -> host::Builder,
    ) -> Self {
        let sandbox_url = format!("http://{}", world.sandbox.address());
        let builder = Host::builder(root().join("spin.toml"))
            .state_dir(state.path())
            .clock(world.clock.clone())
            .schedule(false)
            .log(Log::off())
            .env_file(state.path().join("no.env"))
            .variable("gateway_token", GATEWAY_TOKEN)
            .variable("oidc_origin", &sandbox_url)
            .variable("oidc_client_id", "moydom")
            .variable("oidc_client_secret", GATEWAY_TOKEN)
            .variable("esia_origin", &sandbox_url)
            .variable("esia_path", "/esia")
            .variable("esia_issuer", format!("{sandbox_url}/esia/"))
            .variable("esia_client_id", "MOYDOM01")
            .variable("esia_signer_origin", &sandbox_url)
            .variable("esia_signer_token", GATEWAY_TOKEN)
            .variable("jobs_token", JOBS_TOKEN)
            .variable("files_key", "0f".repeat(32))
            .variable("sms_gateway_origin", &sandbox_url)
            .variable("email_gateway_origin", &sandbox_url);
        let host = RUNTIME.block_on(configure(ground.configure(builder)).start()).expect("the suite starts");
        let base_url = format!("{}://{}", ground.scheme(), host.address());
        Self { base_url, sandbox_url, own: Some(Own { host: Some(host), state, world }), ground }
    }

    /// Where the portal is.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where the sandbox is.
    pub fn sandbox_url(&self) -> &str {
        &self.sandbox_url
    }

    /// A new visitor.
    pub fn client(&self) -> Client {
        self.ground.client(&self.base_url)
    }

    /// A new visitor who has signed in with a demo login.
    pub fn signed_in(&self, login: &str) -> Client {
        let client = self.client();
        client.sign_in(login);
        client
    }

    /// The texts that were "sent" to a phone or e-mail, the newest first.
    pub fn sent_to(&self, to: &str) -> Vec<String> {
        let path = format!("/messages?to={}", to.replace('+', "%2B"));
        let answer = Client::new(&self.sandbox_url).get(&path).expect(200);
        let texts = answer["items"].as_array().into_iter().flatten().map(|message| &message["text"]);
        texts.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The bearer token of the jobs' HTTP form.
    pub fn jobs_token(&self) -> String {
        match self.own {
            Some(_) => JOBS_TOKEN.to_owned(),
            None => env::var("JOBS_TOKEN").expect("JOBS_TOKEN: the suite's variable jobs_token"),
        }
    }

    /// Runs the scheduled work now: a cron tick of our own host, its HTTP form elsewhere.
    pub fn run_jobs(&self) {
        match &self.own {
            Some(Own { host: Some(host), .. }) => RUNTIME.block_on(host.tick("reminders")).expect("the tick succeeds"),
            _ => {
                let bearer = format!("Bearer {}", self.jobs_token());
                let headers = [("authorization", bearer.as_str())];
                self.client().post_with("/api/reminders/run", &headers, &Value::Null).expect(200);
            }
        }
    }

    /// Moves the clock of our own host.
    ///
    /// # Panics
    /// On a suite that runs elsewhere.
    pub fn set_clock(&self, at: &str) {
        let at: Timestamp = at.parse().expect("a moment");
        self.own.as_ref().expect("a clock of our own").world.clock.set(at);
    }

    /// What our own host and its components logged so far; empty unless it was configured with `Log::memory`.
    ///
    /// # Panics
    /// On a suite that runs elsewhere.
    pub fn log(&self) -> Vec<String> {
        let host = self.own.as_ref().and_then(|own| own.host.as_ref()).expect("a host of our own");
        host.log().lines().iter().map(ToString::to_string).collect()
    }

    /// Stops our own host and hands its state over: one host at a time serves it.
    ///
    /// # Panics
    /// On a suite that runs elsewhere.
    pub fn into_state(mut self) -> TempDir {
        let Own { host, state, .. } = self.own.take().expect("a state of our own");
        if let Some(host) = host {
            RUNTIME.block_on(host.stop());
        }
        state
    }

    /// The state of our own host.
    ///
    /// # Panics
    /// On a suite that runs elsewhere.
    pub fn state(&self) -> &Path {
        self.own.as_ref().expect("a state of our own").state.path()
    }
}

impl Drop for Suite {
    fn drop(&mut self) {
        if let Some(host) = self.own.as_mut().and_then(|own| own.host.take()) {
            RUNTIME.block_on(host.stop());
        }
    }
}

/// Whether tests may start hosts of their own; tells where they may not.
pub(crate) fn may_start_own() -> bool {
    let may = env::var_os("BASE_URL").is_none();
    if !may {
        eprintln!("left out: this case needs a suite of its own");
    }
    may
}

/// The folder of the project.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        manifest.ancestors().nth(2).expect("tests/api lies two folders deep").to_owned()
    })
}

/// A demo state, seeded once per run of the tests.
pub(crate) fn demo_state() -> &'static Path {
    static STATE: LazyLock<TempDir> = LazyLock::new(|| {
        let state = tempfile::tempdir().expect("a folder for the demo state");
        moydom(&["migrate", "--demo"], state.path());
        moydom(&["seed-demo", "--at", START], state.path());
        state
    });
    STATE.path()
}

/// The path of a program of this workspace, beside the running test.
pub fn program(name: &str) -> PathBuf {
    let test = env::current_exe().expect("the test's own path");
    let folder = test.ancestors().nth(2).expect("target/<profile>/deps/<test>");
    folder.join(name)
}

/// Runs `moydom` over a state.
///
/// # Panics
/// Where it fails.
pub fn moydom(arguments: &[&str], state: &Path) -> String {
    let output = Command::new(program("moydom")).args(arguments).arg("--state").arg(state).output();
    let output = output.expect("moydom runs: build it with `cargo build -p host`");
    assert!(output.status.success(), "moydom {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn copy_state(from: &Path, to: &Path) {
    for file in ["sqlite_db.db", "files.db", "sqlite_key_value.db"] {
        let source = from.join(file);
        if source.exists() {
            std::fs::copy(source, to.join(file)).expect("the state is copied");
        }
    }
}
