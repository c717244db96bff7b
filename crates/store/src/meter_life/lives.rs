//! From rows to the events of [`domain::meter_life`]: what the register says, what the company told, what was read.

use std::collections::HashMap;

use domain::{
    meter::MeterKind,
    meter_life::{Deed, Event, EventKind},
    period::Period,
    reading::Dial,
    tariff::Rates,
};
use jiff::{ToSpan, civil::Date};
use rust_decimal::Decimal;

use super::{Told, due, told};
use crate::{
    Conn, Error, Result, Row, params,
    readings::{self, Reading},
    value::json_text,
};

/// A meter with those that took its place one after another: the life of one point where something is counted.
#[derive(Debug)]
pub struct Life {
    /// The premises.
    pub premises_id: String,
    /// What it measures.
    pub kind: MeterKind,
    /// The meters, the first one first.
    pub meters: Vec<String>,
    happenings: Vec<Happening>,
}

#[derive(Debug)]
struct Happening {
    id: String,
    on: Date,
    kind: EventKind,
}

impl Life {
    /// Everything that happened, in any order, as [`domain::meter_life::months`] takes it.
    pub fn events(&self) -> Vec<Event<'_>> {
        self.happenings.iter().map(|one| Event { id: &one.id, on: one.on, kind: one.kind }).collect()
    }
}

/// The lives of all meters of these premises as they are known, told until the day `until`. Three statements, however
/// many premises there are.
///
/// # Errors
/// A failing database.
pub fn of_premises(conn: &Conn<'_>, premises: &[&str], until: Date) -> Result<Vec<Life>> {
    lives(conn, premises, until, |meters| readings::course(conn, meters))
}

/// The same until the end of a month, from the last `months` alone that have a reading: what the bill of the month needs
/// to know, however long the meters have been there.
///
/// # Errors
/// A failing database.
pub fn recent(conn: &Conn<'_>, premises: &[&str], last: Period, months: u32) -> Result<Vec<Life>> {
    lives(conn, premises, last.last_day(), |meters| readings::course_until(conn, meters, last, months))
}

fn lives(
    conn: &Conn<'_>,
    premises: &[&str],
    until: Date,
    course: impl Fn(&[&str]) -> Result<Vec<Reading>>,
) -> Result<Vec<Life>> {
    let mut meters = registered(conn, premises)?;
    let ids: Vec<String> = meters.iter().map(|meter| meter.meter_id.clone()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let places: HashMap<&str, usize> = ids.iter().copied().zip(0..).collect();
    for one in told(conn, &ids)? {
        if let Some(&place) = places.get(one.meter_id.as_str()) {
            meters[place].told.push(one);
        }
    }
    for reading in course(&ids)? {
        if let Some(&place) = places.get(reading.meter_id.as_str()) {
            let readings = &mut meters[place].readings;
            readings.pop_if(|last| is_replaced(last, &reading));
            readings.push(reading);
        }
    }
    meters.chunk_by(|one, next| one.root == next.root).map(|chain| life(chain, until)).collect()
}

/// A meter as the register has it today, with what was told and read.
struct Registered {
    /// The first meter of its point.
    root: String,
    meter_id: String,
    premises_id: String,
    kind: MeterKind,
    rates: usize,
    dial: Dial,
    installed_on: Date,
    removed_on: Option<Date>,
    verified_on: Option<Date>,
    verified_until: Option<Date>,
    told: Vec<Told>,
    readings: Vec<Reading>,
}

/// The joins are crossed so that each step looks a meter up: left alone the planner reads all meters of the city.
fn registered(conn: &Conn<'_>, premises: &[&str]) -> Result<Vec<Registered>> {
    let sql = "with recursive chain (root, meter_id, depth) as (
                   select m.meter_id, m.meter_id, 0
                   from json_each(?1) i cross join meter m on m.premises_id = i.value
                   where not exists (select 1 from meter_event e where e.new_meter_id = m.meter_id)
                   union all
                   select c.root, e.new_meter_id, c.depth + 1
                   from chain c cross join meter_event e on e.meter_id = c.meter_id and e.new_meter_id is not null)
               select c.root, m.meter_id, m.premises_id, m.kind, m.rates, m.digits_integer, m.digits_fraction,
                      m.installed_on, m.removed_on, m.verified_on, m.verification_interval_years
               from chain c cross join meter m on m.meter_id = c.meter_id
               order by m.premises_id, c.root, c.depth";
    conn.query(sql, params![json_text(&premises)?])?.iter().map(one_registered).collect()
}

fn one_registered(row: &Row) -> Result<Registered> {
    let kind: String = row.get(3)?;
    let verified_on: Option<Date> = row.get(9)?;
    Ok(Registered {
        root: row.get(0)?,
        meter_id: row.get(1)?,
        premises_id: row.get(2)?,
        kind: MeterKind::parse(&kind).ok_or_else(|| Error::BadData(format!("meter kind: {kind}")))?,
        rates: row.get(4)?,
        dial: Dial::new(row.get(5)?, row.get(6)?).map_err(|error| Error::BadData(error.to_string()))?,
        installed_on: row.get(7)?,
        removed_on: row.get(8)?,
        verified_on,
        verified_until: due(verified_on, row.get(10)?),
        told: Vec::new(),
        readings: Vec::new(),
    })
}

impl Registered {
    /// The installation as it was before the first event moved the register along.
    fn installation(&self) -> Option<&Told> {
        self.told.iter().find(|told| told.deed.is_none())
    }

    fn of(&self, deed: Deed) -> impl Iterator<Item = &Told> {
        self.told.iter().filter(move |told| told.deed == Some(deed))
    }

    /// Every value that somebody told of this very meter, with its day.
    fn values(&self) -> impl Iterator<Item = (Date, &[Decimal])> {
        let read = self.readings.iter().map(|reading| (day_of(reading), reading.what.values.as_slice()));
        let last = self.told.iter().map(|told| (told.happened_on, told.last.as_slice()));
        // What a replacement tells first is of the other meter.
        let first = self.told.iter().filter(|told| told.deed != Some(Deed::Replaced));
        let first = first.map(|told| (told.happened_on, told.first.as_slice()));
        read.chain(last).chain(first).filter(|(_, values)| !values.is_empty())
    }

    /// How far a verification reaches that began on `since` and was told to hold until `told`: the register may know of a
    /// later one of which nobody told the values. What nobody knows ends nothing.
    fn verified_until(&self, since: Date, told: Option<Date>) -> Date {
        let is_superseded =
            |on: Date| self.of(Deed::Verified).any(|later| since < later.happened_on && later.happened_on <= on);
        let known = self.verified_on.filter(|&on| on >= since && !is_superseded(on)).and(self.verified_until);
        told.max(known).unwrap_or(Date::MAX)
    }

    fn rates(&self, values: &[Decimal]) -> Result<Rates<Decimal>> {
        Rates::of(values).ok_or_else(|| Error::BadData(format!("meter {}: {} values", self.meter_id, values.len())))
    }

    fn zeros(&self) -> Vec<Decimal> {
        vec![Decimal::ZERO; self.rates]
    }
}

/// Whether the company read once more in the same month: its last word holds, as a resident's does. What a check found
/// stays beside it.
fn is_replaced(reading: &Reading, later: &Reading) -> bool {
    const COMPANY: &str = "company";
    let is_same_month = reading.what.period == later.what.period;
    is_same_month && reading.source == COMPANY && later.source == COMPANY
}

/// A reading belongs to its month, whose window may reach into the next one.
fn day_of(reading: &Reading) -> Date {
    reading.what.taken_on.min(reading.what.period.last_day())
}

fn life(chain: &[Registered], until: Date) -> Result<Life> {
    let (Some(first), Some(last)) = (chain.first(), chain.last()) else {
        return Err(Error::BadData("a life without a meter".to_owned()));
    };
    let mut happenings = vec![installed(first)?];
    for (at, meter) in chain.iter().enumerate() {
        let begins = if at == 0 { None } else { chain[at - 1].of(Deed::Replaced).next() };
        let since = begins.map(|told| Period::of(told.happened_on));
        for reading in &meter.readings {
            happenings.push(read(meter, reading, since)?);
        }
        for told in &meter.told {
            happenings.extend(happened(meter, told, chain.get(at + 1))?);
        }
    }
    let mut end = last.of(Deed::Removed).next().map(|told| told.happened_on);
    if let (None, Some(removed_on)) = (end, last.removed_on) {
        happenings.push(taken_down(last, removed_on)?);
        end = Some(removed_on);
    }
    happenings.extend(expirations(&happenings, until.min(end.and_then(|end| end.yesterday().ok()).unwrap_or(until))));
    Ok(Life {
        premises_id: first.premises_id.clone(),
        kind: first.kind,
        meters: chain.iter().map(|meter| meter.meter_id.clone()).collect(),
        happenings,
    })
}

/// Nobody may have told what the meter showed first: then it is what was told first, so that nothing is counted before.
fn installed(meter: &Registered) -> Result<Happening> {
    let told = meter.values().min_by_key(|(on, _)| *on);
    let on = meter.installation().map_or(meter.installed_on, |told| told.happened_on);
    let on = told.map_or(on, |(first, _)| on.min(first));
    let values = told.map_or_else(|| meter.zeros(), |(_, values)| values.to_vec());
    let known = match meter.installation() {
        Some(told) => told.verified_until,
        None => meter.verified_until,
    };
    let kind = EventKind::Installed {
        dial: meter.dial,
        first: meter.rates(&values)?,
        verified_until: meter.verified_until(Date::MIN, known),
    };
    // Before whatever else has an id on that day.
    Ok(Happening { id: format!("0-{}", meter.meter_id), on, kind })
}

/// `since`: the month in which the meter took the place of another. No reading of it belongs to an earlier one.
fn read(meter: &Registered, reading: &Reading, since: Option<Period>) -> Result<Happening> {
    let values = meter.rates(&reading.what.values)?;
    let period = since.map_or(reading.what.period, |since| since.max(reading.what.period));
    let kind = match reading.source.as_str() {
        "control" | "verification" => EventKind::Checked { values },
        _ if reading.what.rolled_over => EventKind::RolledOver { period, values },
        _ => EventKind::Read { period, values },
    };
    Ok(Happening { id: reading.reading_id.clone(), on: reading.what.taken_on, kind })
}

fn happened(meter: &Registered, told: &Told, next: Option<&Registered>) -> Result<Option<Happening>> {
    let Some(deed) = told.deed else { return Ok(None) };
    let kind = match deed {
        Deed::Sealed => EventKind::Sealed,
        Deed::Failed => EventKind::Failed,
        Deed::AccessRefused => EventKind::AccessRefused,
        Deed::Restored => EventKind::Restored { first: meter.rates(&told.first)? },
        Deed::Removed => EventKind::Removed { last: meter.rates(&told.last)? },
        Deed::Verified => EventKind::Verified {
            last: meter.rates(&told.last)?,
            first: meter.rates(&told.first)?,
            verified_until: meter.verified_until(told.happened_on, told.verified_until),
        },
        Deed::Replaced => {
            let next = next.ok_or_else(|| Error::BadData(format!("replaced by nothing: {}", meter.meter_id)))?;
            EventKind::Replaced {
                last: meter.rates(&told.last)?,
                dial: next.dial,
                first: next.rates(&told.first)?,
                verified_until: next.verified_until(told.happened_on, told.verified_until),
            }
        }
    };
    Ok(Some(Happening { id: told.meter_event_id.clone(), on: told.happened_on, kind }))
}

/// The register says that the meter is gone, and nobody told what it showed last: what was told last holds.
fn taken_down(meter: &Registered, on: Date) -> Result<Happening> {
    let last = meter.values().max_by_key(|(on, _)| *on).map_or_else(|| meter.zeros(), |(_, values)| values.to_vec());
    // Behind whatever else has an id on that day.
    Ok(Happening {
        id: format!("removed-{}", meter.meter_id),
        on,
        kind: EventKind::Removed { last: meter.rates(&last)? },
    })
}

/// A verification ends by itself. [`domain::meter_life`] leaves out what a later one covers.
fn expirations(happenings: &[Happening], until: Date) -> Vec<Happening> {
    let ends = happenings.iter().filter_map(|one| match one.kind {
        EventKind::Installed { verified_until, .. }
        | EventKind::Verified { verified_until, .. }
        | EventKind::Replaced { verified_until, .. } => Some((one, verified_until)),
        _ => None,
    });
    let days = ends.filter_map(|(one, end)| {
        // A verification that was over when the meter came counts from that day.
        let on = end.checked_add(1.days()).ok()?.max(one.on);
        (on <= until).then(|| Happening { id: format!("expired-{}", one.id), on, kind: EventKind::Expired })
    });
    days.collect()
}
