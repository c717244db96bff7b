//! A host: built from a manifest, serving until it is stopped.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};

use crate::clock::Clock;
use crate::cron::Cron;
use crate::http::{App, Server};
use crate::limits::Limits;
use crate::log::Log;
use crate::prepare;
use crate::running::Running;
use crate::sqlite::Options;
use crate::state_lock::StateLock;
use crate::tls::Identity;

/// A running application.
///
/// ```no_run
/// # async fn example() -> anyhow::Result<()> {
/// use host::{Clock, Host};
///
/// let host = Host::builder("spin.toml")
///     .state_dir("/tmp/state")
///     .clock(Clock::fixed("2026-07-20T09:00:00+03:00".parse()?))
///     .schedule(false)
///     .start()
///     .await?;
/// println!("http://{}", host.address());
/// host.clock().advance(std::time::Duration::from_secs(3600));
/// host.tick("reminders").await?;
/// host.stop().await;
/// # Ok(())
/// # }
/// ```
///
/// A host that is dropped without [`Host::stop`] stops listening, and what
/// it was doing is given up with the runtime.
pub struct Host {
    address: SocketAddr,
    app: Arc<App>,
    clock: Clock,
    cron: Cron,
    log: Log,
    drain_time: Duration,
    running: Running,
    tls: Option<Arc<Identity>>,
    _lock: StateLock,
}

impl Host {
    /// Begins with the manifest at `path`; what is not said otherwise is as `moydom serve` has it, except that the host
    /// listens on a free port of 127.0.0.1 and writes no log.
    pub fn builder(path: impl Into<PathBuf>) -> Builder {
        Builder::new(path.into())
    }

    /// Where the host listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The clock that guests and cron see; move it with [`Clock::set`] and [`Clock::advance`].
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The log; with [`Log::memory`] a test reads here what the host and its components wrote.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// How many requests are being served, for tests that want to act while one runs.
    pub fn requests_running(&self) -> usize {
        self.app.requests_running()
    }

    /// Runs one cron tick of `component` at the clock's present moment, whatever its schedule says, and waits for its end.
    ///
    /// Fails when the component has no cron trigger, and with the tick.
    pub async fn tick(&self, component: &str) -> Result<()> {
        self.cron.tick(component, self.clock.now()).await
    }

    /// Reads the certificate and its key anew for the connections to come; the log tells what came of it. Files that are
    /// not good change nothing.
    pub fn renew_certificate(&self) {
        drop(match self.tls.as_ref().map(|tls| tls.renew()) {
            Some(Ok(())) => self.log.event("tls.renewed"),
            Some(Err(error)) => self.log.event("tls.kept").with("reason", error.to_string()),
            None => self.log.event("tls.kept").with("reason", "this host serves no TLS"),
        });
    }

    /// Stops: no new connections, running requests and ticks get [`Limits::drain_time`] to finish. True when they did.
    pub async fn stop(self) -> bool {
        let finished = self.running.stop(self.drain_time).await;
        let state = Arc::clone(&self.app.own.state);
        // A panic in there leaves the files as they are, which is good enough.
        let _ = tokio::task::spawn_blocking(move || state.settle()).await;
        drop(self.log.event("host.stopped").with("finished", finished));
        self.log.flush();
        finished
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.running.stopping().cancel();
    }
}

/// What a host is made from.
pub struct Builder {
    pub(crate) manifest: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) state: Option<PathBuf>,
    pub(crate) cache: Option<PathBuf>,
    pub(crate) env_file: Option<PathBuf>,
    pub(crate) runtime_config: Option<PathBuf>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    pub(crate) log_requests: bool,
    pub(crate) schedule: bool,
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    pub(crate) sqlite: Options,
    pub(crate) metrics_token_file: Option<PathBuf>,
}

impl Builder {
    fn new(manifest: PathBuf) -> Self {
        Self {
            manifest,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            state: None,
            cache: None,
            env_file: None,
            runtime_config: None,
            variables: Vec::new(),
            clock: Clock::system(),
            limits: Limits::default(),
            log: Log::off(),
            log_requests: true,
            schedule: true,
            tls: None,
            sqlite: Options::default(),
            metrics_token_file: None,
        }
    }

    /// Listens on `address`; port 0 takes a free one, see [`Host::address`].
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Keeps databases and stores in `directory`; without it in `.spin` beside the manifest, as Spin does. It is made,
    /// except for the suite, whose database `moydom migrate` makes. One host at a time may have it.
    pub fn state_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.state = Some(directory.into());
        self
    }

    /// Keeps compiled components in `directory`; without it in the user's cache directory, shared by all hosts.
    pub fn cache_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cache = Some(directory.into());
        self
    }

    /// Reads variables from `file` instead of `.env` beside the manifest. A file that does not exist has none, so a test can
    /// keep out what the developer's own `.env` says.
    pub fn env_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.env_file = Some(file.into());
        self
    }

    /// Takes backends of databases and stores from `file`, in the form of Spin's `--runtime-config-file`.
    pub fn runtime_config(mut self, file: impl Into<PathBuf>) -> Self {
        self.runtime_config = Some(file.into());
        self
    }

    /// Sets the application variable `name`, before any file and the environment.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Shows `clock` to guests and cron.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets all limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how many requests an instance serves in its life and at the same time; `reuse(1, 1)` gives every request an
    /// instance of its own.
    pub fn reuse(mut self, requests_per_instance: usize, concurrent_per_instance: usize) -> Self {
        self.limits.requests_per_instance = requests_per_instance;
        self.limits.concurrent_per_instance = concurrent_per_instance;
        self
    }

    /// Writes to `log`: [`Log::memory`] for a test that reads it, [`Log::stderr`] for people.
    pub fn log(mut self, log: Log) -> Self {
        self.log = log;
        self
    }

    /// Whether every request gets a line in the log.
    pub fn log_requests(mut self, yes: bool) -> Self {
        self.log_requests = yes;
        self
    }

    /// Whether cron components tick by their schedule; without it only [`Host::tick`] makes them.
    pub fn schedule(mut self, yes: bool) -> Self {
        self.schedule = yes;
        self
    }

    /// Serves TLS 1.3 with a certificate chain and its key, both PEM files; see [`Host::renew_certificate`].
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls = Some((certificate.into(), key.into()));
        self
    }

    /// Opens databases with these settings instead of the usual ones.
    pub fn sqlite(mut self, options: Options) -> Self {
        self.sqlite = options;
        self
    }

    /// Shows readiness and metrics also to those who are not on this machine and send the token in `file`.
    pub fn metrics_token_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.metrics_token_file = Some(file.into());
        self
    }

    /// Reads everything, compiles what is not in the cache, and listens.
    ///
    /// What is wrong is told in one sentence that names it and the way out.
    pub async fn start(self) -> Result<Host> {
        let running = Running::default();
        let listener = tokio::net::TcpListener::bind(self.listen).await;
        let listener = listener.map_err(|error| not_listening(self.listen, &error))?;
        let address = listener.local_addr().context("the socket has no address")?;
        let tls =
            self.tls.as_ref().map(|(certificate, key)| Identity::read(certificate, key)).transpose()?.map(Arc::new);
        let acceptor = tls.clone().map(Identity::acceptor).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };

        // Compiling takes the processor for a while.
        let (builder, tasks) = (Arc::new(self), running.clone());
        let preparing = Arc::clone(&builder);
        let prepared = tokio::task::spawn_blocking(move || prepare::prepare(&preparing, &tasks))
            .await
            .context("the start was broken off")??;
        let Builder { clock, log, .. } = &*builder;
        if builder.schedule {
            prepared.cron.start(clock, &running);
        }
        let server = Server { listener, tls: acceptor, app: Arc::clone(&prepared.app), running: running.clone() };
        running.spawn(server.run());
        drop(log.event("host.listening").with("address", format!("{scheme}://{address}")));
        Ok(Host {
            address,
            app: prepared.app,
            clock: clock.clone(),
            cron: prepared.cron,
            log: log.clone(),
            drain_time: builder.limits.drain_time,
            running,
            tls,
            _lock: prepared.lock,
        })
    }

    /// Where state lies when nothing else is said.
    pub(crate) fn state(&self) -> PathBuf {
        self.state.clone().unwrap_or_else(|| self.beside_manifest(".spin"))
    }

    /// A path that the manifest names relative to itself.
    pub(crate) fn beside_manifest(&self, path: impl AsRef<Path>) -> PathBuf {
        self.manifest.parent().unwrap_or(Path::new("")).join(path)
    }
}

/// Why nobody can listen there, with the way out.
fn not_listening(address: SocketAddr, error: &io::Error) -> anyhow::Error {
    let way_out = match error.kind() {
        ErrorKind::AddrInUse => "something listens there already; stop it or choose another with --listen",
        ErrorKind::AddrNotAvailable => "this machine has no such address; name one of its own with --listen",
        ErrorKind::PermissionDenied => {
            "the system keeps this port for the superuser; choose one above 1023 with --listen, or give the program \
             CAP_NET_BIND_SERVICE"
        }
        _ => return anyhow!("cannot listen on {address}: {error}; choose another with --listen"),
    };
    anyhow!("cannot listen on {address}: {way_out}")
}
