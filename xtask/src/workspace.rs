//! Where things are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// The packages around the embedded host.
const HOST_SIDE: [&str; 3] = ["host", "sandbox", "schema"];

/// The repository's root: the folder above this crate.
pub(crate) fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent().map_or_else(|| here.clone(), Path::to_owned)
}

/// Where native programs are built; `CARGO_TARGET_DIR` moves it.
pub(crate) fn native_target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Where components are built: spin.toml names these paths, so nothing moves them.
pub(crate) fn component_target() -> PathBuf {
    root().join("target")
}

/// A native program of the workspace in the development profile.
pub(crate) fn program(name: &str) -> PathBuf {
    native_target().join("debug").join(name)
}

/// The names of the folders in `parent`, sorted.
pub(crate) fn folders(parent: &Path) -> Result<Vec<String>> {
    let read = || format!("cannot read {}", parent.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(parent).with_context(read)? {
        let entry = entry.with_context(read)?;
        if entry.file_type()?.is_dir() {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort();
    Ok(names)
}

/// The components: the folders of `components/`.
pub(crate) fn components() -> Result<Vec<String>> {
    folders(&root().join("components"))
}

/// What runs on this machine, as arguments for two cargo calls: everything but the host's side, and the host's side.
///
/// Cargo chooses the features of shared dependencies by the packages of a call. Asked for everything at once it would
/// compile the whole WebAssembly runtime a second time, with a feature more in one small crate.
pub(crate) fn native_packages() -> Result<[Vec<String>; 2]> {
    let host_side = HOST_SIDE.map(str::to_owned);
    let others = host_side.clone().into_iter().chain(["api-tests".to_owned()]).chain(guests()?);
    let others = others.flat_map(|name| ["--exclude".to_owned(), name]);
    let host_side = host_side.into_iter().flat_map(|name| ["--package".to_owned(), name]);
    Ok([["--workspace".to_owned()].into_iter().chain(others).collect(), host_side.collect()])
}

/// The components that only the host's tests run: programs for wasm and nothing else.
pub(crate) fn guests() -> Result<impl Iterator<Item = String>> {
    let folders = folders(&root().join("crates/host/tests/guests"))?;
    Ok(folders.into_iter().filter(|name| name.starts_with("guest-")))
}

/// All files under `folder` with one of the extensions, sorted; build output and installed packages left out.
pub(crate) fn files(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                if !is_left_out(&path) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_left_out(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    ["target", "node_modules", ".git", ".spin"].iter().any(|left_out| name == *left_out)
}
