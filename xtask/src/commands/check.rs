//! `cargo xtask check`

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{
    build,
    process::{cargo, run},
    supply_chain,
    terminal::step,
    tidy,
    workspace::{components, guests, native_packages},
};

const WASM: &str = "wasm32-wasip2";
const DENY_WARNINGS: [&str; 3] = ["--", "--deny", "warnings"];

/// Check everything that can be told without running the suite.
///
/// The rules of ARCHITECTURE.md that the tree can tell, the crates' licences and sources, formatting, clippy for this
/// machine and for wasm, the documentation, every component built alone. Warnings are errors.
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
        step("what comes from outside");
        supply_chain::check()?;
        step("formatting");
        run(&mut cargo(["fmt", "--all", "--check"]))?;
        for packages in native_packages()? {
            step(&format!("clippy for this machine: {}", packages.join(" ")));
            run(cargo(["clippy", "--all-targets"]).args(&packages).args(DENY_WARNINGS))?;
        }
        step("clippy for the API tests");
        run(cargo(["clippy", "--all-targets", "--package", "api-tests"]).args(DENY_WARNINGS))?;
        step("clippy for wasm");
        run(&mut wasm_clippy()?)?;
        for packages in native_packages()? {
            step(&format!("documentation: {}", packages.join(" ")));
            run(cargo(["doc", "--no-deps"]).args(&packages).env("RUSTDOCFLAGS", "--deny warnings"))?;
        }
        step("each component alone");
        build::build_components(true)
    }
}

fn wasm_clippy() -> Result<Command> {
    let mut cargo = cargo(["clippy", "--target", WASM]);
    let shared = ["domain", "store", "web"].map(str::to_owned);
    for name in shared.into_iter().chain(components()?).chain(guests()?) {
        cargo.args(["--package", &name]);
    }
    cargo.args(DENY_WARNINGS);
    Ok(cargo)
}
