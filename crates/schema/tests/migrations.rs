//! What the migrations and their runner promise.

use std::{fs, path::Path};

use rusqlite::Connection;
use schema::{Error, Kind, MIGRATIONS, Migration, apply, dump, migrate};

const NOW: &str = "2026-07-20T09:00:00Z";

fn memory() -> Connection {
    Connection::open_in_memory().unwrap()
}

fn migrated() -> Connection {
    let mut connection = memory();
    migrate(&mut connection, NOW).unwrap();
    connection
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
}

#[test]
fn every_file_of_the_folder_is_listed_in_order() {
    let mut files: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.strip_suffix(".sql").expect("only .sql files").to_owned())
        .collect();
    files.sort();
    let listed: Vec<_> = MIGRATIONS.iter().map(|migration| migration.name).collect();
    assert_eq!(files, listed);
    for (migration, version) in MIGRATIONS.iter().zip(1..) {
        assert_eq!(migration.version(), version, "{}", migration.name);
    }
}

#[test]
fn the_first_line_of_every_file_names_its_owner_and_readers() {
    for migration in MIGRATIONS {
        let line = migration.sql.lines().next().unwrap();
        let owner = line.strip_prefix("-- owner: ").and_then(|rest| rest.split_once("; readers: "));
        let (owner, readers) = owner.unwrap_or_else(|| panic!("{}: {line}", migration.name));
        assert!(owner.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'), "{owner}");
        assert!(!owner.is_empty() && !readers.is_empty());
    }
}

#[test]
fn all_migrations_add_up_to_current_sql() {
    let current = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/current.sql")).unwrap();
    assert_eq!(dump(&migrated()).unwrap(), current, "run cargo xtask migrate --write-current");
}

#[test]
fn every_beginning_followed_by_the_rest_gives_the_same_schema() {
    let whole = dump(&migrated()).unwrap();
    for count in 0..=MIGRATIONS.len() {
        let mut connection = memory();
        apply(&mut connection, &MIGRATIONS[..count], NOW).unwrap();
        let applied = migrate(&mut connection, NOW).unwrap();
        assert_eq!(applied.names.len(), MIGRATIONS.len() - count);
        assert_eq!(dump(&connection).unwrap(), whole);
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sqlite_db.db");
    let mut connection = Connection::open(&path).unwrap();
    assert_eq!(migrate(&mut connection, NOW).unwrap().names.len(), MIGRATIONS.len());
    connection.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
    let before = fs::read(&path).unwrap();

    let applied = migrate(&mut connection, "2027-01-01T00:00:00Z").unwrap();
    assert!(applied.names.is_empty());
    assert_eq!(applied.version as usize, MIGRATIONS.len());
    connection.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn runs_at_the_same_time_apply_each_migration_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sqlite_db.db");
    let run = || migrate(&mut Connection::open(&path).unwrap(), NOW).unwrap().names.len();
    let total: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(total, MIGRATIONS.len());
}

#[test]
fn the_file_uses_a_write_ahead_log_and_the_connection_guards_references() {
    let directory = tempfile::tempdir().unwrap();
    let mut connection = Connection::open(directory.path().join("sqlite_db.db")).unwrap();
    migrate(&mut connection, NOW).unwrap();
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    let guarded: bool = connection.pragma_query_value(None, "foreign_keys", |row| row.get(0)).unwrap();
    assert_eq!((mode.as_str(), guarded), ("wal", true));
}

#[test]
fn every_table_is_strict_and_none_holds_floating_point() {
    let connection = migrated();
    let loose: i64 = connection
        .query_row(
            "select count(*) from pragma_table_list where schema = 'main' and not strict and name not like 'sqlite_%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let real: i64 = connection
        .query_row(
            "select count(*) from pragma_table_list as t, pragma_table_info(t.name) as c where lower(c.type) = 'real'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!((loose, real), (0, 0));
}

#[test]
fn a_changed_migration_stops_the_run() {
    let first = Migration::new("0001_first", "create table a (b text) strict;");
    let changed = Migration::new("0001_first", "create table a (c text) strict;");
    let mut connection = memory();
    apply(&mut connection, &[first], NOW).unwrap();
    let error = apply(&mut connection, &[changed], NOW).unwrap_err();
    assert!(matches!(&error, Error::Changed { name } if name == "0001_first"), "{error}");
}

#[test]
fn a_database_of_a_newer_program_stops_the_run() {
    let newest = Migration::new("9999_from_the_future", "create table future (a text) strict;");
    let newer: Vec<_> = MIGRATIONS.iter().copied().chain([newest]).collect();
    let mut connection = memory();
    apply(&mut connection, &newer, NOW).unwrap();
    let error = migrate(&mut connection, NOW).unwrap_err();
    assert!(matches!(error, Error::Newer { .. }), "{error}");
}

#[test]
fn a_database_made_from_another_list_stops_the_run() {
    let other = Migration::new("0002_second", "create table a (b text) strict;");
    let mut connection = memory();
    apply(&mut connection, &[other], NOW).unwrap();
    let error = migrate(&mut connection, NOW).unwrap_err();
    assert!(matches!(error, Error::OutOfOrder { .. }), "{error}");
}

#[test]
fn a_failed_migration_leaves_nothing_behind() {
    let good = Migration::new("0001_good", "create table a (b text) strict;");
    let bad = Migration::new("0002_bad", "create table c (d text) strict; create table a (b text) strict;");
    let mut connection = memory();
    let error = apply(&mut connection, &[good, bad], NOW).unwrap_err();
    assert!(error.to_string().starts_with("migration 0002_bad failed: "), "{error}");
    assert!(!dump(&connection).unwrap().contains("create table c"));

    let mended = Migration::new("0002_mended", "create table c (d text) strict;");
    assert_eq!(apply(&mut connection, &[good, mended], NOW).unwrap().names, ["0002_mended"]);
}

#[test]
fn a_migration_that_leaves_dangling_rows_is_rolled_back() {
    let tables = Migration::new(
        "0001_tables",
        "create table a (id text primary key) strict; create table b (a_id text references a (id)) strict;
         insert into a values ('1'); insert into b values ('1');",
    );
    let careless = Migration::new("0002_careless", "delete from a;");
    let mut connection = memory();
    let error = apply(&mut connection, &[tables, careless], NOW).unwrap_err();
    assert!(matches!(&error, Error::BrokenReference { table, .. } if table == "b"), "{error}");
    let rows: i64 = connection.query_row("select count(*) from a", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 1);
}

#[test]
fn a_state_is_live_or_demo_for_good() {
    let connection = migrated();
    assert_eq!(schema::kind(&connection).unwrap(), None);
    assert_eq!(schema::init(&connection, Kind::Live, NOW).unwrap(), Kind::Live);
    assert_eq!(schema::init(&connection, Kind::Demo, NOW).unwrap(), Kind::Live);
    assert!(connection.execute("update state set kind = 'demo'", []).is_err());
    assert!(connection.execute("delete from state", []).is_err());
    assert!(connection.execute("insert or replace into state values (1, 'demo', '')", []).is_err());
    assert_eq!(schema::kind(&connection).unwrap(), Some(Kind::Live));
}

#[test]
fn an_audit_entry_is_neither_changed_nor_removed_nor_replaced() {
    let connection = migrated();
    let insert = "into audit_entry values (1, 'now', 'system', 'start', 'state', '{}', '', 'abc')";
    connection.execute(&format!("insert {insert}"), []).unwrap();
    assert!(connection.execute("update audit_entry set action = 'stop'", []).is_err());
    assert!(connection.execute("delete from audit_entry", []).is_err());
    assert!(connection.execute(&format!("insert or replace {insert}"), []).is_err());
    let same_hash = "insert or replace into audit_entry values (2, 'now', 'system', 'stop', 'state', '{}', '', 'abc')";
    assert!(connection.execute(same_hash, []).is_err());
}

#[test]
fn demo_logins_exist_only_in_a_demo_state() {
    let insert = "insert into person (person_id, login, password_hash, name, is_demo, created_at)
                  values ('1', 'anna', 'x', 'Анна Сергеевна', 1, '2026-07-20T09:00:00Z')";
    let live = migrated();
    assert!(live.execute(insert, []).is_err(), "undecided");
    schema::init(&live, Kind::Live, NOW).unwrap();
    assert!(live.execute(insert, []).is_err(), "live");

    let demo = migrated();
    schema::init(&demo, Kind::Demo, NOW).unwrap();
    assert!(schema::is_empty(&demo).unwrap());
    demo.execute(insert, []).unwrap();
    assert!(!schema::is_empty(&demo).unwrap());
}
