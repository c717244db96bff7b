//! Inside a component: Spin's synchronous interfaces.

use std::cell::RefCell;

use self::bindings::{
    fermyon::spin::{
        key_value::{self, Store},
        variables,
    },
    spin::sqlite::sqlite::{self, Connection as SpinConnection, Value as SpinValue},
};
use crate::{Error, Result, Row, Value};

mod bindings {
    wit_bindgen::generate!({
        world: "moydom:suite/state",
        path: "../../wit",
        generate_all,
    });
}

/// The label of the suite's database and of the key-value store in the manifest.
pub(crate) const LABEL: &str = "default";

thread_local! {
    /// One connection per label that is not in use.
    static CONNECTIONS: RefCell<Vec<(&'static str, Connection)>> = const { RefCell::new(Vec::new()) };
    static STORE: RefCell<Option<Store>> = const { RefCell::new(None) };
}

/// The database that the manifest grants under this label.
#[derive(Clone)]
pub(crate) struct Database(pub(crate) &'static str);

impl Database {
    pub(crate) fn with<T, E: From<Error>>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let kept = CONNECTIONS.with_borrow_mut(|kept| {
            let at = kept.iter().position(|(label, _)| *label == self.0)?;
            Some(kept.swap_remove(at).1)
        });
        let connection = match kept {
            Some(connection) => connection,
            None => Connection::open(self.0)?,
        };
        let result = work(&connection);
        CONNECTIONS.with_borrow_mut(|kept| kept.push((self.0, connection)));
        result
    }
}

pub(crate) struct Connection(SpinConnection);

impl Connection {
    fn open(label: &str) -> Result<Self> {
        let connection = SpinConnection::open(label).map_err(from_spin)?;
        connection.execute("pragma foreign_keys = on", &[]).map_err(from_spin)?;
        Ok(Self(connection))
    }

    pub(crate) fn execute(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>> {
        let parameters: Vec<_> = parameters.iter().map(to_spin).collect();
        let result = self.0.execute(sql, &parameters).map_err(from_spin)?;
        result.rows.into_iter().map(|row| row.values.into_iter().map(read).collect::<Result<_>>().map(Row)).collect()
    }
}

fn to_spin(value: &Value) -> SpinValue {
    match value {
        Value::Null => SpinValue::Null,
        Value::Integer(number) => SpinValue::Integer(*number),
        Value::Text(text) => SpinValue::Text(text.clone()),
        Value::Blob(bytes) => SpinValue::Blob(bytes.clone()),
    }
}

fn read(value: SpinValue) -> Result<Value> {
    match value {
        SpinValue::Null => Ok(Value::Null),
        SpinValue::Integer(number) => Ok(Value::Integer(number)),
        SpinValue::Text(text) => Ok(Value::Text(text)),
        SpinValue::Blob(bytes) => Ok(Value::Blob(bytes)),
        SpinValue::Real(number) => Err(Error::BadData(format!("a floating-point number: {number}"))),
    }
}

fn from_spin(error: sqlite::Error) -> Error {
    match error {
        sqlite::Error::Io(message) => Error::from_sqlite(message),
        other => Error::Other(other.to_string()),
    }
}

/// The key-value store that the manifest grants.
#[derive(Clone)]
pub(crate) struct KeyValue;

impl KeyValue {
    pub(crate) fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        with_store(|store| store.get(key))
    }

    pub(crate) fn set(&self, key: &str, value: &[u8]) -> Result<()> {
        with_store(|store| store.set(key, value))
    }

    pub(crate) fn delete(&self, key: &str) -> Result<()> {
        with_store(|store| store.delete(key))
    }
}

fn with_store<T>(work: impl FnOnce(&Store) -> Result<T, key_value::Error>) -> Result<T> {
    STORE.with_borrow_mut(|slot| {
        let store = match slot {
            Some(store) => store,
            None => slot.insert(Store::open(LABEL).map_err(|error| Error::Other(error.to_string()))?),
        };
        work(store).map_err(|error| Error::Other(error.to_string()))
    })
}

/// The value of a variable of the manifest.
pub(crate) fn variable(name: &str) -> Result<String> {
    variables::get(name).map_err(|error| Error::Other(format!("variable {name}: {error}")))
}
