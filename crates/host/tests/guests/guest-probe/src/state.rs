//! Databases, stores and variables.

#[allow(unsafe_code)]
mod bindings {
    wit_bindgen::generate!({
        path: "../../../../../wit",
        world: "moydom:suite/state",
        generate_all,
    });
}

use bindings::fermyon::spin::key_value::Store;
use bindings::fermyon::spin::variables;
use bindings::spin::sqlite::sqlite::{Connection, Error, QueryResult, Value};

/// Writes and reads a row of every type in the database of that label.
pub(crate) fn sqlite(label: &str) -> String {
    told(Connection::open(label).and_then(|database| every_type(&database)))
}

fn every_type(database: &Connection) -> Result<String, Error> {
    database.execute("CREATE TABLE IF NOT EXISTS thing (i INTEGER, r REAL, t TEXT, b BLOB, n TEXT)", &[])?;
    let row =
        [Value::Integer(i64::MIN), Value::Real(0.5), Value::Text("дом".into()), Value::Blob(vec![0, 255]), Value::Null];
    database.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", &row)?;
    let (id, changes) = (database.last_insert_rowid(), database.changes());
    let found = database.execute("SELECT * FROM thing WHERE rowid = ?", &[Value::Integer(id)])?;
    let values = found.rows.iter().flat_map(|row| &row.values).map(|value| format!("{value:?}")).collect::<Vec<_>>();
    Ok(format!("{} changed; {}: {}", changes, found.columns.join(","), values.join(" ")))
}

/// Opens so many connections at once and tells how many it got.
pub(crate) fn open_many(label: &str) -> String {
    let tried: Vec<_> = (0..300).map(|_| Connection::open(label)).collect();
    let opened = tried.iter().filter(|one| one.is_ok()).count();
    told(tried.into_iter().collect::<Result<Vec<_>, _>>().map(|_| String::from("all"))) + &format!(" after {opened}")
}

/// Adds one to a counter in a transaction of its own.
pub(crate) fn count(label: &str) -> String {
    told(Connection::open(label).and_then(|database| add_one(&database)))
}

fn add_one(database: &Connection) -> Result<String, Error> {
    database.execute("CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL)", &[])?;
    database.execute("BEGIN IMMEDIATE", &[])?;
    let before = number(&database.execute("SELECT coalesce(max(value), 0) FROM counter", &[])?);
    database.execute("INSERT INTO counter VALUES (?)", &[Value::Integer(before + 1)])?;
    database.execute("COMMIT", &[])?;
    Ok((before + 1).to_string())
}

fn number(result: &QueryResult) -> i64 {
    match result.rows.first().and_then(|row| row.values.first()) {
        Some(Value::Integer(number)) => *number,
        _ => 0,
    }
}

/// Uses every function of the store of that label.
pub(crate) fn key_value(label: &str) -> String {
    told(Store::open(label).and_then(|store| {
        store.set("probe:a", "один".as_bytes())?;
        let value = store.get("probe:a")?.unwrap_or_default();
        let keys = store.get_keys()?.contains(&String::from("probe:a"));
        store.delete("probe:a")?;
        let gone = !store.exists("probe:a")? && store.get("probe:a")?.is_none();
        Ok(format!("{} {keys} {gone}", String::from_utf8_lossy(&value)))
    }))
}

pub(crate) fn get(key: &str) -> String {
    told(Store::open("default").and_then(|store| store.get(key)).map(|value| format!("{}", value.is_some())))
}

pub(crate) fn set(key: &str) {
    if let Ok(store) = Store::open("default") {
        // The test reads the key: a failure shows there.
        let _ = store.set(key, b"set");
    }
}

pub(crate) fn variable(name: &str) -> String {
    told(variables::get(name))
}

fn told<E: std::fmt::Debug>(result: Result<String, E>) -> String {
    result.unwrap_or_else(|error| format!("refused: {error:?}"))
}
