//! What will change in that by which houses are charged: prices, norms, benefits and ways, for those whose accounts it
//! touches.

use domain::billing::Way;
use domain::meter::MeterKind;
use domain::norm::NormBasis;
use domain::service::Service;
use domain::tariff::{Change, Home, Percent, Price};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::series::service;
use crate::{Conn, Error, Result, Row, Tx, homes::full_address, params, value::json_text};

/// A day on which something changes in a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// The house.
    pub house_id: String,
    /// The first day of what will hold.
    pub since: Date,
}

/// A change of which nobody was told, or was told otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// Of which service.
    pub service: Service,
    /// What changes.
    pub change: Change,
    /// Whether nothing changes after all, though it was told.
    pub is_taken_back: bool,
    /// The act: its name and number; ways of charging have none.
    pub act: Option<(String, String)>,
    key: Key,
}

/// What it is told of by, and what will hold, in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    kind: String,
    detail: String,
    content: String,
}

/// An account of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub person_id: String,
    /// The account.
    pub account_id: String,
    /// House and flat.
    pub address: String,
    /// What it is charged by besides what its house is.
    pub home: Home,
}

/// Rows that begin on the days `?1` to `?2` (in the house `?3`, if there is one) and say something else than those before
/// them, or than what was told of them. Heating that pauses in summer changes nothing: the way before it holds on.
macro_rules! untold {
    ($columns:literal, $rest:literal) => {
        concat!(
            "with later as (
                 select t.house_id, t.since, 'price' as kind, t.service, cast(t.rates as text) as detail,
                        json_array(json(t.prices), json(t.above_norm), t.fixed, t.surcharge) as content,
                        (select json_array(json(b.prices), json(b.above_norm), b.fixed, b.surcharge) from tariff b
                         where b.house_id = t.house_id and b.service = t.service and b.rates = t.rates and not b.is_offer
                           and b.withdrawn_at is null and b.since < t.since order by b.since desc limit 1) as before,
                        t.tariff_act_id
                 from tariff t where t.since between ?1 and ?2 and not t.is_offer and t.withdrawn_at is null
                 union all
                 select n.house_id, n.since, 'norm', n.service, n.per, json_array(n.value),
                        (select json_array(b.value) from norm b
                         where b.house_id = n.house_id and b.service = n.service and b.per = n.per
                           and b.withdrawn_at is null and b.since < n.since order by b.since desc limit 1),
                        n.tariff_act_id
                 from norm n where n.since between ?1 and ?2 and n.withdrawn_at is null
                 union all
                 select r.house_id, r.since, 'benefit', r.service, r.benefit, json_array(r.percent, r.volume_limit),
                        (select json_array(b.percent, b.volume_limit) from benefit_rate b
                         where b.house_id = r.house_id and b.service = r.service and b.benefit = r.benefit
                           and b.withdrawn_at is null and b.since < r.since
                           and (b.until is null or b.until >= date(r.since, '-1 day')) order by b.since desc limit 1),
                        r.tariff_act_id
                 from benefit_rate r where r.since between ?1 and ?2 and r.withdrawn_at is null
                 union all
                 select s.house_id, s.since, 'way', s.service, '', json_array(s.way),
                        (select json_array(b.way) from house_service b
                         where b.house_id = s.house_id and b.service = s.service and b.way <> 'paused'
                           and b.since < s.since order by b.since desc limit 1),
                        null
                 from house_service s where s.since between ?1 and ?2 and s.way <> 'paused')
             select ",
            $columns,
            " from later l left join told_change d using (house_id, since, kind, service, detail)
              left join tariff_act a using (tariff_act_id)
              where (?3 is null or l.house_id = ?3) and l.content is not coalesce(d.content, l.before)
                and (l.before is not null or l.kind = 'benefit')
                and exists (select 1 from house_service s
                            where s.house_id = l.house_id and s.service = l.service and s.way <> 'paused'
                              and coalesce(s.until, l.since) >= l.since) ",
            $rest
        )
    };
}

/// The days after today and until this one on which something changes that is not told yet, the nearest first; at most
/// `count`.
///
/// # Errors
/// A failing database.
pub fn coming(conn: &Conn<'_>, today: Date, until: Date, count: u32) -> Result<Vec<Coming>> {
    let sql = untold!("distinct l.house_id, l.since", "order by l.since, l.house_id limit ?4");
    let tomorrow = today.tomorrow().unwrap_or(today);
    let rows = conn.query(sql, params![tomorrow, until, None::<&str>, i64::from(count)])?;
    rows.iter().map(|row| Ok(Coming { house_id: row.get(0)?, since: row.get(1)? })).collect()
}

/// What changes then and is not told yet, in the order of a bill.
///
/// # Errors
/// A failing database.
pub fn untold(conn: &Conn<'_>, of: &Coming) -> Result<Vec<Untold>> {
    let sql = untold!(
        "l.service, l.kind, l.detail, l.content, l.before, a.name, a.number",
        "order by l.kind = 'price' desc, l.kind, l.detail"
    );
    let rows = conn.query(sql, params![of.since, of.since, &of.house_id])?;
    let mut untold = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    untold.sort_by_key(|one| Service::ALL.iter().position(|service| *service == one.service));
    Ok(untold)
}

fn read(row: &Row) -> Result<Untold> {
    let key = Key { kind: row.get(1)?, detail: row.get(2)?, content: row.get(3)? };
    let (before, act): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    let is_taken_back = before.as_deref() == Some(key.content.as_str());
    let change = change(&key, before.as_deref())?;
    let act = act.map(|name| Ok::<_, Error>((name, row.get(6)?))).transpose()?;
    Ok(Untold { service: service(&row.get::<String>(0)?)?, change, is_taken_back, act, key })
}

/// What makes up a price: in each zone, above the norm, the fixed part, the surcharge.
type PriceContent = (Vec<Decimal>, Option<Vec<Decimal>>, Option<Decimal>, Option<Decimal>);

fn change(Key { kind, detail, content }: &Key, before: Option<&str>) -> Result<Change> {
    let bad = || Error::BadData(format!("change of {kind} {detail}: {content} after {before:?}"));
    let held = || before.ok_or_else(bad);
    match kind.as_str() {
        "price" => {
            let prices = |content: &str| -> Result<Vec<Price>> {
                let (prices, ..): PriceContent = json(content)?;
                prices.into_iter().map(|rubles| Price::new(rubles).map_err(|_| bad())).collect()
            };
            Ok(Change::Price { before: prices(held()?)?, after: prices(content)? })
        }
        "norm" => {
            let ([before], [after]): ([Decimal; 1], [Decimal; 1]) = (json(held()?)?, json(content)?);
            Ok(Change::Norm { per: NormBasis::parse(detail).ok_or_else(bad)?, before, after })
        }
        "benefit" => {
            let percent = |content: &str| -> Result<Percent> {
                let (percent, _): (Decimal, Option<Decimal>) = json(content)?;
                Percent::new(percent).map_err(|_| bad())
            };
            Ok(Change::Benefit {
                name: detail.clone(),
                before: before.map(percent).transpose()?,
                after: percent(content)?,
            })
        }
        "way" => {
            let way = |content: &str| -> Result<Way> {
                let [way]: [String; 1] = json(content)?;
                Way::parse(&way).ok_or_else(bad)
            };
            Ok(Change::Way { before: way(held()?)?, after: way(content)? })
        }
        _ => Err(bad()),
    }
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::BadData(error.to_string()))
}

/// The accounts of a house that are open then, for everybody who has one; whose they are stays together.
///
/// # Errors
/// A failing database.
pub fn accounts(conn: &Conn<'_>, of: &Coming) -> Result<Vec<Account>> {
    let sql = "select l.person_id, a.account_id, h.address, p.kind, p.number,
                      (select json_group_array(json_array(m.kind, m.rates)) from meter m
                       where m.premises_id = p.premises_id and m.installed_on <= ?2
                         and (m.removed_on is null or m.removed_on > ?2)),
                      (select json_group_array(b.benefit) from account_benefit b
                       where b.account_id = a.account_id and b.withdrawn_at is null
                         and b.since <= ?2 and coalesce(b.until, ?2) >= ?2),
                      (select json_group_array(n.service) from service_not_supplied n
                       where n.premises_id = p.premises_id and n.since <= ?2 and coalesce(n.until, ?2) >= ?2)
               from house h cross join premises p on p.house_id = h.house_id
               cross join account a on a.premises_id = p.premises_id and (a.closed_on is null or a.closed_on > ?2)
               cross join account_link l on l.account_id = a.account_id and l.ended_at is null
               where h.house_id = ?1 order by l.person_id, a.account_id";
    conn.query(sql, params![&of.house_id, of.since])?.iter().map(account).collect()
}

fn account(row: &Row) -> Result<Account> {
    let (meters, not_supplied): (Vec<(String, usize)>, Vec<String>) =
        (json(&row.get::<String>(5)?)?, json(&row.get::<String>(7)?)?);
    let meter = |(kind, rates): (String, usize)| match MeterKind::parse(&kind) {
        Some(kind) => Ok((kind, rates)),
        None => Err(Error::BadData(format!("meter kind {kind}"))),
    };
    Ok(Account {
        person_id: row.get(0)?,
        account_id: row.get(1)?,
        address: full_address(&row.get::<String>(2)?, &row.get::<String>(3)?, &row.get::<String>(4)?),
        home: Home {
            meters: meters.into_iter().map(meter).collect::<Result<_>>()?,
            benefits: json(&row.get::<String>(6)?)?,
            not_supplied: not_supplied.iter().map(|name| service(name)).collect::<Result<_>>()?,
        },
    })
}

/// Everybody who has an account in the house and is touched was told.
///
/// # Errors
/// A failing database.
pub fn told(tx: &Tx<'_>, now: Timestamp, of: &Coming, untold: &[Untold]) -> Result<()> {
    let row = |one: &Untold| {
        let Key { kind, detail, content } = &one.key;
        serde_json::json!([kind, one.service.as_str(), detail, content])
    };
    let sql = "insert into told_change (house_id, since, kind, service, detail, content, told_at)
               select ?1, ?2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ?4 from json_each(?3) where true
               on conflict (house_id, since, kind, service, detail)
               do update set content = excluded.content, told_at = excluded.told_at";
    let rows = json_text(&untold.iter().map(row).collect::<Vec<_>>())?;
    tx.execute(sql, params![&of.house_id, of.since, rows, now])
}
