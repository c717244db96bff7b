//! The machine: its port, its disk, its limit of open files.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use rustix::process::{Resource, getrlimit};

use super::Finding;
use crate::disk;

/// Every connection is an open file, and every database some.
const OPEN_FILES_WANTED: u64 = 4096;

const MIB: u64 = 1 << 20;
const DISK_WANTED: u64 = 1024 * MIB;
const DISK_NEEDED: u64 = 100 * MIB;

pub(super) fn port(listen: SocketAddr) -> Finding {
    match TcpListener::bind(listen) {
        Ok(_) => Finding::good("port", format!("{listen} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Finding::warning(
            "port",
            format!("something listens on {listen}: fine if it is the portal, else choose another with --listen"),
        ),
        Err(error) => Finding::fault("port", format!("{listen}: {error}; choose another with --listen")),
    }
}

pub(super) fn open_files() -> Finding {
    // None: as many as one likes.
    let most = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
    if most < OPEN_FILES_WANTED {
        let words = format!("at most {most}, one for each connection; raise it (systemd: LimitNOFILE=16384)");
        return Finding::warning("open files", words);
    }
    Finding::good("open files", format!("up to {most}"))
}

/// The disk that the state lies on, or will.
pub(super) fn disk(state: &Path) -> Finding {
    let what = "disk";
    let there = state.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let Some(free) = disk::free(there) else {
        return Finding::warning(what, format!("{} tells nothing of its space", there.display()));
    };
    let words = format!("{} MiB are free", free / MIB);
    if free < DISK_NEEDED {
        Finding::fault(what, format!("{words}: a full disk takes no readings; make room"))
    } else if free < DISK_WANTED {
        Finding::warning(what, format!("{words}; make room before it is full"))
    } else {
        Finding::good(what, words)
    }
}
