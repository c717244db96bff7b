//! What penalties go by, from dated rows.

use domain::dated::{Dated, Row as DatedRow};
use domain::penalty::{DIVISOR, LATER_DIVISOR, Later, PenaltyRules, Schedule, YearlyRate};
use domain::tariff::{Act, Percent};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::debts::Rules;
use crate::settings::{History, Settings};
use crate::{Conn, Error, Result, Row, params};

const GRACE_DAYS: &str = "penalty.grace_days";
const CAPITAL_REPAIR_GRACE_DAYS: &str = "penalty.caprepair_grace_days";
const LATER_FROM_DAY: &str = "penalty.later_from_day";

/// More days nobody waits for a penalty to begin or to grow, and a rate divided by more is none.
const DAYS_MAX: u32 = 3_660;
const DIVISOR_MAX: u32 = 100_000;

/// The rules as they are known, for debts that are due by this day.
///
/// # Errors
/// A failing database; rows that overlap; a setting that makes no sense.
pub fn rules(conn: &Conn<'_>, until: Date) -> Result<Rules> {
    let names = [GRACE_DAYS, CAPITAL_REPAIR_GRACE_DAYS, DIVISOR, LATER_FROM_DAY, LATER_DIVISOR];
    let settings = History::of(conn, &names, until)?;
    let sql = "select penalty_moratorium_id, since, until, act_name, act_number, act_date from penalty_moratorium";
    let moratoria = conn.query(sql, &[])?;
    let moratoria =
        moratoria.iter().map(|row| Ok(DatedRow { from: row.get(1)?, until: row.get(2)?, value: act(row, 3)? }));
    let services = PenaltyRules {
        key_rate: rates(conn, "key")?,
        cap: rates(conn, "cap")?,
        moratoria: dated(moratoria.collect::<Result<_>>()?)?,
        schedule: settings.dated(of_services)?,
    };
    let schedule = settings.dated(of_capital_repair)?;
    Ok(Rules { capital_repair: PenaltyRules { schedule, ..services.clone() }, services })
}

fn of_services(settings: &Settings) -> Result<Schedule> {
    let free_days = settings.within(GRACE_DAYS, 0..=DAYS_MAX)?;
    let later = Later {
        from_day: settings.within(LATER_FROM_DAY, free_days + 1..=DAYS_MAX + 1)?,
        divisor: settings.within(LATER_DIVISOR, 1..=DIVISOR_MAX)?,
    };
    Ok(Schedule { free_days, divisor: settings.within(DIVISOR, 1..=DIVISOR_MAX)?, later: Some(later) })
}

fn of_capital_repair(settings: &Settings) -> Result<Schedule> {
    let free_days = settings.within(CAPITAL_REPAIR_GRACE_DAYS, 0..=DAYS_MAX)?;
    Ok(Schedule { free_days, divisor: settings.within(DIVISOR, 1..=DIVISOR_MAX)?, later: None })
}

fn rates(conn: &Conn<'_>, kind: &str) -> Result<Dated<YearlyRate>> {
    let sql = "select penalty_rate_id, percent, since, until, act_name, act_number, act_date from penalty_rate
               where kind = ?1";
    let rows = conn.query(sql, params![kind])?;
    let rows = rows.iter().map(|row| {
        let percent = Percent::new(row.get::<Decimal>(1)?).map_err(|error| Error::BadData(error.to_string()))?;
        let value = YearlyRate { id: row.get(0)?, percent, act: act(row, 4)? };
        Ok(DatedRow { from: row.get(2)?, until: row.get(3)?, value })
    });
    dated(rows.collect::<Result<_>>()?)
}

fn act(row: &Row, first: usize) -> Result<Act> {
    Ok(Act { name: row.get(first)?, number: row.get(first + 1)?, date: row.get(first + 2)?, link: None })
}

fn dated<T>(rows: Vec<DatedRow<T>>) -> Result<Dated<T>> {
    Dated::new(rows).map_err(|error| Error::BadData(error.to_string()))
}
