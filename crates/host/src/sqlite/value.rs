//! Values that cross between guests and SQLite.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Row, ToSql};

/// A value of a parameter or of a result's cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A signed integer.
    Integer(i64),
    /// A floating-point number: passed through, never computed with.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// Nothing.
    Null,
}

/// What a statement answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryResult {
    /// The columns' names, also when there are no rows.
    pub columns: Vec<String>,
    /// The rows, each with one value per column.
    pub rows: Vec<Vec<Value>>,
}

impl Value {
    /// How much memory the value takes, roughly.
    pub(super) fn size(&self) -> usize {
        let content = match self {
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
            Value::Integer(_) | Value::Real(_) | Value::Null => 0,
        };
        size_of::<Self>() + content
    }

    fn read(cell: ValueRef<'_>) -> rusqlite::Result<Self> {
        Ok(match cell {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(integer) => Value::Integer(integer),
            ValueRef::Real(real) => Value::Real(real),
            ValueRef::Text(text) => Value::Text(std::str::from_utf8(text)?.to_owned()),
            ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        })
    }
}

/// Reads the first `columns` cells of a row.
pub(super) fn read_row(row: &Row<'_>, columns: usize) -> rusqlite::Result<Vec<Value>> {
    (0..columns).map(|column| Value::read(row.get_ref(column)?)).collect()
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(integer) => ValueRef::Integer(*integer),
            Value::Real(real) => ValueRef::Real(*real),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
