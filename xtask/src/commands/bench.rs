//! `cargo xtask bench`

use anyhow::Result;
use clap::Args;

use crate::{
    build,
    process::{cargo, run},
};

/// Measure what WebAssembly costs: the suite against an empty component and against the same code compiled natively.
#[derive(Args)]
pub(super) struct Bench {
    /// Arguments for the benchmark itself; `-- --help` lists them.
    #[arg(last = true)]
    arguments: Vec<String>,
}

impl Bench {
    pub(super) fn run(self) -> Result<()> {
        build::build_components(false)?;
        let bench = ["run", "--release", "--package", "native-suite", "--bin", "bench", "--"];
        run(cargo(bench).args(self.arguments))
    }
}
