//! Prices that will change, for those whose accounts they touch.

use domain::service::Service;
use domain::tariff::Price;
use jiff::civil::Date;

use super::series::service;
use crate::{Conn, Error, Result, Row, homes::full_address, params};

/// Somebody who has not been told of a change of prices yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// Who.
    pub person_id: String,
    /// The account.
    pub account_id: String,
    /// House and flat.
    pub address: String,
    /// The first day of the new prices.
    pub since: Date,
    /// When they became known: what became known together is told together.
    pub recorded_at: String,
}

impl Untold {
    /// What the person is told once.
    pub fn subject(&self) -> String {
        format!("tariff-change:{}:{}:{}", self.account_id, self.since, self.recorded_at)
    }
}

/// A price that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of what.
    pub service: Service,
    /// Rubles for a unit in each rate zone before.
    pub before: Vec<Price>,
    /// And after.
    pub after: Vec<Price>,
    /// The act: its name and number.
    pub act: (String, String),
}

/// A price `t` that is charged by in a house and differs from the one `b` before it, for premises `p` that it touches: they
/// are supplied, and their meters have so many rates.
macro_rules! changes {
    () => {
        "from tariff t
         join tariff b on b.house_id = t.house_id and b.service = t.service and b.rates = t.rates and not b.is_offer
             and b.withdrawn_at is null and b.until = date(t.since, '-1 day') and b.prices <> t.prices
         join premises p on p.house_id = t.house_id
             and not exists (select 1 from service_not_supplied n where n.premises_id = p.premises_id
                                 and n.service = t.service and n.since <= t.since and coalesce(n.until, t.since) >= t.since)
             and (not exists (select 1 from meter m where m.premises_id = p.premises_id and m.kind = t.service
                                  and m.removed_on is null and m.rates <> t.rates)
                  or exists (select 1 from meter m where m.premises_id = p.premises_id and m.kind = t.service
                                 and m.removed_on is null and m.rates = t.rates))
         join account a on a.premises_id = p.premises_id and (a.closed_on is null or a.closed_on > t.since)
         where not t.is_offer and t.withdrawn_at is null
           and exists (select 1 from house_service h where h.house_id = t.house_id and h.service = t.service
                           and h.way <> 'paused')"
    };
}

/// Those with an account that a change after today and until this day touches, as long as they have not been told; at most
/// `count`.
///
/// # Errors
/// A failing database.
pub fn untold(conn: &Conn<'_>, today: Date, until: Date, count: u32) -> Result<Vec<Untold>> {
    let sql = concat!(
        "select l.person_id, c.account_id, h.address, p.kind, p.number, c.since, c.recorded_at
         from (select distinct a.account_id, t.since, t.recorded_at ",
        changes!(),
        " and t.since > ?1 and t.since <= ?2) c
         join account_link l on l.account_id = c.account_id and l.ended_at is null
         join account a on a.account_id = c.account_id join premises p using (premises_id) join house h using (house_id)
         where not exists (select 1 from notice n where n.person_id = l.person_id
                               and n.subject = 'tariff-change:' || c.account_id || ':' || c.since || ':' || c.recorded_at)
         order by c.since, l.person_id, c.account_id, c.recorded_at limit ?3"
    );
    conn.query(sql, params![today, until, i64::from(count)])?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Untold> {
    Ok(Untold {
        person_id: row.get(0)?,
        account_id: row.get(1)?,
        address: full_address(&row.get::<String>(2)?, &row.get::<String>(3)?, &row.get::<String>(4)?),
        since: row.get(5)?,
        recorded_at: row.get(6)?,
    })
}

/// The prices that change then for this account, in the order of a bill.
///
/// # Errors
/// A failing database.
pub fn coming(conn: &Conn<'_>, untold: &Untold) -> Result<Vec<Change>> {
    let sql = concat!(
        "select t.service, b.prices, t.prices,
                (select name from tariff_act c where c.tariff_act_id = t.tariff_act_id),
                (select number from tariff_act c where c.tariff_act_id = t.tariff_act_id) ",
        changes!(),
        " and a.account_id = ?1 and t.since = ?2 and t.recorded_at = ?3"
    );
    let rows = conn.query(sql, params![&untold.account_id, untold.since, &untold.recorded_at])?;
    let mut changes = rows.iter().map(change).collect::<Result<Vec<_>>>()?;
    changes.sort_by_key(|change| Service::ALL.iter().position(|service| *service == change.service));
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
        service: service(&row.get::<String>(0)?)?,
        before: prices(1)?,
        after: prices(2)?,
        act: (row.get(3)?, row.get(4)?),
    })
}
