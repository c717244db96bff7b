//! `cargo xtask check`

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{
    build,
    process::{cargo, run},
    terminal::step,
    tidy,
    workspace::{components, folders, root},
};

const WASM: &str = "wasm32-wasip2";

/// Check everything that can be told without running the suite.
///
/// The rules of ARCHITECTURE.md that the tree can tell, formatting, clippy for this machine and for wasm, the
/// documentation, every component built alone. Warnings are errors.
#[derive(Args)]
pub(super) struct Check {
    /// Only the rules of ARCHITECTURE.md: a second.
    #[arg(long)]
    tidy: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<()> {
        step("rules of ARCHITECTURE.md");
        tidy::run()?;
        if self.tidy {
            return Ok(());
        }
        step("formatting");
        run(&mut cargo(["fmt", "--all", "--check"]))?;
        step("clippy for this machine");
        run(native("clippy")?.args(["--all-targets", "--", "--deny", "warnings"]))?;
        step("clippy for wasm");
        run(&mut wasm_clippy()?)?;
        step("documentation");
        run(native("doc")?.arg("--no-deps").env("RUSTDOCFLAGS", "--deny warnings"))?;
        step("each component alone");
        build::build_components(true)
    }
}

/// A cargo command for what runs on this machine: all but the test guests.
fn native(name: &str) -> Result<Command> {
    let mut cargo = cargo([name, "--workspace", "--quiet"]);
    for guest in guests()? {
        cargo.args(["--exclude", &guest]);
    }
    Ok(cargo)
}

fn wasm_clippy() -> Result<Command> {
    let mut cargo = cargo(["clippy", "--quiet", "--target", WASM]);
    let shared = ["domain", "store", "web"].map(str::to_owned);
    for name in shared.into_iter().chain(components()?).chain(guests()?) {
        cargo.args(["--package", &name]);
    }
    cargo.args(["--", "--deny", "warnings"]);
    Ok(cargo)
}

fn guests() -> Result<impl Iterator<Item = String>> {
    let folders = folders(&root().join("crates/host/tests/guests"))?;
    Ok(folders.into_iter().filter(|name| name.starts_with("guest-")))
}
