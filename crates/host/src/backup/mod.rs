//! Backup and restore of everything that SQLite files hold.
//!
//! A backup is a folder: one file per database and store, and a note with their digests and the head of the audit
//! chain. It is made beside its name and moved there when it is whole, so a folder with that name is a good backup.

mod copy;
mod note;
mod restore;

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use store::Location;
use store::audit::{self, Verdict};

use crate::runtime_config::StateFile;

pub use note::{Note, NotedFile};
pub use restore::restore;

/// Copies `files`, the suite's database first, into the new folder `to`, while others read and write them.
///
/// Each copy is one moment of its file, checked before the backup counts as made. The suite's database is copied
/// first: what it refers to in another file was there before it.
///
/// # Errors
/// When `to` exists, a file is damaged or the audit chain broken; then nothing is left at `to`.
pub fn backup(files: &[StateFile], to: &Path, now: Timestamp) -> Result<Note> {
    ensure!(!to.exists(), "{} exists already; a backup never overwrites, name another folder", to.display());
    let part = Part::new(to)?;
    let mut noted = Vec::new();
    for file in files.iter().filter(|file| file.path.is_file()) {
        noted.push(copy::copy(file, &part.0).with_context(|| format!("cannot copy {}", file.path.display()))?);
    }
    let first = noted.first().context("there is no database to copy; is --state the right folder?")?;
    let Verdict { entries, head, .. } = verify(&part.0.join(&first.file))?;
    let note = Note { made_at: format!("{now:.0}"), audit_entries: entries, audit_head: head, files: noted };
    note.write(&part.0)?;
    part.finish(to)?;
    Ok(note)
}

/// Walks the audit chain in the database `file`.
fn verify(file: &Path) -> Result<Verdict> {
    let db = Location::new("").with_database(file).db();
    let verdict = db.read(audit::verify)?;
    ensure!(verdict.faults.is_empty(), "the audit log was tampered with: {}", verdict.faults.join("; "));
    Ok(verdict)
}

/// A folder in the making; dropping it unfinished removes it.
struct Part(PathBuf);

impl Part {
    fn new(to: &Path) -> Result<Self> {
        let name = to.file_name().with_context(|| format!("{} is no name for a folder", to.display()))?;
        let parent = parent(to);
        ensure!(parent.is_dir(), "there is no folder {} to put the backup into; make it first", parent.display());
        let part = to.with_file_name(format!(".{}.part-{}", name.to_string_lossy(), std::process::id()));
        // Personal data will lie here: nobody else's to read.
        DirBuilder::new()
            .mode(0o700)
            .create(&part)
            .with_context(|| format!("cannot make the backup {}", to.display()))?;
        Ok(Self(part))
    }

    fn finish(self, to: &Path) -> Result<()> {
        copy::sync(&self.0)?;
        fs::rename(&self.0, to).with_context(|| format!("cannot move the backup to {}", to.display()))?;
        copy::sync(&parent(to))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After `finish` nothing has this name any more.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The folder that `path` lies in.
fn parent(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

#[cfg(test)]
mod tests;
