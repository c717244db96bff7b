//! `sandbox-libsql`: a stand-in for a libSQL server over one SQLite file.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context as _;
use clap::Parser;
use sandbox::LibsqlServer;
use tokio::signal::unix::{SignalKind, signal};

/// Serves a SQLite file as a libSQL server does, for tests and trials; not for people's data.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The token that the hosts must show.
    #[arg(long, env = "LIBSQL_TOKEN", hide_env_values = true)]
    token: String,
    /// The database; it is made on first use.
    file: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { listen, token, file } = Arguments::parse();
    let mut stop = signal(SignalKind::terminate())?;
    let server = LibsqlServer::start(listen, file, &token)
        .await
        .with_context(|| format!("cannot listen on {listen}: stop what uses the port, or give another --listen"))?;
    // The same form as the host's line, so that tools wait for both alike.
    let address = server.address();
    eprintln!("{}", serde_json::json!({ "event": "sandbox-libsql.listening", "address": address.to_string() }));
    tokio::select! {
        _ = stop.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    Ok(())
}
