//! In a native build: `rusqlite` over the files that both hosts use.

use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use rusqlite::{
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};

use crate::{Db, Error, Kv, Result, Row, Value, files::Files};

/// Where the state lies: usually the folder that Spin and `moydom` call `.spin`.
#[derive(Clone, Debug)]
pub struct Location {
    folder: PathBuf,
    /// A runtime configuration may put the database elsewhere.
    database: Option<PathBuf>,
    files: Option<PathBuf>,
}

impl Location {
    /// The state in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), database: None, files: None }
    }

    /// The same state with its SQLite database in another file.
    #[must_use]
    pub fn with_database(self, file: impl Into<PathBuf>) -> Self {
        Self { database: Some(file.into()), ..self }
    }

    /// The same state with its database of sealed files in another file.
    #[must_use]
    pub fn with_files(self, file: impl Into<PathBuf>) -> Self {
        Self { files: Some(file.into()), ..self }
    }

    /// The file of the SQLite database.
    pub fn database_file(&self) -> PathBuf {
        self.database.clone().unwrap_or_else(|| self.folder.join("sqlite_db.db"))
    }

    /// The file of the database of sealed files.
    pub fn files_file(&self) -> PathBuf {
        self.files.clone().unwrap_or_else(|| self.folder.join("files.db"))
    }

    /// The file of the key-value store.
    pub fn key_value_file(&self) -> PathBuf {
        self.folder.join("sqlite_key_value.db")
    }

    /// The SQLite database of this state.
    pub fn db(&self) -> Db {
        Db::new(Database { file: self.database_file().into() })
    }

    /// The database of sealed files of this state.
    pub fn files(&self) -> Files {
        Files::new(Db::new(Database { file: self.files_file().into() }))
    }

    /// The key-value store of this state.
    pub fn kv(&self) -> Kv {
        Kv::new(KeyValue { file: self.key_value_file().into() })
    }
}

thread_local! {
    /// One connection per file and thread, as a component instance keeps one.
    static CONNECTIONS: RefCell<HashMap<Arc<Path>, Rc<Connection>>> = RefCell::default();
}

fn connection(file: &Arc<Path>) -> Result<Rc<Connection>> {
    CONNECTIONS.with_borrow_mut(|open| {
        if let Some(connection) = open.get(file) {
            return Ok(connection.clone());
        }
        let connection = Rc::new(Connection::open(file)?);
        open.insert(file.clone(), connection.clone());
        Ok(connection)
    })
}

#[derive(Clone)]
pub(crate) struct Database {
    file: Arc<Path>,
}

impl Database {
    pub(crate) fn with<T, E: From<Error>>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        work(&*connection(&self.file)?)
    }
}

pub(crate) struct Connection(rusqlite::Connection);

impl Connection {
    fn open(file: &Path) -> Result<Self> {
        let connection = rusqlite::Connection::open(file).map_err(from_rusqlite)?;
        connection.busy_timeout(Duration::from_secs(5)).map_err(from_rusqlite)?;
        connection.set_prepared_statement_cache_capacity(128);
        // As the embedded host does: otherwise a bound value that the planner has looked at makes SQLite prepare the
        // statement anew each time.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(from_rusqlite)?;
        connection.execute_batch("pragma foreign_keys = on; pragma synchronous = full;").map_err(from_rusqlite)?;
        Ok(Self(connection))
    }

    pub(crate) fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>> {
        let mut statement = self.0.prepare_cached(sql).map_err(from_rusqlite)?;
        let columns = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(parameters)).map_err(from_rusqlite)?;
        let mut result = Vec::new();
        while let Some(row) = rows.next().map_err(from_rusqlite)? {
            let values = (0..columns).map(|index| read(row.get_ref_unwrap(index))).collect::<Result<_>>()?;
            result.push(Row(values));
        }
        Ok(result)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn read(value: ValueRef<'_>) -> Result<Value> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Integer(number)),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(Error::BadData("text that is not UTF-8".to_owned())),
        },
        ValueRef::Blob(bytes) => Ok(Value::Blob(bytes.to_owned())),
        ValueRef::Real(number) => Err(Error::BadData(format!("a floating-point number: {number}"))),
    }
}

fn from_rusqlite(error: rusqlite::Error) -> Error {
    Error::from_sqlite(error.to_string())
}

#[derive(Clone)]
pub(crate) struct KeyValue {
    file: Arc<Path>,
}

/// The table as Spin makes it, so that either host may be first.
const KEY_VALUE_TABLE: &str = "
    create table if not exists spin_key_value (
        store text not null,
        key   text not null,
        value blob not null,
        primary key (store, key)
    )";

impl KeyValue {
    pub(crate) fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let sql = "select value from spin_key_value where store = 'default' and key = ?1";
        let rows = self.execute(sql, &[key.into()])?;
        Ok(rows.into_iter().next().and_then(|row| match row.0.into_iter().next() {
            Some(Value::Blob(bytes)) => Some(bytes),
            _ => None,
        }))
    }

    pub(crate) fn set(&self, key: &str, value: &[u8]) -> Result<()> {
        let sql = "insert into spin_key_value (store, key, value) values ('default', ?1, ?2)
                   on conflict (store, key) do update set value = excluded.value";
        self.execute(sql, &[key.into(), Value::Blob(value.to_owned())]).map(drop)
    }

    pub(crate) fn delete(&self, key: &str) -> Result<()> {
        let sql = "delete from spin_key_value where store = 'default' and key = ?1";
        self.execute(sql, &[key.into()]).map(drop)
    }

    fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>> {
        let connection = connection(&self.file)?;
        match connection.execute(sql, parameters) {
            Err(Error::Other(message)) if message.contains("no such table") => {
                connection.execute(KEY_VALUE_TABLE, &[])?;
                connection.execute(sql, parameters)
            }
            result => result,
        }
    }
}
