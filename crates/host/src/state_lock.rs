//! One host at a time over a folder of state.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::{Result, bail};

/// The right to serve a state, until it is dropped or its process ends, however that ends.
///
/// The turns of writers and the note of the last tick belong to one process. Commands that work beside a host take no
/// lock: SQLite's own are enough for them.
pub(crate) struct StateLock {
    /// The folder itself, so that nothing is left behind and a read-only disk can be served too.
    _folder: Option<File>,
}

impl StateLock {
    /// Fails when another host has it.
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        // A file system that knows no locks cannot tell.
        let Ok(opened) = File::open(folder) else { return Ok(Self { _folder: None }) };
        if let Err(TryLockError::WouldBlock) = opened.try_lock() {
            bail!("another host serves the state {}; stop it, or name another folder with --state", folder.display());
        }
        Ok(Self { _folder: Some(opened) })
    }
}
