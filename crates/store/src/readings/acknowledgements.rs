//! What suppliers answered to accepted readings (function 96): the company takes the readings of a month to them, the
//! answers come back in a file.

use std::collections::HashMap;

use domain::meter::MeterKind;
use domain::period::Period;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::{
    Conn, Error, Result, Row, Tx,
    events::{self, Event},
    homes::{account_is_open, full_address, put::Put, register::Changes},
    params,
    value::json_text,
};

/// A reading as it goes to a supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplied {
    /// The meter.
    pub meter_id: String,
    /// What it measures.
    pub kind: MeterKind,
    /// Its number.
    pub serial: String,
    /// House and flat.
    pub address: String,
    /// The numbers of the premises' accounts.
    pub accounts: String,
    /// The day of the reading.
    pub taken_on: Date,
    /// What the meter showed, rate by rate.
    pub values: [Option<String>; 3],
}

/// The readings `r` that hold for a month, of meters `m`: the last of it, once the company does not look at it any more.
macro_rules! held_readings {
    () => {
        "reading r on r.meter_id = m.meter_id and r.period = ?2 and r.review = 'none'
         and r.reading_seq = (select max(reading_seq) from reading l where l.meter_id = m.meter_id and l.period = ?2)"
    };
}

/// The readings of a month of a house in the order of flats; where it is asked for only those of a kind of meter, or only
/// those that no supplier answered to.
///
/// # Errors
/// A failing database.
pub fn supplied(
    conn: &Conn<'_>,
    house_id: &str,
    period: Period,
    kind: Option<MeterKind>,
    only_waiting: bool,
) -> Result<Vec<Supplied>> {
    let sql = concat!(
        "select m.meter_id, m.kind, m.serial, h.address, p.kind, p.number,
                coalesce((select group_concat(a.number, ' ') from account a
                          where a.premises_id = p.premises_id and a.closed_on is null), ''),
                r.taken_on, r.value_1, r.value_2, r.value_3
         from house h join premises p using (house_id) join meter m using (premises_id) join ",
        held_readings!(),
        " where h.house_id = ?1 and (?3 is null or m.kind = ?3)
            and (?4 = 0 or not exists (select 1 from reading_acknowledgement k where k.reading_seq = r.reading_seq))
          order by p.number + 0, p.number, m.kind, m.serial"
    );
    let kind = kind.map(MeterKind::as_str);
    let rows = conn.query(sql, params![house_id, period.to_string(), kind, i64::from(only_waiting)])?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Supplied> {
    let kind: String = row.get(1)?;
    Ok(Supplied {
        meter_id: row.get(0)?,
        kind: MeterKind::parse(&kind).ok_or_else(|| Error::BadData(format!("meter kind {kind}")))?,
        serial: row.get(2)?,
        address: full_address(&row.get::<String>(3)?, &row.get::<String>(4)?, &row.get::<String>(5)?),
        accounts: row.get(6)?,
        taken_on: row.get(7)?,
        values: [row.get(8)?, row.get(9)?, row.get(10)?],
    })
}

/// How many readings of a month of a house suppliers accepted, and how many they did not.
///
/// # Errors
/// A failing database.
pub fn answered(conn: &Conn<'_>, house_id: &str, period: Period) -> Result<(u32, u32)> {
    let sql = concat!(
        "select count(*) filter (where k.is_accepted), count(*) filter (where not k.is_accepted)
         from premises p join meter m using (premises_id) join ",
        held_readings!(),
        " join reading_acknowledgement k using (reading_seq) where p.house_id = ?1"
    );
    let row = conn.query_first(sql, params![house_id, period.to_string()])?;
    row.map_or(Ok((0, 0)), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// What a supplier answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Who: the name.
    pub supplier: String,
    /// When.
    pub on: Date,
    /// Whether the reading is accepted.
    pub is_accepted: bool,
    /// Why it is not.
    pub reason: Option<String>,
}

/// What suppliers answered to these readings, by their places in the order of recording.
///
/// # Errors
/// A failing database.
pub fn of_readings(conn: &Conn<'_>, readings: &[i64]) -> Result<HashMap<i64, Vec<Acknowledgement>>> {
    let sql = "select k.reading_seq, s.name, k.answered_on, k.is_accepted, k.reason
               from json_each(?1) r join reading_acknowledgement k on k.reading_seq = r.value
               join supplier s using (supplier_id) order by k.reading_seq, k.answered_on, s.name";
    let mut found: HashMap<i64, Vec<_>> = HashMap::new();
    for row in conn.query(sql, params![json_text(&readings)?])? {
        let one =
            Acknowledgement { supplier: row.get(1)?, on: row.get(2)?, is_accepted: row.get(3)?, reason: row.get(4)? };
        found.entry(row.get(0)?).or_default().push(one);
    }
    Ok(found)
}

/// A reading that holds: its place in the order of recording, and its values, rate by rate.
pub type Held = (i64, Vec<Decimal>);

/// The readings that hold for these months of meters, by both.
///
/// # Errors
/// A failing database.
pub fn held(conn: &Conn<'_>, meters: &[(&str, Period)]) -> Result<HashMap<(String, Period), Held>> {
    let sql = "select r.meter_id, r.period, r.reading_seq, r.value_1, r.value_2, r.value_3
               from json_each(?1) w join reading r
                 on r.meter_id = w.value ->> 0 and r.period = w.value ->> 1 and r.review = 'none'
                and r.reading_seq = (select max(reading_seq) from reading l
                                     where l.meter_id = w.value ->> 0 and l.period = w.value ->> 1)";
    let wanted: Vec<_> = meters.iter().map(|(meter_id, period)| (meter_id, period.to_string())).collect();
    let rows = conn.query(sql, params![json_text(&wanted)?])?;
    let held = |row: &Row| {
        let values: [Option<Decimal>; 3] = [row.get(3)?, row.get(4)?, row.get(5)?];
        Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, values.into_iter().flatten().collect())))
    };
    rows.iter().map(held).collect()
}

/// The ids of these suppliers, by their ИНН.
///
/// # Errors
/// A failing database.
pub fn supplier_ids(conn: &Conn<'_>, inns: &[&str]) -> Result<HashMap<String, String>> {
    let sql = "select s.inn, s.supplier_id from json_each(?1) n join supplier s on s.inn = n.value";
    conn.query(sql, params![json_text(&inns)?])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// What a supplier answered, as it is put.
#[derive(Debug)]
pub struct NewAcknowledgement<'a> {
    /// The reading, by its place in the order of recording.
    pub reading_seq: i64,
    /// The supplier.
    pub supplier_id: &'a str,
    /// When it answered.
    pub on: Date,
    /// Whether it accepts the reading.
    pub is_accepted: bool,
    /// Why not.
    pub reason: Option<&'a str>,
}

/// The places of those whose supplier answered to the reading on a later day, in their order: what it said last holds.
///
/// # Errors
/// A failing database.
pub fn outdated(conn: &Conn<'_>, new: &[NewAcknowledgement<'_>]) -> Result<Vec<usize>> {
    let sql = "select n.key from json_each(?1) n cross join reading_acknowledgement k
               on k.reading_seq = n.value ->> 0 and k.supplier_id = n.value ->> 1 and k.answered_on > n.value ->> 2
               order by n.key";
    conn.query(sql, params![rows(new)?])?.iter().map(|row| row.get(0)).collect()
}

/// These answers as JSON, each an array of its values.
fn rows(new: &[NewAcknowledgement<'_>]) -> Result<String> {
    let row = |one: &NewAcknowledgement<'_>| {
        serde_json::json!([one.reading_seq, one.supplier_id, one.on, i64::from(one.is_accepted), one.reason])
    };
    json_text(&new.iter().map(row).collect::<Vec<_>>())
}

const ANSWER: Put = Put {
    insert:
        "insert into reading_acknowledgement (reading_seq, supplier_id, answered_on, is_accepted, reason, recorded_at)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, ?2 from json_each(?1) where true
             on conflict (reading_seq, supplier_id)",
    known: "reading_acknowledgement k on k.reading_seq = n.value ->> 0 and k.supplier_id = n.value ->> 1",
    mutable: &[("answered_on", 2), ("is_accepted", 3), ("reason", 4)],
};

/// Puts what suppliers answered. Whoever has the account hears of a reading that is refused, once.
///
/// # Errors
/// A failing database.
pub fn put(tx: &Tx<'_>, now: Timestamp, new: &[NewAcknowledgement<'_>]) -> Result<Changes> {
    let rows = rows(new)?;
    let newly_refused = newly_refused(tx, &rows, now)?;
    let changes = ANSWER.run(tx, params![rows, now], &[])?;
    for (person_id, event) in newly_refused {
        events::emit(tx, now, &person_id, &event)?;
    }
    Ok(changes)
}

/// Of these answers those that refuse what was not refused before, for each who has an account of the premises.
fn newly_refused(conn: &Conn<'_>, rows: &str, now: Timestamp) -> Result<Vec<(String, Event)>> {
    let sql = concat!(
        "select distinct l.person_id, h.address, p.kind, p.number, m.kind, m.serial, r.period, s.name, n.value ->> 4
               from json_each(?1) n join reading r on r.reading_seq = n.value ->> 0
               join supplier s on s.supplier_id = n.value ->> 1
               join meter m using (meter_id) join premises p using (premises_id) join house h using (house_id)
               join account a using (premises_id) join account_link l on l.account_id = a.account_id and l.ended_at is null
               where n.value ->> 3 = 0
                 and not exists (select 1 from reading_acknowledgement k where k.reading_seq = n.value ->> 0
                                     and k.supplier_id = n.value ->> 1 and not k.is_accepted)
                 and ",
        account_is_open!("?2"),
        " order by n.key, l.person_id"
    );
    let event = |row: &Row| -> Result<_> {
        let kind: String = row.get(4)?;
        let meter = MeterKind::parse(&kind).ok_or_else(|| Error::BadData(format!("meter kind {kind}")))?;
        let event = Event::ReadingRefused {
            address: full_address(&row.get::<String>(1)?, &row.get::<String>(2)?, &row.get::<String>(3)?),
            meter: meter.title().to_owned(),
            serial: row.get(5)?,
            period: row.get(6)?,
            supplier: row.get(7)?,
            reason: row.get(8)?,
        };
        Ok((row.get(0)?, event))
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    conn.query(sql, params![rows, today])?.iter().map(event).collect()
}
