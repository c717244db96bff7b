//! Past months, computed again by what is known now: the difference to what was billed makes lines of the next bill.

use std::collections::{BTreeMap, HashMap};

use domain::billing::{self, ChargedLine, HouseBook, Which};
use domain::charge::Method;
use domain::correction::{Posted, corrections};
use domain::money::Kopecks;
use domain::period::Period;
use domain::service::Service;
use domain::tariff::Act;
use serde_json::Value;

use super::preview::{Cited, MONTHS_BACK, note};
use super::{Run, facts};
use crate::{Conn, Error, Result, params, value::json_text};

/// A line that corrects one of an earlier month.
pub(super) struct Corrected {
    pub(super) of_period: Period,
    pub(super) service: Service,
    pub(super) method: Method,
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

/// The corrections of these accounts: of those for which something became known late, and of no others.
pub(super) fn find(
    conn: &Conn<'_>,
    run: &Run,
    house: &HouseBook,
    places: &[&facts::Place],
    cited: &mut Cited,
) -> Result<HashMap<String, Found>> {
    let replays = replays(conn, run, places)?;
    let mut found: HashMap<String, Found> = HashMap::new();
    let Some(first) = replays.values().map(|replay| replay.from).min() else { return Ok(found) };
    let affected: Vec<_> = places.iter().copied().filter(|place| replays.contains_key(&place.account_id)).collect();
    let posted = posted(conn, &affected, first)?;
    let mut period = first;
    while period < run.period {
        let in_period: Vec<_> = affected
            .iter()
            .copied()
            .filter(|place| replays.get(&place.account_id).is_some_and(|replay| replay.from <= period))
            .collect();
        for account in facts::load(conn, &in_period, period)? {
            let (Some(replay), Some(posted)) =
                (replays.get(&account.account_id), posted.get(&(account.account_id.clone(), period)))
            else {
                // The month was never billed here.
                continue;
            };
            let (corrected, problem) = found.entry(account.account_id.clone()).or_default();
            let mut cite = |version: &str, act: &Act| note(cited, version, act);
            match billing::lines(house, &account, period, Which::All, &mut cite) {
                Ok(lines) => corrected.extend(differences(period, posted, lines, &replay.reason(period))?),
                Err(not_charged) => *problem = Some(format!("{period}: {not_charged}")),
            }
        }
        period = period.next();
    }
    Ok(found)
}

fn differences(
    period: Period,
    posted: &[(Service, Kopecks)],
    lines: Vec<ChargedLine>,
    reason: &str,
) -> Result<Vec<Corrected>> {
    let posted: Vec<_> = posted.iter().map(|&(service, amount)| Posted { entry: "", line: service, amount }).collect();
    let replayed: Vec<_> = lines.iter().map(|line| (line.service, line.figures.payable)).collect();
    let corrections = corrections(&posted, &replayed).map_err(|error| Error::BadData(error.to_string()))?;
    let mut lines: BTreeMap<Service, ChargedLine> = lines.into_iter().map(|line| (line.service, line)).collect();
    let corrected = corrections.into_iter().map(|correction| {
        let line = lines.remove(&correction.line);
        let (method, explanation) =
            line.map_or((Method::Other, Value::Array(Vec::new())), |line| (line.method, line.explanation));
        let (of_period, service, amount) = (period, correction.line, correction.amount);
        Corrected { of_period, service, method, amount, reason: reason.to_owned(), explanation }
    });
    Ok(corrected.collect())
}

/// Readings recorded after the last run was opened are late where their month is before this one's.
fn replays(conn: &Conn<'_>, run: &Run, places: &[&facts::Place]) -> Result<HashMap<String, Replay>> {
    let earliest = run.period.plus_months(-MONTHS_BACK);
    let accounts: Vec<_> = places.iter().map(|place| (&place.account_id, &place.premises_id)).collect();
    let sql = "select a.value ->> 0, min(r.period)
               from json_each(?1) a
               join meter m on m.premises_id = a.value ->> 1
               join reading r on r.meter_id = m.meter_id and r.period between ?3 and ?4
               where r.reading_seq > (select known_seq from billing_run
                                      where house_id = ?2 and period < ?5 order by period desc limit 1)
               group by 1";
    let last = run.period.previous().to_string();
    let parameters = params![json_text(&accounts)?, &run.house_id, earliest.to_string(), last, run.period.to_string()];
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
            let replay = replays.entry(place.account_id.clone()).or_insert(Replay { from, reasons: Vec::new() });
            replay.from = replay.from.min(from);
            replay.reasons.push((from, reason.clone()));
        }
    }
    Ok(replays)
}

/// What was billed for each month, with all that corrected it since.
type ByMonth = HashMap<(String, Period), Vec<(Service, Kopecks)>>;

fn posted(conn: &Conn<'_>, places: &[&facts::Place], from: Period) -> Result<ByMonth> {
    let accounts: Vec<_> = places.iter().map(|place| place.account_id.as_str()).collect();
    let sql = "select b.account_id, l.of_period, l.service, l.payable
               from json_each(?1) a join bill b on b.account_id = a.value and b.period >= ?2 and b.issued_at is not null
               join charge_line l on l.bill_id = b.bill_id and l.of_period >= ?2
               order by b.account_id, b.period";
    let mut posted = ByMonth::new();
    for row in conn.query(sql, params![json_text(&accounts)?, from.to_string()])? {
        let service: String = row.get(2)?;
        let service = Service::parse(&service).ok_or_else(|| Error::BadData(format!("service {service}")))?;
        posted.entry((row.get(0)?, row.get(1)?)).or_default().push((service, Kopecks(row.get(3)?)));
    }
    Ok(posted)
}
