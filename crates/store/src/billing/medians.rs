//! What similar homes of a house use: the median of a month, kept when its bills are issued.

use std::collections::HashMap;

use domain::consumption::{RESIDENTS_TOLD_APART, SIMILAR_HOMES_MIN};
use domain::period::Period;
use domain::service::Service;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Run;
use crate::{Conn, Result, Tx, params};

/// Keeps the medians of a month whose bills are issued.
pub(super) fn put(tx: &Tx<'_>, run: &Run) -> Result<()> {
    let sql = "insert into consumption_median (house_id, period, service, residents, homes, volume)
               select ?2, ?3, service, residents, homes, cast(avg(volume) as integer)
               from (select service, residents, volume,
                            row_number() over (partition by service, residents order by volume) place,
                            count(*) over (partition by service, residents) homes
                     from (select l.service, l.volume, min(h.registered + h.temporary, ?5) residents
                           from bill b join charge_line l on l.bill_id = b.bill_id and l.of_period = b.period
                           join account a using (account_id)
                           join household h on h.premises_id = a.premises_id and h.since <= ?4
                                           and (h.until is null or h.until >= ?4)
                           where b.billing_run_id = ?1 and l.method = 'M'))
               where homes > ?6 and place in ((homes + 1) / 2, (homes + 2) / 2)
               group by service, residents";
    let (period, on) = (run.period.to_string(), run.period.last_day());
    tx.execute(sql, params![run.run_id, &run.house_id, period, on, RESIDENTS_TOLD_APART, SIMILAR_HOMES_MIN])
}

/// What homes like this one used since a month, by service and month.
///
/// # Errors
/// A failing database.
pub fn medians(
    conn: &Conn<'_>,
    premises_id: &str,
    today: Date,
    since: Period,
) -> Result<HashMap<(Service, Period), Decimal>> {
    let sql = "select m.service, m.period, m.volume
               from premises p
               join household h on h.premises_id = p.premises_id and h.since <= ?2 and (h.until is null or h.until >= ?2)
               join consumption_median m on m.house_id = p.house_id and m.period >= ?3
                                        and m.residents = min(h.registered + h.temporary, ?4)
               where p.premises_id = ?1";
    let rows = conn.query(sql, params![premises_id, today, since.to_string(), RESIDENTS_TOLD_APART])?;
    let rows = rows.iter().map(|row| {
        let service = Service::parse(&row.get::<String>(0)?);
        let volume = Decimal::new(row.get(2)?, 7).normalize();
        Ok(service.map(|service| Ok::<_, crate::Error>(((service, row.get(1)?), volume))))
    });
    rows.filter_map(|row: Result<_>| row.unwrap_or_else(|error| Some(Err(error)))).collect()
}
