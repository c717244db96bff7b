//! `cargo xtask bench`

use anyhow::Result;
use clap::Args;

use crate::{
    build,
    process::{cargo, command, run},
    workspace::{component_target, native_target},
};

/// Measure what WebAssembly costs: the suite against an empty component and against the same code compiled natively.
///
/// Prints requests per second, median and 99th percentile at 1, 16 and 64 connections, database calls per request,
/// size and start of each component, and the ratios that count: absolute figures belong to the machine. Compares with
/// `wasmtime serve` too where `wasmtime` is installed. The first run compiles release builds for some minutes.
///
/// `billing` measures the monthly run over houses of 1 000, 10 000 and 100 000 accounts, against plain `INSERT`s of as
/// many rows. `bill` measures the page of a bill with ten years of history against one of the first month, and a bill as
/// PDF.
///
/// `auth` measures a session, a password's hash, and how long others wait to sign in while somebody guesses.
#[derive(Args)]
pub(super) struct Bench {
    /// What to measure.
    #[arg(value_parser = ["suite", "auth", "billing", "bill"], default_value = "suite")]
    what: String,
    /// Arguments for the benchmark itself; `-- --help` lists them.
    #[arg(last = true)]
    arguments: Vec<String>,
}

impl Bench {
    pub(super) fn run(self) -> Result<()> {
        build::build_components(false)?;
        let empty = ["build", "--release", "--package", "guest-empty", "--target", "wasm32-wasip2", "--target-dir"];
        run(cargo(empty).arg(component_target()))?;
        run(&mut cargo(["build", "--release", "--package", "host", "--bin", "moydom"]))?;
        run(&mut cargo(["build", "--release", "--package", "native-suite", "--bin", "serve", "--bin", "bench"]))?;
        let programs = native_target().join("release");
        let mut bench = command(programs.join("bench"), ["--programs"]);
        run(bench.arg(&programs).args(["--what", &self.what]).args(self.arguments))
    }
}
