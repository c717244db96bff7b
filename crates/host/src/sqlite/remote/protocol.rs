//! The part of Hrana 3 that this host speaks: statements sent as JSON over HTTP.
//!
//! The protocol is libSQL's own (`docs/HRANA_3_SPEC.md` in its repository). 64-bit integers travel as text and bytes
//! as base64, for JSON has neither.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

use crate::sqlite::{Error, QueryResult, Value};

/// Servers send base64 with or without padding; the protocol allows both.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The body of a request: what to do one after the other on one stream.
#[derive(Serialize)]
pub(super) struct Pipeline<'a> {
    /// The answer to the request before on the same stream had it; a new stream has none.
    pub(super) baton: Option<&'a str>,
    pub(super) requests: &'a [Request<'a>],
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Request<'a> {
    Execute { stmt: Statement<'a> },
    Sequence { sql: &'a str },
    GetAutocommit,
    Close,
}

#[derive(Serialize)]
pub(super) struct Statement<'a> {
    sql: &'a str,
    args: Vec<Cell>,
    want_rows: bool,
}

impl<'a> Request<'a> {
    /// One statement with its parameters.
    pub(super) fn execute(sql: &'a str, params: Vec<Value>) -> Self {
        let args = params.into_iter().map(Cell::from).collect();
        Self::Execute { stmt: Statement { sql, args, want_rows: true } }
    }
}

/// The body of an answer.
#[derive(Deserialize)]
pub(super) struct Answer {
    /// What the next request on this stream must show; none when the stream is closed.
    pub(super) baton: Option<String>,
    /// Where the next request on this stream must go, if elsewhere.
    pub(super) base_url: Option<String>,
    /// One for each request.
    pub(super) results: Vec<Outcome>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Outcome {
    Ok { response: Response },
    Error { error: Failure },
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Response {
    Execute {
        result: Executed,
    },
    GetAutocommit {
        is_autocommit: bool,
    },
    /// What tells nothing more than that it was done.
    #[serde(other)]
    Done,
}

/// What a statement did.
#[derive(Deserialize)]
pub(super) struct Executed {
    cols: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    #[serde(default)]
    pub(super) affected_row_count: u64,
    #[serde(default)]
    last_insert_rowid: Option<String>,
}

#[derive(Deserialize)]
struct Column {
    name: Option<String>,
}

/// Why a statement, or a whole request, failed.
#[derive(Deserialize)]
pub(super) struct Failure {
    message: String,
    code: Option<String>,
}

impl From<Failure> for Error {
    /// In SQLite's own words where they are SQLite's. What means "try again" says so as SQLite does.
    fn from(Failure { message, code }: Failure) -> Self {
        let words = message.strip_prefix("SQLite error: ").unwrap_or(&message);
        let is_busy = matches!(code.as_deref(), Some("SQLITE_BUSY" | "TRANSACTION_BUSY"));
        if is_busy && !words.contains("database is locked") {
            return Self::Io(format!("database is locked: {words}"));
        }
        Self::Io(words.to_owned())
    }
}

impl Executed {
    pub(super) fn last_insert_rowid(&self) -> Option<i64> {
        self.last_insert_rowid.as_ref()?.parse().ok()
    }

    pub(super) fn into_result(self) -> Result<QueryResult, Error> {
        let row = |cells: Vec<Cell>| cells.into_iter().map(Value::try_from).collect::<Result<_, _>>();
        Ok(QueryResult {
            columns: self.cols.into_iter().map(|column| column.name.unwrap_or_default()).collect(),
            rows: self.rows.into_iter().map(row).collect::<Result<_, _>>()?,
        })
    }
}

/// A value on its way.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Cell {
    Null,
    Integer { value: String },
    Float { value: f64 },
    Text { value: String },
    Blob { base64: String },
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(value) => Self::Integer { value: value.to_string() },
            Value::Real(value) => Self::Float { value },
            Value::Text(value) => Self::Text { value },
            Value::Blob(bytes) => Self::Blob { base64: BASE64.encode(bytes) },
        }
    }
}

impl TryFrom<Cell> for Value {
    type Error = Error;

    fn try_from(cell: Cell) -> Result<Self, Error> {
        let unreadable = |what| Error::Io(format!("the libSQL server sent {what} that cannot be read"));
        Ok(match cell {
            Cell::Null => Self::Null,
            Cell::Integer { value } => Self::Integer(value.parse().map_err(|_| unreadable("an integer"))?),
            Cell::Float { value } => Self::Real(value),
            Cell::Text { value } => Self::Text(value),
            Cell::Blob { base64 } => Self::Blob(BASE64.decode(base64).map_err(|_| unreadable("bytes"))?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Integer),
            any::<String>().prop_map(Value::Text),
            any::<Vec<u8>>().prop_map(Value::Blob),
        ]
    }

    proptest! {
        #[test]
        fn every_value_survives_the_way(value in value()) {
            let sent = serde_json::to_string(&Cell::from(value.clone())).unwrap();
            let received: Cell = serde_json::from_str(&sent).unwrap();
            prop_assert_eq!(Value::try_from(received).unwrap(), value);
        }

        #[test]
        fn no_answer_panics(text in any::<String>()) {
            prop_assert!(serde_json::from_str::<Answer>(&text).is_err());
        }
    }

    #[test]
    fn a_request_has_the_form_of_the_specification() {
        let requests = [Request::execute("SELECT ?1", vec![Value::Integer(7)]), Request::GetAutocommit, Request::Close];
        let sent = serde_json::to_value(Pipeline { baton: None, requests: &requests }).unwrap();
        let args = serde_json::json!([{ "type": "integer", "value": "7" }]);
        let execute = serde_json::json!({ "sql": "SELECT ?1", "args": args, "want_rows": true });
        let expected = serde_json::json!({
            "baton": null,
            "requests": [{ "type": "execute", "stmt": execute }, { "type": "get_autocommit" }, { "type": "close" }],
        });
        assert_eq!(sent, expected);
    }

    #[test]
    fn base64_may_be_padded() {
        for base64 in ["AQ==", "AQ"] {
            assert_eq!(Value::try_from(Cell::Blob { base64: base64.to_owned() }), Ok(Value::Blob(vec![1])));
        }
    }

    #[test]
    fn a_failure_speaks_as_sqlite_does() {
        let words = |message: &str, code: &str| {
            Error::from(Failure { message: message.to_owned(), code: Some(code.to_owned()) }).to_string()
        };
        let broken = words("SQLite error: UNIQUE constraint failed: a.b", "SQLITE_CONSTRAINT");
        assert_eq!(broken, "UNIQUE constraint failed: a.b");
        assert_eq!(words("SQLite error: database is locked", "SQLITE_BUSY"), "database is locked");
        let full = words("Server cannot handle additional transactions", "TRANSACTION_BUSY");
        assert!(full.starts_with("database is locked"), "{full}");
    }
}
