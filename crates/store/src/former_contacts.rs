//! Phones and e-mails that were a person's until another one took their place: for a while they still find the person, and
//! hear of the next change.

use jiff::Timestamp;

use crate::{Conn, Result, Row, Tx, params, persons::ContactKind};

/// A contact that is the person's no more.
#[derive(Debug)]
pub struct Former {
    /// The canonical text, as it stood in the profile.
    pub contact: String,
    /// When it was replaced or taken away.
    pub replaced_at: Timestamp,
}

/// Notes that another contact took the place of `from`, or none did; `hears` tells whether it was known to be the person's
/// then. One that is the person's again is a former one no more.
///
/// # Errors
/// A failing database.
pub fn replace(
    tx: &Tx<'_>,
    now: Timestamp,
    person_id: &str,
    kind: ContactKind,
    from: Option<&str>,
    to: Option<&str>,
    hears: bool,
) -> Result<()> {
    if let Some(to) = to {
        tx.execute("delete from former_contact where person_id = ?1 and contact = ?2", params![person_id, to])?;
    }
    let Some(from) = from.filter(|from| Some(*from) != to) else { return Ok(()) };
    let sql = "insert into former_contact (person_id, kind, contact, replaced_at, hears) values (?1, ?2, ?3, ?4, ?5)
               on conflict do update set replaced_at = ?4, hears = ?5";
    tx.execute(sql, params![person_id, kind.as_str(), from, now, i64::from(hears)])
}

/// The contacts of a person that were replaced after `over`, the last one first.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, over: Timestamp, person_id: &str) -> Result<Vec<Former>> {
    let sql = "select contact, replaced_at from former_contact where person_id = ?1 and replaced_at >= ?2
               order by replaced_at desc, contact";
    let former = |row: &Row| Ok(Former { contact: row.get(0)?, replaced_at: row.get(1)? });
    conn.query(sql, params![person_id, over])?.iter().map(former).collect()
}

/// Which of them hear of a change: those that were known to be the person's, and by which nobody signs in now, the person
/// neither; at most `count`.
///
/// # Errors
/// A failing database.
pub fn to_tell(conn: &Conn<'_>, over: Timestamp, person_id: &str, count: u32) -> Result<Vec<String>> {
    let sql = "select contact from former_contact f where person_id = ?1 and replaced_at >= ?2 and hears = 1
                 and not exists (select 1 from person where phone = f.contact)
                 and not exists (select 1 from person where email = f.contact)
               order by replaced_at desc, contact limit ?3";
    conn.query(sql, params![person_id, over, i64::from(count)])?.iter().map(|row| row.get(0)).collect()
}

/// Whose contact this was until it was replaced after `over`, the last one first.
///
/// # Errors
/// A failing database.
pub fn persons(conn: &Conn<'_>, over: Timestamp, contact: &str) -> Result<Vec<String>> {
    let sql = "select person_id from former_contact where contact = ?1 and replaced_at >= ?2
               order by replaced_at desc, person_id";
    conn.query(sql, params![contact, over])?.iter().map(|row| row.get(0)).collect()
}

/// None of a person's hears of a change any more: somebody else may have put them there.
///
/// # Errors
/// A failing database.
pub fn silence(tx: &Tx<'_>, person_id: &str) -> Result<()> {
    tx.execute("update former_contact set hears = 0 where person_id = ?1", params![person_id])
}

/// Forgets those that were replaced before `over`, at most `count` of them.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, over: Timestamp, count: u32) -> Result<()> {
    let sql = "delete from former_contact where (person_id, contact) in
               (select person_id, contact from former_contact where replaced_at < ?1 order by replaced_at limit ?2)";
    tx.execute(sql, params![over, i64::from(count)])
}

/// Destroys what stands here of a person; answers how many rows those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from former_contact where person_id = ?1 returning 1", params![person_id])?.len())
}
