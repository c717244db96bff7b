//! What kind of state this is: live, or seeded as a demo. Written by `crates/schema` when the state is made.

use crate::{Conn, Result};

/// Whether the state was seeded as a demo; a state without the row is live.
///
/// # Errors
/// A failing database.
pub fn is_demo(conn: &Conn<'_>) -> Result<bool> {
    Ok(conn.query_first("select 1 from state where kind = 'demo'", &[])?.is_some())
}
