//! What the browser tests need besides Rust: Node and Chromium.

use std::{env, path::PathBuf};

use anyhow::{Result, bail};

use crate::{
    process::{command, run, succeeds},
    terminal::step,
    workspace::root,
};

const NODE_MAJOR_MIN: u32 = 20;
const PACKAGES: [&str; 3] = ["chromium", "nodejs", "npm"];

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

/// Installs what is missing where that is allowed (Debian, root); elsewhere tells what to install.
pub(crate) fn prepare() -> Result<()> {
    if !has_node() || !has_chromium() {
        install_packages()?;
    }
    install_modules()
}

fn install_packages() -> Result<()> {
    let may_install = rustix::process::geteuid().is_root() && succeeds(&mut command("apt-get", ["--version"]));
    if !may_install {
        bail!(
            "the browser tests need Chromium and Node {NODE_MAJOR_MIN} or later with npm. On Debian or Ubuntu: \
             sudo apt-get install {}. Elsewhere install them and name the browser in CHROMIUM=/path/to/chromium",
            PACKAGES.join(" ")
        );
    }
    step("installing Chromium and Node");
    run(command("apt-get", ["update", "--quiet=2"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    let install = ["install", "--yes", "--quiet=2", "--no-install-recommends"];
    run(command("apt-get", install).args(missing_packages()).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// A Node that was installed in another way stays the one in use.
fn missing_packages() -> impl Iterator<Item = &'static str> {
    let (node, chromium) = (has_node(), has_chromium());
    PACKAGES.into_iter().filter(move |name| if *name == "chromium" { !chromium } else { !node })
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
