//! Lines about what suppliers answered to readings: each is held against the reading that holds for the month.

use std::collections::HashMap;

use domain::import::{Acknowledgement, Line, Lines};
use domain::period::Period;
use rust_decimal::Decimal;

use super::{Fault, LINES_AT_ONCE, Taken, Taking, readings::VALUES};
use crate::{
    Result,
    homes::known::{self, KnownMeter},
    readings::acknowledgements::{self, Held, NewAcknowledgement},
};

/// What the lines of a batch name.
struct Known {
    /// By kind and serial number.
    meters: HashMap<(String, String), KnownMeter>,
    /// By meter and month.
    readings: HashMap<(String, Period), Held>,
    /// Ids by ИНН.
    suppliers: HashMap<String, String>,
}

impl Taking<'_> {
    pub(super) fn acknowledgements(&mut self, taken: &mut Taken, lines: &Lines<Acknowledgement>) -> Result<()> {
        lines.chunks(LINES_AT_ONCE).try_for_each(|batch| self.acknowledgement_batch(taken, batch))
    }

    fn acknowledgement_batch(&mut self, taken: &mut Taken, batch: &[Line<Acknowledgement>]) -> Result<()> {
        let known = self.answered_to(batch)?;
        let mut good = Vec::new();
        for line in batch {
            match self.acknowledgement(&known, &line.row) {
                Ok(new) => good.push((line, new)),
                Err(fault) => self.refuse(taken, line.number, fault),
            }
        }
        let (mut put, mut new): (Vec<_>, Vec<_>) = good.into_iter().unzip();
        let outdated = acknowledgements::outdated(self.tx, &new)?;
        // A file that came late, or came again, changes nothing.
        taken.unchanged += outdated.len() as u64;
        for at in outdated.into_iter().rev() {
            put.remove(at);
            new.remove(at);
        }
        let changes = acknowledgements::put(self.tx, self.now, &new)?;
        taken.count(&changes, &put, |row| {
            format!("{} {}, {}, {}", row.meter_kind.as_str(), row.meter_serial, row.period, row.supplier_inn)
        });
        Ok(())
    }

    fn answered_to(&self, batch: &[Line<Acknowledgement>]) -> Result<Known> {
        let serials = batch.iter().map(|line| (line.row.meter_kind.as_str(), line.row.meter_serial.as_str()));
        let meters = known::meters(self.tx, &serials.collect::<Vec<_>>())?;
        let wanted =
            batch.iter().filter_map(|line| Some((meters.get(&key(&line.row))?.meter_id.as_str(), line.row.period)));
        let readings = acknowledgements::held(self.tx, &wanted.collect::<Vec<_>>())?;
        let inns: Vec<_> = batch.iter().map(|line| line.row.supplier_inn.as_str()).collect();
        let suppliers = acknowledgements::supplier_ids(self.tx, &inns)?;
        Ok(Known { meters, readings, suppliers })
    }

    /// What a line says, if it answers to the reading that holds.
    fn acknowledgement<'k>(&self, known: &'k Known, row: &'k Acknowledgement) -> Result<NewAcknowledgement<'k>, Fault> {
        let meter = known.meters.get(&key(row)).ok_or_else(|| {
            let reason = format!("счётчика {} с номером {} ещё нет", row.meter_kind.title(), row.meter_serial);
            Fault::new("meter_serial", reason)
        })?;
        self.index.within_reach(&meter.house, "meter_serial")?;
        let reading = known.readings.get(&(meter.meter_id.clone(), row.period));
        let (reading_seq, values) = reading
            .ok_or_else(|| Fault::new("period", format!("принятого показания этого счётчика за {} нет", row.period)))?;
        check_values(meter, &row.values, values)?;
        let supplier_id = known
            .suppliers
            .get(row.supplier_inn.as_str())
            .ok_or_else(|| Fault::new("supplier_inn", "поставщика с таким ИНН нет: он приходит с файлом tariffs"))?;
        // The answer of the latest day holds: one of a day to come would hold against all that follow.
        if row.on > self.now.to_zoned(meter.time_zone.clone()).date() {
            return Err(Fault::new("on", "этот день ещё не наступил"));
        }
        let (on, is_accepted, reason) = (row.on, row.is_accepted, row.reason.as_deref());
        Ok(NewAcknowledgement { reading_seq: *reading_seq, supplier_id, on, is_accepted, reason })
    }
}

fn key(row: &Acknowledgement) -> (String, String) {
    (row.meter_kind.as_str().to_owned(), row.meter_serial.clone())
}

/// An answer is to the values of every rate: one that was corrected meanwhile is another reading.
fn check_values(meter: &KnownMeter, answered: &[Decimal], held: &[Decimal]) -> Result<(), Fault> {
    for (rate, column) in VALUES.into_iter().enumerate() {
        let reason = match (answered.get(rate), held.get(rate)) {
            (answered, held) if answered == held => continue,
            (None, Some(held)) => format!("не заполнено, а в показании {}", meter.dial.print(*held)),
            (_, Some(held)) => format!("показание теперь {}: выгрузите месяц заново", meter.dial.print(*held)),
            (_, None) => format!("у показания этого счётчика тарифов {}: оставьте пустым", held.len()),
        };
        return Err(Fault::new(column, reason));
    }
    Ok(())
}
