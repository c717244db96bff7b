//! Builds the components and the native programs, and skips what did not change.

use std::{path::PathBuf, time::SystemTime};

use anyhow::{Context as _, Result};

use crate::{
    fresh::Stamp,
    process::{cargo, command, output, run},
    terminal::step,
    workspace::{component_target, components, program, root},
};

/// What components are built for.
pub(crate) const WASM: &str = "wasm32-wasip2";

/// Builds every component whose sources changed; all of them if `is_forced`.
///
/// One cargo call per component, as `spin build` does it: a component must build alone, and `cargo rustc`, which
/// alone can make the one crate type that link-time optimisation works for, takes one package.
pub(crate) fn build_components(is_forced: bool) -> Result<()> {
    add_target()?;
    for name in components()? {
        build_component(&name, is_forced)?;
    }
    Ok(())
}

/// Builds what changed of the components and the programs, side by side: they lie in folders of their own, and the
/// link-time optimisation of a component keeps one core busy while the host needs all it can get.
pub(crate) fn build_all() -> Result<()> {
    std::thread::scope(|scope| {
        let programs = scope.spawn(build_programs);
        let components = build_components(false);
        let programs = programs.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        components.and(programs)
    })
}

/// Builds the host and the sandbox if their sources changed.
pub(crate) fn build_programs() -> Result<()> {
    let stamp = Stamp::new(&format!("programs-{}", program("").to_string_lossy().replace('/', "-")));
    let inputs = inputs(&["crates", ".cargo"]);
    let exist = ["moydom", "sandbox"].iter().all(|name| program(name).exists());
    if exist && stamp.is_newer_than(&inputs) {
        return Ok(());
    }
    let since = SystemTime::now();
    step("building the host and the sandbox (the first time takes some minutes)");
    run(&mut cargo(["build", "--package", "host", "--package", "sandbox", "--bins"]))?;
    stamp.set(since)
}

fn build_component(name: &str, is_forced: bool) -> Result<()> {
    let stamp = Stamp::new(&format!("component-{name}"));
    let folder = format!("components/{name}");
    let inputs = inputs(&[&folder, "crates/domain", "crates/store", "crates/web", "wit", ".cargo"]);
    if !is_forced && wasm(name).exists() && stamp.is_newer_than(&inputs) {
        return Ok(());
    }
    let since = SystemTime::now();
    step(&format!("building component {name}"));
    let arguments = build_command(name);
    let mut cargo = cargo(arguments.split_whitespace().skip(1));
    run(cargo.arg("--target-dir").arg(component_target()))?;
    stamp.set(since)
}

/// What spin.toml must name as the component's build command.
pub(crate) fn build_command(name: &str) -> String {
    format!("cargo rustc -p {name} --crate-type cdylib --profile component --target {WASM}")
}

/// What spin.toml must name as the component's source.
pub(crate) fn source(name: &str) -> String {
    format!("target/{WASM}/component/{}.wasm", name.replace('-', "_"))
}

fn wasm(name: &str) -> PathBuf {
    root().join(source(name))
}

fn inputs(paths: &[&str]) -> Vec<PathBuf> {
    let shared = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml"];
    paths.iter().chain(&shared).map(|path| root().join(path)).collect()
}

/// Whether the Rust toolchain can compile components.
pub(crate) fn has_target() -> bool {
    let sysroot = output(&mut command("rustc", ["--print", "sysroot"])).unwrap_or_default();
    PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM).exists()
}

/// Adds the wasm target if the toolchain lacks it.
pub(crate) fn add_target() -> Result<()> {
    if has_target() {
        return Ok(());
    }
    step(&format!("adding the target {WASM}"));
    run(&mut command("rustup", ["target", "add", WASM]))
        .with_context(|| format!("the Rust toolchain lacks the target {WASM}: add it with rustup or your distribution"))
}
