//! Dated settings: the value of a rule on a day.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{Conn, Error, Result, params};

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
    pub fn get<T: std::str::FromStr>(&self, name: &str) -> Result<T> {
        let parsed = self.0.get(name).and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| Error::BadData(format!("setting {name}")))
    }
}

/// The value of one setting on a day.
///
/// # Errors
/// [`Error::BadData`] where there is no such setting or its value does not parse.
pub fn on<T: std::str::FromStr>(conn: &Conn<'_>, name: &str, day: Date) -> Result<T> {
    let sql = "select value from setting where name = ?1 and valid_from <= ?2 order by valid_from desc limit 1";
    let row = conn.query_first(sql, params![name, day])?;
    let value = row.map(|row| row.get::<String>(0)).transpose()?;
    value.and_then(|text| text.parse().ok()).ok_or_else(|| Error::BadData(format!("setting {name} on {day}")))
}
