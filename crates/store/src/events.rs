//! Events: what somebody must hear about, written in the transaction that made it so.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Conn, Error, Result, Tx, params};

/// What happened. The name in the `kind` column is the variant's, the rest is the payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Event {
    /// A personal account was linked to a person.
    #[serde(rename = "account.linked")]
    AccountLinked {
        /// The account's number.
        number: String,
        /// House and flat.
        address: String,
    },
    /// A person gave readings.
    #[serde(rename = "reading.submitted")]
    ReadingSubmitted {
        /// The code of the submission.
        confirmation_code: String,
        /// House and flat.
        address: String,
        /// How many meters.
        meters: usize,
    },
}

/// An event that waits to be told.
#[derive(Debug)]
pub struct Waiting {
    /// Its number.
    pub event_id: i64,
    /// Who is to hear of it.
    pub person_id: String,
    /// What happened.
    pub event: Event,
    /// When.
    pub created_at: Timestamp,
}

/// Writes an event for `person_id`.
///
/// # Errors
/// A failing database.
pub fn emit(tx: &Tx<'_>, now: Timestamp, person_id: &str, event: &Event) -> Result<()> {
    let mut payload = serde_json::to_value(event).map_err(bad_payload)?;
    let kind = payload.as_object_mut().and_then(|object| object.remove("kind"));
    let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    tx.execute(
        "insert into event (kind, person_id, payload, created_at) values (?1, ?2, ?3, ?4)",
        params![kind, person_id, payload.to_string(), now],
    )
}

/// The oldest events that wait, at most `count`.
///
/// # Errors
/// A failing database or a payload of an unknown shape.
pub fn waiting(conn: &Conn<'_>, count: u32) -> Result<Vec<Waiting>> {
    let sql = "select event_id, person_id, json_set(payload, '$.kind', kind), created_at
               from event where handled_at is null and person_id is not null order by event_id limit ?1";
    let rows = conn.query(sql, params![i64::from(count)])?;
    rows.iter()
        .map(|row| {
            let event = serde_json::from_str(&row.get::<String>(2)?).map_err(bad_payload)?;
            Ok(Waiting { event_id: row.get(0)?, person_id: row.get(1)?, event, created_at: row.get(3)? })
        })
        .collect()
}

/// Notes that an event was told.
///
/// # Errors
/// A failing database.
pub fn mark_handled(tx: &Tx<'_>, now: Timestamp, event_id: i64) -> Result<()> {
    tx.execute("update event set handled_at = ?2 where event_id = ?1", params![event_id, now])
}

fn bad_payload(error: serde_json::Error) -> Error {
    Error::BadData(format!("event payload: {error}"))
}
