//! `cargo xtask dist`

use std::{
    env::consts::{ARCH, OS},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{
    build,
    process::{cargo, command, output, run},
    terminal::step,
    third_party,
    workspace::{component_target, components, native_target, root},
};

/// The folder at the top of the archive; `moydom --app` looks for it.
const FOLDER: &str = "moydom";

/// What goes into the archive as it lies here.
const COPIED: [&str; 7] = ["spin.toml", "runtime-config.toml", "deny.toml", "static", "deploy", "docs", "LICENSE"];
/// What an operator reads first; the repository's own README.md is for developers.
const README: &str = "deploy/README.md";

/// Make a release in target/dist: one archive with the program `moydom`, the components, the pages and the docs.
///
/// An operator needs nothing else: no Rust, no Spin. The archive has the same bytes whenever it is made of the same
/// files. docs/operations.md tells how to install it.
#[derive(Args)]
pub(super) struct Dist {
    /// Take this program instead of building one in the release profile.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

impl Dist {
    pub(super) fn run(self) -> Result<()> {
        let program = match self.program {
            Some(program) => std::path::absolute(program)?,
            None => build_program()?,
        };
        build::build_components(false)?;
        let dist = component_target().join("dist");
        let stage = dist.join(FOLDER);
        remove(&stage)?;
        fill(&stage, &program)?;
        // The version is that of the whole workspace.
        let archive = format!("moydom-{}-{ARCH}-{OS}.tar.gz", env!("CARGO_PKG_VERSION"));
        pack(&dist, &archive)?;
        let sums = output(command("sha256sum", [&archive]).current_dir(&dist))?;
        fs::write(dist.join("SHA256SUMS"), &sums).context("cannot write the digests")?;
        print!("{sums}");
        step(&format!("{} is ready", dist.join(archive).display()));
        Ok(())
    }
}

fn build_program() -> Result<PathBuf> {
    step("building the host in the release profile (some minutes)");
    run(&mut cargo(["build", "--release", "--locked", "--package", "host", "--bin", "moydom"]))?;
    Ok(native_target().join("release/moydom"))
}

fn fill(stage: &Path, program: &Path) -> Result<()> {
    for name in COPIED {
        copy(&root().join(name), &stage.join(name))?;
    }
    for name in components()? {
        let source = build::source(&name);
        copy(&root().join(&source), &stage.join(&source))?;
    }
    fs::rename(stage.join(README), stage.join("README.md")).context("cannot put README.md in its place")?;
    fs::write(stage.join("THIRD-PARTY.txt"), third_party::notices()?).context("cannot write THIRD-PARTY.txt")?;
    copy(program, &stage.join("moydom"))
}

/// Copies a file or a folder.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let within = || format!("cannot copy {}", from.display());
    if from.is_dir() {
        for entry in fs::read_dir(from).with_context(within)? {
            let entry = entry.with_context(within)?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    let folder = to.parent().with_context(within)?;
    fs::create_dir_all(folder).with_context(within)?;
    fs::copy(from, to).map(drop).with_context(within)
}

/// Names in order, no times, no owners: the same files make the same bytes.
fn pack(dist: &Path, archive: &str) -> Result<()> {
    let settings = "--sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w --format=gnu";
    let packing = ["--use-compress-program=gzip -n -9", "--create", "--file", archive, FOLDER];
    run(command("tar", settings.split(' ').chain(packing)).current_dir(dist))
}

fn remove(path: &Path) -> Result<()> {
    if path.exists() {
        fs::remove_dir_all(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{links::broken, tree::Tree};

    #[test]
    fn every_link_in_the_archives_documents_leads_to_what_is_in_the_archive() {
        let is_within = |path: &str, top: &str| path == top || path.starts_with(&format!("{top}/"));
        let is_shipped = |path: &str| COPIED.iter().any(|top| is_within(path, top)) && path != README;
        let tree = Tree::read(&root()).unwrap();
        let documents = tree.below("", ".md").filter(|(path, _)| is_shipped(path));
        let documents: Vec<_> = documents.chain([("README.md", tree.text(README))]).collect();
        let is_there = |path: &str| path == "README.md" || is_shipped(path) && root().join(path).exists();
        assert_eq!(broken(&Tree::of(&documents), is_there), [""; 0]);
        assert!(documents.len() > 5, "{documents:?}");
    }

    #[test]
    fn the_operators_readme_names_only_what_is_in_the_archive() {
        let text = fs::read_to_string(root().join(README)).unwrap();
        let paths = text.split('`').filter(|piece| ["docs/", "deploy/"].iter().any(|top| piece.starts_with(top)));
        for path in paths {
            assert!(root().join(path).exists(), "{path}");
        }
    }
}
