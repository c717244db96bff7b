//! Lines of readings of earlier months.

use std::collections::{BTreeMap, HashMap};

use domain::{
    import::{Line, Reading},
    reading::Dial,
};
use rust_decimal::Decimal;

use super::{Fault, LINES_AT_ONCE, Outcome, Taken, Taking};
use crate::{
    Conn, Result,
    homes::{
        known::{self, KnownMeter},
        register::Change,
    },
    params,
    readings::{self, NewReading, Reading as Recorded},
};

/// The whole history of so many is in memory at once.
const METERS_AT_ONCE: usize = 100;
const VALUES: [&str; 3] = ["value_1", "value_2", "value_3"];
const BELOW: &str = "исправьте то из двух, что неверно, а если счётчик прошёл через ноль, впишите в rolled_over yes";
const ABOVE: &str = "исправьте то из двух, что неверно, а если счётчик прошёл через ноль, добавьте строку со следующим \
                     показанием и yes в rolled_over";

/// The lines whose readings were added, by the readings' ids; and of which meters they are.
#[derive(Default)]
struct New<'l> {
    lines: HashMap<String, &'l Line<Reading>>,
    meters: BTreeMap<String, Dial>,
}

impl Taking<'_> {
    /// Of several readings of one month the last recorded holds: so they are taken in the order of their days. Whether
    /// they fit into the course of their meters is seen when all are there: a file may mend several at once.
    pub(super) fn readings(&mut self, taken: &mut Taken, lines: &[Line<Reading>]) -> Result<()> {
        let mut by_day: Vec<_> = lines.iter().collect();
        by_day.sort_by_key(|line| line.row.taken_on);
        let (first_bad, mut new) = (self.bad_lines.len(), New::default());
        for batch in by_day.chunks(LINES_AT_ONCE) {
            let keys: Vec<_> =
                batch.iter().map(|line| (line.row.meter_kind.as_str(), line.row.meter_serial.as_str())).collect();
            let meters = known::meters(self.tx, &keys)?;
            for line in batch {
                self.lines(taken, [*line], |taking, _| taking.reading(line, &meters, &mut new))?;
            }
        }
        self.refuse_decreases(taken, &new)?;
        self.bad_lines.sort_from(first_bad);
        Ok(())
    }

    fn reading<'l>(
        &mut self,
        line: &'l Line<Reading>,
        meters: &HashMap<(String, String), KnownMeter>,
        new: &mut New<'l>,
    ) -> Outcome {
        let row = &line.row;
        let Some(meter) = meters.get(&(row.meter_kind.as_str().to_owned(), row.meter_serial.clone())) else {
            let reason = format!("счётчика {} с номером {} ещё нет", row.meter_kind.title(), row.meter_serial);
            return Ok(Err(Fault::new("meter_serial", reason)));
        };
        if let Err(fault) = self.check(meter, row) {
            return Ok(Err(fault));
        }
        if is_known(self.tx, &meter.meter_id, row)? {
            return Ok(Ok(Change::Unchanged));
        }
        let reading_id = self.ids.draw();
        self.add(&reading_id, meter, row)?;
        new.lines.insert(reading_id, line);
        new.meters.insert(meter.meter_id.clone(), meter.dial);
        Ok(Ok(Change::Added))
    }

    fn add(&self, reading_id: &str, meter: &KnownMeter, row: &Reading) -> Result<()> {
        let values: Vec<_> = row.values.iter().map(|value| meter.dial.print(*value)).collect();
        let new = NewReading {
            reading_id,
            meter_id: &meter.meter_id,
            submission_id: None,
            source: row.source.as_str(),
            period: row.period,
            taken_on: row.taken_on,
            values: &values,
            rolled_over: row.rolled_over,
            confirmed: None,
            review: false,
        };
        readings::add(self.tx, self.now, &new)
    }

    /// A decrease that nobody confirmed, beside what was known and within the file, is never kept.
    fn refuse_decreases(&mut self, taken: &Taken, new: &New<'_>) -> Result<()> {
        let meters: Vec<_> = new.meters.keys().map(String::as_str).collect();
        for batch in meters.chunks(METERS_AT_ONCE) {
            let course = readings::course(self.tx, batch)?;
            for pair in course.windows(2) {
                let [before, after] = pair else { continue };
                if let Some((line, fault)) = decrease(new, before, after) {
                    self.refuse(taken, line, fault);
                }
            }
        }
        Ok(())
    }

    fn check(&self, meter: &KnownMeter, row: &Reading) -> Result<(), Fault> {
        if row.values.len() != usize::from(meter.rates) {
            let reason = format!("значений {}, а тарифов у счётчика {}", row.values.len(), meter.rates);
            return Err(Fault::new("value_1", reason));
        }
        for (value, column) in row.values.iter().zip(VALUES) {
            meter.dial.check(*value).map_err(|error| Fault::new(column, error.to_string()))?;
        }
        if row.taken_on > self.now.to_zoned(meter.time_zone.clone()).date() {
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

/// The line that made the second of two readings, or else the first, and its fault: the second is below the first.
fn decrease(new: &New<'_>, before: &Recorded, after: &Recorded) -> Option<(u64, Fault)> {
    if before.meter_id != after.meter_id || after.what.rolled_over {
        return None;
    }
    let rate = before.what.values.iter().zip(&after.what.values).position(|(before, after)| after < before)?;
    let dial = new.meters.get(&after.meter_id)?;
    let told = |reading: &Recorded| {
        let (value, period) = (dial.print(reading.what.values[rate]), reading.what.period);
        format!("{value} за {period} от {}", reading.what.taken_on)
    };
    let (line, reason) = match (new.lines.get(&after.reading_id), new.lines.get(&before.reading_id)) {
        (Some(line), _) => (line, format!("меньше прежнего показания {}: {BELOW}", told(before))),
        (None, Some(line)) => (line, format!("больше следующего показания {}: {ABOVE}", told(after))),
        (None, None) => return None,
    };
    Some((line.number, Fault::new(VALUES[rate], reason)))
}

/// Whether the same source gave these values for the same day and month, and nothing else since. What is confirmed
/// stays so.
fn is_known(conn: &Conn<'_>, meter_id: &str, row: &Reading) -> Result<bool> {
    let sql = "select rolled_over, value_1, value_2, value_3 from reading
               where meter_id = ?1 and period = ?2 and taken_on = ?3 and source = ?4
               order by reading_seq desc limit 1";
    let known = conn.query_first(sql, params![meter_id, row.period.to_string(), row.taken_on, row.source.as_str()])?;
    let Some(known) = known else { return Ok(false) };
    let values: Vec<Option<Decimal>> = (1..4).map(|rate| known.get(rate)).collect::<Result<_>>()?;
    let is_confirmed = known.get(0)? || !row.rolled_over;
    Ok(is_confirmed && values.into_iter().flatten().eq(row.values.iter().copied()))
}

pub(super) fn has_any(conn: &Conn<'_>, meter_id: &str) -> Result<bool> {
    Ok(conn.query_first("select 1 from reading where meter_id = ?1 limit 1", params![meter_id])?.is_some())
}
