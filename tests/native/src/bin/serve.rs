//! The suite compiled natively, on a port: the yardstick of `cargo xtask bench`.
//!
//! `serve STATE LISTEN`; variables come from `SPIN_VARIABLE_…` as for the hosts.

use std::{env, net::SocketAddr, path::Path, sync::Arc};

use anyhow::{Context, Result};
use web::{Env, Native, Unreachable};

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let state = arguments.next().context("usage: serve STATE LISTEN")?;
    let listen: SocketAddr = arguments.next().context("usage: serve STATE LISTEN")?.parse()?;
    let env = Env::from(Native {
        location: store::Location::new(state),
        clock: Arc::new(jiff::Timestamp::now),
        variables: variables(),
        transport: Arc::new(|_| Err(Unreachable("the yardstick sends nothing".to_owned()))),
        pause: Arc::new(std::thread::sleep),
    });
    let router = native_suite::router(&env, Path::new("static"));
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        eprintln!(
            "{}",
            serde_json::json!({ "event": "host.listening", "address": format!("http://{}", listener.local_addr()?) })
        );
        let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
            let _only_slower_without = stream.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    })
}

/// The defaults, and what the environment overrides.
fn variables() -> std::collections::HashMap<String, String> {
    let given =
        env::vars().filter_map(|(name, value)| Some((name.strip_prefix("SPIN_VARIABLE_")?.to_lowercase(), value)));
    native_suite::variables().into_iter().chain(given).collect()
}
