//! Electronic addresses: whose e-mail of the profile takes legally meaningful messages, and the list of them for a
//! company's register. The consent to it stands in [`crate::consents`].

use domain::access::Scope;
use jiff::{Timestamp, civil::Date};

use crate::{
    Conn, Result, Row, Tx,
    grants::within_reach,
    homes::{account_is_open, full_address},
    params,
    value::json_text,
};

/// Makes the e-mail of a person's profile the electronic address; answers whether it was none before.
///
/// # Errors
/// A failing database.
pub fn begin(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<bool> {
    let sql = "insert into electronic_address (person_id, since) values (?1, ?2) on conflict do nothing returning 1";
    Ok(tx.query_first(sql, params![person_id, now])?.is_some())
}

/// Notes that the address is another e-mail from now on; answers whether the person has one.
///
/// # Errors
/// A failing database.
pub fn change(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<bool> {
    let sql = "update electronic_address set since = ?2 where person_id = ?1 returning 1";
    Ok(tx.query_first(sql, params![person_id, now])?.is_some())
}

/// Ends it; answers whether there was one.
///
/// # Errors
/// A failing database.
pub fn end(tx: &Tx<'_>, person_id: &str) -> Result<bool> {
    Ok(forget(tx, person_id)? > 0)
}

/// A line of a company's register.
#[derive(Debug, PartialEq, Eq)]
pub struct Listed {
    /// The link of the person to the account: lists are in its order.
    pub account_link_id: String,
    /// Whose address it is.
    pub person_id: String,
    /// The account's number.
    pub number: String,
    /// House and flat.
    pub address: String,
    /// How the person wants to be called.
    pub name: String,
    /// The electronic address.
    pub email: String,
    /// Since when.
    pub since: Timestamp,
}

/// The electronic addresses of those to whom an account of a house within these scopes is linked and which is open on this
/// day, at most `count` behind the link `after`. Nobody hands out the data of who took the consent to the login back, and a
/// mailbox that may be in other hands takes no legal message until it is proved again.
///
/// # Errors
/// A failing database.
pub fn listed(conn: &Conn<'_>, reach: &[Scope], day: Date, after: &str, count: u32) -> Result<Vec<Listed>> {
    let sql = concat!(
        "select l.account_link_id, l.person_id, a.number, h.address, p.kind, p.number, x.name, x.email, e.since
         from account_link l
              join electronic_address e using (person_id)
              join person x using (person_id)
              join account a using (account_id)
              join premises p using (premises_id)
              join house h using (house_id)
         where l.ended_at is null and l.account_link_id > ?3 and x.email is not null and x.email_unproved_since is null and ",
        account_is_open!("?2"),
        " and ",
        within_reach!("h.company_id", "h.house_id"),
        " and 'withdrawn' <> coalesce((select c.act from consent_act c
                                       where c.person_id = l.person_id and c.purpose = 'portal'
                                       order by c.consent_seq desc limit 1), '')
         order by l.account_link_id limit ?4"
    );
    conn.query(sql, params![json_text(&reach)?, day, after, i64::from(count)])?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Listed> {
    Ok(Listed {
        account_link_id: row.get(0)?,
        person_id: row.get(1)?,
        number: row.get(2)?,
        address: full_address(&row.get::<String>(3)?, &row.get::<String>(4)?, &row.get::<String>(5)?),
        name: row.get(6)?,
        email: row.get(7)?,
        since: row.get(8)?,
    })
}

/// Destroys what stands here of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from electronic_address where person_id = ?1 returning 1", params![person_id])?.len())
}
