//! The state that a command works on.

use std::path::Path;

use anyhow::{Result, ensure};
use store::Location;

/// The state in this folder; it must have been made by `moydom migrate`.
pub(super) fn open(folder: &Path) -> Result<Location> {
    let location = Location::new(folder);
    let file = location.database_file();
    ensure!(
        file.is_file(),
        "there is no database {}; make one with `moydom migrate --state {}`",
        file.display(),
        folder.display()
    );
    Ok(location)
}
