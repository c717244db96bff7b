//! Requests to have an identity confirmed: one is open for a person at a time, and goes in rounds until it is confirmed.

use domain::{
    access::Scope,
    level_request::{Compared, Correction, Registered, Stage},
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::documents;
use crate::{Conn, Error, Result, Row, Tx, grants::within_reach, homes::full_address, params, value::json_text};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub level_request_id: String,
    /// Whose.
    pub person_id: String,
    /// On which home it rests, once it was sent.
    pub account_link_id: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// How often it was sent.
    pub round: u32,
    /// When it was sent the last time.
    pub submitted_at: Option<Timestamp>,
    /// The company decides until then.
    pub due_at: Option<Timestamp>,
    /// When the company decided the last time.
    pub decided_at: Option<Timestamp>,
}

const COLUMNS: &str = "level_request_id, person_id, account_link_id, stage, round, submitted_at, due_at, decided_at";

fn read(row: &Row) -> Result<Request> {
    let stage: String = row.get(3)?;
    Ok(Request {
        level_request_id: row.get(0)?,
        person_id: row.get(1)?,
        account_link_id: row.get(2)?,
        stage: Stage::parse(&stage).ok_or_else(|| Error::BadData(format!("stage {stage:?}")))?,
        round: row.get(4)?,
        submitted_at: row.get(5)?,
        due_at: row.get(6)?,
        decided_at: row.get(7)?,
    })
}

/// The person's request that is neither confirmed nor given up.
///
/// # Errors
/// A failing database.
pub fn open(conn: &Conn<'_>, person_id: &str) -> Result<Option<Request>> {
    let sql = format!(
        "select {COLUMNS} from level_request where person_id = ?1 and stage in ('draft', 'submitted', 'returned')"
    );
    conn.query_first(&sql, params![person_id])?.as_ref().map(read).transpose()
}

/// The request of this id.
///
/// # Errors
/// A failing database.
pub fn find(conn: &Conn<'_>, level_request_id: &str) -> Result<Option<Request>> {
    let sql = format!("select {COLUMNS} from level_request where level_request_id = ?1");
    conn.query_first(&sql, params![level_request_id])?.as_ref().map(read).transpose()
}

/// Begins a request; one that the person has open already stays the only one. Answers the open one.
///
/// # Errors
/// A failing database.
pub fn begin(tx: &Tx<'_>, now: Timestamp, level_request_id: &str, person_id: &str) -> Result<Request> {
    let sql = "insert into level_request (level_request_id, person_id, stage, created_at) values (?1, ?2, 'draft', ?3)
               on conflict (person_id) where stage in ('draft', 'submitted', 'returned') do nothing";
    tx.execute(sql, params![level_request_id, person_id, now])?;
    open(tx, person_id)?.ok_or_else(|| Error::BadData("a request that was just begun".to_owned()))
}

/// A request on its way to the company.
#[derive(Debug)]
pub struct Sending<'a> {
    /// As it was read: another round or stage is none to send.
    pub request: &'a Request,
    /// On which home it rests.
    pub account_link_id: &'a str,
    /// What came of the comparison with the register.
    pub results: &'a [Compared],
    /// The company decides until then.
    pub due_at: Timestamp,
}

/// Sends a request, by one statement: of many at once a single one does. Answers whether it was this one.
///
/// # Errors
/// A failing database.
pub fn submit(tx: &Tx<'_>, now: Timestamp, sending: &Sending<'_>) -> Result<bool> {
    let Sending { request, account_link_id, results, due_at } = *sending;
    let sql =
        "update level_request set stage = 'submitted', round = round + 1, account_link_id = ?3, submitted_at = ?4,
                      due_at = ?5
               where level_request_id = ?1 and round = ?2 and stage in ('draft', 'returned') returning round";
    let round = i64::from(request.round);
    let sent = tx.query_first(sql, params![&request.level_request_id, round, account_link_id, now, due_at])?;
    if sent.is_none() {
        return Ok(false);
    }
    let sql = "insert into level_round (level_request_id, round, person_id, submitted_at, results)
               values (?1, ?2, ?3, ?4, ?5)";
    let results = json_text(&results)?;
    tx.execute(sql, params![&request.level_request_id, round + 1, &request.person_id, now, results])?;
    Ok(true)
}

/// What the company decided.
#[derive(Clone, Copy, Debug)]
pub enum Verdict<'a> {
    /// It is the person.
    Confirmed,
    /// This has to be corrected first.
    Returned(&'a [Correction]),
}

/// Decides on a round of a request, by one statement: of many at once a single one does, and nobody on the own request.
/// Answers whether it was this one.
///
/// # Errors
/// A failing database.
pub fn decide(tx: &Tx<'_>, now: Timestamp, request: &Request, decided_by: &str, verdict: Verdict<'_>) -> Result<bool> {
    let (word, corrections) = match verdict {
        Verdict::Confirmed => (Stage::Confirmed.as_str(), [].as_slice()),
        Verdict::Returned(corrections) => (Stage::Returned.as_str(), corrections),
    };
    let (id, round) = (&request.level_request_id, i64::from(request.round));
    let sql = "update level_request set stage = ?3, decided_at = ?4, decided_by = ?5
               where level_request_id = ?1 and round = ?2 and stage = 'submitted' and person_id <> ?5 returning 1";
    if tx.query_first(sql, params![id, round, word, now, decided_by])?.is_none() {
        return Ok(false);
    }
    let sql = "update level_round set decided_at = ?3, verdict = ?4, corrections = ?5
               where level_request_id = ?1 and round = ?2";
    tx.execute(sql, params![id, round, now, word, json_text(&corrections)?])?;
    Ok(true)
}

/// Gives up the person's open request, with all that was sent; answers whether there was one.
///
/// # Errors
/// A failing database.
pub fn cancel(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<bool> {
    let sql = "update level_request set stage = 'cancelled', decided_at = coalesce(decided_at, ?2)
               where person_id = ?1 and stage in ('draft', 'submitted', 'returned') returning level_request_id";
    let Some(row) = tx.query_first(sql, params![person_id, now])? else { return Ok(false) };
    documents::doom(tx, now, &row.get::<String>(0)?)?;
    Ok(true)
}

/// A round of a request.
#[derive(Clone, Debug)]
pub struct Round {
    /// Counted from 1.
    pub round: u32,
    /// When it was sent.
    pub submitted_at: Timestamp,
    /// What came of the comparison with the register.
    pub results: Vec<Compared>,
    /// When the company decided.
    pub decided_at: Option<Timestamp>,
    /// What had to be corrected.
    pub corrections: Vec<Correction>,
}

/// The rounds of a request, the latest first.
///
/// # Errors
/// A failing database.
pub fn rounds(conn: &Conn<'_>, level_request_id: &str) -> Result<Vec<Round>> {
    let sql = "select round, submitted_at, results, decided_at, corrections from level_round
               where level_request_id = ?1 order by round desc";
    let rows = conn.query(sql, params![level_request_id])?;
    rows.iter().map(round).collect()
}

fn round(row: &Row) -> Result<Round> {
    Ok(Round {
        round: row.get(0)?,
        submitted_at: row.get(1)?,
        results: parsed(&row.get::<String>(2)?)?,
        decided_at: row.get(3)?,
        corrections: parsed(&row.get::<String>(4)?)?,
    })
}

fn parsed<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| Error::BadData(format!("a round: {error}")))
}

/// A request on the desk.
#[derive(Debug)]
pub struct OnDesk {
    /// The request.
    pub request: Request,
    /// The name to greet the person with.
    pub name: String,
    /// House and flat that it rests on.
    pub address: String,
    /// The house, and who manages it now.
    pub place: Scope,
}

/// Documents of whoever lives there no more are nobody's to see. Whoever linked the same account anew lives there.
const LIVES_THERE: &str = "exists (select 1 from account_link v
                                   where v.person_id = r.person_id and v.account_id = l.account_id
                                     and v.ended_at is null)";

const ON_DESK: &str = "r.level_request_id, r.person_id, r.account_link_id, r.stage, r.round, r.submitted_at, r.due_at,
                       r.decided_at, p.name, h.address, f.kind, f.number, h.house_id, h.company_id
                       from level_request r
                       join person p using (person_id)
                       join account_link l using (account_link_id)
                       join account a using (account_id)
                       join premises f using (premises_id)
                       join house h using (house_id)";

/// Requests within these scopes, of people who live there, that wait for a decision; those whose time is over or ends first
/// before the others, at most `count`.
///
/// # Errors
/// A failing database.
pub fn waiting(conn: &Conn<'_>, reach: &[Scope], count: u32) -> Result<Vec<OnDesk>> {
    let sql = format!(
        "select {ON_DESK} where r.stage = 'submitted' and {LIVES_THERE} and {}
         order by r.due_at, r.level_request_id limit ?2",
        within_reach!("h.company_id", "h.house_id")
    );
    conn.query(&sql, params![json_text(&reach)?, i64::from(count)])?.iter().map(on_desk).collect()
}

/// A request that the company has or had on its desk, of somebody who still lives there.
///
/// # Errors
/// A failing database.
pub fn on_the_desk(conn: &Conn<'_>, level_request_id: &str) -> Result<Option<OnDesk>> {
    let sql = format!("select {ON_DESK} where r.level_request_id = ?1 and r.round > 0 and {LIVES_THERE}");
    conn.query_first(&sql, params![level_request_id])?.as_ref().map(on_desk).transpose()
}

fn on_desk(row: &Row) -> Result<OnDesk> {
    let address = full_address(&row.get::<String>(9)?, &row.get::<String>(10)?, &row.get::<String>(11)?);
    let place = Scope::House { house_id: row.get(12)?, company_id: row.get(13)? };
    Ok(OnDesk { request: read(row)?, name: row.get(8)?, address, place })
}

/// A home as the register has it; `from` names it and its link.
macro_rules! registered_home {
    ($condition:literal) => {
        concat!(
            "select l.account_link_id, h.address, f.kind, f.number,
                    (select json_group_array(name) from (
                         select a.holder as name union
                         select o.name from owner o where o.premises_id = f.premises_id and o.until is null))
             from account_link l join account a using (account_id) join premises f using (premises_id)
                  join house h using (house_id)
             where ",
            $condition
        )
    };
}

/// What the register says of the home that the person linked to this account, and of whose it is; nothing where the
/// account is not the person's.
///
/// # Errors
/// A failing database.
pub fn registered(conn: &Conn<'_>, person_id: &str, account_id: &str) -> Result<Option<(String, Registered)>> {
    let sql = registered_home!("l.person_id = ?1 and l.account_id = ?2 and l.ended_at is null");
    conn.query_first(sql, params![person_id, account_id])?.as_ref().map(home).transpose()
}

/// What the register says of the home behind a link, whether it still holds or not.
///
/// # Errors
/// A failing database.
pub fn registered_by_link(conn: &Conn<'_>, account_link_id: &str) -> Result<Option<Registered>> {
    let row = conn.query_first(registered_home!("l.account_link_id = ?1"), params![account_link_id])?;
    Ok(row.as_ref().map(home).transpose()?.map(|(_, registered)| registered))
}

fn home(row: &Row) -> Result<(String, Registered)> {
    let address = full_address(&row.get::<String>(1)?, &row.get::<String>(2)?, &row.get::<String>(3)?);
    Ok((row.get(0)?, Registered { names: parsed(&row.get::<String>(4)?)?, address }))
}

/// A request that nobody decided on.
#[derive(Debug, PartialEq, Eq)]
pub struct Undecided {
    /// Its id.
    pub level_request_id: String,
    /// Whose.
    pub person_id: String,
}

/// Gives up what nobody decided on though it was due before `until`, at most `count`; answers which ones those are.
///
/// # Errors
/// A failing database.
pub fn give_up_undecided(tx: &Tx<'_>, now: Timestamp, until: Timestamp, count: u32) -> Result<Vec<Undecided>> {
    let sql = "update level_request set stage = 'cancelled', decided_at = ?1
               where level_request_id in (select level_request_id from level_request
                                          where stage = 'submitted' and due_at < ?2 limit ?3)
               returning level_request_id, person_id";
    let given_up = tx.query(sql, params![now, until, i64::from(count)])?;
    given_up.iter().map(|row| Ok(Undecided { level_request_id: row.get(0)?, person_id: row.get(1)? })).collect()
}

/// Gives up what was neither sent nor corrected since `until`, at most `count`, and lets the documents go that nobody
/// needs any more: of given-up requests, and of confirmed ones that were decided before `until`. With them go the words
/// of corrections: they may quote a document.
///
/// # Errors
/// A failing database.
pub fn sweep(tx: &Tx<'_>, now: Timestamp, until: Timestamp, count: u32) -> Result<()> {
    let sql = "update level_request set stage = 'cancelled', decided_at = coalesce(decided_at, ?1)
               where level_request_id in (select level_request_id from level_request
                                          where stage in ('draft', 'returned') and coalesce(decided_at, created_at) < ?2
                                          limit ?3)";
    tx.execute(sql, params![now, until, i64::from(count)])?;
    let sql = "update level_document set doomed_at = ?1
               where doomed_at is null and level_request_id in
                     (select level_request_id from level_request
                      where stage = 'cancelled' or stage = 'confirmed' and decided_at < ?2)";
    tx.execute(sql, params![now, until])?;
    let sql = "update level_round
               set corrections = (select json_group_array(json_set(value, '$.words', '')) from json_each(corrections))
               where exists (select 1 from json_each(corrections) where value ->> 'words' <> '')
                 and level_request_id in (select level_request_id from level_request
                                          where stage in ('cancelled', 'confirmed') and decided_at < ?1)";
    tx.execute(sql, params![until])
}

/// Destroys what stands here of a person: the documents first, then the requests; answers of how many rows.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, now: Timestamp, person_id: &str) -> Result<usize> {
    let doomed = documents::doom_all(tx, now, person_id)?;
    ["level_round", "level_request"].iter().try_fold(doomed, |rows, table| {
        let sql = format!("delete from {table} where person_id = ?1 returning 1");
        Ok(rows + tx.query(&sql, params![person_id])?.len())
    })
}
