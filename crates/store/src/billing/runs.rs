//! Runs: opened, looked at, approved. All steps between are [`super::tick`]'s.

use domain::billing::Which;
use domain::calendar::date_at;
use domain::period::Period;
use jiff::Timestamp;

use crate::{Conn, Db, Error, Result, Row, Tx, params, settings, value::json_text};

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its preview is being computed.
    Open,
    /// It waits for the accountant.
    Previewed,
    /// Its bills are being issued.
    Approved,
    /// All bills are issued.
    Issued,
}

impl State {
    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Previewed => "previewed",
            Self::Approved => "approved",
            Self::Issued => "issued",
        }
    }

    pub(super) fn parse(name: &str) -> Result<Self> {
        let all = [Self::Open, Self::Previewed, Self::Approved, Self::Issued];
        let found = all.into_iter().find(|state| state.as_str() == name);
        found.ok_or_else(|| Error::BadData(format!("run state {name}")))
    }
}

/// A month of a house.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its id.
    pub run_id: i64,
    /// The house.
    pub house_id: String,
    /// Where it stands.
    pub address: String,
    /// Its time zone.
    pub time_zone: String,
    /// The month.
    pub period: Period,
    /// How far it is.
    pub state: State,
    /// How many bills its preview has.
    pub bills: usize,
    /// Whether its preview goes through the house for the second time, for what is left of the meters of the house.
    pub(super) is_of_the_rest: bool,
    pub(super) cursor: String,
}

impl Run {
    /// Which lines its preview is computing.
    pub(super) const fn which(&self) -> Which {
        if self.is_of_the_rest { Which::OfTheRest } else { Which::OfPremises }
    }
}

macro_rules! run_columns {
    () => {
        "r.billing_run_id, r.house_id, h.address, h.time_zone, r.period, r.state, r.bills, r.is_of_the_rest, r.cursor"
    };
}
pub(super) use run_columns;

pub(super) fn read(row: &Row) -> Result<Run> {
    Ok(Run {
        run_id: row.get(0)?,
        house_id: row.get(1)?,
        address: row.get(2)?,
        time_zone: row.get(3)?,
        period: row.get(4)?,
        state: State::parse(&row.get::<String>(5)?)?,
        bills: row.get(6)?,
        is_of_the_rest: row.get(7)?,
        cursor: row.get(8)?,
    })
}

/// Why a run does not go on as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such run.
    Unknown,
    /// The month has a run already.
    Exists,
    /// An earlier month of the house is not issued yet, or a later one has a run.
    OutOfOrder,
    /// It is not waiting for the accountant.
    NotPreviewed,
    /// Bills have problems: nobody can approve them.
    HasProblems,
}

/// Opens a month of a house; its preview is computed by the next steps. Months follow one another, so that corrections
/// find what was billed.
///
/// # Errors
/// A failing database.
pub fn open(tx: &Tx<'_>, now: Timestamp, house_id: &str, period: Period) -> Result<Result<i64, Refusal>> {
    let sql = "select period, state from billing_run where house_id = ?1 order by period desc limit 1";
    if let Some(last) = tx.query_first(sql, params![house_id])? {
        let (of, state): (Period, String) = (last.get(0)?, last.get(1)?);
        if of == period {
            return Ok(Err(Refusal::Exists));
        }
        if state != State::Issued.as_str() || of.next() != period {
            return Ok(Err(Refusal::OutOfOrder));
        }
    }
    let sql = "insert into billing_run (house_id, company_id, period, state, cursor, bills, known_seq, opened_at)
               select house_id, company_id, ?2, 'open', '', 0, coalesce((select max(reading_seq) from reading), 0), ?3
               from house where house_id = ?1
               returning billing_run_id";
    let row = tx.query_first(sql, params![house_id, period.to_string(), now])?;
    let run_id: i64 = row.map_or_else(|| Err(Error::Other("no run".to_owned())), |row| row.get(0))?;
    let sql = "update recalculation set billing_run_id = ?2 where house_id = ?1 and billing_run_id is null";
    tx.execute(sql, params![house_id, run_id])?;
    Ok(Ok(run_id))
}

/// How many houses the schedule looks at in one go.
const HOUSES_AT_ONCE: i64 = 100;

/// Opens the month before this one in each house whose earlier months are issued, from the day of the month on that the
/// setting `billing.open_day` names, where the house is; never with 0. The first month of a house is the accountant's to
/// open, as every approval is. Answers how many it opened.
///
/// # Errors
/// A failing database.
pub fn open_due(db: &Db, now: Timestamp) -> Result<usize> {
    let due = db.read(|conn| due(conn, now))?;
    let mut opened = 0;
    for (house_id, period) in due {
        opened += usize::from(db.write(|tx| open(tx, now, &house_id, period))?.is_ok());
    }
    Ok(opened)
}

fn due(conn: &Conn<'_>, now: Timestamp) -> Result<Vec<(String, Period)>> {
    let day_in = |time_zone: &str| date_at(now, time_zone).map_err(|error| Error::BadData(error.to_string()));
    let open_day: i8 = settings::on(conn, "billing.open_day", day_in("UTC")?)?;
    let mut due = Vec::new();
    if open_day <= 0 {
        return Ok(due);
    }
    // Where the day begins first.
    let latest = Period::of(day_in("Etc/GMT-14")?).previous().previous();
    let sql = "select r.house_id, h.time_zone, r.period from billing_run r join house h using (house_id)
               where r.state = 'issued' and r.period <= ?1
                 and not exists (select 1 from billing_run l where l.house_id = r.house_id and l.period > r.period)
               order by r.period, r.house_id limit ?2";
    for row in conn.query(sql, params![latest.to_string(), HOUSES_AT_ONCE])? {
        let (house_id, time_zone, last): (String, String, Period) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if last.next().next().day_or_last(open_day) <= day_in(&time_zone)? {
            due.push((house_id, last.next()));
        }
    }
    Ok(due)
}

/// Approves a preview: its bills are issued by the next steps.
///
/// # Errors
/// A failing database.
pub fn approve(tx: &Tx<'_>, now: Timestamp, run_id: i64) -> Result<Result<(), Refusal>> {
    let sql = "select 1 from bill where billing_run_id = ?1 and problem is not null limit 1";
    if tx.query_first(sql, params![run_id])?.is_some() {
        return Ok(Err(Refusal::HasProblems));
    }
    let sql = "update billing_run set state = 'approved', approved_at = ?2
               where billing_run_id = ?1 and state = 'previewed' returning 1";
    Ok(tx.query_first(sql, params![run_id, now])?.map(drop).ok_or(Refusal::NotPreviewed))
}

/// Has a preview computed anew, with what became known since.
///
/// # Errors
/// A failing database.
pub fn to_preview(tx: &Tx<'_>, run_id: i64) -> Result<Result<(), Refusal>> {
    let sql = "update billing_run set state = 'open', cursor = '', bills = 0, is_of_the_rest = 0
               where billing_run_id = ?1 and state = 'previewed' returning house_id";
    let Some(row) = tx.query_first(sql, params![run_id])? else { return Ok(Err(Refusal::NotPreviewed)) };
    // All drafts go: an account that was closed meanwhile gets no other in place of its own.
    let of_lines = "delete from charge_line where bill_id in (select bill_id from bill where billing_run_id = ?1)";
    tx.execute(of_lines, params![run_id])?;
    tx.execute("delete from bill where billing_run_id = ?1", params![run_id])?;
    tx.execute("delete from used_inside where billing_run_id = ?1", params![run_id])?;
    let sql = "update recalculation set billing_run_id = ?2 where house_id = ?1 and billing_run_id is null";
    tx.execute(sql, params![row.get::<String>(0)?, run_id])?;
    Ok(Ok(()))
}

/// Past months that are to be computed anew: somebody asks for it, or something became known of them.
#[derive(Debug, Clone, Copy)]
pub struct NewRecalculation<'a> {
    /// A fresh id.
    pub recalculation_id: &'a str,
    /// The house.
    pub house_id: &'a str,
    /// One account of it, or all.
    pub account_id: Option<&'a str>,
    /// The first month.
    pub from: Period,
    /// Why, in words that residents read.
    pub reason: &'a str,
}

/// Has past months computed anew in the next bills of the house.
///
/// # Errors
/// A failing database.
pub fn recalculate(tx: &Tx<'_>, now: Timestamp, new: &NewRecalculation<'_>) -> Result<()> {
    let sql = "insert into recalculation (recalculation_id, house_id, account_id, from_period, reason, requested_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)";
    let from = new.from.to_string();
    tx.execute(sql, params![new.recalculation_id, new.house_id, new.account_id, from, new.reason, now])
}

/// Something became known of months from this one on: a benefit, an absence, a price. Those that a run has gone through
/// are computed anew in the next bills of the house, whatever else became known of them and in whatever order. Whoever
/// records a fact calls this in the same transaction; readings are found by their order of recording.
///
/// # Errors
/// A failing database.
pub fn became_known(tx: &Tx<'_>, now: Timestamp, new: &NewRecalculation<'_>) -> Result<()> {
    all_became_known(tx, now, std::slice::from_ref(new))
}

/// The same of many facts.
///
/// # Errors
/// A failing database.
pub fn all_became_known(tx: &Tx<'_>, now: Timestamp, new: &[NewRecalculation<'_>]) -> Result<()> {
    let rows = new.iter().map(|one| {
        let NewRecalculation { recalculation_id, house_id, account_id, from, reason } = *one;
        (recalculation_id, house_id, account_id, from.to_string(), reason)
    });
    let sql = "insert into recalculation (recalculation_id, house_id, account_id, from_period, reason, requested_at,
                                          is_of_fact)
               select n.value ->> 0, n.value ->> 1, n.value ->> 2, n.value ->> 3, n.value ->> 4, ?2, 1
               from json_each(?1) n
               where exists (select 1 from billing_run r where r.house_id = n.value ->> 1 and r.period >= n.value ->> 3)";
    tx.execute(sql, params![json_text(&rows.collect::<Vec<_>>())?, now])
}

/// A run.
///
/// # Errors
/// A failing database.
pub fn run(conn: &Conn<'_>, run_id: i64) -> Result<Option<Run>> {
    let sql = concat!(
        "select ",
        run_columns!(),
        " from billing_run r join house h using (house_id) where r.billing_run_id = ?1"
    );
    conn.query_first(sql, params![run_id])?.as_ref().map(read).transpose()
}
