//! The feed of what a person should know. A subject is told to a person once, whoever tells it and how often.

use domain::{period::Period, reminder::Phase};
use jiff::Timestamp;
use serde::Serialize;

use crate::{Conn, Error, Result, Row, Tx, params, value::timestamp_text};

/// A notice in somebody's feed.
#[derive(Debug)]
pub struct Notice {
    /// Its id.
    pub notice_id: String,
    /// What sort of thing it tells of: `window-open`, `account-linked` …
    pub kind: String,
    /// A few words, Russian.
    pub title: String,
    /// A sentence or two, Russian.
    pub body: String,
    /// A path of the portal where something can be done about it.
    pub link: Option<String>,
    /// When it came to be, RFC 3339.
    pub created_at: String,
    /// When the person marked it as read, RFC 3339.
    pub read_at: Option<String>,
}

/// Where a page of a feed ended: `created_at` and `notice_id` of its last notice.
pub type Place = (String, String);

impl Notice {
    /// The place of this notice in the feed.
    pub fn place(&self) -> Place {
        (self.created_at.clone(), self.notice_id.clone())
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            notice_id: row.get(0)?,
            kind: row.get(1)?,
            title: row.get(2)?,
            body: row.get(3)?,
            link: row.get(4)?,
            created_at: row.get(5)?,
            read_at: row.get(6)?,
        })
    }
}

/// At most `count` notices of a person, newest first; those after `place` where it is given.
///
/// # Errors
/// A failing database.
pub fn list(conn: &Conn<'_>, person_id: &str, place: Option<&Place>, count: u32) -> Result<Vec<Notice>> {
    // Every moment sorts before a tilde.
    let (created_at, notice_id) = place.map_or(("~", ""), |(created_at, notice_id)| (created_at, notice_id));
    let sql = "select notice_id, kind, title, body, link, created_at, read_at from notice
               where person_id = ?1 and (created_at, notice_id) < (?2, ?3)
               order by created_at desc, notice_id desc limit ?4";
    conn.query(sql, params![person_id, created_at, notice_id, i64::from(count)])?.iter().map(Notice::read).collect()
}

/// How many notices a person has not read.
///
/// # Errors
/// A failing database.
pub fn unread_count(conn: &Conn<'_>, person_id: &str) -> Result<u32> {
    let sql = "select count(*) from notice where person_id = ?1 and read_at is null";
    conn.query_first(sql, params![person_id])?.map_or(Ok(0), |row| row.get(0))
}

/// Marks a notice of this person as read; a second time changes nothing. Answers whether the person has such one.
///
/// # Errors
/// A failing database.
pub fn mark_read(tx: &Tx<'_>, now: Timestamp, person_id: &str, notice_id: &str) -> Result<bool> {
    let sql = "update notice set read_at = coalesce(read_at, ?3) where notice_id = ?2 and person_id = ?1
               returning notice_id";
    Ok(tx.query_first(sql, params![person_id, notice_id, now])?.is_some())
}

/// Marks as read what everybody linked to the premises of this account was reminded of for a month: there is nothing
/// left to do about it.
///
/// # Errors
/// A failing database.
pub fn settle_reminders(tx: &Tx<'_>, now: Timestamp, account_id: &str, period: Period) -> Result<()> {
    let sql = "update notice set read_at = ?3
               where read_at is null and (person_id, subject) in (
                   select l.person_id, phase.value || ':' || a.premises_id || ':' || ?2
                   from account own
                   join account a using (premises_id)
                   join account_link l on l.account_id = a.account_id
                   join json_each(?4) phase
                   where own.account_id = ?1)";
    let phases = serde_json::to_string(&[Phase::Opened, Phase::Closing].map(Phase::as_str));
    let phases = phases.map_err(|error| Error::BadData(error.to_string()))?;
    tx.execute(sql, params![account_id, period.to_string(), now, phases])
}

/// A notice to be added.
#[derive(Debug, Serialize)]
pub struct NewNotice {
    /// A fresh id.
    pub notice_id: String,
    /// Whose feed it goes to.
    pub person_id: String,
    /// What it is about: a person is told of each subject once.
    pub subject: String,
    /// What sort of thing it tells of.
    pub kind: &'static str,
    /// A few words, Russian.
    pub title: String,
    /// A sentence or two, Russian.
    pub body: String,
    /// A path of the portal.
    pub link: Option<&'static str>,
    /// The moment that it tells of: the feed is ordered by it.
    #[serde(serialize_with = "as_text")]
    pub created_at: Timestamp,
}

fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&timestamp_text(*at))
}

/// Adds notices in one statement, leaving out those of a subject that the person was told of. Answers how many
/// were added.
///
/// # Errors
/// A failing database.
pub fn add(tx: &Tx<'_>, notices: &[NewNotice]) -> Result<usize> {
    let rows = serde_json::to_string(notices).map_err(|error| Error::BadData(error.to_string()))?;
    let sql = "insert into notice (notice_id, person_id, subject, kind, title, body, link, created_at)
               select value ->> 'notice_id', value ->> 'person_id', value ->> 'subject', value ->> 'kind',
                      value ->> 'title', value ->> 'body', value ->> 'link', value ->> 'created_at'
               from json_each(?1) where true
               on conflict (person_id, subject) do nothing
               returning notice_id";
    Ok(tx.query(sql, params![rows])?.len())
}

/// Destroys a feed, at most `count`; answers how many those were.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "delete from notice where notice_id in (select notice_id from notice where person_id = ?1 limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}
