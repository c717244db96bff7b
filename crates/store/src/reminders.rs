//! What the reminders job asks of the state. It owns no table: what it tells goes through [`crate::notices`].

use std::borrow::Cow;

use domain::{access::Scope, meter::MeterKind, period::Period, reading::Window, reminder::Awaited};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Conn, Error, Result, Row, grants::within_reach, homes, params, value::json_text};

/// The meters `m` of premises `p` that hang there on the day of a house's call `due`.
macro_rules! active_meters {
    () => {
        concat!("meter m where m.premises_id = p.premises_id and ", homes::meter_is_active!("due.today"))
    };
}

/// Those of them without a reading of the month.
macro_rules! awaited_meters {
    () => {
        concat!(
            active_meters!(),
            " and not exists (select 1 from reading r where r.meter_id = m.meter_id and r.period = due.period)"
        )
    };
}

/// A house and the days on which it takes readings.
#[derive(Debug)]
pub struct House {
    /// Its id.
    pub house_id: String,
    /// The IANA name of its time zone.
    pub time_zone: String,
    /// When it takes readings.
    pub window: Window,
}

/// At most `count` houses in the order of their ids, those after `house_id` where it is given.
///
/// # Errors
/// A failing database.
pub fn houses(conn: &Conn<'_>, after: Option<&str>, count: u32) -> Result<Vec<House>> {
    let sql = "select house_id, time_zone, window_from_day, window_to_day from house
               where house_id > ?1 order by house_id limit ?2";
    conn.query(sql, params![after.unwrap_or_default(), i64::from(count)])?.iter().map(house).collect()
}

fn house(row: &Row) -> Result<House> {
    let (from_day, to_day): (u8, u8) = (row.get(2)?, row.get(3)?);
    let window = Window::new(from_day.cast_signed(), to_day.cast_signed());
    Ok(House {
        house_id: row.get(0)?,
        time_zone: row.get(1)?,
        window: window.map_err(|error| Error::BadData(format!("window: {error}")))?,
    })
}

/// A house whose residents are to be reminded of readings.
#[derive(Debug, Serialize)]
pub struct Due {
    /// The house.
    pub house_id: String,
    /// The day there.
    pub today: Date,
    /// The month whose readings are awaited.
    pub period: Period,
    /// The sort of reminder, the first part of its subject: a person hears of premises and month once of each sort.
    pub sort: Cow<'static, str>,
}

/// Somebody who has not given readings and was not reminded of it.
#[derive(Debug)]
pub struct Missing {
    /// Who.
    pub person_id: String,
    /// The house of the premises.
    pub house_id: String,
    /// What the reminder is about: its kind, the premises and the month.
    pub subject: String,
    /// House and flat.
    pub address: String,
    /// The meters whose readings are missing.
    pub awaited: Awaited,
}

/// Who has a linked account, not suspended, of premises in these houses with a meter without a reading of the month,
/// and no reminder of the kind about it; at most `count` of them. One statement, however many the houses and people.
///
/// # Errors
/// A failing database.
pub fn missing(conn: &Conn<'_>, due: &[&Due], count: u32) -> Result<Vec<Missing>> {
    let due = serde_json::to_string(due).map_err(|error| Error::BadData(error.to_string()))?;
    let sql = concat!(
        "with due as materialized (
                   select value ->> 'house_id' as house_id, value ->> 'today' as today,
                          value ->> 'period' as period, value ->> 'sort' as sort
                   from json_each(?1)
               )
               select distinct l.person_id, h.house_id, due.sort || ':' || p.premises_id || ':' || due.period as subject,
                      h.address, p.kind, p.number,
                      (select json_group_array(json_object('kind', m.kind, 'serial', m.serial)) from ",
        awaited_meters!(),
        "),
                      (select count(*) from ",
        active_meters!(),
        ")
               from due
               join house h using (house_id)
               join premises p using (house_id)
               join account a on a.premises_id = p.premises_id and ",
        homes::account_is_open!("due.today"),
        "
               join account_link l on l.account_id = a.account_id and l.ended_at is null and l.suspended_at is null
               where not exists (select 1 from notice n
                                 where n.person_id = l.person_id
                                   and n.subject = due.sort || ':' || p.premises_id || ':' || due.period)
                 and exists (select 1 from ",
        awaited_meters!(),
        ")
               limit ?2"
    );
    conn.query(sql, params![due, i64::from(count)])?.iter().map(missing_of).collect()
}

/// How many premises of a house have a meter without a reading of the month and nobody in the portal who could hear of it.
///
/// # Errors
/// A failing database.
pub fn without_person(conn: &Conn<'_>, due: &Due) -> Result<u32> {
    let due = serde_json::to_string(due).map_err(|error| Error::BadData(error.to_string()))?;
    let sql = concat!(
        "with due as (select ?1 ->> 'house_id' as house_id, ?1 ->> 'today' as today, ?1 ->> 'period' as period)
         select count(*) from due join premises p using (house_id)
         where exists (select 1 from ",
        awaited_meters!(),
        ") and not exists (select 1 from account a join account_link l using (account_id)
                           where a.premises_id = p.premises_id and l.ended_at is null and l.suspended_at is null and ",
        homes::account_is_open!("due.today"),
        ")"
    );
    conn.query_first(sql, params![due])?.map_or(Ok(0), |row| row.get(0))
}

/// How many meters of a kind hang in a house, and of how many the reading of the month is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    /// What they measure.
    pub kind: MeterKind,
    /// How many there are.
    pub meters: u32,
    /// How many of them were read.
    pub read: u32,
}

/// How far the readings of a month are there, by kind of meter.
///
/// # Errors
/// A failing database.
pub fn covered(conn: &Conn<'_>, due: &Due) -> Result<Vec<Covered>> {
    let due = serde_json::to_string(due).map_err(|error| Error::BadData(error.to_string()))?;
    let sql = concat!(
        "with due as (select ?1 ->> 'house_id' as house_id, ?1 ->> 'today' as today, ?1 ->> 'period' as period)
         select m.kind, count(*), sum(exists (select 1 from reading r where r.meter_id = m.meter_id and r.period = due.period))
         from due join premises p using (house_id) join meter m on m.premises_id = p.premises_id and ",
        homes::meter_is_active!("due.today"),
        " group by m.kind"
    );
    let rows = conn.query(sql, params![due])?;
    let rows = rows.iter().map(|row| Ok(Covered { kind: kind(row, 0)?, meters: row.get(1)?, read: row.get(2)? }));
    let mut covered = rows.collect::<Result<Vec<_>>>()?;
    covered.sort_by_key(|one| one.kind);
    Ok(covered)
}

/// A meter without a reading of the month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its id.
    pub meter_id: String,
    /// What it measures.
    pub kind: MeterKind,
    /// The number on its face.
    pub serial: String,
    /// House and flat.
    pub address: String,
    /// The last month with a reading.
    pub last_read: Option<Period>,
    /// Whether somebody in the portal can hear of it.
    pub has_person: bool,
}

/// The meters of a house without a reading of the month, as people count flats: those after a meter, at most `count`.
///
/// # Errors
/// A failing database.
pub fn unread(conn: &Conn<'_>, due: &Due, after: &str, count: u32) -> Result<Vec<Unread>> {
    let due = serde_json::to_string(due).map_err(|error| Error::BadData(error.to_string()))?;
    let sql = concat!(
        "with due as (select ?1 ->> 'house_id' as house_id, ?1 ->> 'today' as today, ?1 ->> 'period' as period)
         select m.meter_id, m.kind, m.serial, h.address, p.kind, p.number,
                (select max(period) from reading r where r.meter_id = m.meter_id and r.period < due.period),
                exists (select 1 from account a join account_link l using (account_id)
                        where a.premises_id = p.premises_id and l.ended_at is null and l.suspended_at is null and ",
        homes::account_is_open!("due.today"),
        ")
         from due join house h using (house_id) join premises p using (house_id)
         join meter m on m.premises_id = p.premises_id and ",
        homes::meter_is_active!("due.today"),
        " where not exists (select 1 from reading r where r.meter_id = m.meter_id and r.period = due.period)
            and (?2 = '' or (",
        homes::flat_order!("p.number"),
        ", m.meter_id) > (select ",
        homes::flat_order!("q.number"),
        ", n.meter_id from meter n join premises q using (premises_id) where n.meter_id = ?2))
          order by ",
        homes::flat_order!("p.number"),
        ", m.meter_id limit ?3"
    );
    let rows = conn.query(sql, params![due, after, i64::from(count)])?;
    let unread = rows.iter().map(|row| {
        Ok(Unread {
            meter_id: row.get(0)?,
            kind: kind(row, 1)?,
            serial: row.get(2)?,
            address: homes::full_address(&row.get::<String>(3)?, &row.get::<String>(4)?, &row.get::<String>(5)?),
            last_read: row.get(6)?,
            has_person: row.get(7)?,
        })
    });
    unread.collect()
}

fn kind(row: &Row, index: usize) -> Result<MeterKind> {
    let kind: String = row.get(index)?;
    MeterKind::parse(&kind).ok_or_else(|| Error::BadData(format!("meter kind: {kind}")))
}

/// The houses within reach, by address: those after this one, at most `count`, with their addresses.
///
/// # Errors
/// A failing database.
pub fn houses_within(conn: &Conn<'_>, reach: &[Scope], after: &str, count: u32) -> Result<Vec<(String, House)>> {
    let sql = concat!(
        "select h.house_id, h.time_zone, h.window_from_day, h.window_to_day, h.address from house h
         where h.address > ?2 and ",
        within_reach!("h.company_id", "h.house_id"),
        " order by h.address limit ?3"
    );
    let rows = conn.query(sql, params![json_text(&reach)?, after, i64::from(count)])?;
    rows.iter().map(|row| Ok((row.get(4)?, house(row)?))).collect()
}

/// The house of this id, where it is within reach, with its address.
///
/// # Errors
/// A failing database.
pub fn house_within(conn: &Conn<'_>, reach: &[Scope], house_id: &str) -> Result<Option<(String, House)>> {
    let sql = concat!(
        "select h.house_id, h.time_zone, h.window_from_day, h.window_to_day, h.address from house h
         where h.house_id = ?2 and ",
        within_reach!("h.company_id", "h.house_id")
    );
    let row = conn.query_first(sql, params![json_text(&reach)?, house_id])?;
    row.map(|row| Ok((row.get(4)?, house(&row)?))).transpose()
}

fn missing_of(row: &Row) -> Result<Missing> {
    Ok(Missing {
        person_id: row.get(0)?,
        house_id: row.get(1)?,
        subject: row.get(2)?,
        address: homes::full_address(&row.get::<String>(3)?, &row.get::<String>(4)?, &row.get::<String>(5)?),
        awaited: awaited(&row.get::<String>(6)?, row.get(7)?)?,
    })
}

/// A meter as the statement tells it.
#[derive(Deserialize)]
struct AwaitedMeter {
    kind: MeterKind,
    serial: String,
}

fn awaited(meters: &str, active: u32) -> Result<Awaited> {
    let mut meters: Vec<AwaitedMeter> =
        serde_json::from_str(meters).map_err(|error| Error::BadData(format!("meters: {error}")))?;
    meters.sort_by(|one, other| (one.kind, &one.serial).cmp(&(other.kind, &other.serial)));
    let names: Vec<_> = meters.iter().map(|meter| meter.kind.name_with(&meter.serial)).collect();
    Ok(Awaited { is_rest: names.len() < active as usize, names })
}
