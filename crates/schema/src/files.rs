//! The second database, of sealed files: its own short list of migrations, its own ledger.

use rusqlite::Connection;

use crate::{Applied, Error, Migration, apply};

/// Every migration of the database of files, oldest first.
pub const FILES_MIGRATIONS: &[Migration] =
    &[Migration::new("0001_file", include_str!("../migrations-files/0001_file.sql"))];

/// Applies the migrations that the database of files lacks. `now` is the RFC 3339 UTC moment for the ledger.
///
/// # Errors
/// As [`crate::migrate`].
pub fn migrate_files(connection: &mut Connection, now: &str) -> Result<Applied, Error> {
    apply(connection, FILES_MIGRATIONS, now)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_listed_and_names_its_owner() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations-files"));
        let mut files: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let listed: Vec<_> = FILES_MIGRATIONS.iter().map(|migration| format!("{}.sql", migration.name)).collect();
        assert_eq!(files, listed);
        assert!(FILES_MIGRATIONS.iter().all(|migration| migration.sql.starts_with("-- owner: files; readers: ")));
    }

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        let mut migrate = || migrate_files(&mut connection, "2026-07-20T09:00:00Z").unwrap().names;
        assert_eq!((migrate(), migrate()), (vec!["0001_file"], vec![]));
    }
}
