//! The servers that are measured, each a program of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;

/// A running server; killed when dropped.
pub(crate) struct Server {
    process: Child,
    /// `host:port`.
    pub(crate) address: String,
    _folder: Option<TempDir>,
}

impl Server {
    /// Keeps the folder for as long as the server runs.
    fn owning(mut self, folder: TempDir) -> Self {
        self._folder = Some(folder);
        self
    }
}

impl Server {
    /// The most memory that the program had until now, as Linux tells it.
    pub(crate) fn peak_memory_kib(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_dead = self.process.kill();
        let _already_reaped = self.process.wait();
    }
}

/// The suite on our host. Its request log is off: the other servers write none.
pub(crate) fn suite(programs: &Path, state: TempDir) -> Result<Server> {
    Ok(start(moydom(programs, "spin.toml", state.path()))?.owning(state))
}

/// The suite on our host with a fresh instance for each request.
pub(crate) fn without_reuse(programs: &Path, state: TempDir) -> Result<Server> {
    let mut command = moydom(programs, "spin.toml", state.path());
    command.args(["--max-requests-per-instance", "1", "--max-concurrent-per-instance", "1"]);
    Ok(start(command)?.owning(state))
}

/// The same routers compiled natively.
pub(crate) fn native(programs: &Path, state: TempDir) -> Result<Server> {
    let mut command = Command::new(programs.join("serve"));
    command.arg(state.path()).arg("127.0.0.1:0").stderr(Stdio::piped());
    Ok(start(command)?.owning(state))
}

/// A component that does nothing, on our host.
pub(crate) fn empty(programs: &Path, component: &Path) -> Result<Server> {
    let folder = tempfile::tempdir()?;
    let source = fs::canonicalize(component).with_context(|| format!("{} is not built", component.display()))?;
    let manifest = format!(
        "spin_manifest_version = 2\n[application]\nname = \"empty\"\nversion = \"0.1.0\"\n\
         [[trigger.http]]\nroute = \"/...\"\ncomponent = \"empty\"\n[component.empty]\nsource = {source:?}\n"
    );
    fs::write(folder.path().join("spin.toml"), manifest)?;
    let manifest = folder.path().join("spin.toml").to_string_lossy().into_owned();
    Ok(start(moydom(programs, &manifest, folder.path()))?.owning(folder))
}

/// The same component on `wasmtime serve`, where that is installed.
pub(crate) fn wasmtime(component: &Path) -> Result<Option<Server>> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let spawned = Command::new("wasmtime")
        .args(["serve", "-Sp3,cli", "-Wcomponent-model-async", "--addr", &address])
        .arg(component)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(process) = spawned else {
        println!("wasmtime is not installed: the empty component is measured on moydom alone");
        return Ok(None);
    };
    let server = Server { process, address, _folder: None };
    for _ in 0..200 {
        if std::net::TcpStream::connect(&server.address).is_ok() {
            return Ok(Some(server));
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    anyhow::bail!("wasmtime serve does not listen")
}

fn moydom(programs: &Path, manifest: &str, state: &Path) -> Command {
    let mut command = Command::new(programs.join("moydom"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--no-request-log", "--manifest", manifest, "--state"])
        .arg(state)
        .env("SPIN_VARIABLE_GATEWAY_TOKEN", "unused")
        .env("SPIN_VARIABLE_JOBS_TOKEN", "unused")
        .env("SPIN_VARIABLE_FILES_KEY", "0f".repeat(32))
        .stderr(Stdio::piped());
    command
}

fn start(mut command: Command) -> Result<Server> {
    let mut process = command.spawn().with_context(|| format!("{:?} does not run", command.get_program()))?;
    let mut lines = BufReader::new(process.stderr.take().context("no pipe")?).lines();
    let listening = lines
        .by_ref()
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
        .find(|line| line["event"] == "host.listening")
        .context("the server ended before it listened")?;
    let address = listening["address"].as_str().unwrap_or_default().trim_start_matches("http://").to_owned();
    // The log is read on, as any operator's would be: a full pipe would stop the server.
    std::thread::spawn(move || lines.for_each(drop));
    Ok(Server { process, address, _folder: None })
}
