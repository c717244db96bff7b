//! What the contract tests need besides Rust: Python with schemathesis, in a folder of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::{
    debian,
    process::{command, run, succeeds},
    terminal::step,
    workspace::{component_target, root},
};

/// The folder of the contract tests.
pub(crate) fn folder() -> PathBuf {
    root().join("tests/contract")
}

/// A program of the environment, which [`prepare`] makes.
pub(crate) fn program(name: &str) -> PathBuf {
    environment().join("bin").join(name)
}

fn environment() -> PathBuf {
    component_target().join("contract")
}

/// Brings the environment to what requirements.txt names; skipped when that very list was installed before.
pub(crate) fn prepare() -> Result<()> {
    let (wanted, installed) = (folder().join("requirements.txt"), environment().join("requirements.txt"));
    if read(&installed).is_ok_and(|installed| read(&wanted).is_ok_and(|wanted| wanted == installed)) {
        return Ok(());
    }
    if !succeeds(&mut command("python3", ["-c", "import ensurepip, venv"])) {
        debian::install(&["python3", "python3-venv"], "the contract tests need Python 3.9 or later with venv")?;
    }
    step("installing schemathesis");
    run(command("python3", ["-m", "venv", "--clear"]).arg(environment()))?;
    let quiet = ["install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(command(program("pip"), quiet).arg(&wanted))?;
    fs::copy(&wanted, &installed).context("cannot note what was installed")?;
    Ok(())
}

fn read(path: &Path) -> std::io::Result<String> {
    fs::read_to_string(path)
}
