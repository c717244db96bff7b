//! Meters as residents see them, readings and submissions.

pub mod acknowledgements;
mod similar;

pub use similar::{SimilarUse, similar};

use domain::{
    meter::MeterKind,
    period::Period,
    reading::{Channel, Dial, Earlier, Window},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::Decimal;

use crate::{
    Conn, Error, FromValue, Result, Row, Tx, Value,
    homes::{self, Reach},
    params,
};

/// A linked account with the place whose meters it pays for.
#[derive(Debug)]
pub struct Place {
    /// The account.
    pub account_id: String,
    /// Its number.
    pub number: String,
    /// The house.
    pub house_id: String,
    /// The premises.
    pub premises_id: String,
    /// House and flat.
    pub address: String,
    /// The delegation by which the account is within reach; none where it is the person's own.
    pub delegation_id: Option<String>,
    /// The time zone of the house.
    pub time_zone: TimeZone,
    /// When the house takes readings.
    pub window: Window,
    /// The meters of the premises that are installed and not removed: those whose readings are awaited.
    pub meters: Vec<Meter>,
}

/// A meter.
#[derive(Debug)]
pub struct Meter {
    /// Its id.
    pub meter_id: String,
    /// What it measures.
    pub kind: MeterKind,
    /// The number on its face.
    pub serial: String,
    /// Where it hangs.
    pub place: Option<String>,
    /// How many values it shows.
    pub rates: u8,
    /// Its digits.
    pub dial: Dial,
    /// Since when it counts.
    pub installed_on: Date,
    /// Until when its verification holds.
    pub verification_due_on: Option<Date>,
}

/// The accounts within reach that are open on the day, with the meters that are installed then, the person's own before
/// entrusted ones; one of them where `account_id` is given.
///
/// # Errors
/// A failing database.
pub fn places(conn: &Conn<'_>, reach: Reach<'_>, account_id: Option<&str>) -> Result<Vec<Place>> {
    let sql = concat!(
        "select a.account_id, a.number, h.address, p.kind, p.number, h.time_zone, h.window_from_day,
                      h.window_to_day, m.meter_id, m.kind, m.serial, m.place, m.rates, m.digits_integer,
                      m.digits_fraction, m.installed_on, m.verified_on, m.verification_interval_years, l.delegation_id,
                      p.premises_id, p.house_id
               from ",
        homes::accounts_within_reach!(),
        " l
               join account a using (account_id)
               join premises p using (premises_id)
               join house h using (house_id)
               left join meter m on m.premises_id = p.premises_id and ",
        homes::meter_is_active!("?3"),
        "
               where (?2 is null or l.account_id = ?2)
                 and ",
        homes::account_is_open!("?3"),
        "
               order by l.delegation_id is not null, h.address, ",
        homes::flat_order!("p.number"),
        ", a.number, a.account_id, m.kind, m.serial"
    );
    let mut places: Vec<Place> = Vec::new();
    for row in conn.query(sql, &reach.params(account_id)?)? {
        let account_id: String = row.get(0)?;
        if places.last().is_none_or(|last| last.account_id != account_id) {
            places.push(place(&row, account_id)?);
        }
        if let (Some(place), Some(meter_id)) = (places.last_mut(), row.get::<Option<String>>(8)?) {
            place.meters.push(meter(&row, meter_id)?);
        }
    }
    Ok(places)
}

fn place(row: &Row, account_id: String) -> Result<Place> {
    let zone: String = row.get(5)?;
    let (from_day, to_day): (u8, u8) = (row.get(6)?, row.get(7)?);
    let window = Window::new(from_day.cast_signed(), to_day.cast_signed());
    Ok(Place {
        account_id,
        number: row.get(1)?,
        house_id: row.get(20)?,
        premises_id: row.get(19)?,
        delegation_id: row.get(18)?,
        address: homes::full_address(&row.get::<String>(2)?, &row.get::<String>(3)?, &row.get::<String>(4)?),
        time_zone: TimeZone::get(&zone).map_err(|error| bad("time zone", &error))?,
        window: window.map_err(|error| bad("window", &error))?,
        meters: Vec::new(),
    })
}

fn meter(row: &Row, meter_id: String) -> Result<Meter> {
    let kind: String = row.get(9)?;
    let verified_on: Option<Date> = row.get(16)?;
    let interval_years: Option<u8> = row.get(17)?;
    Ok(Meter {
        meter_id,
        kind: MeterKind::parse(&kind).ok_or_else(|| bad("meter kind", &kind))?,
        serial: row.get(10)?,
        place: row.get(11)?,
        rates: row.get(12)?,
        dial: Dial::new(row.get(13)?, row.get(14)?).map_err(|error| bad("dial", &error))?,
        installed_on: row.get(15)?,
        verification_due_on: verified_on
            .zip(interval_years)
            .map(|(verified_on, years)| domain::meter::verification_due_on(verified_on, years)),
    })
}

fn bad(what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::BadData(format!("{what}: {error}"))
}

/// A reading as it was kept.
#[derive(Debug)]
pub struct Reading {
    /// Its id.
    pub reading_id: String,
    /// The meter.
    pub meter_id: String,
    /// Month, day, values.
    pub what: Earlier,
    /// When it was recorded.
    pub recorded_at: String,
    /// Who gave it: `resident`, `company`, `control`, `verification`.
    pub source: String,
    /// By which way it came.
    pub channel: Channel,
    /// `none`, or `pending` while the company looks at it.
    pub review: String,
    /// The code of its submission, where the person who asks gave it: a code proves who submitted, so nobody else is
    /// told it.
    pub confirmation_code: Option<String>,
    /// Its place in the order of recording.
    pub seq: i64,
}

/// The columns of a [`Reading`] from `reading r`, with where its code comes from.
macro_rules! reading_columns {
    ($code:literal) => {
        concat!(
            "r.reading_id, r.meter_id, r.period, r.taken_on, r.value_1, r.value_2, r.value_3, r.rolled_over,
             r.recorded_at, r.source, r.review, ",
            $code,
            ", r.reading_seq, r.channel"
        )
    };
}

fn reading(row: &Row) -> Result<Reading> {
    let channel: String = row.get(13)?;
    Ok(Reading {
        reading_id: row.get(0)?,
        meter_id: row.get(1)?,
        what: Earlier { period: row.get(2)?, taken_on: row.get(3)?, values: values(row, 4)?, rolled_over: row.get(7)? },
        recorded_at: row.get(8)?,
        source: row.get(9)?,
        review: row.get(10)?,
        confirmation_code: row.get(11)?,
        seq: row.get(12)?,
        channel: Channel::parse(&channel).ok_or_else(|| bad("channel", &channel))?,
    })
}

fn values(row: &Row, first: usize) -> Result<Vec<Decimal>> {
    let columns: Vec<Option<Decimal>> = (first..first + 3).map(|index| row.get(index)).collect::<Result<_>>()?;
    Ok(columns.into_iter().flatten().collect())
}

impl FromValue for Period {
    fn from_value(value: &Value) -> Option<Self> {
        Self::parse(&String::from_value(value)?).ok()
    }
}

/// What holds for each meter in `period`, as `person_id` sees it: its last recorded reading there.
///
/// # Errors
/// A failing database.
pub fn in_period(conn: &Conn<'_>, person_id: &str, meters: &[&str], period: Period) -> Result<Vec<Reading>> {
    let sql = concat!(
        "select ",
        reading_columns!("s.confirmation_code"),
        " from json_each(?1) m
          join reading r on r.reading_seq = (select max(reading_seq) from reading
                                             where meter_id = m.value and period = ?2)
          left join submission s on s.submission_id = r.submission_id and s.person_id = ?3"
    );
    conn.query(sql, params![list(meters)?, period.to_string(), person_id])?.iter().map(reading).collect()
}

/// What a reading of `period` is compared with, the newest first, looking at `count` months of each meter: what held in
/// the months before, and what others than residents found in this one (a control reading is not a resident's to replace
/// unasked). Of several readings of one month only the last recorded holds, however many there are.
///
/// # Errors
/// A failing database.
pub fn before_period(conn: &Conn<'_>, meters: &[&str], period: Period, count: u32) -> Result<Vec<Reading>> {
    let sql = concat!(
        "select ",
        reading_columns!("null"),
        " from json_each(?1) m
          join reading r on r.reading_seq in (select max(reading_seq) from reading where meter_id = m.value
                                                and period <= ?2 and (period < ?2 or source <> 'resident')
                                              group by period order by period desc limit ?3)
          order by r.meter_id, r.period desc"
    );
    conn.query(sql, params![list(meters)?, period.to_string(), i64::from(count)])?.iter().map(reading).collect()
}

macro_rules! course {
    ($of_months:literal) => {
        concat!(
            "select ",
            reading_columns!("null"),
            " from json_each(?1) m
              join reading r on r.meter_id = m.value",
            $of_months,
            " where not exists (
                  select 1 from reading later
                  where later.meter_id = r.meter_id and later.period = r.period and later.reading_seq > r.reading_seq
                    and (later.taken_on = r.taken_on or (later.source, r.source) = ('resident', 'resident')))
              order by r.meter_id, r.period, r.taken_on, r.reading_seq"
        )
    };
}

/// The readings of each meter that a later one did not replace, in the order of their months and days: each is to be no
/// less than the one before it. A reading is replaced by a later one of its day, a resident's by any later one that a
/// resident gave for the month.
///
/// # Errors
/// A failing database.
pub fn course(conn: &Conn<'_>, meters: &[&str]) -> Result<Vec<Reading>> {
    conn.query(course!(""), params![list(meters)?])?.iter().map(reading).collect()
}

/// The course until the end of a month, of the last `months` that have a reading, however long it was before.
///
/// # Errors
/// A failing database.
pub fn course_until(conn: &Conn<'_>, meters: &[&str], last: Period, months: u32) -> Result<Vec<Reading>> {
    let sql = course!(
        " and r.period in (select distinct period from reading where meter_id = m.value and period <= ?2
                          order by period desc limit ?3)"
    );
    conn.query(sql, params![list(meters)?, last.to_string(), i64::from(months)])?.iter().map(reading).collect()
}

/// As one parameter: JSON text, which statements read with `json_each`.
fn list(items: &(impl serde::Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string(items).map_err(|error| Error::BadData(error.to_string()))
}

/// A reading of the history, with the one that its consumption is counted from.
#[derive(Debug)]
pub struct Past {
    /// The reading.
    pub reading: Reading,
    /// What held in the month before it that has a reading.
    pub previous: Option<Vec<Decimal>>,
    /// Whether a later reading of the same month holds in its place.
    pub is_replaced: bool,
}

/// Where a page of the history ends: period, order of recording.
pub type PastKey = (String, i64);

/// All readings of a meter as `person_id` sees them, of one `year` (four digits) where it is given, the newest first,
/// from after `after`, at most `count`.
///
/// # Errors
/// A failing database.
pub fn history(
    conn: &Conn<'_>,
    person_id: &str,
    meter_id: &str,
    year: Option<&str>,
    after: Option<&PastKey>,
    count: u32,
) -> Result<Vec<Past>> {
    let sql = concat!(
        "select ",
        reading_columns!("s.confirmation_code"),
        ", p.value_1, p.value_2, p.value_3,
            exists (select 1 from reading later where later.meter_id = r.meter_id and later.period = r.period
                                                  and later.reading_seq > r.reading_seq)
          from reading r
          left join submission s on s.submission_id = r.submission_id and s.person_id = ?6
          left join reading p on p.reading_id = (select reading_id from reading b
                                                 where b.meter_id = r.meter_id and b.period < r.period
                                                 order by b.period desc, b.reading_seq desc limit 1)
          where r.meter_id = ?1 and (?2 is null or (r.period, r.reading_seq) < (?2, ?3))
            and (?5 is null or r.period between ?5 || '-01' and ?5 || '-12')
          order by r.period desc, r.reading_seq desc limit ?4"
    );
    let (period, seq) = after.map(|(period, seq)| (period, *seq)).unzip();
    let rows = conn.query(sql, params![meter_id, period, seq, i64::from(count), year, person_id])?;
    rows.iter()
        .map(|row| {
            let previous = values(row, 14)?;
            let previous = (!previous.is_empty()).then_some(previous);
            Ok(Past { reading: reading(row)?, previous, is_replaced: row.get(17)? })
        })
        .collect()
}

/// The years of a meter's readings, the latest first.
///
/// # Errors
/// A failing database.
pub fn years(conn: &Conn<'_>, meter_id: &str) -> Result<Vec<u16>> {
    let sql = "select distinct cast(substr(period, 1, 4) as integer) year from reading where meter_id = ?1 order by year desc";
    conn.query(sql, params![meter_id])?.iter().map(|row| row.get(0)).collect()
}

/// A meter, and by which right it is seen.
#[derive(Debug)]
pub struct MeterWithin {
    /// The meter.
    pub meter: Meter,
    /// The delegation by which it is within reach; none where it is the person's own.
    pub delegation_id: Option<String>,
}

/// A meter, if it belongs to an account within reach that is open on the day: whoever had the premises before sees
/// nothing of those who have them now.
///
/// # Errors
/// A failing database.
pub fn meter_of(conn: &Conn<'_>, reach: Reach<'_>, meter_id: &str) -> Result<Option<MeterWithin>> {
    let sql = concat!(
        "select null, null, null, null, null, null, null, null, m.meter_id, m.kind, m.serial, m.place, m.rates,
                      m.digits_integer, m.digits_fraction, m.installed_on, m.verified_on,
                      m.verification_interval_years, l.delegation_id
               from meter m join account a using (premises_id) join ",
        homes::accounts_within_reach!(),
        " l using (account_id)
               where m.meter_id = ?2 and ",
        homes::account_is_open!("?3"),
        "
               order by l.delegation_id is not null limit 1"
    );
    let row = conn.query_first(sql, &reach.params(meter_id)?)?;
    row.map(|row| Ok(MeterWithin { meter: meter(&row, row.get(8)?)?, delegation_id: row.get(18)? })).transpose()
}

/// What a person submits together.
#[derive(Debug)]
pub struct NewSubmission<'a> {
    /// A fresh id.
    pub submission_id: &'a str,
    /// Who submits.
    pub person_id: &'a str,
    /// For which account.
    pub account_id: &'a str,
    /// The code that proves it.
    pub confirmation_code: &'a str,
}

/// Adds a submission.
///
/// # Errors
/// A duplicate of `submission.confirmation_code` where the code was given before.
pub fn add_submission(tx: &Tx<'_>, now: Timestamp, new: &NewSubmission<'_>) -> Result<()> {
    tx.execute(
        "insert into submission (submission_id, person_id, account_id, confirmation_code, submitted_at)
         values (?1, ?2, ?3, ?4, ?5)",
        params![new.submission_id, new.person_id, new.account_id, new.confirmation_code, now],
    )
}

/// A reading to be kept.
#[derive(Debug)]
pub struct NewReading<'a> {
    /// A fresh id.
    pub reading_id: &'a str,
    /// The meter.
    pub meter_id: &'a str,
    /// The submission it came in; none for imported readings.
    pub submission_id: Option<&'a str>,
    /// `resident`, `company`, `control` or `verification`.
    pub source: &'a str,
    /// By which way it came.
    pub channel: Channel,
    /// The month that it belongs to.
    pub period: Period,
    /// The day of the dial.
    pub taken_on: Date,
    /// One to three values, as printed by the meter's dial.
    pub values: &'a [String],
    /// Whether the dial passed through zero.
    pub rolled_over: bool,
    /// JSON array of the questions that were answered with «да, верно».
    pub confirmed: Option<&'a str>,
    /// Whether the company is to look at it.
    pub review: bool,
}

/// Adds readings, in this order. Nothing is ever replaced: a correction is a later reading of the same month.
///
/// # Errors
/// A failing database.
pub fn add(tx: &Tx<'_>, now: Timestamp, new: &[NewReading<'_>]) -> Result<()> {
    let sql = "insert into reading (reading_id, meter_id, submission_id, source, period, taken_on, value_1, value_2,
                                    value_3, rolled_over, confirmed, review, channel, recorded_at)
               select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                      value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, ?2
               from json_each(?1) order by key";
    tx.execute(sql, params![list(&new.iter().map(reading_values).collect::<Vec<_>>())?, now])
}

fn reading_values<'a>(new: &'a NewReading<'a>) -> impl serde::Serialize + 'a {
    let value = |rate: usize| new.values.get(rate);
    (
        new.reading_id,
        new.meter_id,
        new.submission_id,
        new.source,
        new.period.to_string(),
        new.taken_on,
        value(0),
        value(1),
        value(2),
        new.rolled_over,
        new.confirmed,
        if new.review { "pending" } else { "none" },
        new.channel.as_str(),
    )
}
