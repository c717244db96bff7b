//! A state of its own for each test.

use rusqlite::{Connection, types::Value};
use schema::Kind;
use store::{Db, Location, files::Files};
use tempfile::TempDir;

const MOMENT: &str = "2026-01-01T00:00:00.000Z";

/// A migrated state in a folder that goes with it.
pub(crate) struct State {
    folder: TempDir,
}

impl State {
    /// Nothing in it, its kind not decided.
    pub(crate) fn empty() -> Self {
        let state = Self { folder: tempfile::tempdir().expect("a folder") };
        schema::migrate(&mut state.connection(), MOMENT).expect("migrations");
        schema::migrate_files(&mut state.files_connection(), MOMENT).expect("migrations of files");
        state
    }

    pub(crate) fn new(kind: Kind) -> Self {
        let state = Self::empty();
        schema::init(&state.connection(), kind, MOMENT).expect("a kind");
        state
    }

    fn connection(&self) -> Connection {
        Connection::open(Location::new(self.folder.path()).database_file()).expect("a database")
    }

    /// The database of sealed files, as somebody who has stolen it would open it.
    /// With the demo house as it is at this moment.
    pub(crate) fn seeded(moment: &str) -> Self {
        let state = Self::new(Kind::Demo);
        let moment = moment.parse().expect("a moment");
        state.db().write(|tx| store::demo::fill(tx, moment)).expect("the demo house");
        state
    }

    pub(crate) fn files_connection(&self) -> Connection {
        Connection::open(Location::new(self.folder.path()).files_file()).expect("a database of files")
    }

    pub(crate) fn files(&self) -> Files {
        Location::new(self.folder.path()).files()
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
        let connection = self.connection();
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
