//! Backup and restore of a state of the suite's own shape.

use std::fs;

use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::*;
use crate::runtime_config::RuntimeConfig;

/// A migrated state, and room for backups of it.
struct Fixture {
    room: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let fixture = Self { room: tempfile::tempdir().unwrap() };
        fs::create_dir(fixture.state()).unwrap();
        let mut connection = fixture.connection();
        schema::migrate(&mut connection, "2026-07-20T12:00:00Z").unwrap();
        for number in 0..100 {
            add(&connection, number);
        }
        fixture
    }

    fn state(&self) -> PathBuf {
        self.room.path().join("state")
    }

    fn connection(&self) -> Connection {
        let connection = Connection::open(self.state().join("sqlite_db.db")).unwrap();
        connection.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
        connection
    }

    fn files(&self) -> Vec<StateFile> {
        RuntimeConfig::default().files(&self.state())
    }

    fn backup(&self, name: &str) -> Result<Note> {
        backup(&self.files(), &self.room.path().join(name), Timestamp::UNIX_EPOCH)
    }

    fn restored(&self, backup: &str, state: &str) -> Result<Connection> {
        let state = self.room.path().join(state);
        restore(&self.room.path().join(backup), &state, &RuntimeConfig::default().files(&state))?;
        Ok(Connection::open(state.join("sqlite_db.db"))?)
    }
}

/// Two rows that belong together.
fn add(connection: &Connection, number: u32) {
    let sql = "insert into setting (name, valid_from, value, source) values (?1, '2026-01-01', '1', 'a test'),
                                                                            (?1, '2026-02-01', '2', 'a test')";
    connection.execute(sql, params![format!("test.{number}")]).unwrap();
}

fn count(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

const ROWS: &str = "select count(*) from setting where name like 'test.%'";
const LONELY: &str = "select count(*) from (select name from setting where name like 'test.%'
                      group by name having count(*) <> 2)";

#[test]
fn what_was_backed_up_is_there_after_a_restore() {
    let fixture = Fixture::new();
    let note = fixture.backup("one").unwrap();
    assert_eq!(note.files[0].name, "sqlite_database.default");
    add(&fixture.connection(), 100);
    let restored = fixture.restored("one", "second/state").unwrap();
    assert_eq!(count(&restored, ROWS), 200, "as it was at the backup");
    let mode: String = restored.query_row("pragma journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_backup_under_load_is_one_moment_and_keeps_nobody_from_writing() {
    let fixture = Fixture::new();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let mut connection = fixture.connection();
    let writer = std::thread::spawn(move || {
        let mut number = 1000;
        while let Err(std::sync::mpsc::TryRecvError::Empty) = stopped.try_recv() {
            let transaction = connection.transaction().unwrap();
            add(&transaction, number);
            transaction.commit().unwrap();
            number += 1;
        }
        number
    });
    let mut last = 0;
    for name in ["one", "two", "three"] {
        while count(&fixture.connection(), ROWS) <= last {
            std::thread::yield_now();
        }
        fixture.backup(name).unwrap();
        let restored = fixture.restored(name, &format!("restored-{name}")).unwrap();
        assert_eq!(count(&restored, LONELY), 0, "no transaction is there by half");
        assert!(count(&restored, ROWS) > last, "what was written before the backup is in it");
        last = count(&restored, ROWS);
    }
    drop(stop);
    assert!(writer.join().unwrap() > 1000);
}

#[test]
fn a_backup_overwrites_nothing() {
    let fixture = Fixture::new();
    fixture.backup("one").unwrap();
    assert!(fixture.backup("one").unwrap_err().to_string().contains("name another"));
}

#[test]
fn a_restore_overwrites_nothing() {
    let fixture = Fixture::new();
    fixture.backup("one").unwrap();
    let refusal = fixture.restored("one", "state").unwrap_err().to_string();
    assert!(refusal.contains("is there already"), "{refusal}");
}

#[test]
fn a_folder_that_holds_anything_is_no_place_for_a_restore() {
    let fixture = Fixture::new();
    fixture.backup("one").unwrap();
    let second = fixture.room.path().join("second");
    fs::create_dir(&second).unwrap();
    fs::write(second.join("cron_reminders.last"), "2026-07-20T12:00:00Z").unwrap();
    let refusal = fixture.restored("one", "second").unwrap_err().to_string();
    assert!(refusal.contains("cron_reminders.last is there already"), "{refusal}");
    assert!(!second.join("sqlite_db.db").exists());
    fs::remove_file(second.join("cron_reminders.last")).unwrap();
    fixture.restored("one", "second").unwrap();
}

#[test]
fn a_backup_that_lacks_a_file_is_refused_by_its_name() {
    let fixture = Fixture::new();
    fixture.backup("one").unwrap();
    fs::remove_file(fixture.room.path().join("one/sqlite_database.default.db")).unwrap();
    let refusal = fixture.restored("one", "second").unwrap_err().to_string();
    assert!(refusal.contains("lacks its file") && refusal.contains("use another backup"), "{refusal}");
}

#[test]
fn a_backup_into_a_folder_that_is_not_there_names_that_folder() {
    let fixture = Fixture::new();
    let refusal = fixture.backup("absent/one").unwrap_err().to_string();
    let parent = fixture.room.path().join("absent").display().to_string();
    assert!(refusal.contains(&format!("no folder {parent} ")) && !refusal.contains("part"), "{refusal}");
}

#[test]
fn a_backup_that_was_changed_is_refused_and_nothing_is_restored() {
    let fixture = Fixture::new();
    fixture.backup("one").unwrap();
    let file = fixture.room.path().join("one/sqlite_database.default.db");
    let connection = Connection::open(&file).unwrap();
    connection.execute("delete from setting where name = 'test.7'", []).unwrap();
    drop(connection);
    let refusal = fixture.restored("one", "second").unwrap_err().to_string();
    assert!(refusal.contains("is not as it was") && refusal.contains("use another backup"), "{refusal}");
    assert!(!fixture.room.path().join("second").exists());
}

#[test]
fn a_broken_backup_leaves_nothing_behind() {
    let fixture = Fixture::new();
    fs::write(fixture.state().join("sqlite_key_value.db"), "this is no database at all").unwrap();
    assert!(fixture.backup("one").is_err());
    let names: Vec<_> = fs::read_dir(fixture.room.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["state"]);
}

#[test]
fn a_folder_that_is_no_backup_is_refused() {
    let fixture = Fixture::new();
    let refusal = fixture.restored("state", "second").unwrap_err().to_string();
    assert!(refusal.contains("is no backup"), "{refusal}");
}

#[test]
fn every_configured_file_is_backed_up_and_needs_a_place_at_the_restore() {
    let fixture = Fixture::new();
    let extra = fixture.room.path().join("archive.db");
    Connection::open(&extra).unwrap().execute_batch("create table chunk (id integer primary key) strict").unwrap();
    let text = format!("[sqlite_database.archive]\ntype = 'spin'\npath = '{}'", extra.display());
    let config = RuntimeConfig::parse(&text, Path::new("/")).unwrap();
    let to = fixture.room.path().join("one");
    let note = backup(&config.files(&fixture.state()), &to, Timestamp::UNIX_EPOCH).unwrap();
    assert!(note.files.iter().any(|file| file.name == "sqlite_database.archive"));
    let refusal = fixture.restored("one", "second").unwrap_err().to_string();
    assert!(refusal.contains("[sqlite_database.archive]"), "{refusal}");
}

#[test]
fn a_backup_of_the_first_release_is_restored_and_brought_up_to_date_with_its_chain_whole() {
    const FIRST_RELEASE: usize = 9;
    let fixture = Fixture { room: tempfile::tempdir().unwrap() };
    fs::create_dir(fixture.state()).unwrap();
    let mut old = fixture.connection();
    schema::apply(&mut old, &schema::MIGRATIONS[..FIRST_RELEASE], "2026-01-10T08:00:00Z").unwrap();
    old.execute_batch(include_str!("../../../schema/tests/states/0009.sql")).unwrap();
    let note = fixture.backup("old").unwrap();
    assert_eq!(note.audit_entries, 3);

    let mut restored = fixture.restored("old", "new").unwrap();
    let applied = schema::migrate(&mut restored, "2026-07-20T12:00:00Z").unwrap();
    assert_eq!(applied.names.len(), schema::MIGRATIONS.len() - FIRST_RELEASE);
    assert_eq!(count(&restored, "select count(*) from reading where value_1 = '131.250'"), 1);
    let again = backup(
        &RuntimeConfig::default().files(&fixture.room.path().join("new")),
        &fixture.room.path().join("b"),
        Timestamp::UNIX_EPOCH,
    )
    .unwrap();
    assert_eq!((again.audit_entries, again.audit_head), (3, note.audit_head));
}
