//! A state of its own for each test.

use rusqlite::{Connection, types::Value};
use schema::Kind;
use store::{Db, Location};
use tempfile::TempDir;

/// A migrated state in a folder that goes with it.
pub(crate) struct State {
    folder: TempDir,
}

impl State {
    pub(crate) fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = Location::new(folder.path()).database_file();
        let mut connection = Connection::open(file).expect("a database");
        schema::migrate(&mut connection, "2026-01-01T00:00:00.000Z").expect("migrations");
        schema::init(&connection, kind, "2026-01-01T00:00:00.000Z").expect("a kind");
        Self { folder }
    }

    pub(crate) fn db(&self) -> Db {
        Location::new(self.folder.path()).db()
    }

    /// The one number that a query gives.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.rows(sql).first().expect("a row").parse().expect("a number")
    }

    /// The rows of a query, the columns of each joined by `|`.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let connection = Connection::open(Location::new(self.folder.path()).database_file()).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map([], |row| {
            let columns: Vec<_> = (0..width).map(|index| row.get(index).map(text)).collect::<Result<_, _>>()?;
            Ok(columns.join("|"))
        });
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }
}

fn text(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::Integer(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}
