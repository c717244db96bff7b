//! `moydom serve`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};

use crate::clock::Clock;
use crate::host::{Builder, Host};
use crate::limits::Limits;
use crate::log::Log;

/// Serve the application until SIGTERM or Ctrl-C.
#[derive(Args)]
pub(super) struct Serve {
    /// The application's manifest.
    #[arg(long, default_value = "spin.toml")]
    manifest: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Directory of databases and stores [default: .spin beside the manifest]
    #[arg(long)]
    state: Option<PathBuf>,
    /// Start the clock at this moment, e.g. 2026-07-20T09:00:00+03:00; it runs on from there.
    #[arg(long)]
    at: Option<Timestamp>,
    /// Backends of databases and stores, in Spin's form.
    #[arg(long)]
    runtime_config_file: Option<PathBuf>,
    /// Variables, one SPIN_VARIABLE_NAME=value a line [default: .env beside the manifest]
    #[arg(long)]
    env_file: Option<PathBuf>,
    /// Where compiled components are kept [default: the user's cache directory]
    #[arg(long)]
    cache: Option<PathBuf>,
    /// Certificate chain (PEM); switches TLS 1.3 on.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM).
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
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
    /// Size of a request's head, in KiB.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(8..))]
    max_header_kib: u16,
    /// Size of a request's body, in KiB.
    #[arg(long, default_value_t = 24 << 10)]
    max_body_kib: u64,
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
            header_bytes: usize::from(self.max_header_kib) << 10,
            body_bytes: self.max_body_kib << 10,
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
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.context("cannot start the threads that serve; is a limit on processes reached?")?;
        let result = runtime.block_on(self.serve());
        // What did not end in time is given up, not waited for.
        runtime.shutdown_background();
        result
    }

    async fn serve(self) -> Result<()> {
        if let Some(file) = &self.env_file
            && !file.is_file()
        {
            bail!("{} is missing; create it or leave out --env-file", file.display());
        }
        let mut stop = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        let host = self.builder().start().await?;
        tokio::select! {
            _ = stop.recv() => {}
            result = tokio::signal::ctrl_c() => result.context("cannot listen for Ctrl-C")?,
        }
        host.stop().await;
        Ok(())
    }

    fn builder(self) -> Builder {
        let mut builder = Host::builder(self.manifest)
            .listen(self.listen)
            .limits(self.limits.limits())
            .log(Log::stderr())
            .log_requests(!self.no_request_log)
            .clock(self.at.map_or_else(Clock::system, Clock::starting_at));
        if let Some(state) = self.state {
            builder = builder.state_dir(state);
        }
        if let Some(cache) = self.cache {
            builder = builder.cache_dir(cache);
        }
        if let Some(file) = self.runtime_config_file {
            builder = builder.runtime_config(file);
        }
        if let Some(file) = self.env_file {
            builder = builder.env_file(file);
        }
        if let (Some(certificate), Some(key)) = (self.tls_cert, self.tls_key) {
            builder = builder.tls(certificate, key);
        }
        builder
    }
}
