//! What penalties go by, from dated rows.

use domain::dated::{Dated, Row as DatedRow};
use domain::penalty::{PenaltyRules, Schedule, YearlyRate};
use domain::tariff::{Act, Percent};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::debts::Rules;
use crate::{Conn, Error, Result, Row, params, settings};

/// The rules as they are known, with the settings of a day.
///
/// # Errors
/// A failing database; rows that overlap.
pub fn rules(conn: &Conn<'_>, day: Date) -> Result<Rules> {
    let sql = "select penalty_moratorium_id, since, until, act_name, act_number, act_date from penalty_moratorium";
    let moratoria = conn.query(sql, &[])?;
    let moratoria =
        moratoria.iter().map(|row| Ok(DatedRow { from: row.get(1)?, until: row.get(2)?, value: act(row, 3)? }));
    let services = PenaltyRules {
        key_rate: rates(conn, "key")?,
        cap: rates(conn, "cap")?,
        moratoria: dated(moratoria.collect::<Result<_>>()?)?,
        schedule: Dated::always(Schedule::default()),
    };
    let grace: u32 = settings::on(conn, "penalty.caprepair_grace_days", day)?;
    let schedule = Dated::always(Schedule::capital_repair(grace));
    Ok(Rules { capital_repair: PenaltyRules { schedule, ..services.clone() }, services })
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
