//! What stays of accounts that a person has unlinked: which they were, and what the person submitted for them.

use rust_decimal::Decimal;

use crate::{Conn, Error, Result, Row, homes::full_address, params};

/// An account that was once linked to the person and is not now.
#[derive(Debug)]
pub struct PastAccount {
    /// The account.
    pub account_id: String,
    /// The company's number of it.
    pub number: String,
    /// House and flat.
    pub address: String,
    /// Since when it was linked at last, RFC 3339.
    pub linked_at: String,
    /// Until when.
    pub ended_at: String,
}

/// The accounts that the person has unlinked, the last one first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn past_accounts(conn: &Conn<'_>, person_id: &str, count: u32) -> Result<Vec<PastAccount>> {
    // The bare columns of a row with max() are those of the row that holds the maximum: SQLite promises it.
    let sql = "select a.account_id, a.number, h.address, p.kind, p.number, l.linked_at, max(l.ended_at)
               from account_link l
               join account a using (account_id)
               join premises p using (premises_id)
               join house h using (house_id)
               where l.person_id = ?1 and l.ended_at is not null
                 and not exists (select 1 from account_link n
                                 where n.person_id = ?1 and n.account_id = l.account_id and n.ended_at is null)
               group by a.account_id order by 7 desc, a.account_id limit ?2";
    conn.query(sql, params![person_id, i64::from(count)])?.iter().map(past_account).collect()
}

fn past_account(row: &Row) -> Result<PastAccount> {
    Ok(PastAccount {
        account_id: row.get(0)?,
        number: row.get(1)?,
        address: full_address(&row.get::<String>(2)?, &row.get::<String>(3)?, &row.get::<String>(4)?),
        linked_at: row.get(5)?,
        ended_at: row.get(6)?,
    })
}

/// Whether the account is or was linked to the person.
///
/// # Errors
/// A failing database.
pub fn was_ever_linked(conn: &Conn<'_>, person_id: &str, account_id: &str) -> Result<bool> {
    let sql = "select 1 from account_link where person_id = ?1 and account_id = ?2 limit 1";
    Ok(conn.query_first(sql, params![person_id, account_id])?.is_some())
}

/// A reading that the person submitted.
#[derive(Debug)]
pub struct SubmittedReading {
    /// As `domain::meter::MeterKind`.
    pub kind: String,
    /// The number on the meter's face.
    pub serial: String,
    /// «кухня».
    pub place: Option<String>,
    /// YYYY-MM.
    pub period: String,
    /// As they were given, one per rate.
    pub values: Vec<Decimal>,
}

/// What the person submitted together.
#[derive(Debug)]
pub struct PastSubmission {
    /// Its id.
    pub submission_id: String,
    /// The code that proves it.
    pub confirmation_code: String,
    /// When, RFC 3339.
    pub submitted_at: String,
    /// Its readings.
    pub readings: Vec<SubmittedReading>,
}

/// Where a page of the archive ends: the moment and the id of its last submission.
pub type SubmissionKey = (String, String);

/// What the person submitted for the account, the newest first, from after `after`, at most `count`. What others
/// submitted for it is none of the person's any more.
///
/// # Errors
/// A failing database.
pub fn past_submissions(
    conn: &Conn<'_>,
    person_id: &str,
    account_id: &str,
    after: Option<&SubmissionKey>,
    count: u32,
) -> Result<Vec<PastSubmission>> {
    let sql = "select submission_id, confirmation_code, submitted_at from submission
               where person_id = ?1 and account_id = ?2 and (?3 is null or (submitted_at, submission_id) < (?3, ?4))
               order by submitted_at desc, submission_id desc limit ?5";
    let (at, id) = after.map(|(at, id)| (at, id)).unzip();
    let rows = conn.query(sql, params![person_id, account_id, at, id, i64::from(count)])?;
    let mut submissions = rows.iter().map(submission).collect::<Result<Vec<_>>>()?;
    let ids: Vec<_> = submissions.iter().map(|submission| submission.submission_id.as_str()).collect();
    let ids = serde_json::to_string(&ids).map_err(|error| Error::BadData(error.to_string()))?;
    let sql = "select r.submission_id, m.kind, m.serial, m.place, r.period, r.value_1, r.value_2, r.value_3
               from reading r join meter m using (meter_id)
               where r.submission_id in (select value from json_each(?1)) order by r.reading_seq";
    for row in conn.query(sql, params![ids])? {
        let submission_id: String = row.get(0)?;
        let submission = submissions.iter_mut().find(|submission| submission.submission_id == submission_id);
        if let Some(submission) = submission {
            submission.readings.push(reading(&row)?);
        }
    }
    Ok(submissions)
}

fn submission(row: &Row) -> Result<PastSubmission> {
    Ok(PastSubmission {
        submission_id: row.get(0)?,
        confirmation_code: row.get(1)?,
        submitted_at: row.get(2)?,
        readings: Vec::new(),
    })
}

fn reading(row: &Row) -> Result<SubmittedReading> {
    let values: [Option<Decimal>; 3] = [row.get(5)?, row.get(6)?, row.get(7)?];
    Ok(SubmittedReading {
        kind: row.get(1)?,
        serial: row.get(2)?,
        place: row.get(3)?,
        period: row.get(4)?,
        values: values.into_iter().flatten().collect(),
    })
}
