//! Whether something must be built again. Cargo knows too, but takes a moment for each package to say so, and a
//! second `up` should serve at once.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context as _, Result};

use crate::workspace::component_target;

/// A file whose time tells when `name` was last built with success.
pub(crate) struct Stamp(PathBuf);

impl Stamp {
    pub(crate) fn new(name: &str) -> Self {
        Self(component_target().join("stamps").join(name))
    }

    /// Whether nothing under `inputs` changed since the stamp was set.
    pub(crate) fn is_newer_than(&self, inputs: &[PathBuf]) -> bool {
        let Ok(built) = self.0.metadata().and_then(|metadata| metadata.modified()) else { return false };
        inputs.iter().all(|input| newest(input).is_some_and(|changed| changed < built))
    }

    /// Remembers that what was begun at `since` succeeded: a file saved while the compiler ran counts as changed.
    pub(crate) fn set(&self, since: SystemTime) -> Result<()> {
        let told = || format!("cannot write {}", self.0.display());
        if let Some(folder) = self.0.parent() {
            fs::create_dir_all(folder).with_context(told)?;
        }
        let file = fs::File::create(&self.0).with_context(told)?;
        file.set_modified(since).with_context(told)
    }
}

/// When the file, or anything in the folder, changed last; folders count too, since a removed file leaves no other
/// trace. Nothing if it can't be told.
fn newest(path: &Path) -> Option<SystemTime> {
    let metadata = path.metadata().ok()?;
    let mut newest = metadata.modified().ok()?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path).ok()? {
            newest = newest.max(self::newest(&entry.ok()?.path())?);
        }
    }
    Some(newest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn aged(path: &Path, seconds: u64) {
        let file = fs::File::open(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }

    #[test]
    fn a_stamp_is_stale_after_any_change_below_its_inputs() {
        let directory = tempfile::tempdir().unwrap();
        let (source, file) = (directory.path().join("src"), directory.path().join("src/lib.rs"));
        fs::create_dir(&source).unwrap();
        fs::write(&file, "").unwrap();
        aged(&file, 100);
        aged(&source, 100);
        let stamp = Stamp(directory.path().join("stamp"));
        let inputs = [source.clone()];
        assert!(!stamp.is_newer_than(&inputs), "never built");
        stamp.set(SystemTime::UNIX_EPOCH + Duration::from_secs(200)).unwrap();
        assert!(stamp.is_newer_than(&inputs));
        aged(&file, 300);
        assert!(!stamp.is_newer_than(&inputs), "a changed file");
        aged(&file, 100);
        aged(&source, 300);
        assert!(!stamp.is_newer_than(&inputs), "a removed file");
        assert!(!stamp.is_newer_than(&[directory.path().join("absent")]), "an input that can't be read");
    }
}
