//! One statement, its parameters and its rows.

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD as BASE64};
use rusqlite::{Batch, Connection, fallible_iterator::FallibleIterator as _, types::ValueRef};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;

/// Settings that a client may change, of those that the suite knows.
const ALLOWED_PRAGMAS: [&str; 2] = ["foreign_keys", "foreign_key_check"];

#[derive(Deserialize)]
pub(super) struct Statement {
    sql: String,
    #[serde(default)]
    args: Vec<Cell>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Cell {
    Null,
    Integer { value: String },
    Float { value: f64 },
    Text { value: String },
    Blob { base64: String },
}

impl Statement {
    pub(super) fn run(&self, connection: &Connection) -> Result<Value, Refusal> {
        self.check()?;
        let mut batch = Batch::new(connection, &self.sql);
        let mut statement = batch
            .next()
            .map_err(refusal)?
            .ok_or_else(|| Refusal::new("SQL string does not contain any statement", "SQL_NO_STATEMENT"))?;
        let columns: Vec<_> = statement.column_names().map(|name| json!({ "name": name })).collect();
        let args: Vec<_> = self.args.iter().map(Cell::to_sqlite).collect::<Result<_, _>>()?;
        let mut cursor = statement.query(rusqlite::params_from_iter(args)).map_err(refusal)?;
        let mut rows = Vec::new();
        while let Some(row) = cursor.next().map_err(refusal)? {
            let cells: Vec<_> = (0..columns.len()).map(|index| cell(row.get_ref_unwrap(index))).collect();
            rows.push(cells);
        }
        Ok(json!({
            "cols": columns,
            "rows": rows,
            "affected_row_count": connection.changes(),
            "last_insert_rowid": connection.last_insert_rowid().to_string(),
        }))
    }

    fn check(&self) -> Result<(), Refusal> {
        let mut words = self.sql.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let mut next = || words.by_ref().find(|word| !word.is_empty()).map(str::to_ascii_lowercase);
        let (first, second) = (next(), next().unwrap_or_default());
        let is_refused = match first.as_deref() {
            Some("pragma") => self.sql.contains('=') && !ALLOWED_PRAGMAS.contains(&&*second),
            Some("attach" | "vacuum") => true,
            _ => false,
        };
        if is_refused {
            return Err(Refusal::new(format!("unsupported statement: {}", self.sql), "SQL_PARSE_ERROR"));
        }
        Ok(())
    }
}

impl Cell {
    fn to_sqlite(&self) -> Result<rusqlite::types::Value, Refusal> {
        use rusqlite::types::Value;
        let invalid =
            |what: &str| Refusal::new(format!("Arguments do not match SQL parameters: {what}"), "ARGS_INVALID");
        Ok(match self {
            Self::Null => Value::Null,
            Self::Integer { value } => Value::Integer(value.parse().map_err(|_| invalid(value))?),
            Self::Float { value } => Value::Real(*value),
            Self::Text { value } => Value::Text(value.clone()),
            Self::Blob { base64 } => Value::Blob(BASE64.decode(base64).map_err(|_| invalid(base64))?),
        })
    }
}

fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => json!({ "type": "null" }),
        ValueRef::Integer(value) => json!({ "type": "integer", "value": value.to_string() }),
        ValueRef::Real(value) => json!({ "type": "float", "value": value }),
        ValueRef::Text(text) => json!({ "type": "text", "value": String::from_utf8_lossy(text) }),
        ValueRef::Blob(bytes) => json!({ "type": "blob", "base64": BASE64.encode(bytes) }),
    }
}

/// SQLite's own message in the server's words.
pub(super) fn refusal(error: rusqlite::Error) -> Refusal {
    use rusqlite::ErrorCode::{ConstraintViolation, DatabaseBusy};
    let code = match error.sqlite_error_code() {
        Some(ConstraintViolation) => "SQLITE_CONSTRAINT",
        Some(DatabaseBusy) => "SQLITE_BUSY",
        _ => "SQLITE_UNKNOWN",
    };
    Refusal::new(format!("SQLite error: {error}"), code)
}
