//! The key-value store on a real Redis server, started by the test.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use crate::support::{App, start, until};

/// A server of its own, gone with the test.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is needed for this test: install Debian's package redis-server");
        let server = Self { process, port };
        until("Redis listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
        server
    }

    fn cli(&self, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(arguments).output();
        String::from_utf8(output.expect("redis-cli runs").stdout).expect("text")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_store_on_redis_behaves_like_one_in_a_file() {
    let server = Server::start().await;
    let app = App::new();
    let config = format!("[key_value_store.default]\ntype = \"redis\"\nurl = \"redis://127.0.0.1:{}\"\n", server.port);
    std::fs::write(app.path("runtime-config.toml"), config).expect("a runtime configuration");
    let running = start(app.host().runtime_config(app.path("runtime-config.toml"))).await;

    assert_eq!(running.ask("/probe/key-value?default").await, "один true true");
    assert_eq!(running.ask("/bare/key-value?default").await, "refused: Error::AccessDenied");
    assert_eq!(server.cli(&["SET", "from-outside", "1"]).trim(), "OK");
    assert_eq!(running.ask("/probe/get?from-outside").await, "true", "keys are raw, as Spin has them");
    assert!(!app.path(".spin/sqlite_key_value.db").exists(), "no file beside Redis");
}
