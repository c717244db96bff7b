//! Management companies.

use crate::{Conn, Result};

/// The phone to call where nobody is signed in and so no company is known: that of all companies, if they have one.
///
/// # Errors
/// A failing database.
pub fn only_phone(conn: &Conn<'_>) -> Result<Option<String>> {
    let row = conn.query_first("select max(phone) from company having count(distinct phone) = 1", &[])?;
    row.map_or(Ok(None), |row| row.get(0))
}
