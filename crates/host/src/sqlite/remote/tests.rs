//! What guests may rely on with a database on a server, tried against a stand-in that speaks its protocol.

use std::net::SocketAddr;
use std::time::Duration;

use sandbox::LibsqlServer;
use schema::{Kind, MIGRATIONS};
use tempfile::TempDir;

use super::Remote;
use crate::sqlite::{Connection, Databases, Error, Options, Value};

const TOKEN: &str = "token-of-the-database";
const NOW: &str = "2026-07-20T09:00:00Z";

/// A server over a database with one table.
struct Fixture {
    server: LibsqlServer,
    directory: TempDir,
}

impl Fixture {
    async fn empty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = LibsqlServer::start(anywhere, directory.path().join("data"), TOKEN).await.unwrap();
        Self { server, directory }
    }

    async fn new() -> Self {
        let fixture = Self::empty().await;
        let table = "CREATE TABLE entry (id INTEGER PRIMARY KEY, text ANY UNIQUE) STRICT";
        fixture.file().execute_batch(table).unwrap();
        fixture
    }

    fn remote(&self, token: &str) -> Remote {
        Remote::new(&format!("http://{}", self.server.address()), token).unwrap()
    }

    /// What one host has of the database.
    fn host(&self, options: Options) -> Databases {
        let mut databases = Databases::new();
        databases.add_remote("default", &self.remote(TOKEN), options);
        databases
    }

    /// The file behind the server.
    fn file(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.directory.path().join("data")).unwrap()
    }
}

fn open(host: &Databases) -> Connection {
    host.open("default").unwrap()
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
    let fixture = Fixture::new().await;
    let mut connection = open(&fixture.host(Options::default()));
    let values = vec![
        Value::Integer(i64::MIN),
        Value::Real(0.1),
        Value::Text("Мой дом".to_owned()),
        Value::Blob(vec![0, 255]),
        Value::Null,
    ];
    let sql = "SELECT ?1 AS one, ?2, ?3, ?4, ?5".to_owned();
    let result = connection.execute(sql, values.clone()).await.unwrap();
    assert_eq!((result.columns[0].as_str(), result.rows), ("one", vec![values]));
}

#[tokio::test]
async fn an_insert_tells_its_row_and_how_many_it_changed() {
    let fixture = Fixture::new().await;
    let mut connection = open(&fixture.host(Options::default()));
    run(&mut connection, "INSERT INTO entry (id, text) VALUES (7, 'a'), (8, 'b')").await;
    assert_eq!((connection.last_insert_rowid(), connection.changes()), (8, 2));
}

#[tokio::test]
async fn a_broken_rule_is_told_in_the_words_of_sqlite() {
    let fixture = Fixture::new().await;
    let mut connection = open(&fixture.host(Options::default()));
    run(&mut connection, "INSERT INTO entry (text) VALUES ('a')").await;
    let error = fail(&mut connection, "INSERT INTO entry (text) VALUES ('a')").await;
    assert_eq!(error, "UNIQUE constraint failed: entry.text");
}

#[tokio::test]
async fn a_transaction_is_seen_by_others_when_it_is_committed() {
    let fixture = Fixture::new().await;
    let host = fixture.host(Options::default());
    let (mut writer, mut reader) = (open(&host), open(&host));
    run(&mut writer, "BEGIN IMMEDIATE").await;
    run(&mut writer, "INSERT INTO entry (text) VALUES ('a')").await;
    assert_eq!((count(&mut writer).await, count(&mut reader).await), (1, 0));
    run(&mut writer, "COMMIT").await;
    assert_eq!(count(&mut reader).await, 1);
}

#[tokio::test]
async fn a_statement_that_fails_leaves_the_transaction_open() {
    let fixture = Fixture::new().await;
    let mut connection = open(&fixture.host(Options::default()));
    run(&mut connection, "BEGIN IMMEDIATE").await;
    run(&mut connection, "INSERT INTO entry (text) VALUES ('a')").await;
    fail(&mut connection, "INSERT INTO entry (text) VALUES ('a')").await;
    run(&mut connection, "ROLLBACK").await;
    assert_eq!(count(&mut connection).await, 0);
}

#[tokio::test]
async fn references_are_guarded() {
    let fixture = Fixture::new().await;
    fixture.file().execute_batch("CREATE TABLE part (entry_id INTEGER REFERENCES entry (id)) STRICT").unwrap();
    let mut connection = open(&fixture.host(Options::default()));
    let error = fail(&mut connection, "INSERT INTO part VALUES (1)").await;
    assert_eq!(error, "FOREIGN KEY constraint failed");
}

#[tokio::test]
async fn a_dropped_connection_rolls_back_and_frees_the_queue() {
    let fixture = Fixture::new().await;
    let host = fixture.host(Options::default());
    let mut first = open(&host);
    run(&mut first, "BEGIN IMMEDIATE").await;
    run(&mut first, "INSERT INTO entry (text) VALUES ('lost')").await;
    drop(first);
    let mut second = open(&host);
    run(&mut second, "BEGIN IMMEDIATE").await;
    assert_eq!(count(&mut second).await, 0);
}

#[tokio::test]
async fn who_waits_too_long_is_told_that_the_database_is_locked() {
    let fixture = Fixture::new().await;
    let host = fixture.host(Options { turn_timeout: Duration::ZERO, ..Options::default() });
    let (mut first, mut second) = (open(&host), open(&host));
    run(&mut first, "BEGIN IMMEDIATE").await;
    assert_eq!(fail(&mut second, "BEGIN IMMEDIATE").await, "database is locked");
    assert_eq!(count(&mut second).await, 0, "readers do not wait");
}

#[tokio::test]
async fn a_transaction_that_holds_up_the_others_is_rolled_back() {
    let fixture = Fixture::new().await;
    let host = fixture.host(Options { transaction_limit: Duration::ZERO, ..Options::default() });
    let mut slow = open(&host);
    run(&mut slow, "BEGIN IMMEDIATE").await;
    run(&mut open(&host), "INSERT INTO entry (text) VALUES ('next')").await;
    let error = fail(&mut slow, "INSERT INTO entry (text) VALUES ('late')").await;
    assert_eq!(error, "the transaction took longer than 0 s and was rolled back");
    assert_eq!(count(&mut slow).await, 1, "afterwards the connection works again");
}

const WRITERS: i64 = 16;
const ROUNDS: i64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_of_two_hosts_lose_nothing() {
    let fixture = Fixture::new().await;
    let hosts = [fixture.host(Options::default()), fixture.host(Options::default())];
    let writers = (0..WRITERS).map(|writer| (writer, open(&hosts[usize::from(writer % 2 == 0)])));
    let tasks: Vec<_> = writers.map(|(writer, connection)| tokio::spawn(write(connection, writer))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(count(&mut open(&hosts[0])).await, WRITERS * ROUNDS);
}

async fn write(mut connection: Connection, writer: i64) {
    for round in 0..ROUNDS {
        run(&mut connection, "BEGIN IMMEDIATE").await;
        let text = Value::Text(format!("{round} {writer}"));
        connection.execute("INSERT INTO entry (text) VALUES (?1)".to_owned(), vec![text]).await.unwrap();
        run(&mut connection, "COMMIT").await;
    }
}

#[tokio::test]
async fn another_token_is_refused_in_words() {
    let fixture = Fixture::new().await;
    let mut databases = Databases::new();
    databases.add_remote("default", &fixture.remote("another"), Options::default());
    let error = fail(&mut open(&databases), "SELECT 1").await;
    assert!(error.contains("refuses the token"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_away_is_told_and_asked_again() {
    let Fixture { server, directory } = Fixture::new().await;
    let fixture = Fixture { server, directory };
    let (host, address) = (fixture.host(Options::default()), fixture.server.address());
    let mut connection = open(&host);
    run(&mut connection, "BEGIN IMMEDIATE").await;
    let Fixture { server, directory } = fixture;
    drop(server);
    // The server ends at its next chance to; until then it may answer on a connection that is open.
    let error = loop {
        match connection.execute("SELECT 1".to_owned(), Vec::new()).await {
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, Error::Io(words) if words.contains("libSQL server")), "{error}");

    let server = LibsqlServer::start(address, directory.path().join("data"), TOKEN).await.unwrap();
    assert_eq!(count(&mut connection).await, 0, "the same connection goes on, outside of the lost transaction");
    drop(server);
}

#[tokio::test]
async fn an_empty_database_is_migrated_once() {
    let fixture = Fixture::empty().await;
    let remote = fixture.remote(TOKEN);
    let first = remote.migrate(Some(Kind::Demo), NOW).await.unwrap();
    let names: Vec<_> = MIGRATIONS.iter().map(|migration| migration.name).collect();
    assert_eq!((first.applied, first.kind, first.is_empty), (names, Some(Kind::Demo), true));
    let again = remote.migrate(Some(Kind::Live), NOW).await.unwrap();
    assert_eq!((again.applied.len(), again.kind), (0, Some(Kind::Demo)), "the kind is for good");
}

#[tokio::test]
async fn a_migrated_server_has_the_schema_of_a_migrated_file() {
    let fixture = Fixture::empty().await;
    fixture.remote(TOKEN).migrate(None, NOW).await.unwrap();
    let mut file = rusqlite::Connection::open_in_memory().unwrap();
    schema::migrate(&mut file, NOW).unwrap();
    assert_eq!(schema::dump(&fixture.file()).unwrap(), schema::dump(&file).unwrap());
    assert!(schema::migrate(&mut fixture.file(), NOW).unwrap().names.is_empty(), "the ledger is the same");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind() {
    let fixture = Fixture::empty().await;
    fixture.file().execute_batch("CREATE TABLE person (a TEXT) STRICT").unwrap();
    let error = format!("{:#}", fixture.remote(TOKEN).migrate(None, NOW).await.unwrap_err());
    assert!(error.contains("0005_person") && error.contains("already exists"), "{error}");
    let entries: i64 = fixture.file().query_row("SELECT count(*) FROM schema_migration", [], |row| row.get(0)).unwrap();
    assert_eq!(entries, 4, "what came before it stays");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let fixture = Fixture::empty().await;
    let remote = fixture.remote(TOKEN);
    remote.migrate(None, NOW).await.unwrap();
    let newer = "INSERT INTO schema_migration VALUES (9999, '9999_future', '', '')";
    fixture.file().execute_batch(newer).unwrap();
    let error = remote.migrate(None, NOW).await.unwrap_err();
    assert!(error.to_string().contains("newer program"), "{error}");
}
