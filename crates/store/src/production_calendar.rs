//! The production calendar: days that differ from Monday to Friday.

use domain::working_days::WorkingDays;
use jiff::{Timestamp, civil::Date};

use crate::{
    Conn, Result, Tx,
    homes::{put::Put, register::Changes},
    params,
    value::json_text,
};

/// A day that differs from Monday to Friday.
#[derive(Debug)]
pub struct NewDay<'a> {
    /// The day.
    pub day: Date,
    /// Whether it is worked on.
    pub is_working: bool,
    /// Why, Russian.
    pub name: &'a str,
    /// What decides it.
    pub act: &'a str,
}

const DAY: Put = Put {
    insert: "insert into production_day (day, is_working, name, act, recorded_at)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, ?2 from json_each(?1) where true
             on conflict (day)",
    known: "production_day k on k.day = n.value ->> 0",
    mutable: &[("is_working", 1), ("name", 2), ("act", 3)],
};

/// Puts days. What was reckoned by other ones before stays as it was.
///
/// # Errors
/// A failing database.
pub fn put(tx: &Tx<'_>, now: Timestamp, days: &[NewDay<'_>]) -> Result<Changes> {
    let rows: Vec<_> = days.iter().map(|new| (new.day, new.is_working, new.name, new.act)).collect();
    DAY.run(tx, params![json_text(&rows)?, now], &[])
}

/// Which days are worked on from one day to another, both of them too. Beyond them it knows of no holidays.
///
/// # Errors
/// A failing database.
pub fn working_days(conn: &Conn<'_>, (from, to): (Date, Date)) -> Result<WorkingDays> {
    let sql = "select day, is_working from production_day where day between ?1 and ?2";
    let rows = conn.query(sql, params![from, to])?;
    let days = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<(Date, bool)>>>()?;
    let of = |wanted: bool| days.iter().filter(move |(_, is_working)| *is_working == wanted).map(|(day, _)| *day);
    Ok(WorkingDays::new(of(false), of(true)))
}
