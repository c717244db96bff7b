//! What a backup says about itself: `backup.json`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::copy;

/// The file's name in the folder of a backup.
const NAME: &str = "backup.json";

/// What a backup holds.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When it was made, RFC 3339 UTC.
    pub made_at: String,
    /// How many entries the audit chain has.
    pub audit_entries: i64,
    /// The hash of its last one. Kept elsewhere, it proves later that nothing before it was replaced.
    pub audit_head: String,
    /// The files, the suite's database first.
    pub files: Vec<NotedFile>,
}

/// One file of a backup.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedFile {
    /// What it is: `sqlite_database` or `key_value_store`, and its label.
    pub name: String,
    /// Its name in the folder.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its digest in hex.
    pub sha256: String,
}

impl Note {
    /// Reads the note of the backup in `folder`.
    ///
    /// # Errors
    /// When there is none.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(NAME);
        let text =
            fs::read_to_string(&path).with_context(|| format!("{} is no backup: no {NAME}", folder.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} cannot be read", path.display()))
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(NAME);
        let text = serde_json::to_string_pretty(self)?;
        fs::write(&path, text + "\n").with_context(|| format!("cannot write {}", path.display()))?;
        copy::sync(&path)
    }
}
