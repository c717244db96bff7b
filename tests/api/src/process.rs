//! Servers that a test needs beside the suite, each with a port of its own.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// A Redis server that keeps nothing on disk.
pub(crate) struct Redis(Process);

impl Redis {
    pub(crate) fn start() -> Self {
        Self(Process::start(|address| {
            let mut server = Command::new("redis-server");
            let port = address.port().to_string();
            server.args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
            server
        }))
    }

    /// What makes it the key-value store, in a runtime configuration.
    pub(crate) fn config(&self) -> String {
        format!("[key_value_store.default]\ntype = \"redis\"\nurl = \"redis://{}\"\n\n", self.0.address)
    }
}

/// A server of its own, gone with the test.
pub(crate) struct Process {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) fn start(command: impl FnOnce(SocketAddr) -> Command) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let address = free.expect("a free port");
        let mut command = command(address);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = process.unwrap_or_else(|error| {
            panic!("{:?} is needed for this test (Debian has redis-server): {error}", command.get_program())
        });
        let server = Self { process, address };
        let begin = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begin.elapsed() < PATIENCE, "{:?} does not listen", command.get_program());
            thread::yield_now();
        }
        server
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
