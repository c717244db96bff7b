//! A program that runs until it is told to stop: the host, the sandbox.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write, stderr},
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A first start compiles the components, on a busy machine for minutes.
const START_SECONDS_MAX: u64 = 600;
/// Longer than the host's own drain.
const STOP_SECONDS_MAX: u64 = 15;

/// Where a program's log lines go.
#[derive(Clone)]
pub(crate) enum Logs {
    /// To this terminal.
    Shown,
    /// Into a file.
    File(PathBuf),
}

/// A running program; dropping it stops it.
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    address: String,
}

impl Service {
    /// Starts the command and waits for its line `{"event":"<name>.listening","address":…}` on stderr.
    pub(crate) fn start(name: &'static str, command: &mut Command, logs: &Logs) -> Result<Self> {
        // A group of its own: Ctrl-C then reaches this program alone, which stops the others in order.
        let command = command.stdin(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().with_context(|| format!("cannot start the {name}"))?;
        let stderr = child.stderr.take().context("a started program has no stderr")?;
        let mut service = Self { name, child, address: String::new() };
        service.address = wait_for_address(name, &follow(name, stderr, logs)?)?;
        Ok(service)
    }

    /// Where it listens, as it told.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Whether it has ended as it does when it is told to; an error if it ended by itself.
    pub(crate) fn has_stopped(&mut self) -> Result<bool> {
        match self.child.try_wait()? {
            Some(status) if !status.success() => bail!("the {} ended by itself ({status})", self.name),
            ended => Ok(ended.is_some()),
        }
    }

    fn stop(&mut self) -> Result<ExitStatus> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(status);
        }
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let end = Instant::now() + Duration::from_secs(STOP_SECONDS_MAX);
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(10));
        }
        self.child.kill()?;
        Ok(self.child.wait()?)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            crate::terminal::failure(&format!("cannot stop the {}: {error:#}", self.name));
        }
    }
}

/// Passes the program's lines on, for as long as it writes, and sends the address when one tells it.
fn follow(name: &'static str, stderr: ChildStderr, logs: &Logs) -> Result<Receiver<String>> {
    let sink: Box<dyn Write + Send> = match logs {
        Logs::Shown => Box::new(self::stderr()),
        Logs::File(path) => {
            Box::new(File::options().append(true).create(true).open(path).context("cannot write the log file")?)
        }
    };
    let (sender, receiver) = channel();
    thread::spawn(move || pass_on(name, BufReader::new(stderr), sink, sender));
    Ok(receiver)
}

fn pass_on(name: &str, lines: BufReader<ChildStderr>, mut sink: Box<dyn Write + Send>, sender: Sender<String>) {
    let event = format!("{name}.listening");
    let mut sender = Some(sender);
    for line in lines.lines().map_while(Result::ok) {
        if sender.is_some()
            && let Some(address) = address(&line, &event)
        {
            let _ = sender.take().map(|sender| sender.send(address));
        }
        // Nobody is left to tell when the terminal is gone.
        let _ = writeln!(sink, "{line}");
    }
}

fn address(line: &str, event: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    let address = line.get("address").filter(|_| line.get("event").is_some_and(|found| found == event))?.as_str()?;
    Some(if address.contains("://") { address.to_owned() } else { format!("http://{address}") })
}

fn wait_for_address(name: &str, receiver: &Receiver<String>) -> Result<String> {
    receiver
        .recv_timeout(Duration::from_secs(START_SECONDS_MAX))
        .with_context(|| format!("the {name} did not start: its last lines tell why"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::command;

    #[test]
    fn a_program_is_started_when_it_tells_its_address_and_is_gone_after_drop() {
        let script = r#"echo '{"event":"host.listening","address":"http://127.0.0.1:1"}' >&2; exec sleep 60"#;
        let service = Service::start("host", &mut command("sh", ["-c", script]), &Logs::Shown).unwrap();
        assert_eq!(service.address(), "http://127.0.0.1:1");
        let pid = Pid::from_child(&service.child);
        drop(service);
        assert!(rustix::process::test_kill_process(pid).is_err());
    }

    #[test]
    fn who_ends_in_order_was_told_to_and_all_else_is_an_error() {
        for (end, stopped) in [("exit 0", Some(true)), ("exit 3", None)] {
            let script = format!(r#"echo '{{"event":"host.listening","address":"http://127.0.0.1:1"}}' >&2; {end}"#);
            let mut service = Service::start("host", &mut command("sh", ["-c", &script]), &Logs::Shown).unwrap();
            service.child.wait().unwrap();
            assert_eq!(service.has_stopped().ok(), stopped, "{end}");
        }
    }

    #[test]
    fn a_program_that_ends_before_it_listens_is_an_error() {
        let log = tempfile::tempdir().unwrap();
        let logs = Logs::File(log.path().join("host.log"));
        let error = Service::start("host", &mut command("sh", ["-c", "echo no >&2"]), &logs).err().unwrap();
        assert!(error.to_string().starts_with("the host did not start"), "{error}");
        assert_eq!(std::fs::read_to_string(log.path().join("host.log")).unwrap(), "no\n");
    }
}
