//! Lines about what suppliers answered to readings: each is held against the reading that holds for the month.

use domain::import::{Acknowledgement, Line, Lines};

use super::{Fault, LINES_AT_ONCE, Taken, Taking};
use crate::{
    Result,
    homes::known,
    readings::acknowledgements::{self, NewAcknowledgement},
};

impl Taking<'_> {
    pub(super) fn acknowledgements(&mut self, taken: &mut Taken, lines: &Lines<Acknowledgement>) -> Result<()> {
        lines.chunks(LINES_AT_ONCE).try_for_each(|batch| self.acknowledgement_batch(taken, batch))
    }

    fn acknowledgement_batch(&mut self, taken: &mut Taken, batch: &[Line<Acknowledgement>]) -> Result<()> {
        let serials = batch.iter().map(|line| (line.row.meter_kind.as_str(), line.row.meter_serial.as_str()));
        let meters = known::meters(self.tx, &serials.collect::<Vec<_>>())?;
        let meter = |row: &Acknowledgement| meters.get(&(row.meter_kind.as_str().to_owned(), row.meter_serial.clone()));
        let wanted = batch.iter().filter_map(|line| Some((meter(&line.row)?.meter_id.as_str(), line.row.period)));
        let held = acknowledgements::held(self.tx, &wanted.collect::<Vec<_>>())?;
        let inns: Vec<_> = batch.iter().map(|line| line.row.supplier_inn.as_str()).collect();
        let suppliers = acknowledgements::supplier_ids(self.tx, &inns)?;
        let (mut new, mut put) = (Vec::new(), Vec::new());
        for line in batch {
            let row = &line.row;
            let judged = (|| {
                let meter = meter(row).ok_or_else(|| {
                    let reason = format!("счётчика {} с номером {} ещё нет", row.meter_kind.title(), row.meter_serial);
                    Fault::new("meter_serial", reason)
                })?;
                self.index.within_reach(&meter.house, "meter_serial")?;
                let (seq, value) = held.get(&(meter.meter_id.clone(), row.period)).ok_or_else(|| {
                    Fault::new("period", format!("принятого показания этого счётчика за {} нет", row.period))
                })?;
                if *value != row.value {
                    let reason = format!("показание теперь {}: выгрузите месяц заново", meter.dial.print(*value));
                    return Err(Fault::new("value_1", reason));
                }
                let supplier_id = suppliers.get(row.supplier_inn.as_str()).ok_or_else(|| {
                    Fault::new("supplier_inn", "поставщика с таким ИНН нет: он приходит с файлом tariffs")
                })?;
                Ok((*seq, supplier_id))
            })();
            match judged {
                Ok((reading_seq, supplier_id)) => {
                    let (on, is_accepted, reason) = (row.on, row.is_accepted, row.reason.as_deref());
                    new.push(NewAcknowledgement { reading_seq, supplier_id, on, is_accepted, reason });
                    put.push(line);
                }
                Err(fault) => self.refuse(taken, line.number, fault),
            }
        }
        let changes = acknowledgements::put(self.tx, self.now, &new)?;
        taken.count(&changes, &put, |row| {
            format!("{} {}, {}, {}", row.meter_kind.as_str(), row.meter_serial, row.period, row.supplier_inn)
        });
        Ok(())
    }
}
