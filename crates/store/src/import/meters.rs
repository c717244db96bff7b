//! Lines about meters, many at once.

use std::collections::HashMap;

use domain::{
    access::Scope,
    import::{Line, Lines, Meter, MeterAt},
    meter::MeterKind,
    reading::Dial,
};

use super::{Fault, LINES_AT_ONCE, Taken, Taking, readings};
use crate::{
    Result,
    homes::{
        known::{self, KnownAccount, KnownMeter},
        register::{NewMeter, put_meters},
    },
};

/// The column of the ГИС ЖКХ form that names the premises.
const ACCOUNT_COLUMN: &str = "Номер лицевого счета";

/// What is known of what a batch of lines names.
struct Known {
    meters: HashMap<(String, String), KnownMeter>,
    accounts: HashMap<String, KnownAccount>,
    by_unified_number: HashMap<String, (String, Scope)>,
}

impl Taking<'_> {
    pub(super) fn meters(&mut self, taken: &mut Taken, lines: &Lines<Meter>) -> Result<()> {
        lines.chunks(LINES_AT_ONCE).try_for_each(|batch| self.meter_batch(taken, batch, lines.absent()))
    }

    fn meter_batch(&mut self, taken: &mut Taken, batch: &[Line<Meter>], kept: &[&str]) -> Result<()> {
        let known = self.known_meters(batch)?;
        let mut checked = Vec::with_capacity(batch.len());
        for line in batch {
            match self.check_meter(&known, &line.row)? {
                Ok((premises_id, before)) => checked.push((self.ids.draw(), premises_id, before, line)),
                Err(fault) => self.refuse(taken, line.number, fault),
            }
        }
        let new: Vec<_> = checked
            .iter()
            .map(|(id, premises_id, before, line)| new_meter(id, premises_id, *before, &line.row))
            .collect();
        let changes = put_meters(self.tx, self.now, &new, kept)?;
        let lines: Vec<_> = checked.iter().map(|(_, _, _, line)| *line).collect();
        taken.count(&changes, &lines, |row| format!("{} {}", row.kind.title(), row.serial));
        Ok(())
    }

    fn known_meters(&self, batch: &[Line<Meter>]) -> Result<Known> {
        let keys: Vec<_> = batch.iter().map(|line| (line.row.kind.as_str(), line.row.serial.as_str())).collect();
        let (mut numbers, mut unified_numbers) = (Vec::new(), Vec::new());
        for line in batch {
            if let MeterAt::Account { number, unified_number } = &line.row.at {
                numbers.push(number.as_str());
                unified_numbers.extend(unified_number.as_ref().map(|number| number.as_str()));
            }
        }
        Ok(Known {
            meters: known::meters(self.tx, &keys)?,
            accounts: known::accounts(self.tx, &numbers)?,
            by_unified_number: known::premises_of_unified(self.tx, &unified_numbers)?,
        })
    }

    /// Where the meter counts, and what is known of it.
    fn check_meter<'k>(
        &mut self,
        known: &'k Known,
        row: &Meter,
    ) -> Result<Result<(String, Option<&'k KnownMeter>), Fault>> {
        let premises_id = or_fault!(self.meter_premises(known, &row.at));
        let before = known.meters.get(&(row.kind.as_str().to_owned(), row.serial.clone()));
        if let Some(before) = before {
            or_fault!(self.check_same(before, &premises_id, row));
        }
        Ok(Ok((premises_id, before)))
    }

    fn meter_premises(&mut self, known: &Known, at: &MeterAt) -> Result<Result<String, Fault>> {
        match at {
            MeterAt::Premises { house_code, number } => self.index.premises_id(self.tx, house_code, number),
            MeterAt::Account { number, unified_number } => {
                let unified = unified_number.as_ref().and_then(|number| known.by_unified_number.get(number.as_str()));
                let account = known.accounts.get(number.as_str()).map(|account| (&account.premises_id, &account.house));
                let missing = || Fault::new(ACCOUNT_COLUMN, format!("лицевого счёта {number} ещё нет"));
                let found = account.or(unified.map(|(premises_id, house)| (premises_id, house))).ok_or_else(missing);
                Ok(found.and_then(|(premises_id, house)| {
                    self.index.within_reach(house, ACCOUNT_COLUMN).map(|()| premises_id.clone())
                }))
            }
        }
    }

    /// A meter never moves, and its face never changes once it was read.
    fn check_same(&self, before: &KnownMeter, premises_id: &str, row: &Meter) -> Result<Result<(), Fault>> {
        if before.premises_id != premises_id {
            return Ok(Err(Fault::new("premises", "этот счётчик уже числится за другим помещением")));
        }
        let has_same_rates = row.rates.is_none_or(|rates| rates == before.rates);
        let has_same_dial = row.dial.is_none_or(|dial| dial == before.dial);
        if has_same_rates && has_same_dial || !readings::has_any(self.tx, &before.meter_id)? {
            return Ok(Ok(()));
        }
        let reason = "по этому счётчику уже есть показания: число тарифов и знаков у него не меняется";
        Ok(Err(Fault::new(if has_same_rates { "digits_integer" } else { "rates" }, reason)))
    }
}

/// What a form of another system does not tell stays as it is known. A new meter of which it tells neither has one rate
/// and the usual digits.
fn new_meter<'a>(
    meter_id: &'a str,
    premises_id: &'a str,
    before: Option<&'a KnownMeter>,
    row: &'a Meter,
) -> NewMeter<'a> {
    let kept = before.filter(|_| row.is_partial);
    NewMeter {
        meter_id,
        premises_id,
        kind: row.kind.as_str(),
        serial: &row.serial,
        place: row.place.as_deref().or(kept.and_then(|kept| kept.place.as_deref())),
        rates: row.rates.or(before.map(|before| before.rates)).unwrap_or(1),
        dial: row.dial.or(before.map(|before| before.dial)).unwrap_or_else(|| usual_dial(row.kind)),
        installed_on: row.installed_on,
        verified_on: row.verified_on.or(kept.and_then(|kept| kept.verified_on)),
        verification_interval_years: row
            .verification_interval_years
            .or(kept.and_then(|kept| kept.verification_interval_years)),
        removed_on: row.removed_on.or(kept.and_then(|kept| kept.removed_on)),
    }
}

/// The face that most meters of a kind have: cubic metres with three places, kilowatt-hours and gigacalories with less
/// before the point and two or four behind it.
fn usual_dial(kind: MeterKind) -> Dial {
    let (integer, fraction) = match kind {
        MeterKind::ColdWater | MeterKind::HotWater | MeterKind::Gas => (5, 3),
        MeterKind::Electricity => (6, 2),
        MeterKind::Heat => (5, 4),
    };
    Dial::new(integer, fraction).expect("possible digits")
}
