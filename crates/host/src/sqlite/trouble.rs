//! A full disk, a file that another program locks: what was confirmed stays.

use std::time::Duration;

use tempfile::TempDir;

use super::{Connection, Databases, Options, Value};

async fn run(connection: &mut Connection, sql: &str) -> Result<Vec<Vec<Value>>, String> {
    connection.execute(sql.to_owned(), Vec::new()).await.map(|result| result.rows).map_err(|error| error.to_string())
}

async fn count(connection: &mut Connection) -> i64 {
    match run(connection, "SELECT count(*) FROM entry").await.unwrap()[0][0] {
        Value::Integer(count) => count,
        ref other => panic!("{other:?}"),
    }
}

/// A database with one table in WAL mode.
async fn database(options: Options) -> (TempDir, Databases) {
    let directory = tempfile::tempdir().unwrap();
    let mut databases = Databases::new();
    databases.add("default", directory.path().join("db"), options);
    let mut connection = databases.open("default").unwrap();
    run(&mut connection, "PRAGMA journal_mode = WAL").await.unwrap();
    run(&mut connection, "CREATE TABLE entry (text TEXT NOT NULL) STRICT").await.unwrap();
    (directory, databases)
}

const LARGE: &str = "INSERT INTO entry VALUES (hex(zeroblob(20000)))";

#[tokio::test]
async fn a_full_disk_refuses_a_write_and_keeps_what_was_confirmed() {
    let (_directory, databases) = database(Options::default()).await;
    let mut writer = databases.open("default").unwrap();
    // SQLite answers a limit of pages as it answers a full disk.
    run(&mut writer, "PRAGMA max_page_count = 100").await.unwrap();
    let mut confirmed = 0;
    let error = loop {
        run(&mut writer, "BEGIN IMMEDIATE").await.unwrap();
        if let Err(error) = run(&mut writer, LARGE).await {
            break error;
        }
        run(&mut writer, "COMMIT").await.unwrap();
        confirmed += 1;
    };
    assert_eq!(error, "database or disk is full");
    // SQLite may have rolled back by itself already; then there is nothing left to roll back.
    let _ = run(&mut writer, "ROLLBACK").await;
    let mut reader = databases.open("default").unwrap();
    assert!(confirmed > 0);
    assert_eq!(count(&mut reader).await, confirmed);
    run(&mut writer, "PRAGMA max_page_count = 10000").await.unwrap();
    run(&mut writer, LARGE).await.expect("there is room again");
    assert_eq!(count(&mut reader).await, confirmed + 1);
}

#[tokio::test]
async fn a_file_that_another_program_locks_is_told_and_works_when_it_is_free() {
    let options = Options { busy_timeout: Duration::from_millis(50), ..Options::default() };
    let (directory, databases) = database(options).await;
    let other = rusqlite::Connection::open(directory.path().join("db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut connection = databases.open("default").unwrap();
    assert_eq!(run(&mut connection, "BEGIN IMMEDIATE").await, Err("database is locked".to_owned()));
    assert_eq!(count(&mut connection).await, 0, "readers do not wait");
    other.execute_batch("COMMIT").unwrap();
    run(&mut connection, LARGE).await.unwrap();
}
