//! Pages name styles and scripts by an address that changes with them, so browsers keep these for good and ask no
//! more: thirty questions less at each page. One fingerprint stands for all, since scripts import one another by
//! relative addresses: `/js/main.js` is also `/~0123456789abcdef/js/main.js`.

use std::io;

/// The folders whose files only pages name.
const FOLDERS: [&str; 2] = ["css/", "js/"];

/// What stands for the present content of all styles and scripts.
pub(crate) struct Fingerprint(pub(crate) String);

impl Fingerprint {
    /// Of all files, by name and bytes, in the order of their names.
    pub(crate) fn of<'f>(files: impl Iterator<Item = io::Result<(&'f String, Vec<u8>)>>) -> io::Result<Self> {
        let lines = files.map(|file| file.map(|(name, bytes)| format!("{name} {}\n", web::sha256(bytes))));
        Ok(Self(web::sha256(lines.collect::<io::Result<String>>()?)[..16].to_owned()))
    }

    /// The page with the addresses that hold for the present content.
    pub(crate) fn stamp(&self, page: &str) -> String {
        FOLDERS.iter().fold(page.to_owned(), |page, folder| {
            page.replace(&format!("\"/{folder}"), &format!("\"/~{}/{folder}", self.0))
        })
    }
}

/// Whether a file's name is one that pages name by a fingerprint.
pub(crate) fn covers(name: &str) -> bool {
    FOLDERS.iter().any(|folder| name.starts_with(folder))
}

/// The fingerprint in a request's path.
pub(crate) fn named_in(path: &str) -> Option<&str> {
    split(path).map(|(named, _)| named)
}

/// A request's path without a fingerprint, whichever it had: a page that was open before an upgrade still gets its
/// scripts.
pub(crate) fn plain(path: &str) -> &str {
    split(path).map_or(path, |(_, plain)| plain)
}

/// `/~0123456789abcdef/js/main.js` → (`0123456789abcdef`, `/js/main.js`)
fn split(path: &str) -> Option<(&str, &str)> {
    let stamped = path.strip_prefix("/~")?;
    let (named, plain) = stamped.split_at(stamped.find('/')?);
    covers(&plain[1..]).then_some((named, plain))
}
