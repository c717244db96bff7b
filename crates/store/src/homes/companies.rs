//! Management companies.

use crate::{Conn, Result, params};

/// The phone to call where nobody is signed in and so no company is known: that of all companies, if they have one.
///
/// # Errors
/// A failing database.
pub fn only_phone(conn: &Conn<'_>) -> Result<Option<String>> {
    let row = conn.query_first("select max(phone) from company having count(distinct phone) = 1", &[])?;
    row.map_or(Ok(None), |row| row.get(0))
}

/// The phone that this person calls: of the company of the first home that has one; who has no home calls like a stranger.
///
/// # Errors
/// A failing database.
pub fn phone_of(conn: &Conn<'_>, person_id: &str) -> Result<Option<String>> {
    let sql = concat!(
        "select coalesce(
                   (select c.phone from account_link l
                    join account a using (account_id)
                    join premises p using (premises_id)
                    join house h using (house_id)
                    join company c using (company_id)
                    where l.person_id = ?1 and l.ended_at is null and c.phone is not null
                    order by h.address, ",
        flat_order!("p.number"),
        ", a.number, a.account_id limit 1),
                   (select max(phone) from company having count(distinct phone) = 1))"
    );
    conn.query_first(sql, params![person_id])?.map_or(Ok(None), |row| row.get(0))
}
