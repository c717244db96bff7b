//! Programs of residents that give readings: which, of which meters, until when.

use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{Conn, Error, Result, Row, Tx, Value, homes::full_address, params, value::json_text};

/// How old the note of the last use may grow before a use renews it: a program that only looks writes rarely.
const USE_STEP: SignedDuration = SignedDuration::from_mins(1);

/// A token to be kept.
#[derive(Debug)]
pub struct NewReadingToken<'a> {
    /// A fresh id.
    pub reading_token_id: &'a str,
    /// Whose it is.
    pub person_id: &'a str,
    /// Of which linked account.
    pub account_id: &'a str,
    /// Hex SHA-256 of the token.
    pub token_hash: &'a str,
    /// What the person calls the program.
    pub name: &'a str,
    /// The last day.
    pub until: Date,
    /// Of which meters.
    pub meter_ids: &'a [String],
}

/// Keeps a token; says no where the account is not linked to the person. That the meters are the account's is the caller's
/// to know.
///
/// # Errors
/// A failing database.
pub fn add(tx: &Tx<'_>, now: Timestamp, new: &NewReadingToken<'_>) -> Result<bool> {
    let sql = "insert into reading_token (reading_token_id, account_link_id, token_hash, name, until, created_at)
               select ?1, account_link_id, ?4, ?5, ?6, ?7 from account_link
               where person_id = ?2 and account_id = ?3 and ended_at is null
               returning 1";
    let parameters =
        params![new.reading_token_id, new.person_id, new.account_id, new.token_hash, new.name, new.until, now];
    if tx.query_first(sql, parameters)?.is_none() {
        return Ok(false);
    }
    let sql = "insert into reading_token_meter (reading_token_id, meter_id) select ?1, value from json_each(?2)";
    tx.execute(sql, params![new.reading_token_id, json_text(&new.meter_ids)?])?;
    Ok(true)
}

/// A token that opens something: not ended, not over, its account still linked, its person not stopped.
#[derive(Debug)]
pub struct Live {
    /// Its id.
    pub reading_token_id: String,
    /// Whose it is.
    pub person_id: String,
    /// Of which account.
    pub account_id: String,
    /// What the person calls the program.
    pub name: String,
    /// Of which meters.
    pub meter_ids: Vec<String>,
}

impl Live {
    /// Whether it is for this meter.
    pub fn is_of(&self, meter_id: &str) -> bool {
        self.meter_ids.iter().any(|id| id == meter_id)
    }
}

/// The token of this hash, if it opens something on the day; notes its use.
///
/// # Errors
/// A failing database.
pub fn take(tx: &Tx<'_>, now: Timestamp, token_hash: &str, today: Date) -> Result<Option<Live>> {
    let sql = "select t.reading_token_id, l.person_id, l.account_id, t.name,
                      (select json_group_array(meter_id) from reading_token_meter x
                       where x.reading_token_id = t.reading_token_id)
               from reading_token t join account_link l using (account_link_id)
               where t.token_hash = ?1 and t.until >= ?2 and t.ended_at is null and l.ended_at is null
                 and not exists (select 1 from sign_in_block b where b.person_id = l.person_id)";
    let Some(row) = tx.query_first(sql, params![token_hash, today])? else { return Ok(None) };
    let live = Live {
        reading_token_id: row.get(0)?,
        person_id: row.get(1)?,
        account_id: row.get(2)?,
        name: row.get(3)?,
        meter_ids: json(&row.get::<String>(4)?)?,
    };
    let sql = "update reading_token set last_used_at = ?2
               where reading_token_id = ?1 and (last_used_at is null or last_used_at < ?3)";
    tx.execute(sql, params![live.reading_token_id.as_str(), now, now - USE_STEP])?;
    Ok(Some(live))
}

/// A token as its owner sees it.
#[derive(Debug)]
pub struct Listed {
    /// Its id.
    pub reading_token_id: String,
    /// What the person calls the program.
    pub name: String,
    /// Of which account.
    pub account_id: String,
    /// House and flat.
    pub address: String,
    /// The numbers on the faces of its meters, with what each measures.
    pub meters: Vec<(String, String)>,
    /// The last day.
    pub until: Date,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the program came last.
    pub last_used_at: Option<Timestamp>,
}

/// What a person lets programs do today, the newest first. People have few: there is no page.
///
/// # Errors
/// A failing database.
pub fn of_person(conn: &Conn<'_>, person_id: &str, today: Date) -> Result<Vec<Listed>> {
    let sql = "select t.reading_token_id, t.name, l.account_id, h.address, p.kind, p.number,
                      (select json_group_array(json_array(m.kind, m.serial))
                       from reading_token_meter x join meter m using (meter_id)
                       where x.reading_token_id = t.reading_token_id),
                      t.until, t.created_at, t.last_used_at
               from reading_token t join account_link l using (account_link_id) join account a using (account_id)
                    join premises p using (premises_id) join house h using (house_id)
               where l.person_id = ?1 and l.ended_at is null and t.ended_at is null and t.until >= ?2
               order by t.created_at desc, t.reading_token_id";
    conn.query(sql, params![person_id, today])?.iter().map(listed).collect()
}

fn listed(row: &Row) -> Result<Listed> {
    Ok(Listed {
        reading_token_id: row.get(0)?,
        name: row.get(1)?,
        account_id: row.get(2)?,
        address: full_address(&row.get::<String>(3)?, &row.get::<String>(4)?, &row.get::<String>(5)?),
        meters: json(&row.get::<String>(6)?)?,
        until: row.get(7)?,
        created_at: row.get(8)?,
        last_used_at: row.get(9)?,
    })
}

/// Ends a token of the person, by one statement; answers what the program was called and of which account it was.
///
/// # Errors
/// A failing database.
pub fn end(tx: &Tx<'_>, now: Timestamp, reading_token_id: &str, person_id: &str) -> Result<Option<(String, String)>> {
    let sql = "update reading_token set ended_at = ?3
               where reading_token_id = ?1 and ended_at is null
                 and account_link_id in (select account_link_id from account_link where person_id = ?2)
               returning name, (select account_id from account_link l where l.account_link_id = reading_token.account_link_id)";
    let row = tx.query_first(sql, params![reading_token_id, person_id, now])?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Destroys all tokens of a person; answers how many rows went.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str) -> Result<usize> {
    let of_person: &[Value] = params![person_id];
    let tokens = "select reading_token_id from reading_token join account_link using (account_link_id)
                  where person_id = ?1";
    ["reading_token_meter", "reading_token"].iter().try_fold(0, |rows, table| {
        let sql = format!("delete from {table} where reading_token_id in ({tokens}) returning 1");
        Ok(rows + tx.query(&sql, of_person)?.len())
    })
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::BadData(error.to_string()))
}
