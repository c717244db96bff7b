//! One request: what is asked on a stream, and the answer to each part.

use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Refusal,
    statement::{self, Statement},
    streams::Streams,
};

#[derive(Deserialize)]
pub(super) struct Pipeline {
    baton: Option<String>,
    requests: Vec<Request>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Request {
    Execute { stmt: Statement },
    Sequence { sql: String },
    GetAutocommit,
    Close,
}

impl Pipeline {
    pub(super) fn run(self, streams: &Streams) -> Result<Value, Refusal> {
        let connection = streams.take(self.baton.as_deref())?;
        let mut is_closed = false;
        let mut results = Vec::new();
        for request in &self.requests {
            is_closed |= matches!(request, Request::Close);
            results.push(match request.run(&connection) {
                Ok(response) => json!({ "type": "ok", "response": response }),
                Err(refusal) => json!({ "type": "error", "error": refusal.to_json() }),
            });
        }
        let baton = if is_closed { None } else { Some(streams.keep(connection)?) };
        Ok(json!({ "baton": baton, "base_url": null, "results": results }))
    }
}

impl Request {
    fn run(&self, connection: &Connection) -> Result<Value, Refusal> {
        Ok(match self {
            Self::Execute { stmt } => json!({ "type": "execute", "result": stmt.run(connection)? }),
            Self::Sequence { sql } => {
                connection.execute_batch(sql).map_err(statement::refusal)?;
                json!({ "type": "sequence" })
            }
            Self::GetAutocommit => json!({ "type": "get_autocommit", "is_autocommit": connection.is_autocommit() }),
            Self::Close => json!({ "type": "close" }),
        })
    }
}
