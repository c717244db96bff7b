//! Past months, computed again by what is known now: the difference to what was billed makes lines of the next bill.
//!
//! Where a house pays for what is left of its own meters, whatever changes of one home changes that of all: when the
//! preview has gone through the house once, the past months of what is left are computed again for everybody.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::billing::{self, ChargedLine, HouseBook, Which};
use domain::charge::Method;
use domain::correction::{Posted, corrections};
use domain::money::Kopecks;
use domain::period::Period;
use domain::service::Service;
use domain::tariff::Act;
use jiff::civil::Date;
use serde_json::Value;

use super::preview::{Cited, MONTHS_BACK, note};
use super::{Run, book, facts};
use crate::{Conn, Error, Result, params, value::json_text};

/// A line that corrects one of an earlier month.
pub(super) struct Corrected {
    pub(super) of_period: Period,
    pub(super) service: Service,
    pub(super) method: Method,
    /// How much more was used than was billed, in ten-millionths of the unit.
    pub(super) volume: i64,
    pub(super) amount: Kopecks,
    pub(super) reason: String,
    pub(super) explanation: Value,
}

/// Corrections of an account, and why some could not be computed.
type Found = (Vec<Corrected>, Option<String>);

/// Since when months of an account are computed again, and why: all that became known or was asked for, the earliest
/// month first.
struct Replay {
    from: Period,
    reasons: Vec<(Period, String)>,
}

impl Replay {
    /// Why a month is computed again. What somebody says tells more than that a reading came late.
    fn reason(&self, period: Period) -> String {
        let mut reasons: Vec<&str> = Vec::new();
        for (_, reason) in self.reasons.iter().filter(|(from, _)| *from <= period) {
            if !reasons.contains(&reason.as_str()) {
                reasons.push(reason);
            }
        }
        if reasons.is_empty() { LATE_READINGS.to_owned() } else { reasons.join("; ") }
    }
}

/// What readings that came late are told as.
const LATE_READINGS: &str = "Показания за этот месяц стали известны позже";
/// What homes of the house used after all is told as, in the lines of what is left of its meters.
const OTHER_REST: &str = "Стало известно, сколько на самом деле израсходовали квартиры дома";

/// The corrections of these accounts: of those for which something became known late, and of no others.
pub(super) fn find(
    conn: &Conn<'_>,
    run: &Run,
    house: &HouseBook,
    places: &[&facts::Place],
    cited: &mut Cited,
) -> Result<HashMap<String, Found>> {
    let mut replays = replays(conn, run, places)?;
    if run.is_of_the_rest {
        also_for_the_rest(conn, run, house, places, &mut replays)?;
    }
    let mut found: HashMap<String, Found> = HashMap::new();
    let Some(first) = replays.values().map(|replay| replay.from).min() else { return Ok(found) };
    let affected: Vec<_> = places.iter().copied().filter(|place| replays.contains_key(&place.account_id)).collect();
    let billed = Billed::load(conn, run, &affected, first)?;
    let which = run.which();
    let mut period = first;
    while period < run.period {
        let in_period: Vec<_> = affected
            .iter()
            .copied()
            .filter(|place| replays.get(&place.account_id).is_some_and(|replay| replay.from <= period))
            .filter(|place| billed.has_month(place, period))
            .collect();
        let is_asked_for = |service: Service| {
            let is_of_the_rest = house.services.iter().any(|one| one.service == service && one.is_of_the_rest(period));
            is_of_the_rest == (which == Which::OfTheRest)
        };
        if in_period.is_empty() || !house.services.iter().any(|one| is_asked_for(one.service)) {
            period = period.next();
            continue;
        }
        for account in facts::load(conn, &in_period, period)? {
            let Some(replay) = replays.get(&account.account_id) else { continue };
            let posted: Vec<_> =
                billed.lines(&account.account_id, period).filter(|line| is_asked_for(line.service)).collect();
            let (corrected, problem) = found.entry(account.account_id.clone()).or_default();
            let mut cite = |version: &str, act: &Act| note(cited, version, act);
            match billing::lines(house, &account, period, which, &mut cite) {
                Ok(lines) => corrected.extend(differences(period, &posted, lines, &replay.reason(period))?),
                Err(not_charged) => *problem = Some(format!("{period}: {not_charged}")),
            }
        }
        period = period.next();
    }
    Ok(found)
}

fn differences(period: Period, posted: &[BilledLine], lines: Vec<ChargedLine>, reason: &str) -> Result<Vec<Corrected>> {
    let mut volumes: HashMap<Service, i64> = HashMap::new();
    posted.iter().for_each(|line| *volumes.entry(line.service).or_default() -= line.volume);
    for line in &lines {
        *volumes.entry(line.service).or_default() += book::volume(line)?;
    }
    let posted = posted.iter().map(|line| Posted { entry: "", line: line.service, amount: line.amount });
    let replayed: Vec<_> = lines.iter().map(|line| (line.service, line.figures.payable)).collect();
    let corrections = corrections(&posted.collect::<Vec<_>>(), &replayed);
    let corrections = corrections.map_err(|error| Error::BadData(error.to_string()))?;
    let mut lines: BTreeMap<Service, ChargedLine> = lines.into_iter().map(|line| (line.service, line)).collect();
    let corrected = corrections.into_iter().map(|correction| {
        let line = lines.remove(&correction.line);
        let (method, explanation) =
            line.map_or((Method::Other, Value::Array(Vec::new())), |line| (line.method, line.explanation));
        let (of_period, service, amount) = (period, correction.line, correction.amount);
        let volume = volumes.get(&service).copied().unwrap_or_default();
        Corrected { of_period, service, method, volume, amount, reason: reason.to_owned(), explanation }
    });
    Ok(corrected.collect())
}

/// Readings recorded after the last run was opened are late where their month is before this one's. Who has left is not
/// asked for months after that.
fn replays(conn: &Conn<'_>, run: &Run, places: &[&facts::Place]) -> Result<HashMap<String, Replay>> {
    let earliest = run.period.plus_months(-MONTHS_BACK);
    let previous = run.period.previous();
    let until = |place: &facts::Place| place.until().map_or(previous, |day| Period::of(day).min(previous)).to_string();
    let accounts: Vec<_> = places.iter().map(|place| (&place.account_id, &place.premises_id, until(place))).collect();
    let sql = "select a.value ->> 0, min(r.period)
               from json_each(?1) a
               join meter m on m.premises_id = a.value ->> 1
               join reading r on r.meter_id = m.meter_id and r.period between ?3 and a.value ->> 2
               where r.reading_seq > (select known_seq from billing_run
                                      where house_id = ?2 and period < ?4 order by period desc limit 1)
               group by 1";
    let parameters = params![json_text(&accounts)?, &run.house_id, earliest.to_string(), run.period.to_string()];
    let mut replays = HashMap::new();
    for row in conn.query(sql, parameters)? {
        replays.insert(row.get(0)?, Replay { from: row.get(1)?, reasons: Vec::new() });
    }
    let sql = "select account_id, from_period, reason from recalculation where billing_run_id = ?1
               order by from_period, requested_at, recalculation_id";
    for row in conn.query(sql, params![run.run_id])? {
        let (account_id, from, reason): (Option<String>, Period, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let from = from.max(earliest);
        for place in places.iter().filter(|place| account_id.as_ref().is_none_or(|id| *id == place.account_id)) {
            ask(&mut replays, place, from, &reason);
        }
    }
    Ok(replays)
}

fn ask(replays: &mut HashMap<String, Replay>, place: &facts::Place, from: Period, reason: &str) {
    let replay = replays.entry(place.account_id.clone()).or_insert(Replay { from, reasons: Vec::new() });
    replay.from = replay.from.min(from);
    replay.reasons.push((from, reason.to_owned()));
}

/// What this run corrects of homes changes what is left of the meters of the house in those months, for all.
fn also_for_the_rest(
    conn: &Conn<'_>,
    run: &Run,
    house: &HouseBook,
    places: &[&facts::Place],
    replays: &mut HashMap<String, Replay>,
) -> Result<()> {
    let sql = "select min(period) from used_inside where billing_run_id = ?1 and period < ?2";
    let row = conn.query_first(sql, params![run.run_id, run.period.to_string()])?;
    let Some(first) = row.map(|row| row.get::<Option<Period>>(0)).transpose()?.flatten() else { return Ok(()) };
    let mut period = first;
    while period < run.period {
        if house.services.iter().any(|one| one.is_of_the_rest(period)) {
            places.iter().for_each(|place| ask(replays, place, period, OTHER_REST));
            return Ok(());
        }
        period = period.next();
    }
    Ok(())
}

/// A line that was billed.
#[derive(Clone, Copy)]
struct BilledLine {
    service: Service,
    amount: Kopecks,
    /// In ten-millionths of the unit.
    volume: i64,
}

/// What was billed of past months, with all that corrected it since.
struct Billed {
    lines: HashMap<(String, Period), Vec<BilledLine>>,
    /// The months of which the house has issued bills.
    months: HashSet<Period>,
    /// Until which day somebody else billed an account, by what its opening balance says.
    before: HashMap<String, Date>,
}

impl Billed {
    fn load(conn: &Conn<'_>, run: &Run, places: &[&facts::Place], from: Period) -> Result<Self> {
        let accounts: Vec<_> = places.iter().map(|place| place.account_id.as_str()).collect();
        let (accounts, from) = (json_text(&accounts)?, from.to_string());
        let sql = "select b.account_id, l.of_period, l.service, l.payable, l.volume
                   from json_each(?1) a
                   join bill b on b.account_id = a.value and b.period >= ?2 and b.issued_at is not null
                   join charge_line l on l.bill_id = b.bill_id and l.of_period >= ?2
                   order by b.account_id, b.period";
        let mut lines: HashMap<_, Vec<_>> = HashMap::new();
        for row in conn.query(sql, params![&accounts, &from])? {
            let service: String = row.get(2)?;
            let service = Service::parse(&service).ok_or_else(|| Error::BadData(format!("service {service}")))?;
            let line = BilledLine { service, amount: Kopecks(row.get(3)?), volume: row.get(4)? };
            lines.entry((row.get(0)?, row.get(1)?)).or_default().push(line);
        }
        let sql = "select period from billing_run where house_id = ?1 and period >= ?2 and state = 'issued'";
        let months = conn.query(sql, params![&run.house_id, from])?;
        let sql = "select account_id, max(on_day) from ledger_entry
                   where account_id in (select value from json_each(?1)) and kind = 'opening' group by 1";
        let before = conn.query(sql, params![accounts])?;
        Ok(Self {
            lines,
            months: months.iter().map(|row| row.get(0)).collect::<Result<_>>()?,
            before: before.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_>>()?,
        })
    }

    /// Whether a month of an account is the portal's to correct: it billed the account, or it billed the house while the
    /// account was open and unknown to it.
    fn has_month(&self, place: &facts::Place, period: Period) -> bool {
        let is_elsewhere = || self.before.get(&place.account_id).is_some_and(|day| *day >= period.first_day());
        self.lines.contains_key(&(place.account_id.clone(), period))
            || (self.months.contains(&period) && place.is_open_in(period) && !is_elsewhere())
    }

    fn lines(&self, account_id: &str, period: Period) -> impl Iterator<Item = BilledLine> {
        self.lines.get(&(account_id.to_owned(), period)).into_iter().flatten().copied()
    }
}
