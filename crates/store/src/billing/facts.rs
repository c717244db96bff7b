//! What bills need of accounts, for many of them in a bounded number of statements.

use std::collections::{BTreeMap, HashMap};

use domain::billing::{AccountFacts, MeterFact, MeterFacts};
use domain::charge::{Household, Occupants, Premises};
use domain::dated::{Dated, Days, Row as DatedRow};
use domain::meter_life::Event;
use domain::period::Period;
use domain::service::Service;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{PREMISES_AT_ONCE, absences, benefits, book::dated, interruptions};
use crate::{Conn, Error, Result, Row, meter_life, params, value::json_text};

/// How many months with a reading a bill looks back at: an average is that of six, and stands in for three at most.
const READINGS: u32 = 16;

/// An account of some premises.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) account_id: String,
    pub(super) number: String,
    pub(super) premises_id: String,
    opened_on: Date,
    /// The last day on which it is charged.
    until: Option<Date>,
    /// While the account is open, cut where the area changed.
    premises: Vec<DatedRow<Premises>>,
    /// Who is charged for where nobody is known to live there: the owners, one at least.
    owners: Vec<DatedRow<u32>>,
}

/// The accounts of the premises after the cursor, and the cursor behind them; none at the end of the house. Premises
/// without an account move the cursor too.
pub(super) fn places(conn: &Conn<'_>, house_id: &str, after: &str) -> Result<Option<(Vec<Place>, String)>> {
    let sql = "select p.number, a.account_id, a.number, p.premises_id, p.area_hundredths, a.opened_on, a.closed_on,
                      (select json_group_array(json_array(since, until)) from owner o
                       where o.premises_id = p.premises_id),
                      (select json_group_array(json_array(since, area_hundredths)) from premises_area
                       where premises_id = p.premises_id)
               from (select * from premises where house_id = ?1 and number > ?2 order by number limit ?3) p
               left join account a using (premises_id)
               order by p.number, a.number";
    let rows = conn.query(sql, params![house_id, after, i64::from(PREMISES_AT_ONCE)])?;
    let Some(last) = rows.last() else { return Ok(None) };
    let cursor = last.get(0)?;
    let has_account = |row: &&Row| row.get::<Option<String>>(1).is_ok_and(|account| account.is_some());
    Ok(Some((rows.iter().filter(has_account).map(place).collect::<Result<_>>()?, cursor)))
}

fn place(row: &Row) -> Result<Place> {
    let premises_id: String = row.get(3)?;
    // A closed account is not charged for the day on which it was closed: the next holder is.
    let closed_on: Option<Date> = row.get(6)?;
    let (opened_on, until): (Date, _) = (row.get(5)?, closed_on.and_then(|day| day.yesterday().ok()));
    let areas: String = row.get(8)?;
    let mut areas: Vec<(Date, i64)> =
        serde_json::from_str(&areas).map_err(|error| Error::BadData(error.to_string()))?;
    if areas.is_empty() {
        areas.push((Date::MIN, row.get(4)?));
    }
    areas.sort_unstable();
    let held = |(index, &(since, area)): (usize, &(Date, i64))| {
        let last = areas.get(index + 1).and_then(|(next, _)| next.yesterday().ok()).into_iter().chain(until).min();
        let value = Premises { id: premises_id.clone(), area: Decimal::new(area, 2) };
        let row = DatedRow { from: since.max(opened_on), until: last, value };
        last.is_none_or(|last| row.from <= last).then_some(row)
    };
    let premises = areas.iter().enumerate().filter_map(held).collect();
    let owners: String = row.get(7)?;
    let owners: Vec<(Date, Option<Date>)> =
        serde_json::from_str(&owners).map_err(|error| Error::BadData(error.to_string()))?;
    let (account_id, number, owners) = (row.get(1)?, row.get(2)?, count_by_day(&owners));
    Ok(Place { account_id, number, premises_id, opened_on, until, premises, owners })
}

/// How many of these days go on from one day to the next, each from its first day to the one before its last: one at
/// least.
fn count_by_day(all: &[(Date, Option<Date>)]) -> Vec<DatedRow<u32>> {
    let changes = all.iter().flat_map(|(since, until)| [Some(*since), *until]).flatten();
    let days = Days::new(Date::MIN, Date::MAX).map(|ever| ever.cut(changes)).unwrap_or_default();
    let mut rows: Vec<DatedRow<u32>> = Vec::new();
    for days in days {
        let holds = |(since, until): &&(Date, Option<Date>)| {
            *since <= days.first() && until.is_none_or(|until| days.first() < until)
        };
        let value = u32::try_from(all.iter().filter(holds).count()).unwrap_or(u32::MAX).max(1);
        let until = Some(days.last()).filter(|last| *last < Date::MAX);
        match rows.last_mut().filter(|last| last.value == value) {
            Some(last) => last.until = until,
            None => rows.push(DatedRow { from: days.first(), until, value }),
        }
    }
    rows
}

impl Place {
    /// Whether the account is open on a day of the month.
    pub(super) fn is_open_in(&self, period: Period) -> bool {
        self.is_open_since(period) && self.is_open_until(period)
    }

    /// Whether the account is open on a day of the month or earlier.
    pub(super) fn is_open_until(&self, period: Period) -> bool {
        self.opened_on <= period.last_day()
    }

    /// Whether the account is open on a day of the month or later.
    pub(super) fn is_open_since(&self, period: Period) -> bool {
        self.until.is_none_or(|until| until >= period.first_day())
    }

    /// The last day on which the account is charged, if there is one.
    pub(super) const fn until(&self) -> Option<Date> {
        self.until
    }
}

/// What is known of these accounts for a month.
pub(super) fn load(conn: &Conn<'_>, places: &[&Place], period: Period) -> Result<Vec<AccountFacts>> {
    let premises: Vec<_> = places.iter().map(|place| place.premises_id.as_str()).collect();
    let meters = meters(conn, &premises, period)?;
    let premises = json_text(&premises)?;
    let households = households(conn, &premises)?;
    let not_supplied = not_supplied(conn, &premises)?;
    let accounts: Vec<_> = places.iter().map(|place| place.account_id.as_str()).collect();
    // January settles the year before, with the benefits that were held then.
    let from = if period.month() == 1 { period.plus_months(-12) } else { period };
    let mut benefits = benefits::held(conn, &accounts, (from, period))?;
    let mut absences = absences::accepted(conn, &accounts, period)?;
    let mut interruptions = interruptions::of_accounts(conn, &accounts, period)?;
    places
        .iter()
        .map(|place| {
            let nobody = |row: &DatedRow<u32>| {
                let occupants = Occupants { registered: 0, temporary: 0, owners: row.value };
                let value = Household { id: place.premises_id.clone(), occupants };
                DatedRow { from: row.from, until: row.until, value }
            };
            let households = match households.get(&place.premises_id) {
                Some(rows) => dated(rows.clone())?,
                None => dated(place.owners.iter().map(nobody).collect())?,
            };
            Ok(AccountFacts {
                account_id: place.account_id.clone(),
                premises: dated(place.premises.clone())?,
                households,
                benefits: benefits.remove(&place.account_id).unwrap_or_default(),
                absences: absences.remove(&place.account_id).unwrap_or_default(),
                meters: meters.get(&place.premises_id).cloned().unwrap_or_default(),
                not_supplied: not_supplied.get(&place.premises_id).cloned().unwrap_or_default(),
                interruptions: interruptions.remove(&place.account_id).unwrap_or_default(),
            })
        })
        .collect()
}

fn households(conn: &Conn<'_>, premises: &str) -> Result<HashMap<String, Vec<DatedRow<Household>>>> {
    let sql = "select premises_id, household_id, registered, temporary, owners, since,
                      coalesce(until, (select date(min(n.since), '-1 day') from household n
                                       where n.premises_id = h.premises_id and n.since > h.since))
               from household h where premises_id in (select value from json_each(?1))";
    let mut households: HashMap<String, Vec<_>> = HashMap::new();
    for row in conn.query(sql, params![premises])? {
        let occupants = Occupants { registered: row.get(2)?, temporary: row.get(3)?, owners: row.get(4)? };
        let value = Household { id: row.get(1)?, occupants };
        let of_premises = households.entry(row.get(0)?).or_default();
        of_premises.push(DatedRow { from: row.get(5)?, until: row.get(6)?, value });
    }
    Ok(households)
}

fn not_supplied(conn: &Conn<'_>, premises: &str) -> Result<HashMap<String, BTreeMap<Service, Dated<()>>>> {
    let sql = "select premises_id, service, since,
                      coalesce(until, (select date(min(n.since), '-1 day') from service_not_supplied n
                                       where n.premises_id = s.premises_id and n.service = s.service
                                         and n.since > s.since))
               from service_not_supplied s where premises_id in (select value from json_each(?1))";
    let mut rows: HashMap<String, BTreeMap<Service, Vec<DatedRow<()>>>> = HashMap::new();
    for row in conn.query(sql, params![premises])? {
        let service: String = row.get(1)?;
        let service = Service::parse(&service).ok_or_else(|| Error::BadData(format!("service {service}")))?;
        let of_service = rows.entry(row.get(0)?).or_default().entry(service).or_default();
        of_service.push(DatedRow { from: row.get(2)?, until: row.get(3)?, value: () });
    }
    let dated = |services: BTreeMap<_, _>| services.into_iter().map(|(service, rows)| Ok((service, dated(rows)?)));
    rows.into_iter().map(|(premises, services)| Ok((premises, dated(services).collect::<Result<_>>()?))).collect()
}

/// The meters that hang on a day of the month, each with those whose place it took.
fn meters(conn: &Conn<'_>, premises: &[&str], period: Period) -> Result<HashMap<String, Vec<MeterFacts>>> {
    let mut meters: HashMap<String, Vec<MeterFacts>> = HashMap::new();
    for life in meter_life::recent(conn, premises, period, READINGS)? {
        let fact = |event: Event<'_>| MeterFact { id: event.id.to_owned(), on: event.on, kind: event.kind };
        let meter = MeterFacts { kind: life.kind, events: life.events().into_iter().map(fact).collect() };
        if meter.days_hanging(Days::of(period)).is_some() {
            meters.entry(life.premises_id).or_default().push(meter);
        }
    }
    Ok(meters)
}
