//! What the house supplies, and its bills: made by the monthly run itself, month by month, with payments between.

use domain::charge::absence::Absence;
use domain::money::Kopecks;
use domain::period::Period;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};

use super::{
    Making,
    flats::Flat,
    house::TIME_ZONE,
    tariffs::{FIRST_DAY, VETERANS},
};
use crate::billing::absences::{self, Decision, NewApplication};
use crate::billing::benefits::{Change, NewBenefit};
use crate::billing::{self, NewArea, NewHousehold, NewNotSupplied, NewService, Step};
use crate::ledger::{self, NewPayment};
use crate::{Db, Error, Result, params};

/// What is charged, and how. Heating has its season.
const SERVICES: [(&str, &str); 13] = [
    ("maintenance", "area"),
    ("common_cold_water", "common_norm"),
    ("common_hot_water", "common_norm"),
    ("common_electricity", "common_norm"),
    ("cold_water", "meter"),
    ("hot_water", "meter"),
    ("hot_water_heat", "meter"),
    ("sewage", "meter"),
    ("electricity", "meter"),
    ("gas", "meter"),
    ("solid_waste", "person"),
    ("capital_repair", "area"),
    ("heating", "heating_norm"),
];

/// What a house has in common: m² × 100.
const IN_COMMON: i64 = 41_260;

pub(super) fn add(making: &mut Making<'_>, house_id: &str, flats: &[Flat]) -> Result<()> {
    let mut services = Vec::new();
    for (service, way) in SERVICES {
        for (way, since, until) in seasons(service, way) {
            services.push((making.ids.draw(), service, way, since, until));
        }
    }
    let services = services.iter().map(|(house_service_id, service, way, since, until)| NewService {
        house_service_id,
        house_id,
        service,
        way,
        since: *since,
        until: *until,
    });
    billing::put_services(making.tx, &services.collect::<Vec<_>>())?;
    let area = NewArea {
        house_area_id: &making.ids.draw(),
        house_id,
        premises_hundredths: flats.iter().map(|flat| flat.area_hundredths).sum(),
        common_hundredths: IN_COMMON,
        since: FIRST_DAY,
        until: None,
    };
    billing::put_areas(making.tx, &[area])?;
    let ids: Vec<_> = flats.iter().map(|_| making.ids.draw()).collect();
    let households = flats.iter().zip(&ids).map(|(flat, household_id)| NewHousehold {
        household_id,
        premises_id: &flat.premises_id,
        registered: 1 + u32::from(flat.number % 4),
        temporary: 0,
        owners: 1,
        since: FIRST_DAY,
        until: None,
    });
    billing::put_households(making.tx, &households.collect::<Vec<_>>())?;
    benefits(making, house_id, flats)?;
    // Stoves of the third entrance are electric.
    let without_gas = flats.iter().filter(|flat| flat.number > 40).map(|flat| NewNotSupplied {
        premises_id: &flat.premises_id,
        service: "gas",
        since: FIRST_DAY,
        until: None,
    });
    billing::put_not_supplied(making.tx, &without_gas.collect::<Vec<_>>()).map(drop)
}

/// One of the first demo flat is a veteran of labour, and, since the middle of a month, whoever lives in the second.
fn benefits(making: &mut Making<'_>, house_id: &str, flats: &[Flat]) -> Result<()> {
    for (number, persons, since) in [(15, Some(1), FIRST_DAY), (27, None, date(2026, 1, 16))] {
        let Some(flat) = flats.iter().find(|flat| flat.number == number) else { continue };
        let [account_benefit_id, recalculation_id] = [making.ids.draw(), making.ids.draw()];
        let benefit = NewBenefit {
            account_benefit_id: &account_benefit_id,
            account_id: &flat.account_id,
            benefit: VETERANS,
            persons,
            norm_area: None,
            document: "удостоверение ветерана труда",
            since,
            until: None,
        };
        let change = Change { house_id, recalculation_id: &recalculation_id };
        billing::benefits::record(making.tx, making.at, change, &benefit)?;
    }
    Ok(())
}

/// The first demo flat was left for two weeks of May 2026 by two of those who live there. It was decided before
/// anybody had an account here: nobody is told.
pub(super) fn add_absence(making: &mut Making<'_>, house_id: &str, flats: &[Flat]) -> Result<()> {
    let Some(flat) = flats.iter().find(|flat| flat.number == 15) else { return Ok(()) };
    let [absence_id, recalculation_id] = [making.ids.draw(), making.ids.draw()];
    let (left_on, returned_on, asked_on) = (date(2026, 5, 3), date(2026, 5, 18), date(2026, 5, 20));
    let application = NewApplication {
        absence_id: &absence_id,
        account_id: &flat.account_id,
        persons: 2,
        absence: Absence { left_on, returned_on, asked_on },
        document: "билеты на поезд",
    };
    absences::apply(making.tx, making.at, &application)?;
    let reason = "билеты подтверждают отсутствие";
    let decision = Decision { house_id, recalculation_id: &recalculation_id, accepted: Some(false), reason };
    if let Some(asked) = absences::one(making.tx, house_id, &absence_id)? {
        absences::decide(making.tx, making.at, &asked, &decision)?;
    }
    Ok(())
}

/// When a service is charged in which way: heat from October to April.
fn seasons(service: &str, way: &'static str) -> Vec<(&'static str, Date, Option<Date>)> {
    if service != "heating" {
        return vec![(way, FIRST_DAY, None)];
    }
    let mut rows = vec![("paused", FIRST_DAY, Some(date(2024, 9, 30)))];
    for year in 2024..2034 {
        rows.push((way, date(year, 10, 1), Some(date(year + 1, 4, 30))));
        rows.push(("paused", date(year + 1, 5, 1), Some(date(year + 1, 9, 30))));
    }
    rows
}

/// How much was billed.
#[derive(Debug, PartialEq, Eq)]
pub struct Billed {
    /// Months of the house.
    pub months: usize,
    /// Bills.
    pub bills: usize,
}

/// Bills the demo house for all months that its readings tell about, through the same steps as any house: some people
/// pay late, some in part.
///
/// # Errors
/// A failing database; a month that cannot be approved.
pub fn bill(db: &Db, at: Timestamp) -> Result<Billed> {
    let sql = "select h.house_id, min(r.period), max(r.period) from reading r join meter m using (meter_id)
               join premises p using (premises_id) join house h using (house_id) group by h.house_id";
    let row = db.read(|conn| conn.query_first(sql, &[]))?.ok_or_else(|| Error::BadData("no readings".to_owned()))?;
    let (house_id, first, last): (String, Period, Period) = (row.get(0)?, row.get(1)?, row.get(2)?);
    // The first readings are what the next ones are counted from.
    let mut period = first.next().max(Period::of(FIRST_DAY));
    let mut billed = Billed { months: 0, bills: 0 };
    let mut promised = Vec::new();
    while period <= last {
        let day = period.next().first_day().saturating_add(2.days());
        let (paid, later) = promised.into_iter().partition(|one: &Promised| one.on < day);
        pay(db, paid)?;
        billed.bills += month(db, morning(day).min(at), &house_id, period)?;
        billed.months += 1;
        promised = later;
        promised.extend(promise(db, period)?);
        period = period.next();
    }
    Ok(billed)
}

fn month(db: &Db, now: Timestamp, house_id: &str, period: Period) -> Result<usize> {
    let refused = |refusal| Error::BadData(format!("{period}: {refusal:?}"));
    let run_id = db.write(|tx| billing::open(tx, now, house_id, period))?.map_err(refused)?;
    while billing::tick(db, now)?.is_some() {}
    db.write(|tx| billing::approve(tx, now, run_id))?.map_err(refused)?;
    let mut bills = 0;
    while let Some(step) = billing::tick(db, now)? {
        bills += if let Step::Issued(count) = step { count } else { 0 };
    }
    Ok(bills)
}

/// A payment that will be made.
struct Promised {
    account_id: String,
    payment_id: String,
    on: Date,
    amount: Kopecks,
}

/// Most pay what the bill says on the 10th. Of ten flats one pays a quarter's bills at once and a month and a half late, of
/// thirteen one pays half.
fn promise(db: &Db, period: Period) -> Result<Vec<Promised>> {
    let sql = "select account_id, number, balance from bill where period = ?1 and balance > 0 order by number";
    let bills = db.read(|conn| conn.query(sql, params![period.to_string()]))?;
    let in_time = period.next().day_or_last(10);
    let promise = |(index, row): (usize, &crate::Row)| {
        let (balance, is_late): (i64, _) = (row.get(2)?, index % 10 == 3);
        let amount = Kopecks(if index % 13 == 7 { balance / 2 } else { balance });
        let on = if is_late { in_time.saturating_add(47.days()) } else { in_time };
        let pays = amount > Kopecks::ZERO && (!is_late || period.month() % 3 == 0);
        Ok(pays.then_some(Promised { account_id: row.get(0)?, payment_id: row.get(1)?, on, amount }))
    };
    bills.iter().enumerate().map(promise).filter_map(Result::transpose).collect()
}

/// Each day's payments, as they come in.
fn pay(db: &Db, mut paid: Vec<Promised>) -> Result<()> {
    paid.sort_by_key(|one| one.on);
    for day in paid.chunk_by(|one, next| one.on == next.on) {
        let payments = day.iter().map(|Promised { account_id, payment_id, on, amount }| NewPayment {
            payment_id,
            account_id,
            on: *on,
            amount: *amount,
        });
        let payments: Vec<_> = payments.collect();
        db.write(|tx| ledger::pay(tx, morning(day[0].on), &payments))?;
    }
    Ok(())
}

fn morning(day: Date) -> Timestamp {
    let zone = TimeZone::get(TIME_ZONE).unwrap_or(TimeZone::UTC);
    let midnight = day.to_zoned(zone).map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp());
    midnight + SignedDuration::from_hours(9)
}
