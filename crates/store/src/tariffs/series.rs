//! Rows that follow each other: no day is told twice, none is missing.

use std::collections::BTreeMap;

use domain::{
    dated::{Dated, DatedError, Row as DatedRow},
    service::Service,
};
use jiff::civil::Date;

use crate::{Conn, Error, Result, Tx, params, value::json_text};

/// Days of a house on which a service has no price, norm or benefit, or two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The house.
    pub house_id: String,
    /// The service.
    pub service: Service,
    /// Which days.
    pub days: DatedError,
}

/// What makes a series of a table besides the house, in SQL.
fn series(table: &str) -> &'static str {
    match table {
        "tariff" => "service, rates, is_offer, iif(is_offer, supplier_id, '')",
        "norm" => "service, per",
        _ => "service, benefit",
    }
}

/// Ends the rows whose end is not told on the day before the next one of their series. `told` is JSON of an array of
/// rows: their houses are looked at.
pub(super) fn end_where_the_next_begins(tx: &Tx<'_>, table: &str, told: &str) -> Result<()> {
    let series = series(table);
    let sql = format!(
        "update {table} set until = date(n.next, '-1 day')
         from (select {table}_id as id, since, lead(since) over (partition by house_id, {series} order by since) as next
               from {table}
               where withdrawn_at is null and house_id in (select value ->> 'house_id' from json_each(?1))) n
         where n.id = {table}.{table}_id and {table}.until is null and n.next > n.since"
    );
    tx.execute(&sql, params![told])
}

/// What is wrong with the prices, norms and benefits of these houses, at most one fault for a series. A benefit may pause,
/// a price and a norm may not.
///
/// # Errors
/// A failing database.
pub fn faults(conn: &Conn<'_>, house_ids: &[&str]) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for (table, may_pause) in [("tariff", false), ("norm", false), ("benefit_rate", true)] {
        let keys = series(table);
        let sql = format!(
            "select house_id, service, json_array({keys}), since, until from {table}
             where withdrawn_at is null and house_id in (select value from json_each(?1))"
        );
        let mut rows: BTreeMap<(String, Service, String), Vec<DatedRow<()>>> = BTreeMap::new();
        for row in conn.query(&sql, params![json_text(&house_ids)?])? {
            let (from, until): (Date, Option<Date>) = (row.get(3)?, row.get(4)?);
            let key = (row.get(0)?, service(&row.get::<String>(1)?)?, row.get(2)?);
            rows.entry(key).or_default().push(DatedRow { from, until, value: () });
        }
        for ((house_id, service, _), rows) in rows {
            let made = if may_pause { Dated::new(rows) } else { Dated::unbroken(rows) };
            faults.extend(made.err().map(|days| Fault { house_id, service, days }));
        }
    }
    Ok(faults)
}

pub(super) fn service(name: &str) -> Result<Service> {
    Service::parse(name).ok_or_else(|| Error::BadData(format!("service {name}")))
}
