//! Room on the disk.

use std::path::Path;

use rustix::fs::statvfs;

/// How many bytes are free where this file or folder lies; nothing where the system does not tell.
pub(crate) fn free(path: &Path) -> Option<u64> {
    // Some file systems that are no disk count no blocks at all.
    let disk = statvfs(path).ok().filter(|disk| disk.f_blocks > 0)?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}
