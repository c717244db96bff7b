//! What kind of state this is: live, or seeded as a demo. Written by `crates/schema` when the state is made.

use jiff::Timestamp;

use crate::{Conn, Result, Tx, params};

/// Whether the state was seeded as a demo; a state without the row is live.
///
/// # Errors
/// A failing database.
pub fn is_demo(conn: &Conn<'_>) -> Result<bool> {
    Ok(conn.query_first("select 1 from state where kind = 'demo'", &[])?.is_some())
}

/// Lets a state whose kind is not decided be a live one: called by whoever first fills it with people's data.
///
/// # Errors
/// A failing database.
pub fn settle(tx: &Tx<'_>, now: Timestamp) -> Result<()> {
    let sql =
        "insert into state (only_row, kind, created_at) select 1, 'live', ?1 where not exists (select 1 from state)";
    tx.execute(sql, params![now])
}
