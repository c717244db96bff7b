//! `moydom serve`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::Timestamp;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::app::AppArgs;
use crate::clock::Clock;
use crate::host::{Builder, Host};
use crate::limits::Limits;
use crate::log::Log;
use crate::prepare;
use crate::sqlite::{Options, Synchronous};

/// Serve the application until SIGTERM or Ctrl-C.
///
/// The state must be one of this program: make or upgrade it with `moydom migrate` first. The log goes to standard
/// error, one JSON object a line. At SIGTERM running requests are answered, at SIGHUP renewed certificates are read.
#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    app: AppArgs,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3000", value_parser = address)]
    listen: SocketAddr,
    /// Directory of databases and stores [default: .spin beside the manifest, with --app in this folder]
    #[arg(long)]
    state: Option<PathBuf>,
    /// Start the clock at this moment, e.g. 2026-07-20T09:00:00+03:00; it runs on from there.
    #[arg(long)]
    at: Option<Timestamp>,
    /// Backends of databases and stores, in Spin's form.
    #[arg(long)]
    runtime_config_file: Option<PathBuf>,
    /// Where compiled components and unpacked archives are kept [default: the user's cache directory]
    #[arg(long)]
    cache: Option<PathBuf>,
    /// Certificate chain (PEM); switches TLS 1.3 on. Read anew, with its key, at SIGHUP.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM).
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// When a commit counts as done: `full`, when the disk has it; `normal`, when the system has it, which is quicker,
    /// and a power cut may lose the last confirmed changes.
    #[arg(long, value_name = "full|normal", default_value = "full")]
    synchronous: Synchronous,
    /// File with a token of at least 16 characters: its bearer may read metrics and readiness from another machine.
    #[arg(long, value_name = "FILE")]
    metrics_token_file: Option<PathBuf>,
    /// Do not log a line per request.
    #[arg(long)]
    no_request_log: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Limits.
#[derive(Args)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// Memory of one instance, in MiB.
    #[arg(long, default_value_t = 128)]
    max_memory_mib: usize,
    /// Time from a request to the head of its response, in seconds.
    #[arg(long, default_value_t = 30)]
    max_request_seconds: u64,
    /// Time from the head of a response to its end, in seconds.
    #[arg(long, default_value_t = 300)]
    max_response_seconds: u64,
    /// Time of one cron tick, in seconds.
    #[arg(long, default_value_t = 120)]
    max_tick_seconds: u64,
    /// Time for a TLS handshake and for a request's head, and for a connection to idle between two requests, in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    max_head_seconds: u64,
    /// Time for a request's body to come, in seconds; --max-request-seconds ends it as well.
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u64).range(1..))]
    max_body_seconds: u64,
    /// Size of a request's head, in KiB.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(8..))]
    max_header_kib: u16,
    /// Room on the disk of the state below which the host is not ready, in MiB.
    #[arg(long, default_value_t = 4)]
    min_free_mib: u32,
    /// Size of a request's body, in KiB.
    #[arg(long, default_value_t = 24 << 10)]
    max_body_kib: u64,
    /// Bodies of one address on their way at the same time; the next one is answered 429.
    #[arg(long, default_value_t = 64)]
    max_bodies_per_address: usize,
    /// Connections open at the same time; the next one waits to be accepted.
    #[arg(long, default_value_t = 16_384)]
    max_connections: usize,
    /// Requests served at the same time; the next one is answered 503.
    #[arg(long, default_value_t = 512)]
    max_concurrent_requests: usize,
    /// Requests after which an instance is replaced.
    #[arg(long, default_value_t = 128)]
    max_requests_per_instance: usize,
    /// Requests that one instance serves at the same time.
    #[arg(long, default_value_t = 16)]
    max_concurrent_per_instance: usize,
    /// Time after which an idle instance is dropped, in milliseconds.
    #[arg(long, default_value_t = 1000)]
    idle_milliseconds: u64,
    /// Time that running requests get when the host stops, in seconds.
    #[arg(long, default_value_t = 10)]
    drain_seconds: u64,
}

impl LimitArgs {
    fn limits(&self) -> Limits {
        Limits {
            memory_bytes: self.max_memory_mib << 20,
            request_time: Duration::from_secs(self.max_request_seconds),
            response_time: Duration::from_secs(self.max_response_seconds),
            tick_time: Duration::from_secs(self.max_tick_seconds),
            head_time: Duration::from_secs(self.max_head_seconds),
            body_time: Duration::from_secs(self.max_body_seconds),
            header_bytes: usize::from(self.max_header_kib) << 10,
            free_bytes: u64::from(self.min_free_mib) << 20,
            body_bytes: self.max_body_kib << 10,
            bodies_per_address: self.max_bodies_per_address,
            connections: self.max_connections,
            concurrent_requests: self.max_concurrent_requests,
            requests_per_instance: self.max_requests_per_instance,
            concurrent_per_instance: self.max_concurrent_per_instance,
            idle_time: Duration::from_millis(self.idle_milliseconds),
            drain_time: Duration::from_secs(self.drain_seconds),
        }
    }
}

impl Serve {
    pub(super) fn run(self) -> Result<()> {
        allow_many_files();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.context("cannot start the threads that serve; is a limit on processes reached?")?;
        let result = runtime.block_on(self.serve());
        // What did not end in time is given up, not waited for.
        runtime.shutdown_background();
        result
    }

    async fn serve(self) -> Result<()> {
        let mut stop = Stop::listen()?;
        let mut reload = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
        // Compiling takes a minute where nothing is cached. Nobody is served yet: there is nothing to drain.
        let host = tokio::select! {
            host = self.builder()?.start() => host?,
            () = stop.wish() => return Ok(()),
        };
        tokio::select! {
            () = stop.wish() => {}
            () = renew(&mut reload, &host) => {}
        }
        host.stop().await;
        Ok(())
    }

    fn builder(self) -> Result<Builder> {
        let state = self.state.unwrap_or_else(|| self.app.usual_state());
        let cache = self.cache.or_else(prepare::user_cache).unwrap_or_else(|| state.join("cache"));
        let mut builder = Host::builder(self.app.manifest(&cache)?)
            .listen(self.listen)
            .state_dir(state)
            .cache_dir(cache)
            .env_file(self.app.env_file()?)
            .limits(self.limits.limits())
            .log(Log::stderr())
            .log_requests(!self.no_request_log)
            .sqlite(Options { synchronous: self.synchronous, ..Options::default() })
            .clock(self.at.map_or_else(Clock::system, Clock::starting_at));
        if let Some(file) = self.runtime_config_file {
            builder = builder.runtime_config(file);
        }
        if let Some(file) = self.metrics_token_file {
            builder = builder.metrics_token_file(file);
        }
        if let (Some(certificate), Some(key)) = (self.tls_cert, self.tls_key) {
            builder = builder.tls(certificate, key);
        }
        Ok(builder)
    }
}

/// The wish of an operator that the host stop: SIGTERM or Ctrl-C.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn listen() -> Result<Self> {
        let terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        let interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
        Ok(Self { terminate, interrupt })
    }

    async fn wish(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Reads the certificate anew at every SIGHUP.
async fn renew(reload: &mut Signal, host: &Host) {
    while reload.recv().await.is_some() {
        host.renew_certificate();
    }
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "give an IP address and a port, such as 127.0.0.1:3000, 0.0.0.0:3000 or [::1]:3000")
}

/// Takes as many open files as the system lets this program have: every connection is one.
fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    // Refused, the old limit holds; `moydom doctor` tells of a low one.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}
