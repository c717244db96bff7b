//! Rows put by their natural keys, many by few statements. Putting a row twice changes nothing; one that says something
//! else withdraws the one that it corrects.

use std::collections::HashMap;

use domain::{
    norm::NormBasis,
    period::Period,
    service::Service,
    tariff::{Act, Percent, Price, Rates},
};
use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::series;
use crate::{
    Ids, Result, Tx,
    billing::{NewRecalculation, became_known},
    homes::register::{Changed, Changes},
    params,
    value::json_text,
};

/// What a service costs in a house from a day on.
#[derive(Debug)]
pub struct NewTariff<'a> {
    /// The house.
    pub house_id: &'a str,
    /// The service.
    pub service: Service,
    /// ИНН of the supplier and its name; a known one keeps its name.
    pub supplier: (&'a str, &'a str),
    /// Whether it is only what this supplier would take.
    pub is_offer: bool,
    /// One price per rate zone.
    pub prices: Rates<Price>,
    /// The same above the social norm.
    pub above_norm: Option<Rates<Price>>,
    /// From each dwelling and month.
    pub fixed: Option<Price>,
    /// On the price.
    pub surcharge: Option<Percent>,
    /// Where this comes from.
    pub act: &'a Act,
    /// The first day.
    pub since: Date,
    /// The last day, if it is told.
    pub until: Option<Date>,
}

/// How much is used where nothing measures it, in a house from a day on.
#[derive(Debug)]
pub struct NewNorm<'a> {
    /// The house.
    pub house_id: &'a str,
    /// The service.
    pub service: Service,
    /// What it is counted by.
    pub per: NormBasis,
    /// The type of dwelling, as the act names it.
    pub dwelling: &'a str,
    /// How much, in the unit of the service.
    pub value: Decimal,
    /// Where this comes from.
    pub act: &'a Act,
    /// The first day.
    pub since: Date,
    /// The last day, if it is told.
    pub until: Option<Date>,
}

/// By how much a benefit lowers what a service costs in a house from a day on.
#[derive(Debug)]
pub struct NewBenefit<'a> {
    /// The house.
    pub house_id: &'a str,
    /// Whose benefit it is, in words.
    pub benefit: &'a str,
    /// The service.
    pub service: Service,
    /// By how much.
    pub percent: Percent,
    /// Only so much of the volume of a month.
    pub limit: Option<Decimal>,
    /// Where this comes from.
    pub act: &'a Act,
    /// The first day.
    pub since: Date,
    /// The last day, if it is told.
    pub until: Option<Date>,
}

/// A table of dated rows. Each row comes as an object of its columns.
struct Table {
    name: &'static str,
    /// What a row is known by.
    key: &'static [&'static str],
    /// What else it says, but for its last day.
    content: &'static [&'static str],
    /// Which of its rows nothing is charged by.
    is_idle: &'static str,
    /// What residents read where months were billed before a row became known.
    late: &'static str,
}

const TARIFF: Table = Table {
    name: "tariff",
    key: &["house_id", "service", "rates", "is_offer", "supplier_id", "since"],
    content: &["prices", "above_norm", "fixed", "surcharge", "tariff_act_id"],
    is_idle: "is_offer = 1",
    late: "Тариф за этот месяц стал известен позже",
};
const NORM: Table = Table {
    name: "norm",
    key: &["house_id", "service", "per", "since"],
    content: &["dwelling", "value", "tariff_act_id"],
    is_idle: "false",
    late: "Норматив за этот месяц стал известен позже",
};
const BENEFIT: Table = Table {
    name: "benefit_rate",
    key: &["house_id", "benefit", "service", "since"],
    content: &["percent", "volume_limit", "tariff_act_id"],
    is_idle: "false",
    late: "Размер льготы за этот месяц стал известен позже",
};

/// Puts prices.
///
/// # Errors
/// A failing database.
pub fn put_tariffs(tx: &Tx<'_>, now: Timestamp, ids: &mut Ids, new: &[NewTariff<'_>]) -> Result<Changes> {
    let acts = act_ids(tx, ids, new.iter().map(|row| row.act))?;
    let suppliers = supplier_ids(tx, ids, new.iter().map(|row| row.supplier))?;
    let texts = |rates: Rates<Price>| {
        let texts: Vec<_> = rates.as_slice().iter().map(|price| price.rubles().normalize().to_string()).collect();
        json_text(&texts)
    };
    let rows = new.iter().map(|row| {
        Ok(json!({
            "house_id": row.house_id,
            "service": row.service.as_str(),
            "rates": row.prices.count(),
            "is_offer": u8::from(row.is_offer),
            "supplier_id": suppliers[row.supplier.0],
            "prices": texts(row.prices)?,
            "above_norm": row.above_norm.map(texts).transpose()?,
            "fixed": row.fixed.map(|price| text(price.rubles())),
            "surcharge": row.surcharge.map(|percent| text(percent.value())),
            "tariff_act_id": acts[&act_key(row.act)],
            "since": row.since,
            "until": row.until,
        }))
    });
    TARIFF.put(tx, now, ids, rows.collect::<Result<_>>()?)
}

/// Puts norms.
///
/// # Errors
/// A failing database.
pub fn put_norms(tx: &Tx<'_>, now: Timestamp, ids: &mut Ids, new: &[NewNorm<'_>]) -> Result<Changes> {
    let acts = act_ids(tx, ids, new.iter().map(|row| row.act))?;
    let rows = new.iter().map(|row| {
        json!({
            "house_id": row.house_id,
            "service": row.service.as_str(),
            "per": row.per.as_str(),
            "dwelling": row.dwelling,
            "value": text(row.value),
            "tariff_act_id": acts[&act_key(row.act)],
            "since": row.since,
            "until": row.until,
        })
    });
    NORM.put(tx, now, ids, rows.collect())
}

/// Puts rates of benefits.
///
/// # Errors
/// A failing database.
pub fn put_benefits(tx: &Tx<'_>, now: Timestamp, ids: &mut Ids, new: &[NewBenefit<'_>]) -> Result<Changes> {
    let acts = act_ids(tx, ids, new.iter().map(|row| row.act))?;
    let rows = new.iter().map(|row| {
        json!({
            "house_id": row.house_id,
            "benefit": row.benefit,
            "service": row.service.as_str(),
            "percent": text(row.percent.value()),
            "volume_limit": row.limit.map(text),
            "tariff_act_id": acts[&act_key(row.act)],
            "since": row.since,
            "until": row.until,
        })
    });
    BENEFIT.put(tx, now, ids, rows.collect())
}

/// The names of the suppliers with these ИНН that are known.
///
/// # Errors
/// A failing database.
pub fn suppliers(tx: &Tx<'_>, inns: &[&str]) -> Result<HashMap<String, String>> {
    let sql = "select s.inn, s.name from json_each(?1) n join supplier s on s.inn = n.value";
    let rows = tx.query(sql, params![json_text(&inns)?])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

fn text(number: Decimal) -> String {
    number.normalize().to_string()
}

impl Table {
    fn put(&self, tx: &Tx<'_>, now: Timestamp, ids: &mut Ids, mut rows: Vec<Json>) -> Result<Changes> {
        for row in rows.iter_mut().filter_map(Json::as_object_mut) {
            Self::name_row(row, ids.draw());
        }
        let told = json_text(&rows)?;
        let changed = self.withdraw_changed(tx, now, &told)?;
        let inserted = self.insert(tx, now, &told)?;
        series::end_where_the_next_begins(tx, self.name, &told)?;
        self.tell_bills(tx, now, ids, &inserted)?;
        Ok(Changes { added: (inserted.len() - changed.len()) as u64, changed })
    }

    fn name_row(row: &mut Map<String, Json>, id: String) {
        row.insert("id".to_owned(), Json::String(id));
    }

    /// Whether the row `k` is the one that `n` is about.
    fn is_same_key(&self) -> String {
        let same: Vec<_> = self.key.iter().map(|column| format!("k.{column} = n.value ->> '{column}'")).collect();
        format!("{} and k.withdrawn_at is null", same.join(" and "))
    }

    /// What differs, column by column: a last day only where one is told.
    fn differences(&self) -> Vec<String> {
        let content = self.content.iter().map(|column| format!("k.{column} is not n.value ->> '{column}'"));
        content.chain(["k.until is not coalesce(n.value ->> 'until', k.until)".to_owned()]).collect()
    }

    fn withdraw_changed(&self, tx: &Tx<'_>, now: Timestamp, told: &str) -> Result<Vec<Changed>> {
        let (name, same, differences) = (self.name, self.is_same_key(), self.differences());
        let (each, any) = (differences.join(", "), differences.join(" or "));
        let sql = format!(
            "select n.key, {each} from json_each(?1) n cross join {name} k on {same} where {any} order by n.key"
        );
        let rows = tx.query(&sql, params![told])?;
        let columns: Vec<_> = self.content.iter().chain(&["until"]).map(|column| name_in_files(column)).collect();
        let changed = rows.iter().map(|row| {
            let mut changed = Changed { at: row.get(0)?, columns: Vec::new(), cleared: 0 };
            for (index, column) in (1..).zip(&columns) {
                changed.columns.extend(row.get::<bool>(index)?.then_some(*column));
            }
            Ok(changed)
        });
        let changed = changed.collect::<Result<_>>()?;
        let sql = format!(
            "update {name} set withdrawn_at = ?2 where rowid in
             (select k.rowid from json_each(?1) n cross join {name} k on {same} where {any})"
        );
        tx.execute(&sql, params![told, now])?;
        Ok(changed)
    }

    /// Months that were billed before these rows were there are computed anew.
    fn tell_bills(&self, tx: &Tx<'_>, now: Timestamp, ids: &mut Ids, inserted: &[String]) -> Result<()> {
        let sql = format!(
            "select house_id, min(substr(since, 1, 7)) from json_each(?1) n join {name} on {name}_id = n.value
             where not {is_idle} group by house_id",
            name = self.name,
            is_idle = self.is_idle,
        );
        for row in tx.query(&sql, params![json_text(&inserted)?])? {
            let (house_id, from): (String, Period) = (row.get(0)?, row.get(1)?);
            let known = NewRecalculation {
                recalculation_id: &ids.draw(),
                house_id: &house_id,
                account_id: None,
                from,
                reason: self.late,
            };
            became_known(tx, now, &known)?;
        }
        Ok(())
    }

    /// Inserts the rows whose key no row in force has; answers their ids.
    fn insert(&self, tx: &Tx<'_>, now: Timestamp, told: &str) -> Result<Vec<String>> {
        let (name, same) = (self.name, self.is_same_key());
        let columns = [self.key, self.content, &["until"]].concat();
        let values: Vec<_> = columns.iter().map(|column| format!("n.value ->> '{column}'")).collect();
        let sql = format!(
            "insert into {name} ({name}_id, {}, recorded_at)
             select n.value ->> 'id', {}, ?2 from json_each(?1) n
             where not exists (select 1 from {name} k where {same}) returning {name}_id",
            columns.join(", "),
            values.join(", "),
        );
        tx.query(&sql, params![told, now])?.iter().map(|row| row.get(0)).collect()
    }
}

/// What a company's files call a column.
fn name_in_files(column: &'static str) -> &'static str {
    match column {
        "prices" => "price_1",
        "above_norm" => "above_norm_1",
        "volume_limit" => "limit",
        "tariff_act_id" => "act",
        same => same,
    }
}

type ActKey = (String, String, Date, String);

fn act_key(act: &Act) -> ActKey {
    (act.name.clone(), act.number.clone(), act.date, act.link.clone().unwrap_or_default())
}

/// The ids of the acts, new and known.
fn act_ids<'a>(tx: &Tx<'_>, ids: &mut Ids, acts: impl Iterator<Item = &'a Act>) -> Result<HashMap<ActKey, String>> {
    let mut new: Vec<_> = acts.map(act_key).collect();
    new.sort();
    new.dedup();
    let rows: Vec<_> = new.iter().map(|key| (ids.draw(), key)).collect();
    let told = json_text(&rows)?;
    let each = "select value ->> 0, value ->> '$[1][0]', value ->> '$[1][1]', value ->> '$[1][2]', value ->> '$[1][3]'
                from json_each(?1)";
    let sql = format!("insert or ignore into tariff_act (tariff_act_id, name, number, date, link) {each}");
    tx.execute(&sql, params![told.as_str()])?;
    let sql = "select a.name, a.number, a.date, a.link, a.tariff_act_id from json_each(?1) n
               join tariff_act a on a.name = n.value ->> '$[1][0]' and a.number = n.value ->> '$[1][1]'
                                and a.date = n.value ->> '$[1][2]' and a.link = n.value ->> '$[1][3]'";
    let rows = tx.query(sql, params![told])?;
    rows.iter().map(|row| Ok(((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?), row.get(4)?))).collect()
}

/// The ids of the suppliers by their ИНН, new and known.
fn supplier_ids<'a>(
    tx: &Tx<'_>,
    ids: &mut Ids,
    suppliers: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<HashMap<String, String>> {
    let new: HashMap<_, _> = suppliers.collect();
    let mut new: Vec<_> = new.into_iter().collect();
    new.sort_unstable();
    let rows: Vec<_> = new.iter().map(|(inn, name)| (ids.draw(), inn, name)).collect();
    let told = json_text(&rows)?;
    let sql = "insert or ignore into supplier (supplier_id, inn, name)
               select value ->> 0, value ->> 1, value ->> 2 from json_each(?1)";
    tx.execute(sql, params![told.as_str()])?;
    let sql = "select s.inn, s.supplier_id from json_each(?1) n join supplier s on s.inn = n.value ->> 1";
    let rows = tx.query(sql, params![told])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
