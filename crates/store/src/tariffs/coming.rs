//! Prices that will change, for those whose accounts they touch.

use domain::service::Service;
use domain::tariff::Price;
use jiff::Timestamp;
use jiff::civil::Date;

use super::series::service;
use crate::{Conn, Error, Result, Row, Tx, homes::full_address, params};

/// New prices of a house that became known together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// The house.
    pub house_id: String,
    /// The first day of the new prices.
    pub since: Date,
    /// When they became known.
    pub recorded_at: String,
}

/// A price that changes for an account of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who.
    pub person_id: String,
    /// The account.
    pub account_id: String,
    /// House and flat.
    pub address: String,
    /// Of what.
    pub service: Service,
    /// Rubles for a unit in each rate zone before.
    pub before: Vec<Price>,
    /// And after.
    pub after: Vec<Price>,
    /// The act: its name and number.
    pub act: (String, String),
}

/// What comes after today and until this day and nobody was told of yet, the nearest first; at most `count`.
///
/// # Errors
/// A failing database.
pub fn coming(conn: &Conn<'_>, today: Date, until: Date, count: u32) -> Result<Vec<Coming>> {
    let sql = "select distinct t.house_id, t.since, t.recorded_at from tariff t
               where t.withdrawn_at is null and not t.is_offer and t.since > ?1 and t.since <= ?2
                 and not exists (select 1 from told_tariff_change d where d.house_id = t.house_id and d.since = t.since
                                     and d.recorded_at = t.recorded_at)
               order by t.since, t.house_id, t.recorded_at limit ?3";
    let rows = conn.query(sql, params![today, until, i64::from(count)])?;
    rows.iter().map(|row| Ok(Coming { house_id: row.get(0)?, since: row.get(1)?, recorded_at: row.get(2)? })).collect()
}

/// What changes then, account by account, for everybody who has one: where the service is charged and reaches the
/// premises, and their meters have so many rates.
///
/// # Errors
/// A failing database.
pub fn changes(conn: &Conn<'_>, of: &Coming) -> Result<Vec<Change>> {
    let sql = "select l.person_id, a.account_id, h.address, p.kind, p.number, t.service, b.prices, t.prices, c.name, c.number
               from tariff t
               join tariff b on b.house_id = t.house_id and b.service = t.service and b.rates = t.rates and not b.is_offer
                   and b.withdrawn_at is null and b.until = date(t.since, '-1 day') and (b.prices, b.above_norm, b.fixed, b.surcharge)
                                                                            is not (t.prices, t.above_norm, t.fixed, t.surcharge)
               join tariff_act c on c.tariff_act_id = t.tariff_act_id
               join house h on h.house_id = t.house_id
               cross join premises p on p.house_id = t.house_id
               cross join account a on a.premises_id = p.premises_id and (a.closed_on is null or a.closed_on > t.since)
               cross join account_link l on l.account_id = a.account_id and l.ended_at is null
               where t.house_id = ?1 and t.since = ?2 and t.recorded_at = ?3 and not t.is_offer and t.withdrawn_at is null
                 and exists (select 1 from house_service s where s.house_id = t.house_id and s.service = t.service
                                 and s.way <> 'paused')
                 and not exists (select 1 from service_not_supplied n
                                 where n.premises_id = p.premises_id and n.service = t.service and n.since <= t.since
                                   and coalesce(n.until, t.since) >= t.since)
                 and (t.rates in (select m.rates from meter m where m.premises_id = p.premises_id and m.kind = t.service
                                      and m.removed_on is null)
                      or not exists (select 1 from meter m where m.premises_id = p.premises_id and m.kind = t.service
                                         and m.removed_on is null))
               order by l.person_id, a.account_id";
    let rows = conn.query(sql, params![&of.house_id, of.since, &of.recorded_at])?;
    let mut changes = rows.iter().map(change).collect::<Result<Vec<_>>>()?;
    let place = |service| Service::ALL.iter().position(|one| *one == service);
    // In the order of a bill; whose they are stays together.
    changes.sort_by(|one, other| {
        let key = |change: &Change| (change.person_id.clone(), change.account_id.clone(), place(change.service));
        key(one).cmp(&key(other))
    });
    Ok(changes)
}

fn change(row: &Row) -> Result<Change> {
    let prices = |column| -> Result<Vec<Price>> {
        let text: String = row.get(column)?;
        let prices: Vec<String> = serde_json::from_str(&text).map_err(|error| Error::BadData(error.to_string()))?;
        let price = |price: &String| price.parse().ok().and_then(|rubles| Price::new(rubles).ok());
        let prices: Option<Vec<_>> = prices.iter().map(price).collect();
        prices.ok_or_else(|| Error::BadData(format!("prices {text}")))
    };
    Ok(Change {
        person_id: row.get(0)?,
        account_id: row.get(1)?,
        address: full_address(&row.get::<String>(2)?, &row.get::<String>(3)?, &row.get::<String>(4)?),
        service: service(&row.get::<String>(5)?)?,
        before: prices(6)?,
        after: prices(7)?,
        act: (row.get(8)?, row.get(9)?),
    })
}

/// Everybody who has an account in the house was told.
///
/// # Errors
/// A failing database.
pub fn told(tx: &Tx<'_>, now: Timestamp, of: &Coming) -> Result<()> {
    let sql =
        "insert or ignore into told_tariff_change (house_id, since, recorded_at, told_at) values (?1, ?2, ?3, ?4)";
    tx.execute(sql, params![&of.house_id, of.since, &of.recorded_at, now])
}
