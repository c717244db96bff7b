//! `cargo xtask doctor`

use std::fs;

use anyhow::Result;
use clap::Args;

use crate::{
    build, node,
    process::{command, output, succeeds},
    suite,
    workspace::root,
};

/// Look at this machine and tell what is missing, with the way out.
///
/// It is about building and trying: the tools, the usual ports, the state in .spin. A state elsewhere, a server's
/// settings and its disk are what `moydom doctor --state DIR` looks at.
#[derive(Args)]
pub(super) struct Doctor {}

struct Finding {
    what: &'static str,
    is_good: bool,
    /// What to do about it.
    advice: String,
}

impl Doctor {
    pub(super) fn run(self) -> Result<()> {
        let needed = [rust(), target(), port("portal", 3000), env_file(), state()];
        let optional = [chromium(), node(), redis(), spin(), port("sandbox", 3001)];
        println!("Needed by `cargo xtask up`:");
        needed.iter().for_each(print);
        println!("\nNeeded by some commands:");
        optional.iter().for_each(print);
        Ok(())
    }
}

fn print(finding: &Finding) {
    if finding.is_good {
        println!("  ok  {}", finding.what);
    } else {
        println!("  --  {}: {}", finding.what, finding.advice);
    }
}

fn rust() -> Finding {
    let version = output(&mut command("rustc", ["--version"])).unwrap_or_default();
    let wanted = fs::read_to_string(root().join("rust-toolchain.toml")).unwrap_or_default();
    let wanted = wanted.split('"').nth(1).unwrap_or_default().to_owned();
    Finding {
        what: "Rust",
        is_good: version.split(' ').nth(1) == Some(wanted.as_str()),
        advice: format!("this repository is built with Rust {wanted}; rustup (https://rustup.rs) brings it by itself"),
    }
}

fn target() -> Finding {
    Finding {
        what: "the target wasm32-wasip2",
        is_good: build::has_target(),
        advice: "`cargo xtask up` adds it through rustup; without rustup install it with your distribution".into(),
    }
}

fn port(what: &'static str, port: u16) -> Finding {
    Finding {
        what: if what == "portal" { "port 3000 is free" } else { "port 3001 is free" },
        is_good: suite::check_port(([127, 0, 0, 1], port).into()).is_ok(),
        advice: match what {
            "portal" => "something listens there; `cargo xtask up --listen 127.0.0.1:3010` takes another".into(),
            _ => "something listens there; the sandbox will take a free port and tell it".into(),
        },
    }
}

fn env_file() -> Finding {
    Finding {
        what: ".env with its secrets",
        is_good: root().join(".env").exists(),
        advice: "`cargo xtask up` writes it".into(),
    }
}

fn state() -> Finding {
    Finding {
        what: "a state in .spin",
        is_good: root().join(".spin/sqlite_db.db").exists(),
        advice: "`cargo xtask up` makes one with a demo house".into(),
    }
}

fn chromium() -> Finding {
    Finding {
        what: "Chromium (browser tests)",
        is_good: node::has_chromium(),
        advice: "`cargo xtask test browser` installs it on Debian as root; or set CHROMIUM=/path/to/chromium".into(),
    }
}

fn node() -> Finding {
    Finding {
        what: "Node 20 or later with npm (browser tests)",
        is_good: node::has_node(),
        advice: "`cargo xtask test browser` installs it on Debian as root; or https://nodejs.org".into(),
    }
}

fn redis() -> Finding {
    Finding {
        what: "redis-server (one of the host's tests)",
        is_good: succeeds(&mut command("redis-server", ["--version"])),
        advice: "Debian's package redis-server".into(),
    }
}

fn spin() -> Finding {
    Finding {
        what: "Spin with its cron trigger (`cargo xtask spin`)",
        is_good: succeeds(&mut command("spin", ["--version"]))
            && output(&mut command("spin", ["plugins", "list", "--installed"]))
                .is_ok_and(|list| list.contains("trigger-cron")),
        advice: "https://spinframework.dev, then `spin plugins install trigger-cron`; the rest needs no Spin".into(),
    }
}
