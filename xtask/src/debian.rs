//! Debian's packages, installed where that is allowed and nobody has to be asked: as root.

use anyhow::{Result, bail};

use crate::{
    process::{command, run, succeeds},
    terminal::step,
};

/// Whether packages can be installed here.
pub(crate) fn may_install() -> bool {
    rustix::process::geteuid().is_root() && succeeds(&mut command("apt-get", ["--version"]))
}

/// Installs the packages; where that is not allowed, an error that tells what is needed and why.
pub(crate) fn install(packages: &[&str], why: &str) -> Result<()> {
    let packages = packages.join(" ");
    if !may_install() {
        bail!("{why}. On Debian or Ubuntu: sudo apt-get install {packages}. Elsewhere install the same programs");
    }
    step(&format!("installing {packages}"));
    apt_get("update")?;
    apt_get(&format!("install --yes --no-install-recommends {packages}"))
}

fn apt_get(arguments: &str) -> Result<()> {
    let quiet = ["--quiet=2"].into_iter().chain(arguments.split(' '));
    run(command("apt-get", quiet).env("DEBIAN_FRONTEND", "noninteractive"))
}
