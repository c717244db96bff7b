//! What happens to a meter beside its readings, and the whole life of a meter as [`domain::meter_life`] asks for it.

mod lives;

pub use lives::{Life, of_premises, recent};

use domain::{access::Scope, meter::MeterKind, meter_life::Deed, period::Period, reading::Dial, russian::full_date};
use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;

use crate::{
    Conn, Error, Result, Row, Tx,
    billing::{self, NewRecalculation},
    grants::within_reach,
    homes::{self, full_address},
    params,
    value::json_text,
};

/// An event to be kept.
#[derive(Debug)]
pub struct NewEvent<'a> {
    /// A fresh id.
    pub meter_event_id: &'a str,
    /// The meter.
    pub meter_id: &'a str,
    /// What happened.
    pub deed: Deed,
    /// The day on which it happened.
    pub happened_on: Date,
    /// What the meter showed last, one per rate, where the deed ends a count.
    pub last: &'a [Decimal],
    /// What it, or the one that took its place, showed first, where the deed begins a count.
    pub first: &'a [Decimal],
    /// The last day that a verification covers.
    pub verified_until: Option<Date>,
    /// The meter that took its place.
    pub new_meter_id: Option<&'a str>,
    /// The document that says so.
    pub act: Option<&'a str>,
}

/// Adds an event. Before the first one of a meter, what the register says of its installation is kept too: the register
/// goes on to say what holds today.
///
/// # Errors
/// A failing database.
pub fn add(tx: &Tx<'_>, now: Timestamp, fresh_id: &str, new: &NewEvent<'_>) -> Result<()> {
    let installation = tx.query_first(
        "select installed_on, verified_on, verification_interval_years from meter m
         where meter_id = ?1 and not exists (select 1 from meter_event where meter_id = m.meter_id)",
        params![new.meter_id],
    )?;
    if let Some(row) = installation {
        let until = due(row.get(1)?, row.get(2)?);
        tx.execute(
            "insert into meter_event (meter_event_id, meter_id, kind, happened_on, verified_until, recorded_at)
             values (?1, ?2, 'installed', ?3, ?4, ?5)",
            params![fresh_id, new.meter_id, row.get::<Date>(0)?, until, now],
        )?;
    }
    let [last, first] = [new.last, new.first].map(|values| move |rate: usize| values.get(rate).map(Decimal::to_string));
    tx.execute(
        "insert into meter_event (meter_event_id, meter_id, kind, happened_on, last_1, last_2, last_3, first_1, first_2,
                                  first_3, verified_until, new_meter_id, act, recorded_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            new.meter_event_id,
            new.meter_id,
            new.deed.as_str(),
            new.happened_on,
            last(0),
            last(1),
            last(2),
            first(0),
            first(1),
            first(2),
            new.verified_until,
            new.new_meter_id,
            new.act,
            now
        ],
    )?;
    became_known(tx, now, new)
}

/// Bills of the accounts of these premises for months that were billed already are computed anew.
fn became_known(tx: &Tx<'_>, now: Timestamp, new: &NewEvent<'_>) -> Result<()> {
    let (what, on) = (new.deed.words().to_lowercase(), full_date(new.happened_on));
    let reason = format!("О счётчике стало известно позже: {what}, {on}");
    let sql = "select p.house_id, a.account_id from meter m join premises p using (premises_id)
               join account a using (premises_id) where m.meter_id = ?1";
    for row in tx.query(sql, params![new.meter_id])? {
        let (house_id, account_id): (String, String) = (row.get(0)?, row.get(1)?);
        let known = NewRecalculation {
            recalculation_id: &format!("{}/{account_id}", new.meter_event_id),
            house_id: &house_id,
            account_id: Some(&account_id),
            from: Period::of(new.happened_on),
            reason: &reason,
        };
        billing::became_known(tx, now, &known)?;
    }
    Ok(())
}

/// The last day that the register's verification covers, where it tells of one.
fn due(verified_on: Option<Date>, interval_years: Option<u8>) -> Option<Date> {
    verified_on.zip(interval_years).map(|(on, years)| domain::meter::verification_due_on(on, years))
}

/// An event as it was told; without `deed` it is the installation as the register had it.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its id.
    pub meter_event_id: String,
    /// The meter.
    pub meter_id: String,
    /// The number on its face.
    pub serial: String,
    /// What happened.
    pub deed: Option<Deed>,
    /// The day on which it happened.
    pub happened_on: Date,
    /// What the meter showed last.
    pub last: Vec<Decimal>,
    /// What it, or the one that took its place, showed first.
    pub first: Vec<Decimal>,
    /// The last day that a verification covers.
    pub verified_until: Option<Date>,
    /// The meter that took its place.
    pub new_meter_id: Option<String>,
    /// The number on the face of that one.
    pub new_serial: Option<String>,
    /// The document that says so.
    pub act: Option<String>,
    /// When it was recorded.
    pub recorded_at: String,
}

macro_rules! told_columns {
    () => {
        "e.meter_event_id, e.meter_id, m.serial, e.kind, e.happened_on, e.last_1, e.last_2, e.last_3, e.first_1,
         e.first_2, e.first_3, e.verified_until, e.new_meter_id, n.serial, e.act, e.recorded_at"
    };
}

/// What was told of a meter and of those whose place it took, the latest day first, at most `count`.
///
/// # Errors
/// A failing database.
pub fn story(conn: &Conn<'_>, meter_id: &str, count: u32) -> Result<Vec<Told>> {
    let sql = concat!(
        "with recursive line (meter_id) as (
             select ?1 union all select e.meter_id from line join meter_event e on e.new_meter_id = line.meter_id)
         select ",
        told_columns!(),
        " from line join meter_event e on e.meter_id = line.meter_id
               join meter m on m.meter_id = e.meter_id left join meter n on n.meter_id = e.new_meter_id
          order by e.happened_on desc, e.meter_event_seq desc limit ?2"
    );
    conn.query(sql, params![meter_id, i64::from(count)])?.iter().map(one_told).collect()
}

/// What was told of these meters, in the order of recording.
///
/// # Errors
/// A failing database.
pub fn told(conn: &Conn<'_>, meters: &[&str]) -> Result<Vec<Told>> {
    let sql = concat!(
        "select ",
        told_columns!(),
        " from json_each(?1) i cross join meter_event e on e.meter_id = i.value
               join meter m on m.meter_id = e.meter_id left join meter n on n.meter_id = e.new_meter_id
          order by e.meter_event_seq"
    );
    conn.query(sql, params![json_text(&meters)?])?.iter().map(one_told).collect()
}

fn one_told(row: &Row) -> Result<Told> {
    let kind: String = row.get(3)?;
    let deed = Deed::parse(&kind);
    if deed.is_none() && kind != "installed" {
        return Err(Error::BadData(format!("event of a meter: {kind}")));
    }
    Ok(Told {
        meter_event_id: row.get(0)?,
        meter_id: row.get(1)?,
        serial: row.get(2)?,
        deed,
        happened_on: row.get(4)?,
        last: values(row, 5)?,
        first: values(row, 8)?,
        verified_until: row.get(11)?,
        new_meter_id: row.get(12)?,
        new_serial: row.get(13)?,
        act: row.get(14)?,
        recorded_at: row.get(15)?,
    })
}

fn values(row: &Row, first: usize) -> Result<Vec<Decimal>> {
    let columns: Vec<Option<Decimal>> = (first..first + 3).map(|index| row.get(index)).collect::<Result<_>>()?;
    Ok(columns.into_iter().flatten().collect())
}

/// A meter as the company's people see it.
#[derive(Debug)]
pub struct DeskMeter {
    /// Its id.
    pub meter_id: String,
    /// Where it counts.
    pub premises_id: String,
    /// What it measures.
    pub kind: MeterKind,
    /// The number on its face.
    pub serial: String,
    /// «кухня».
    pub place: Option<String>,
    /// How many values it shows.
    pub rates: u8,
    /// Its digits.
    pub dial: Dial,
    /// Since when it counts.
    pub installed_on: Date,
    /// The day it was taken away.
    pub removed_on: Option<Date>,
    /// Until when its verification holds.
    pub verification_due_on: Option<Date>,
    /// House and flat.
    pub address: String,
    /// The time zone of the house, IANA.
    pub time_zone: String,
}

/// Which meters are looked for.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// The one of this id.
    Id(&'a str),
    /// Those with this number on their face; of each kind there is one.
    Serial(&'a str),
}

/// The meters of houses within these scopes that are looked for: never more than there are kinds.
///
/// # Errors
/// A failing database.
pub fn find(conn: &Conn<'_>, reach: &[Scope], wanted: Wanted<'_>) -> Result<Vec<DeskMeter>> {
    let sql = concat!(
        "select m.meter_id, m.premises_id, m.kind, m.serial, m.place, m.rates, m.digits_integer, m.digits_fraction,
                m.installed_on, m.removed_on, m.verified_on, m.verification_interval_years, h.address, p.kind, p.number,
                h.time_zone
         from meter m join premises p using (premises_id) join house h using (house_id)
         where m.meter_id in (select meter_id from meter where meter_id = ?2
                              union all
                              select k.meter_id from json_each(?4) i cross join meter k on k.kind = i.value
                                                                                       and k.serial = ?3)
           and ",
        within_reach!("h.company_id", "h.house_id"),
        " order by m.kind"
    );
    let (id, serial) = match wanted {
        Wanted::Id(id) => (Some(id), None),
        Wanted::Serial(serial) => (None, Some(serial)),
    };
    let kinds = MeterKind::ALL.map(MeterKind::as_str);
    let rows = conn.query(sql, params![json_text(&reach)?, id, serial, json_text(&kinds)?])?;
    rows.iter().map(desk_meter).collect()
}

fn desk_meter(row: &Row) -> Result<DeskMeter> {
    let kind: String = row.get(2)?;
    Ok(DeskMeter {
        meter_id: row.get(0)?,
        premises_id: row.get(1)?,
        kind: MeterKind::parse(&kind).ok_or_else(|| Error::BadData(format!("meter kind: {kind}")))?,
        serial: row.get(3)?,
        place: row.get(4)?,
        rates: row.get(5)?,
        dial: Dial::new(row.get(6)?, row.get(7)?).map_err(|error| Error::BadData(error.to_string()))?,
        installed_on: row.get(8)?,
        removed_on: row.get(9)?,
        verification_due_on: due(row.get(10)?, row.get(11)?),
        address: full_address(&row.get::<String>(12)?, &row.get::<String>(13)?, &row.get::<String>(14)?),
        time_zone: row.get(15)?,
    })
}

/// Those to whom an account of these premises is linked: they are told what happened to their meter.
///
/// # Errors
/// A failing database.
pub fn residents(conn: &Conn<'_>, premises_id: &str, day: Date) -> Result<Vec<String>> {
    let sql = concat!(
        "select distinct l.person_id from account a join account_link l using (account_id)
         where a.premises_id = ?1 and l.ended_at is null and ",
        homes::account_is_open!("?2"),
        " order by l.person_id"
    );
    conn.query(sql, params![premises_id, day])?.iter().map(|row| row.get(0)).collect()
}
