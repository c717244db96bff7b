//! What the portal keeps of a person: every table, field by field, with its purpose, how long it is kept and what
//! becomes of it when the person asks for erasure (ФЗ-152, ст. 14 and 21).
//!
//! [`catalog`] is the list; a test holds it against the schema, so that a table or a column that nobody thought of is
//! found. Here it is only read: each table is written by its own module.

pub mod catalog;

use crate::{Conn, Result, Row, Value, params};
use catalog::Part;

/// A field of a row, by its name.
pub type Cells = serde_json::Map<String, serde_json::Value>;

/// What a table holds of a person.
#[derive(Debug)]
pub struct Section {
    /// What table, and what its fields are for.
    pub part: &'static Part,
    /// Its rows: each field by its name.
    pub rows: Vec<Cells>,
}

/// Everything that is kept of a person, table by table.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str) -> Result<Vec<Section>> {
    catalog::parts().map(|part| Ok(Section { part, rows: rows(conn, part, person_id)? })).collect()
}

fn rows(conn: &Conn<'_>, part: &Part, person_id: &str) -> Result<Vec<Cells>> {
    let names: Vec<_> = part.fields.iter().map(|field| field.name).collect();
    let sql = format!("select {} from {}", names.join(", "), part.source);
    let rows = conn.query(&sql, params![person_id])?;
    let cells = |row: Row| names.iter().zip(row.0).map(|(name, value)| ((*name).to_owned(), json(value))).collect();
    Ok(rows.into_iter().map(cells).collect())
}

fn json(value: Value) -> serde_json::Value {
    match value {
        Value::Integer(number) => number.into(),
        Value::Text(text) => text.into(),
        // No column of the catalog holds bytes.
        Value::Null | Value::Blob(_) => serde_json::Value::Null,
    }
}
