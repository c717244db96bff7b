//! How sure the portal is who a person is: what the company said of it, and whether it asks again. What providers say
//! stands in [`crate::identities`].

pub mod documents;
pub mod requests;

use domain::level::{self, Source, Standing, Terms, Word};
use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Tx, identities, params, settings::Settings};

/// On which level a person stands at the moment `now`, where of all providers the word of these `issuers` counts: what one
/// said that is trusted no more holds no more.
///
/// # Errors
/// A failing database, or a setting that is absent.
pub fn standing(
    conn: &Conn<'_>,
    settings: &Settings,
    now: Timestamp,
    issuers: &[String],
    person_id: &str,
) -> Result<Standing> {
    let known = known(conn, person_id)?;
    let said = |source, said_at: Option<Timestamp>| said_at.map(|said_at| Word { source, said_at });
    let by_provider = identities::confirmed_at(conn, person_id, issuers)?;
    let words = [said(Source::Provider, by_provider), said(Source::Company, known.confirmed_at)];
    let days: i64 = settings.get("level.valid_days")?;
    let valid_for = (days > 0).then(|| SignedDuration::from_hours(24 * days));
    let terms = Terms { asked_again_at: known.asked_again.map(|(at, _)| at), valid_for };
    Ok(level::standing(words.into_iter().flatten(), terms, now))
}

/// What the company said of a person.
#[derive(Debug, Default)]
pub struct Known {
    /// When it saw the documents.
    pub confirmed_at: Option<Timestamp>,
    /// Since when it asks again, and why.
    pub asked_again: Option<(Timestamp, String)>,
}

/// What the company said of a person.
///
/// # Errors
/// A failing database.
pub fn known(conn: &Conn<'_>, person_id: &str) -> Result<Known> {
    let sql = "select confirmed_at, asked_again_at, asked_again_reason from person_level where person_id = ?1";
    let Some(row) = conn.query_first(sql, params![person_id])? else { return Ok(Known::default()) };
    let (at, reason): (Option<Timestamp>, Option<String>) = (row.get(1)?, row.get(2)?);
    Ok(Known { confirmed_at: row.get(0)?, asked_again: at.zip(reason) })
}

/// The company saw the person's documents.
///
/// # Errors
/// A failing database.
pub fn confirm(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<()> {
    let sql = "insert into person_level (person_id, confirmed_at) values (?1, ?2)
               on conflict (person_id) do update set confirmed_at = ?2";
    tx.execute(sql, params![person_id, now])
}

/// The company asks a person to confirm again: older words count no more, a provider's neither.
///
/// # Errors
/// A failing database.
pub fn ask_again(tx: &Tx<'_>, now: Timestamp, person_id: &str, reason: &str) -> Result<()> {
    let sql = "insert into person_level (person_id, asked_again_at, asked_again_reason) values (?1, ?2, ?3)
               on conflict (person_id) do update set asked_again_at = ?2, asked_again_reason = ?3";
    tx.execute(sql, params![person_id, now, reason])
}

/// Whose confirmation by the company was over before `until` and not told as the subject `level-over:…`, at most `count`:
/// the person, and when it was confirmed.
///
/// # Errors
/// A failing database.
pub fn over(conn: &Conn<'_>, until: Timestamp, count: u32) -> Result<Vec<(String, Timestamp)>> {
    let sql = "select l.person_id, l.confirmed_at from person_level l
               where l.confirmed_at <= ?1
                 and not exists (select 1 from notice n
                                 where n.person_id = l.person_id and n.subject = 'level-over:' || l.confirmed_at)
               limit ?2";
    conn.query(sql, params![until, i64::from(count)])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Destroys what the company said of a person; answers how many rows that was.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    Ok(tx.query("delete from person_level where person_id = ?1 returning 1", params![person_id])?.len())
}
