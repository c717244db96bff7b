//! Lines of readings of earlier months.

use std::collections::HashMap;

use domain::import::{Line, Reading};
use rust_decimal::Decimal;

use super::{Fault, LINES_AT_ONCE, Outcome, Taken, Taking};
use crate::{
    Conn, Result,
    homes::{
        known::{self, KnownMeter},
        register::Change,
    },
    params,
    readings::{self, NewReading},
};

impl Taking<'_> {
    /// Of several readings of one month the last recorded holds: so they are taken in the order of their days.
    pub(super) fn readings(&mut self, taken: &mut Taken, lines: &[Line<Reading>]) -> Result<()> {
        let mut by_day: Vec<_> = lines.iter().collect();
        by_day.sort_by_key(|line| line.row.taken_on);
        let first_bad = self.bad_lines.len();
        for batch in by_day.chunks(LINES_AT_ONCE) {
            let keys: Vec<_> =
                batch.iter().map(|line| (line.row.meter_kind.as_str(), line.row.meter_serial.as_str())).collect();
            let meters = known::meters(self.tx, &keys)?;
            self.lines(taken, batch.iter().copied(), |taking, row| taking.reading(row, &meters))?;
        }
        self.bad_lines.sort_from(first_bad);
        Ok(())
    }

    fn reading(&mut self, row: &Reading, meters: &HashMap<(String, String), KnownMeter>) -> Outcome {
        let Some(meter) = meters.get(&(row.meter_kind.as_str().to_owned(), row.meter_serial.clone())) else {
            let reason = format!("счётчика {} с номером {} ещё нет", row.meter_kind.title(), row.meter_serial);
            return Ok(Err(Fault::new("meter_serial", reason)));
        };
        if let Err(fault) = self.check(meter, row) {
            return Ok(Err(fault));
        }
        let values: Vec<_> = row.values.iter().map(|value| meter.dial.print(*value)).collect();
        let known = given(self.tx, &meter.meter_id, row)?;
        if known.is_some_and(|known| known == row.values) {
            return Ok(Ok(Change::Unchanged));
        }
        let new = NewReading {
            reading_id: &self.ids.draw(),
            meter_id: &meter.meter_id,
            submission_id: None,
            source: row.source.as_str(),
            period: row.period,
            taken_on: row.taken_on,
            values: &values,
            rolled_over: false,
            confirmed: None,
            review: false,
        };
        readings::add(self.tx, self.now, &new)?;
        Ok(Ok(Change::Added))
    }

    fn check(&self, meter: &KnownMeter, row: &Reading) -> Result<(), Fault> {
        if row.values.len() != usize::from(meter.rates) {
            let reason = format!("значений {}, а тарифов у счётчика {}", row.values.len(), meter.rates);
            return Err(Fault::new("value_1", reason));
        }
        for (value, column) in row.values.iter().zip(["value_1", "value_2", "value_3"]) {
            meter.dial.check(*value).map_err(|error| Fault::new(column, error.to_string()))?;
        }
        if row.taken_on > self.today.tomorrow().unwrap_or(self.today) {
            return Err(Fault::new("taken_on", "этот день ещё не наступил"));
        }
        let is_counting =
            row.taken_on >= meter.installed_on && meter.removed_on.is_none_or(|removed_on| row.taken_on <= removed_on);
        if is_counting {
            Ok(())
        } else {
            Err(Fault::new("taken_on", "в этот день счётчик не был установлен"))
        }
    }
}

/// The values that the same source gave for the same day and month, if it did; the last of them where it mended them.
fn given(conn: &Conn<'_>, meter_id: &str, row: &Reading) -> Result<Option<Vec<Decimal>>> {
    let sql = "select value_1, value_2, value_3 from reading
               where meter_id = ?1 and period = ?2 and taken_on = ?3 and source = ?4
               order by reading_seq desc limit 1";
    let known = conn.query_first(sql, params![meter_id, row.period.to_string(), row.taken_on, row.source.as_str()])?;
    known
        .map(|known| {
            let values: Vec<Option<Decimal>> = (0..3).map(|rate| known.get(rate)).collect::<Result<_>>()?;
            Ok(values.into_iter().flatten().collect())
        })
        .transpose()
}

pub(super) fn has_any(conn: &Conn<'_>, meter_id: &str) -> Result<bool> {
    Ok(conn.query_first("select 1 from reading where meter_id = ?1 limit 1", params![meter_id])?.is_some())
}
