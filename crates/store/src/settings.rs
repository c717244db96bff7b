//! Dated settings: the value of a rule on a day, and the rules that several of them make from day to day.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use domain::dated::{Dated, Row as DatedRow};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{Conn, Error, Result, params, value::json_text};

/// All settings that hold at one moment: on its day in UTC.
#[derive(Debug)]
pub struct Settings(HashMap<String, String>);

impl Settings {
    /// Reads the settings that hold at the moment `now`.
    ///
    /// # Errors
    /// A failing database.
    pub fn at(conn: &Conn<'_>, now: Timestamp) -> Result<Self> {
        let day = now.to_zoned(TimeZone::UTC).date();
        // The bare columns of a row with max() are those of the row that holds the maximum: SQLite promises it.
        let sql = "select name, value, max(valid_from) from setting where valid_from <= ?1 group by name";
        let rows = conn.query(sql, params![day])?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_>>().map(Self)
    }

    /// The value of the named setting.
    ///
    /// # Errors
    /// [`Error::BadData`] where there is no such setting or its value does not parse.
    pub fn get<T: FromStr>(&self, name: &str) -> Result<T> {
        let text = self.0.get(name).ok_or_else(|| Error::BadData(format!("setting {name} is missing")))?;
        text.parse().map_err(|_| Error::BadData(format!("setting {name}: it cannot be «{text}»")))
    }

    /// The value of the named setting, if it is within what makes sense.
    ///
    /// # Errors
    /// [`Error::BadData`] where there is no such setting, its value does not parse or makes no sense.
    pub fn within<T: FromStr + PartialOrd + Display>(&self, name: &str, range: RangeInclusive<T>) -> Result<T> {
        let value = self.get(name)?;
        if range.contains(&value) {
            return Ok(value);
        }
        let (least, most) = (range.start(), range.end());
        Err(Error::BadData(format!("setting {name}: it is from {least} to {most}, not {value}")))
    }
}

/// Some settings from their first day to some last one.
#[derive(Debug)]
pub struct History(BTreeMap<String, Vec<(Date, String)>>);

impl History {
    /// Reads the rows of the named settings that begin by the day `until`, in one statement.
    ///
    /// # Errors
    /// A failing database.
    pub fn of(conn: &Conn<'_>, names: &[&str], until: Date) -> Result<Self> {
        let sql = "select name, valid_from, value from setting where name in (select value from json_each(?1))
                   and valid_from <= ?2 order by valid_from";
        let mut rows: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for row in conn.query(sql, params![json_text(&names)?, until])? {
            rows.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        }
        Ok(Self(rows))
    }

    /// The settings as they are on a day. What was there before the first row of one is what that row says.
    pub fn on(&self, day: Date) -> Settings {
        let value = |rows: &Vec<(Date, String)>| {
            let until_then = rows.iter().take_while(|(from, _)| *from <= day).last();
            until_then.or(rows.first()).map(|(_, value)| value.clone())
        };
        Settings(self.0.iter().filter_map(|(name, rows)| Some((name.clone(), value(rows)?))).collect())
    }

    /// What `make` makes of the settings, cut where a change of one of them changes it.
    ///
    /// # Errors
    /// What `make` finds wrong.
    pub fn dated<T: PartialEq>(&self, make: impl Fn(&Settings) -> Result<T>) -> Result<Dated<T>> {
        let changes: BTreeSet<Date> = self.0.values().flatten().map(|(from, _)| *from).collect();
        let mut rows: Vec<DatedRow<T>> = Vec::new();
        for day in changes {
            let value = make(&self.on(day))?;
            let last = rows.last_mut();
            if last.as_ref().is_some_and(|last| last.value == value) {
                continue;
            }
            // The first holds for all days before, too.
            let from = if last.is_some() { day } else { Date::MIN };
            if let Some(last) = last {
                last.until = Some(day.yesterday().map_err(|error| Error::BadData(error.to_string()))?);
            }
            rows.push(DatedRow { from, until: None, value });
        }
        Dated::unbroken(rows).map_err(|error| Error::BadData(error.to_string()))
    }
}

/// The value of one setting on a day.
///
/// # Errors
/// [`Error::BadData`] where there is no such setting or its value does not parse.
pub fn on<T: FromStr>(conn: &Conn<'_>, name: &str, day: Date) -> Result<T> {
    let sql = "select value from setting where name = ?1 and valid_from <= ?2 order by valid_from desc limit 1";
    let row = conn.query_first(sql, params![name, day])?;
    let value = row.map(|row| row.get::<String>(0)).transpose()?;
    value.and_then(|text| text.parse().ok()).ok_or_else(|| Error::BadData(format!("setting {name} on {day}")))
}
