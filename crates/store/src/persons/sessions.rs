//! The registry of sessions: who is signed in from where. What requests read of one is [`crate::kv::SessionRecord`], but
//! the registry has the last word: it changes within transactions, and the key-value store is never waited for in one.

use domain::access::Grant;
use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Tx, grants, params};

/// A session to be registered.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// Hex SHA-256 of the token in the cookie.
    pub session_id: &'a str,
    /// Whose session it is.
    pub person_id: &'a str,
    /// When it ends however busy it is.
    pub expires_at: Timestamp,
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// The client's network address.
    pub address: &'a str,
}

/// Registers a session.
///
/// # Errors
/// A failing database.
pub fn open(tx: &Tx<'_>, now: Timestamp, session: &NewSession<'_>) -> Result<()> {
    tx.execute(
        "insert into session (session_id, person_id, created_at, expires_at, user_agent, address)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![session.session_id, session.person_id, now, session.expires_at, session.user_agent, session.address],
    )
}

/// Gives an open session another name, which alone is worth something from then on; answers whether it was open. What the
/// key-value store has under the name of before is swept in its time, by the row that stays for it.
///
/// # Errors
/// A failing database.
pub fn rename(tx: &Tx<'_>, now: Timestamp, session_id: &str, new_id: &str) -> Result<bool> {
    let sql = "update session set session_id = ?2 where session_id = ?1 and ended_at is null
               returning person_id, created_at, expires_at";
    let Some(row) = tx.query_first(sql, params![session_id, new_id])? else { return Ok(false) };
    let (person_id, created_at, expires_at): (String, Timestamp, Timestamp) = (row.get(0)?, row.get(1)?, row.get(2)?);
    tx.execute(
        "insert into session (session_id, person_id, created_at, expires_at, ended_at, user_agent, address)
         values (?1, ?2, ?3, ?4, ?5, '', '')",
        params![session_id, person_id, created_at, expires_at, now],
    )?;
    Ok(true)
}

/// By which sign-in at a provider a session was opened.
#[derive(Clone, Copy, Debug)]
pub struct ProviderSession<'a> {
    /// The provider, as its callback's address names it.
    pub provider: &'a str,
    /// Its name for the person.
    pub subject: &'a str,
    /// The session there, where the provider names it.
    pub sid: Option<&'a str>,
    /// When the person proved there who that is, where the provider tells.
    pub authenticated_at: Option<Timestamp>,
}

/// Notes that a session was opened by a sign-in at a provider.
///
/// # Errors
/// A failing database.
pub fn note_provider(tx: &Tx<'_>, session_id: &str, by: ProviderSession<'_>) -> Result<()> {
    let sql = "update session set provider = ?2, provider_subject = ?3, provider_sid = ?4,
                                  provider_authenticated_at = ?5
               where session_id = ?1";
    tx.execute(sql, params![session_id, by.provider, by.subject, by.sid, by.authenticated_at])
}

/// When the person of a session proved at the provider who that is; none where the session was opened otherwise, or the
/// provider does not tell.
///
/// # Errors
/// A failing database.
pub fn authenticated_at(conn: &Conn<'_>, session_id: &str) -> Result<Option<Timestamp>> {
    let sql = "select provider_authenticated_at from session where session_id = ?1";
    conn.query_first(sql, params![session_id])?.map_or(Ok(None), |row| row.get(0))
}

/// The provider by which an open session was opened.
///
/// # Errors
/// A failing database.
pub fn provider(conn: &Conn<'_>, session_id: &str) -> Result<Option<String>> {
    let sql = "select provider from session where session_id = ?1 and ended_at is null and provider is not null";
    conn.query_first(sql, params![session_id])?.map(|row| row.get(0)).transpose()
}

/// What a provider says of whose sessions end: the session there, the person there, or both.
#[derive(Clone, Copy, Debug)]
pub struct SignedOut<'a> {
    /// The provider, as its callback's address names it.
    pub provider: &'a str,
    /// Its name for the person; absent: whoever has the session there.
    pub subject: Option<&'a str>,
    /// The session there; absent: all of the person's.
    pub sid: Option<&'a str>,
}

/// Ends the open sessions that a provider says are over; answers with their ids and persons.
///
/// # Errors
/// A failing database.
pub fn end_of_provider(tx: &Tx<'_>, now: Timestamp, over: SignedOut<'_>) -> Result<Vec<(String, String)>> {
    let sql = "update session set ended_at = ?4
               where provider = ?1 and ended_at is null and (?2 is not null or ?3 is not null)
                 and (?2 is null or provider_subject = ?2) and (?3 is null or provider_sid = ?3)
               returning session_id, person_id";
    let rows = tx.query(sql, params![over.provider, over.subject, over.sid, now])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// What the person of an open session is, and where, at this moment; none where nobody has opened it or somebody ended
/// it. One statement, for every request asks it.
///
/// # Errors
/// A failing database.
pub fn grants(conn: &Conn<'_>, session_id: &str) -> Result<Option<Vec<Grant>>> {
    let sql = "select g.role, g.company_id, g.house_id, h.company_id
               from session s left join role_grant g on g.person_id = s.person_id and g.taken_at is null
                    left join house h using (house_id)
               where s.session_id = ?1 and s.ended_at is null order by g.role_grant_id";
    let rows = conn.query(sql, params![session_id])?;
    let held = rows.iter().filter(|row| row.get::<Option<String>>(0).is_ok_and(|role| role.is_some()));
    let held: Vec<_> = held.map(|row| grants::grant(row, 0)).collect::<Result<_>>()?;
    Ok((!rows.is_empty()).then_some(held))
}

/// A session that neither was ended nor is over by time. It may have idled out: the key-value store knows.
#[derive(Debug)]
pub struct Open {
    /// Hex SHA-256 of the token in the cookie: never shown, an id derived from it is.
    pub session_id: String,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// What the browser calls itself.
    pub user_agent: String,
    /// The network address that it was opened from.
    pub address: String,
}

/// The open sessions of a person, newest first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn open_ones(conn: &Conn<'_>, now: Timestamp, person_id: &str, count: u32) -> Result<Vec<Open>> {
    let sql = "select session_id, created_at, user_agent, address from session
               where person_id = ?1 and ended_at is null and expires_at >= ?2
               order by created_at desc limit ?3";
    let rows = conn.query(sql, params![person_id, now, i64::from(count)])?;
    rows.iter()
        .map(|row| {
            Ok(Open { session_id: row.get(0)?, created_at: row.get(1)?, user_agent: row.get(2)?, address: row.get(3)? })
        })
        .collect()
}

/// How many open sessions a person has.
///
/// # Errors
/// A failing database.
pub fn count_open(conn: &Conn<'_>, now: Timestamp, person_id: &str) -> Result<u32> {
    let sql = "select count(*) from session where person_id = ?1 and ended_at is null and expires_at >= ?2";
    conn.query_first(sql, params![person_id, now])?.map_or(Ok(0), |row| row.get(0))
}

/// Marks a session as ended by its person: from the commit on it is refused. Its key-value records mean nothing any more
/// and are swept once its time is over.
///
/// # Errors
/// A failing database.
pub fn end(tx: &Tx<'_>, now: Timestamp, session_id: &str) -> Result<()> {
    tx.execute("update session set ended_at = ?2 where session_id = ?1 and ended_at is null", params![session_id, now])
}

/// Marks all sessions of a person as ended.
///
/// # Errors
/// A failing database.
pub fn end_all(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<()> {
    tx.execute("update session set ended_at = ?2 where person_id = ?1 and ended_at is null", params![person_id, now])
}

/// Sessions over by time whose key-value records still lie there, at most `count`.
///
/// # Errors
/// A failing database.
pub fn to_sweep(conn: &Conn<'_>, now: Timestamp, count: u32) -> Result<Vec<String>> {
    let sql = "select session_id from session where swept_at is null and expires_at < ?1 order by expires_at limit ?2";
    conn.query(sql, params![now, i64::from(count)])?.iter().map(|row| row.get(0)).collect()
}

/// Notes that the key-value records of a session are gone.
///
/// # Errors
/// A failing database.
pub fn mark_swept(tx: &Tx<'_>, now: Timestamp, session_id: &str) -> Result<()> {
    tx.execute("update session set swept_at = ?2 where session_id = ?1", params![session_id, now])
}

/// Forgets swept sessions that were over more than `keep` ago, at most `count` of them.
///
/// # Errors
/// A failing database.
pub fn forget_old(tx: &Tx<'_>, now: Timestamp, keep: SignedDuration, count: u32) -> Result<()> {
    let sql = "delete from session where session_id in
               (select session_id from session where swept_at is not null and expires_at < ?1
                order by expires_at limit ?2)";
    tx.execute(sql, params![now - keep, i64::from(count)])
}

/// Ends all sessions of a person and erases where they were opened, of at most `count` of them; answers of how many.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, now: Timestamp, person_id: &str, count: u32) -> Result<usize> {
    let sql = "update session set ended_at = coalesce(ended_at, ?2), user_agent = '', address = '', provider = null,
                                  provider_subject = null, provider_sid = null, provider_authenticated_at = null
               where session_id in (select session_id from session
                                    where person_id = ?1 and (ended_at is null or user_agent <> '' or address <> ''
                                                              or provider_subject is not null)
                                    limit ?3)
               returning 1";
    Ok(tx.query(sql, params![person_id, now, i64::from(count)])?.len())
}
