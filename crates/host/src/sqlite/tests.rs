//! What guests may rely on, tried through [`Connection`] on files in a temporary directory.

use super::*;
use tempfile::TempDir;

/// A database with one table, in WAL mode as the migrations leave it.
struct Fixture {
    databases: Databases,
    _directory: TempDir,
}

impl Fixture {
    async fn new(options: Options) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut databases = Databases::new();
        databases.add("default", directory.path().join("state/db"), options);
        let fixture = Self { databases, _directory: directory };
        let mut connection = fixture.open();
        run(&mut connection, "PRAGMA journal_mode = WAL").await;
        let table = "CREATE TABLE entry (id INTEGER PRIMARY KEY, text ANY UNIQUE) STRICT";
        run(&mut connection, table).await;
        fixture
    }

    fn open(&self) -> Connection {
        self.databases.open("default").unwrap()
    }

    fn writers_waiting(&self) -> usize {
        match &self.databases.by_label["default"] {
            Backend::File(database) => database.writers.waiting(),
            Backend::Remote(_) => unreachable!("a fixture has a file"),
        }
    }
}

async fn fixture() -> Fixture {
    Fixture::new(Options::default()).await
}

async fn run(connection: &mut Connection, sql: &str) -> Vec<Vec<Value>> {
    connection.execute(sql.to_owned(), Vec::new()).await.unwrap().rows
}

async fn fail(connection: &mut Connection, sql: &str) -> String {
    connection.execute(sql.to_owned(), Vec::new()).await.unwrap_err().to_string()
}

async fn count(connection: &mut Connection) -> i64 {
    match run(connection, "SELECT count(*) FROM entry").await[0][0] {
        Value::Integer(count) => count,
        ref other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_kind_of_value_returns_as_it_was_given() {
    let fixture = fixture().await;
    let mut connection = fixture.open();
    let values = vec![
        Value::Integer(i64::MIN),
        Value::Real(0.1),
        Value::Text("Мой дом".to_owned()),
        Value::Blob(vec![0, 255]),
        Value::Null,
    ];
    let sql = "SELECT ?1 AS one, ?2, ?3, ?4, ?5".to_owned();
    let result = connection.execute(sql, values.clone()).await.unwrap();
    assert_eq!(result.rows, [values]);
    assert_eq!(result.columns[0], "one");
}

#[tokio::test]
async fn columns_are_named_even_without_rows() {
    let fixture = fixture().await;
    let mut connection = fixture.open();
    let sql = "SELECT id, text FROM entry".to_owned();
    let result = connection.execute(sql, Vec::new()).await.unwrap();
    assert_eq!(result.columns, ["id", "text"]);
    assert!(result.rows.is_empty());
}

#[tokio::test]
async fn counters_are_those_of_the_connection() {
    let fixture = fixture().await;
    let mut connection = fixture.open();
    run(&mut connection, "INSERT INTO entry VALUES (7, 'a'), (9, 'b')").await;
    assert_eq!((connection.last_insert_rowid(), connection.changes()), (9, 2));
    run(&mut connection, "UPDATE entry SET text = 'c' WHERE id = 7").await;
    assert_eq!((connection.last_insert_rowid(), connection.changes()), (9, 1));
    assert_eq!(fixture.open().last_insert_rowid(), 0);
}

#[tokio::test]
async fn writers_share_a_connection_and_not_its_counters() {
    let fixture = fixture().await;
    let (mut first, mut second) = (fixture.open(), fixture.open());
    run(&mut first, "INSERT INTO entry VALUES (7, 'a'), (9, 'b')").await;
    run(&mut second, "BEGIN IMMEDIATE").await;
    assert_eq!((second.last_insert_rowid(), second.changes()), (0, 0));
    run(&mut second, "UPDATE entry SET text = 'c' WHERE id = 7").await;
    run(&mut second, "COMMIT").await;
    assert_eq!((second.last_insert_rowid(), second.changes()), (0, 1));
    run(&mut first, "SELECT 1").await;
    assert_eq!((first.last_insert_rowid(), first.changes()), (9, 2));
}

#[tokio::test]
async fn what_a_guest_makes_of_its_connection_nobody_else_sees() {
    let fixture = fixture().await;
    let mut first = fixture.open();
    run(&mut first, "CREATE TEMP TABLE scratch (id INTEGER)").await;
    run(&mut first, "BEGIN IMMEDIATE").await;
    run(&mut first, "INSERT INTO scratch VALUES (1)").await;
    run(&mut first, "COMMIT").await;
    assert_eq!(run(&mut first, "SELECT id FROM scratch").await, [[Value::Integer(1)]]);
    let mut second = fixture.open();
    run(&mut second, "BEGIN IMMEDIATE").await;
    run(&mut second, "CREATE TEMP TABLE other (id INTEGER)").await;
    run(&mut second, "PRAGMA cache_size = 7").await;
    run(&mut second, "COMMIT").await;
    drop((first, second));
    for _ in 0..3 {
        let mut next = fixture.open();
        run(&mut next, "BEGIN IMMEDIATE").await;
        assert!(fail(&mut next, "SELECT * FROM scratch").await.contains("no such table"));
        assert!(fail(&mut next, "SELECT * FROM other").await.contains("no such table"));
        assert_ne!(run(&mut next, "PRAGMA cache_size").await, [[Value::Integer(7)]]);
        run(&mut next, "COMMIT").await;
    }
}

#[tokio::test]
async fn errors_carry_sqlites_own_words() {
    let fixture = fixture().await;
    let mut connection = fixture.open();
    run(&mut connection, "INSERT INTO entry VALUES (1, 'a')").await;
    assert_eq!(
        fail(&mut connection, "INSERT INTO entry VALUES (2, 'a')").await,
        "UNIQUE constraint failed: entry.text"
    );
    let error = fail(&mut connection, "SELECT missing").await;
    assert!(error.contains("no such column: missing"), "{error}");
}

#[tokio::test]
async fn text_after_the_first_statement_is_ignored() {
    let fixture = fixture().await;
    let mut connection = fixture.open();
    for tail in ["; DELETE FROM entry", "; this is no SQL", "; -- a remark"] {
        let sql = format!("INSERT INTO entry (text) VALUES ('{tail}'){tail}");
        run(&mut connection, &sql).await;
    }
    assert_eq!(count(&mut connection).await, 3);
}

#[tokio::test]
async fn foreign_keys_hold_and_commits_reach_the_disk() {
    let fixture = fixture().await;
    let mut connection = fixture.open();
    let foreign_keys = run(&mut connection, "PRAGMA foreign_keys").await;
    assert_eq!(foreign_keys, [[Value::Integer(1)]]);
    let synchronous = run(&mut connection, "PRAGMA synchronous").await;
    assert_eq!(synchronous, [[Value::Integer(2)]], "2 is FULL");
}

#[tokio::test]
async fn files_cannot_be_attached_and_memory_can() {
    let fixture = fixture().await;
    let mut connection = fixture.open();
    let error = fail(&mut connection, "ATTACH 'other.db' AS other").await;
    assert!(error.contains("not authorized"), "{error}");
    run(&mut connection, "ATTACH ':memory:' AS scratch").await;
}

#[tokio::test]
async fn a_copy_into_a_file_is_refused_too() {
    let fixture = fixture().await;
    let mut connection = fixture.open();
    let error = fail(&mut connection, "VACUUM INTO 'copy.db'").await;
    assert!(error.contains("authorization denied"), "{error}");
    run(&mut connection, "VACUUM").await;
}

#[tokio::test]
async fn an_unknown_label_is_no_database() {
    let fixture = fixture().await;
    let error = fixture.databases.open("other").unwrap_err();
    assert_eq!(error, Error::NoSuchDatabase);
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_says_so_at_the_first_statement() {
    let mut databases = Databases::new();
    databases.add("default", "/dev/null/db", Options::default());
    let mut connection = databases.open("default").unwrap();
    assert!(fail(&mut connection, "SELECT 1").await.contains("/dev/null"));
}

#[tokio::test]
async fn a_result_beyond_the_limit_is_refused() {
    let fixture = Fixture::new(Options { max_result_bytes: 1000, ..Options::default() }).await;
    let mut connection = fixture.open();
    let error = fail(&mut connection, "SELECT zeroblob(1001)").await;
    assert_eq!(error, "query result exceeds limit of 1000 bytes");
}

#[tokio::test]
async fn a_dropped_connection_rolls_back_and_frees_the_queue() {
    let fixture = fixture().await;
    let mut first = fixture.open();
    run(&mut first, "BEGIN IMMEDIATE").await;
    run(&mut first, "INSERT INTO entry (text) VALUES ('lost')").await;
    let mut second = fixture.open();
    let waiting = tokio::spawn(async move {
        run(&mut second, "  begin\n  immediate;").await;
        let count = count(&mut second).await;
        run(&mut second, "COMMIT").await;
        count
    });
    drop(first);
    assert_eq!(waiting.await.unwrap(), 0);
}

#[tokio::test]
async fn an_abandoned_statement_is_stopped() {
    let fixture = fixture().await;
    let mut connection = fixture.open();
    run(&mut connection, "BEGIN IMMEDIATE").await;
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                   SELECT max(i) FROM n";
    let running = connection.execute(endless.to_owned(), Vec::new());
    let gave_up = tokio::time::timeout(Duration::from_millis(50), running).await;
    assert!(gave_up.is_err());
    drop(connection);
    run(&mut fixture.open(), "INSERT INTO entry (text) VALUES ('next')").await;
}

#[tokio::test]
async fn a_transaction_that_holds_up_the_others_is_rolled_back() {
    let fixture = Fixture::new(Options { transaction_limit: Duration::ZERO, ..Options::default() }).await;
    let mut slow = fixture.open();
    run(&mut slow, "BEGIN IMMEDIATE").await;
    run(&mut fixture.open(), "INSERT INTO entry (text) VALUES ('next')").await;
    let error = fail(&mut slow, "INSERT INTO entry (text) VALUES ('late')").await;
    assert_eq!(error, "the transaction took longer than 0 s and was rolled back");
    assert_eq!(count(&mut slow).await, 1, "afterwards the connection works again");
}

#[tokio::test]
async fn who_waits_too_long_is_told_that_the_database_is_locked() {
    let fixture = Fixture::new(Options { turn_timeout: Duration::ZERO, ..Options::default() }).await;
    let mut first = fixture.open();
    run(&mut first, "BEGIN IMMEDIATE").await;
    let mut second = fixture.open();
    assert_eq!(fail(&mut second, "BEGIN IMMEDIATE").await, "database is locked");
    assert_eq!(count(&mut second).await, 0, "readers do not wait");
}

#[tokio::test]
async fn a_plain_begin_waits_only_when_it_writes() {
    let fixture = fixture().await;
    let (mut writer, mut reader) = (fixture.open(), fixture.open());
    run(&mut writer, "BEGIN IMMEDIATE").await;
    run(&mut reader, "BEGIN").await;
    assert_eq!(count(&mut reader).await, 0);
    run(&mut reader, "COMMIT").await;
    run(&mut writer, "COMMIT").await;
}

const WRITERS: i64 = 64;
const ROUNDS: i64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_writers_get_their_turns_in_order_and_no_busy_answer() {
    let fixture = fixture().await;
    let mut gate = fixture.open();
    run(&mut gate, "BEGIN IMMEDIATE").await;
    let tasks: Vec<_> = (0..WRITERS).map(|writer| tokio::spawn(write(fixture.open(), writer))).collect();
    while fixture.writers_waiting() < WRITERS as usize {
        tokio::task::yield_now().await;
    }
    run(&mut gate, "COMMIT").await;
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(count(&mut gate).await, WRITERS * ROUNDS);
    // Row ids tell the order of the commits. Everybody asked for the first round before anybody
    // could ask for the second.
    let overtaken = "SELECT count(*) FROM entry a JOIN entry b ON a.id < b.id \
                     WHERE a.text NOT LIKE '0 %' AND b.text LIKE '0 %'";
    assert_eq!(run(&mut gate, overtaken).await, [[Value::Integer(0)]]);
}

async fn write(mut connection: Connection, writer: i64) {
    for round in 0..ROUNDS {
        run(&mut connection, "BEGIN IMMEDIATE").await;
        let text = Value::Text(format!("{round} {writer}"));
        let sql = "INSERT INTO entry (text) VALUES (?1)".to_owned();
        connection.execute(sql, vec![text]).await.unwrap();
        run(&mut connection, "COMMIT").await;
    }
}
