//! From a backup to a state that can be served.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use rusqlite::Connection;

use super::note::{Note, NotedFile};
use super::{copy, parent, verify};
use crate::runtime_config::StateFile;

/// Puts the backup in the folder `from` to where `files` are configured. The folder `state` must be empty or not there,
/// and so must be what lies elsewhere: nothing of another state, not even the note of its last tick, may be taken for
/// this one's.
///
/// # Errors
/// When something is there already, when the backup is not as its note says, or its audit chain is broken: then nothing
/// is put anywhere.
pub fn restore(from: &Path, state: &Path, files: &[StateFile]) -> Result<Note> {
    let note = Note::read(from)?;
    let moves = note.files.iter().map(|noted| Move::plan(from, noted, files)).collect::<Result<Vec<_>>>()?;
    ensure_empty(state)?;
    ensure_absent(files)?;
    for (one, noted) in moves.iter().zip(&note.files) {
        one.check(noted)?;
    }
    let first = moves.first().context("the backup holds no database")?;
    let verdict = verify(&first.from)?;
    ensure!(verdict.head == note.audit_head, "the audit log is not the one that the backup notes");
    // The suite's database comes last: until it is there, nothing serves this state.
    moves.iter().rev().try_for_each(Move::make)?;
    Ok(note)
}

/// One file's way.
struct Move {
    from: PathBuf,
    to: PathBuf,
}

impl Move {
    fn plan(folder: &Path, noted: &NotedFile, files: &[StateFile]) -> Result<Self> {
        let is_plain = Path::new(&noted.file).components().count() == 1 && !noted.file.starts_with('.');
        ensure!(is_plain, "the backup names a file outside of itself: {}", noted.file);
        let target = files.iter().find(|file| file.name == noted.name).with_context(|| {
            format!("the backup holds [{}]; name its place in the file given as --runtime-config-file", noted.name)
        })?;
        Ok(Self { from: folder.join(&noted.file), to: target.path.clone() })
    }

    fn check(&self, noted: &NotedFile) -> Result<()> {
        let shown = self.from.display();
        ensure!(self.from.is_file(), "the backup lacks its file {shown}; use another backup");
        let digest = copy::sha256(&self.from).with_context(|| format!("{shown} cannot be read"))?;
        ensure!(digest == noted.sha256, "{shown} is not as it was when the backup was made; use another backup");
        copy::check(&self.from)
    }

    fn make(&self) -> Result<()> {
        let folder = parent(&self.to);
        let within = || format!("cannot write {}", self.to.display());
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).with_context(within)?;
        let part = self.to.with_extension("part");
        // What a broken-off restore left behind.
        let _ = fs::remove_file(&part);
        copy::duplicate(&self.from, &part).with_context(within)?;
        use_wal(&part).with_context(within)?;
        fs::rename(&part, &self.to).with_context(within)?;
        copy::sync(&folder)
    }
}

/// Readers and a writer at the same time, as the migrations set it; a copy comes without.
fn use_wal(file: &Path) -> Result<()> {
    Ok(Connection::open(file)?.pragma_update(None, "journal_mode", "wal")?)
}

fn ensure_empty(state: &Path) -> Result<()> {
    let Ok(mut entries) = fs::read_dir(state) else { return Ok(()) };
    match entries.next().transpose()? {
        Some(found) => bail!("{} is there already; restore into an empty folder", found.path().display()),
        None => Ok(()),
    }
}

fn ensure_absent(files: &[StateFile]) -> Result<()> {
    for path in files.iter().map(|file| &file.path) {
        for rest in ["", "-wal", "-shm", "-journal"] {
            let mut found = path.clone().into_os_string();
            found.push(rest);
            let found = PathBuf::from(found);
            ensure!(!found.exists(), "{} is there already; restore into an empty folder", found.display());
        }
    }
    Ok(())
}
