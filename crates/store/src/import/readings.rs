//! Lines of readings of earlier months.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    import::{Line, Reading},
    reading::{Channel, Dial},
};
use rust_decimal::Decimal;

use super::{Fault, LINES_AT_ONCE, Taken, Taking};
use crate::{
    Conn, Result, Row,
    homes::known::{self, KnownMeter},
    params,
    readings::{self, NewReading, Reading as Recorded},
    value::json_text,
};

/// The whole history of so many is in memory at once.
const METERS_AT_ONCE: usize = 100;
pub(super) const VALUES: [&str; 3] = ["value_1", "value_2", "value_3"];
const BELOW: &str = "исправьте то из двух, что неверно, а если счётчик прошёл через ноль, впишите в rolled_over yes";
const ABOVE: &str = "исправьте то из двух, что неверно, а если счётчик прошёл через ноль, добавьте строку со следующим \
                     показанием и yes в rolled_over";

/// By kind and serial number.
type Meters = HashMap<(String, String), KnownMeter>;

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
        let mut new = New::default();
        by_day.chunks(LINES_AT_ONCE).try_for_each(|batch| self.reading_batch(taken, batch, &mut new))?;
        self.refuse_decreases(taken, &new)
    }

    fn reading_batch<'l>(&mut self, taken: &mut Taken, batch: &[&'l Line<Reading>], new: &mut New<'l>) -> Result<()> {
        let keys: Vec<_> =
            batch.iter().map(|line| (line.row.meter_kind.as_str(), line.row.meter_serial.as_str())).collect();
        let meters = known::meters(self.tx, &keys)?;
        let mut checked = Vec::with_capacity(batch.len());
        for line in batch {
            match self.check(&meters, &line.row) {
                Ok(meter) => checked.push((meter, *line)),
                Err(fault) => self.refuse(taken, line.number, fault),
            }
        }
        let known = known_among(self.tx, &checked)?;
        taken.unchanged += known.len() as u64;
        taken.added += (checked.len() - known.len()) as u64;
        let fresh = (0..).zip(checked).filter(|(at, _)| !known.contains(at));
        let fresh: Vec<_> = fresh.map(|(_, (meter, line))| (self.ids.draw(), meter, line)).collect();
        self.add(&fresh)?;
        for (reading_id, meter, line) in fresh {
            new.meters.insert(meter.meter_id.clone(), meter.dial);
            new.lines.insert(reading_id, line);
        }
        Ok(())
    }

    fn add(&self, fresh: &[(String, &KnownMeter, &Line<Reading>)]) -> Result<()> {
        let print = |(_, meter, line): &(String, &KnownMeter, &Line<Reading>)| -> Vec<String> {
            line.row.values.iter().map(|value| meter.dial.print(*value)).collect()
        };
        let values: Vec<_> = fresh.iter().map(print).collect();
        let new = fresh.iter().zip(&values).map(|((reading_id, meter, line), values)| NewReading {
            reading_id,
            meter_id: &meter.meter_id,
            submission_id: None,
            source: line.row.source.as_str(),
            channel: Channel::Import,
            period: line.row.period,
            taken_on: line.row.taken_on,
            values,
            rolled_over: line.row.rolled_over,
            confirmed: None,
            review: false,
        });
        readings::add(self.tx, self.now, &new.collect::<Vec<_>>())
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

    /// The meter that a line is about, if it can show this on that day.
    fn check<'m>(&self, meters: &'m Meters, row: &Reading) -> Result<&'m KnownMeter, Fault> {
        let missing = || {
            let reason = format!("счётчика {} с номером {} ещё нет", row.meter_kind.title(), row.meter_serial);
            Fault::new("meter_serial", reason)
        };
        let key = (row.meter_kind.as_str().to_owned(), row.meter_serial.clone());
        let meter = meters.get(&key).ok_or_else(missing)?;
        self.index.within_reach(&meter.house, "meter_serial")?;
        check_values(meter, row)?;
        if row.taken_on > self.now.to_zoned(meter.time_zone.clone()).date() {
            return Err(Fault::new("taken_on", "этот день ещё не наступил"));
        }
        let is_counting =
            row.taken_on >= meter.installed_on && meter.removed_on.is_none_or(|removed_on| row.taken_on <= removed_on);
        let not_counting = || Fault::new("taken_on", "в этот день счётчик не был установлен");
        is_counting.then_some(meter).ok_or_else(not_counting)
    }
}

fn check_values(meter: &KnownMeter, row: &Reading) -> Result<(), Fault> {
    if row.values.len() != usize::from(meter.rates) {
        let reason = format!("значений {}, а тарифов у счётчика {}", row.values.len(), meter.rates);
        return Err(Fault::new("value_1", reason));
    }
    row.values
        .iter()
        .zip(VALUES)
        .try_for_each(|(value, column)| meter.dial.check(*value).map_err(|error| Fault::new(column, error.to_string())))
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

/// The places of those whose source gave the same values for the same day and month, and nothing else since. What is
/// confirmed stays so.
fn known_among(conn: &Conn<'_>, checked: &[(&KnownMeter, &Line<Reading>)]) -> Result<HashSet<usize>> {
    let sql = "select k.key, r.rolled_over, r.value_1, r.value_2, r.value_3
               from json_each(?1) k
               join reading r on r.reading_seq = (
                   select max(reading_seq) from reading
                   where meter_id = k.value ->> 0 and period = k.value ->> 1 and taken_on = k.value ->> 2
                     and source = k.value ->> 3)";
    let key = |(meter, Line { row, .. }): &(&KnownMeter, &Line<Reading>)| {
        (meter.meter_id.clone(), row.period.to_string(), row.taken_on, row.source.as_str())
    };
    let keys: Vec<_> = checked.iter().map(key).collect();
    let mut same = HashSet::new();
    for known in conn.query(sql, params![json_text(&keys)?])? {
        let at: usize = known.get(0)?;
        let (values, row) = (values(&known)?, &checked[at].1.row);
        if (known.get(1)? || !row.rolled_over) && values == row.values {
            same.insert(at);
        }
    }
    Ok(same)
}

fn values(row: &Row) -> Result<Vec<Decimal>> {
    let values: Vec<Option<Decimal>> = (2..5).map(|index| row.get(index)).collect::<Result<_>>()?;
    Ok(values.into_iter().flatten().collect())
}

pub(super) fn has_any(conn: &Conn<'_>, meter_id: &str) -> Result<bool> {
    Ok(conn.query_first("select 1 from reading where meter_id = ?1 limit 1", params![meter_id])?.is_some())
}
