//! What similar flats of a house used, for the numbers behind a question.

use domain::{period::Period, reading::Dial};
use rust_decimal::Decimal;

use super::{bad, list, values};
use crate::{Conn, Result, Row, params};

/// What a meter of a similar flat used in one month.
#[derive(Debug)]
pub struct SimilarUse {
    /// The meter that it is compared with.
    pub meter_id: String,
    /// The flat. It stays here: only a number of many flats is ever told.
    pub premises_id: String,
    /// The month.
    pub period: Period,
    /// One number per rate.
    pub volumes: Vec<Decimal>,
}

/// What the meters of similar flats used in these months: other flats of the same house with as many meters of the same
/// kind and as many rates. A month counts where its reading and that of the month before are known.
///
/// # Errors
/// A failing database.
pub fn similar(conn: &Conn<'_>, meters: &[&str], periods: [Period; 2]) -> Result<Vec<SimilarUse>> {
    let sql =
        "select own.meter_id, flat.premises_id, later.period, later.rolled_over, m.digits_integer, m.digits_fraction,
                      later.value_1, later.value_2, later.value_3, earlier.value_1, earlier.value_2, earlier.value_3
               from json_each(?1) asked
               join meter own on own.meter_id = asked.value
               join premises home on home.premises_id = own.premises_id
               join premises flat on flat.house_id = home.house_id and flat.premises_id <> home.premises_id
                                 and flat.kind = home.kind
               join meter m on m.premises_id = flat.premises_id and m.kind = own.kind and m.rates = own.rates
               join json_each(?2) month
               join reading later on later.reading_seq = (
                   select reading_seq from reading where meter_id = m.meter_id and period = month.value ->> 0
                   order by reading_seq desc limit 1)
               join reading earlier on earlier.reading_seq = (
                   select reading_seq from reading where meter_id = m.meter_id and period = month.value ->> 1
                   order by reading_seq desc limit 1)
               where m.removed_on is null
                 and (select count(*) from meter k
                      where k.premises_id = flat.premises_id and k.kind = own.kind and k.removed_on is null)
                   = (select count(*) from meter k
                      where k.premises_id = home.premises_id and k.kind = own.kind and k.removed_on is null)";
    let months = periods.map(|period| [period.to_string(), period.previous().to_string()]);
    let rows = conn.query(sql, params![list(meters)?, list(&months)?])?;
    rows.iter().filter_map(|row| used(row).transpose()).collect()
}

/// Nothing where the two values contradict each other.
fn used(row: &Row) -> Result<Option<SimilarUse>> {
    let dial = Dial::new(row.get(4)?, row.get(5)?).map_err(|error| bad("dial", &error))?;
    let (rolled_over, later, earlier) = (row.get(3)?, values(row, 6)?, values(row, 9)?);
    let volumes = earlier.iter().zip(&later).map(|(before, now)| dial.consumption(*before, *now, rolled_over));
    let Ok(volumes) = volumes.collect::<std::result::Result<Vec<_>, _>>() else { return Ok(None) };
    Ok(Some(SimilarUse { meter_id: row.get(0)?, premises_id: row.get(1)?, period: row.get(2)?, volumes }))
}
