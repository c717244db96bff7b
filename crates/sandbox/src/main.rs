//! `sandbox`: the outside world of a demo, on one port.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Parser;
use sandbox::Sandbox;
use tokio::signal::unix::{SignalKind, signal};

/// Accepts the SMS and e-mails of the suite and shows them instead of sending them.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:3001")]
    listen: SocketAddr,
    /// The bearer token that the suite must show (its variable gateway_token).
    #[arg(long, env = "SPIN_VARIABLE_GATEWAY_TOKEN", hide_env_values = true)]
    token: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { listen, token } = Arguments::parse();
    let mut stop = signal(SignalKind::terminate())?;
    let sandbox = Sandbox::start(listen, &token)
        .await
        .with_context(|| format!("cannot listen on {listen}: stop what uses the port, or give another --listen"))?;
    // The same form as the host's line, so that tools wait for both alike.
    let address = sandbox.address();
    eprintln!("{}", serde_json::json!({ "event": "sandbox.listening", "address": address.to_string() }));
    tokio::select! {
        _ = stop.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    Ok(())
}
