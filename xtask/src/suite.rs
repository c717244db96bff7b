//! The whole suite on this machine: state, sandbox, host.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};

use crate::{
    env_file,
    process::{command, output},
    service::{Logs, Service},
    terminal::{note, step},
    workspace::{program, root},
};

const POLL: Duration = Duration::from_millis(50);
const SANDBOX: ([u8; 4], u16) = ([127, 0, 0, 1], 3001);

/// How the suite is to run.
pub(crate) struct Options {
    pub(crate) listen: SocketAddr,
    pub(crate) state: PathBuf,
    /// The moment at which its clock starts, if not now.
    pub(crate) at: Option<String>,
    pub(crate) logs: Logs,
}

/// What a state holds, as `moydom migrate` tells it.
pub(crate) struct State {
    pub(crate) is_demo: bool,
}

/// Migrates the state and decides what kind it is, unless that was done before: a demo, filled with the demo house, or
/// one for real data.
pub(crate) fn prepare(state: &Path, at: Option<&str>, is_demo_wanted: bool) -> Result<State> {
    let mut told = migrate(state, &[])?;
    if told["kind"].is_null() || !is_demo_wanted {
        told = migrate(state, &[if is_demo_wanted { "--demo" } else { "--live" }])?;
    }
    let is_demo = told["kind"] == "demo";
    if is_demo_wanted && !is_demo {
        note("this state is live: it gets no demo data; give another --state for a demo");
    }
    if is_demo_wanted && is_demo && told["is_empty"] == true {
        step("loading the demo house: two years of it");
        let mut seed = moydom("seed-demo", state);
        let filled = output(seed.args(at.iter().flat_map(|at| ["--at", at])))?;
        step(&format!("loaded {}", filled.trim()));
    }
    Ok(State { is_demo })
}

/// Brings the database up to date and returns what `moydom migrate` tells about it.
fn migrate(state: &Path, flags: &[&str]) -> Result<Value> {
    let told = output(moydom("migrate", state).args(flags))?;
    let told: Value = serde_json::from_str(&told).context("`moydom migrate` told something else than JSON")?;
    for name in told["applied"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        step(&format!("migrated: {name}"));
    }
    Ok(told)
}

fn moydom(name: &str, state: &Path) -> Command {
    let mut command = command(program("moydom"), [name, "--state"]);
    command.arg(state);
    command
}

/// An error if somebody listens there already. Asked before anything is built.
pub(crate) fn check_port(listen: SocketAddr) -> Result<()> {
    let taken = "stop what listens there, or give another address with --listen, e.g. --listen 127.0.0.1:3010";
    TcpListener::bind(listen).map(drop).with_context(|| format!("cannot listen on {listen}: {taken}"))
}

/// An address on this machine with a port that is free at the moment.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?.local_addr()?)
}

/// The sandbox on its usual port, or on a free one where that is taken.
pub(crate) fn start_sandbox(logs: &Logs) -> Result<Service> {
    let usual = SocketAddr::from(SANDBOX);
    let listen = if check_port(usual).is_ok() { usual } else { free_address()? };
    let token = env_file::variable("gateway_token")?.unwrap_or_default();
    let mut sandbox = command(program("sandbox"), ["--listen", &listen.to_string()]);
    Service::start("sandbox", sandbox.env(env_file::key("gateway_token"), token), logs)
}

/// The running suite; dropping it stops it.
pub(crate) struct Suite {
    // Dropped in this order: the host first, so that its last requests still find the sandbox.
    host: Service,
    sandbox: Service,
}

impl Suite {
    pub(crate) fn start(options: &Options) -> Result<Self> {
        let sandbox = start_sandbox(&options.logs)?;
        let mut host = command(program("moydom"), ["serve", "--listen", &options.listen.to_string(), "--state"]);
        host.arg(&options.state).args(options.at.iter().flat_map(|at| ["--at", at]));
        set_origins(&mut host, options.listen, sandbox.address())?;
        let host = Service::start("host", &mut host, &options.logs)?;
        Ok(Self { host, sandbox })
    }

    /// Where a browser on this machine finds the portal: "on every address" is none that it could open.
    pub(crate) fn portal(&self) -> String {
        self.host.address().replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    }

    /// Where the sandbox is.
    pub(crate) fn sandbox(&self) -> &str {
        self.sandbox.address()
    }

    /// Waits for Ctrl-C or SIGTERM, to this program or to a part of the suite; an error if a part ends by itself.
    pub(crate) fn wait(&mut self, stop: &mut Signals) -> Result<()> {
        while stop.pending().next().is_none() && !self.host.has_stopped()? && !self.sandbox.has_stopped()? {
            thread::sleep(POLL);
        }
        step("stopping");
        Ok(())
    }
}

/// Ctrl-C, a closed terminal and SIGTERM, from now on noticed instead of ending this program.
pub(crate) fn stop_signals() -> Result<Signals> {
    Signals::new([SIGHUP, SIGINT, SIGTERM]).context("cannot listen for Ctrl-C")
}

/// Runs a program that serves until it is told to stop, and tells it when this one is.
pub(crate) fn run_until_stopped(command: &mut Command, stop: &mut Signals) -> Result<()> {
    let mut child = command.spawn().context("cannot start it")?;
    loop {
        if let Some(status) = child.try_wait()? {
            // Ctrl-C reaches it too: that it ends is what was asked for.
            return if status.success() || status.code().is_none() { Ok(()) } else { bail!("it ended with {status}") };
        }
        if stop.pending().next().is_some() {
            kill_process(Pid::from_child(&child), Signal::TERM)?;
        }
        thread::sleep(POLL);
    }
}

/// Tells the suite where it and the sandbox really are, unless the operator's own variables say it.
pub(crate) fn set_origins(command: &mut Command, listen: SocketAddr, sandbox: &str) -> Result<()> {
    let portal = if listen.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], listen.port())) } else { listen };
    let gateway_token = env_file::variable("gateway_token")?.unwrap_or_default();
    let origins = [
        ("public_origin", format!("http://{portal}")),
        ("sms_gateway_origin", sandbox.to_owned()),
        ("email_gateway_origin", sandbox.to_owned()),
        ("oidc_origin", sandbox.to_owned()),
        ("oidc_client_id", "moydom".to_owned()),
        ("oidc_client_secret", gateway_token.clone()),
        ("esia_origin", sandbox.to_owned()),
        ("esia_path", "/esia".to_owned()),
        ("esia_issuer", format!("{sandbox}/esia/")),
        ("esia_client_id", "MOYDOM01".to_owned()),
        ("esia_scope", "openid fullname snils".to_owned()),
        ("esia_certificates", get(sandbox, "/esia/certificate")?),
        ("esia_signer_origin", sandbox.to_owned()),
        ("esia_signer_token", gateway_token),
    ];
    for (name, value) in origins {
        if env_file::variable(name)?.is_none() {
            command.env(env_file::key(name), value);
        }
    }
    Ok(())
}

/// What the sandbox answers: one line, over the plainest HTTP there is.
fn get(origin: &str, path: &str) -> Result<String> {
    let host = origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).context("cannot reach the sandbox")?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("the sandbox does not speak HTTP")?;
    Ok(body.to_owned())
}

/// The state's folder: the given one as seen from where the command was typed, or `.spin` beside spin.toml, where
/// Spin keeps it too.
pub(crate) fn state_folder(given: Option<&Path>) -> Result<PathBuf> {
    match given {
        Some(given) => std::path::absolute(given).context("cannot tell the current folder"),
        None => Ok(root().join(".spin")),
    }
}

/// Refuses a moment that the host would refuse after a long build.
pub(crate) fn check_moment(at: &str) -> Result<()> {
    let looks_right = at.len() >= 20 && at.as_bytes().get(10) == Some(&b'T') && at.is_ascii();
    if !looks_right {
        bail!("--at {at}: give a moment like 2026-07-20T09:00:00+03:00");
    }
    Ok(())
}
