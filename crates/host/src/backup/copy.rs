//! One file of a backup: a copy of one moment, checked.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};

use super::note::NotedFile;
use crate::runtime_config::StateFile;

/// How long a copy waits for a lock that another program holds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Copies a SQLite file into `folder`.
///
/// `VACUUM INTO` reads one moment of the file, whatever is written meanwhile, and keeps no writer waiting.
pub(super) fn copy(from: &StateFile, folder: &Path) -> Result<NotedFile> {
    let file = format!("{}.db", from.name);
    let to = folder.join(&file);
    let connection = Connection::open_with_flags(&from.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute("vacuum into ?1", [to.to_str().context("the path is not UTF-8")?])?;
    sync(&to)?;
    check(&to)?;
    Ok(NotedFile { name: from.name.clone(), bytes: fs::metadata(&to)?.len(), sha256: sha256(&to)?, file })
}

/// Refuses a damaged file.
pub(super) fn check(file: &Path) -> Result<()> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let found: String = connection.query_row("pragma integrity_check(1)", [], |row| row.get(0))?;
    ensure!(found == "ok", "{} is damaged: {found}", file.display());
    let mut broken = connection.prepare("pragma foreign_key_check")?;
    ensure!(!broken.exists([])?, "{} has references that lead nowhere", file.display());
    Ok(())
}

/// The digest of a file in hex.
pub(super) fn sha256(file: &Path) -> Result<String> {
    let mut digest = Digester(Sha256::new());
    io::copy(&mut File::open(file)?, &mut digest)?;
    Ok(format!("{:x}", digest.0.finalize()))
}

struct Digester(Sha256);

impl Write for Digester {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Copies a file byte for byte to a new one that only its owner reads.
pub(super) fn duplicate(from: &Path, to: &Path) -> Result<()> {
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(&mut File::open(from)?, &mut new)?;
    Ok(new.sync_all()?)
}

/// Waits until the disk has a file or the names in a folder.
pub(super) fn sync(path: &Path) -> Result<()> {
    File::open(path)?.sync_all().with_context(|| format!("the disk does not take {}", path.display()))
}
