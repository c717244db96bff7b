//! What the browser tests need besides Rust: Node and Chromium.

use std::{env, path::PathBuf};

use anyhow::Result;

use crate::{
    debian,
    process::{command, run, succeeds},
    terminal::step,
    workspace::root,
};

const NODE_MAJOR_MIN: u32 = 20;

/// The folder of the browser tests.
pub(crate) fn folder() -> PathBuf {
    root().join("tests/browser")
}

/// Chromium's program: `CHROMIUM`, or where Debian puts it.
pub(crate) fn chromium() -> String {
    env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into())
}

/// Whether a Node that can run the tests is there.
pub(crate) fn has_node() -> bool {
    let script = format!("process.exit(parseInt(process.versions.node) >= {NODE_MAJOR_MIN} ? 0 : 1)");
    succeeds(&mut command("node", ["-e", &script])) && succeeds(&mut command("npm", ["--version"]))
}

/// Whether Chromium starts.
pub(crate) fn has_chromium() -> bool {
    succeeds(&mut command(chromium(), ["--version"]))
}

/// Brings what is missing.
pub(crate) fn prepare() -> Result<()> {
    let missing = missing_packages();
    if !missing.is_empty() {
        let why = format!(
            "the browser tests need Node {NODE_MAJOR_MIN} or later with npm, and Chromium (CHROMIUM names another one)"
        );
        debian::install(&missing, &why)?;
    }
    install_modules()
}

/// A Node that was installed in another way stays the one in use.
fn missing_packages() -> Vec<&'static str> {
    let chromium = (!has_chromium()).then_some("chromium");
    let node = (!has_node()).then_some(["nodejs", "npm"]);
    chromium.into_iter().chain(node.into_iter().flatten()).collect()
}

/// npm's packages, as the lock file names them; skipped when that very file was installed before.
fn install_modules() -> Result<()> {
    let (lock, installed) = (folder().join("package-lock.json"), folder().join("node_modules/.package-lock.json"));
    let age = |path: PathBuf| path.metadata().and_then(|metadata| metadata.modified()).ok();
    if age(installed).is_some_and(|installed| age(lock).is_some_and(|lock| lock < installed)) {
        return Ok(());
    }
    step("installing the browser tests' npm packages");
    run(command("npm", ["ci", "--no-audit", "--no-fund"]).current_dir(folder()))
}
