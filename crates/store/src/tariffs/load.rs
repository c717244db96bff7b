//! What holds in a house: as the engine asks for it, and as people read it.

use std::collections::{BTreeMap, HashMap};

use domain::{
    dated::{Dated, Days, Row as DatedRow},
    norm::{Norm, NormBasis, NormMultiplier},
    service::Service,
    tariff::{Act, BenefitRate, Percent, Price, Rates, Tariff},
};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::series::service;
use crate::{Conn, Error, Result, Row, Value, params};

/// All that is charged by in a house on some days.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// What services cost: a table for each number of rate zones.
    pub tariffs: HashMap<Service, Vec<Dated<Tariff>>>,
    /// Norms.
    pub norms: HashMap<(Service, NormBasis), Dated<Norm>>,
    /// Benefits, by what they are called.
    pub benefits: HashMap<(String, Service), Dated<BenefitRate>>,
    /// By what norms are multiplied.
    pub multiplier: Option<Dated<NormMultiplier>>,
}

/// The same as rows that people read, in the order of a bill and of their days.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Prices and offers.
    pub tariffs: Vec<SheetTariff>,
    /// Norms.
    pub norms: Vec<SheetNorm>,
    /// Benefits.
    pub benefits: Vec<SheetBenefit>,
    /// Multipliers.
    pub multipliers: Vec<SheetMultiplier>,
}

/// A price, or an offer.
#[derive(Debug, Clone)]
pub struct SheetTariff {
    /// For what.
    pub service: Service,
    /// Whose: the name.
    pub supplier: String,
    /// Whether nothing is charged by it.
    pub is_offer: bool,
    /// How much and how long.
    pub row: DatedRow<Tariff>,
}

/// A norm.
#[derive(Debug, Clone)]
pub struct SheetNorm {
    /// Of what.
    pub service: Service,
    /// Counted by what.
    pub per: NormBasis,
    /// The type of dwelling.
    pub dwelling: String,
    /// How much and how long.
    pub row: DatedRow<Norm>,
}

/// The rate of a benefit.
#[derive(Debug, Clone)]
pub struct SheetBenefit {
    /// Whose.
    pub benefit: String,
    /// On what.
    pub service: Service,
    /// How much and how long.
    pub row: DatedRow<BenefitRate>,
}

/// A multiplier of norms.
pub type SheetMultiplier = DatedRow<NormMultiplier>;

/// Rows of a table that hold on one of the days `?2` to `?3` in the house `?1`; its act stands behind the columns.
macro_rules! in_force {
    ($columns:literal, $table:literal, $which:literal) => {
        concat!(
            "select t.since, t.until, a.name, a.number, a.date, a.link, ",
            $columns,
            " from ",
            $table,
            " join tariff_act a using (tariff_act_id) where ",
            $which,
            " and t.since <= ?3 and (t.until is null or t.until >= ?2) order by t.since"
        )
    };
}

/// What is charged by in a house on some days.
///
/// # Errors
/// A failing database, or rows that overlap or leave days out: no import lets them in.
pub fn prices(conn: &Conn<'_>, house_id: &str, days: Days) -> Result<Prices> {
    let sheet = sheet(conn, house_id, days)?;
    let mut tariffs: BTreeMap<(Service, usize), Vec<_>> = BTreeMap::new();
    for one in sheet.tariffs.into_iter().filter(|one| !one.is_offer) {
        tariffs.entry((one.service, one.row.value.prices.count())).or_default().push(one.row);
    }
    let mut prices = Prices::default();
    for ((service, _), rows) in tariffs {
        prices.tariffs.entry(service).or_default().push(unbroken(rows)?);
    }
    prices.norms = by_key(sheet.norms.into_iter().map(|one| ((one.service, one.per), one.row)), unbroken)?;
    prices.benefits = by_key(sheet.benefits.into_iter().map(|one| ((one.benefit, one.service), one.row)), dated)?;
    prices.multiplier = Some(unbroken(sheet.multipliers)?).filter(|table| !table.rows().is_empty());
    Ok(prices)
}

fn by_key<K: Ord + std::hash::Hash, T>(
    rows: impl Iterator<Item = (K, DatedRow<T>)>,
    make: impl Fn(Vec<DatedRow<T>>) -> Result<Dated<T>>,
) -> Result<HashMap<K, Dated<T>>> {
    let mut tables: BTreeMap<K, Vec<_>> = BTreeMap::new();
    for (key, row) in rows {
        tables.entry(key).or_default().push(row);
    }
    tables.into_iter().map(|(key, rows)| Ok((key, make(rows)?))).collect()
}

fn unbroken<T>(rows: Vec<DatedRow<T>>) -> Result<Dated<T>> {
    Dated::unbroken(rows).map_err(bad)
}

fn dated<T>(rows: Vec<DatedRow<T>>) -> Result<Dated<T>> {
    Dated::new(rows).map_err(bad)
}

/// What holds in a house on some days, in four statements whatever there is of it.
///
/// # Errors
/// A failing database.
pub fn sheet(conn: &Conn<'_>, house_id: &str, days: Days) -> Result<Sheet> {
    let which: &[Value] = params![house_id, days.first(), days.last()];
    let sql = in_force!(
        "t.tariff_id, t.service, s.name, t.is_offer, t.prices, t.above_norm, t.fixed, t.surcharge",
        "tariff t join supplier s using (supplier_id)",
        "t.house_id = ?1 and t.withdrawn_at is null"
    );
    let mut tariffs: Vec<_> = conn.query(sql, which)?.iter().map(tariff).collect::<Result<_>>()?;
    let sql = in_force!(
        "t.norm_id, t.service, t.per, t.dwelling, t.value",
        "norm t",
        "t.house_id = ?1 and t.withdrawn_at is null"
    );
    let mut norms: Vec<_> = conn.query(sql, which)?.iter().map(norm).collect::<Result<_>>()?;
    let sql = in_force!(
        "t.benefit_rate_id, t.benefit, t.service, t.percent, t.volume_limit",
        "benefit_rate t",
        "t.house_id = ?1 and t.withdrawn_at is null"
    );
    let mut benefits: Vec<_> = conn.query(sql, which)?.iter().map(benefit).collect::<Result<_>>()?;
    let sql = in_force!("t.norm_multiplier_id, t.value", "norm_multiplier t", "?1 is not null");
    let multipliers = conn.query(sql, which)?;
    let multipliers = multipliers
        .iter()
        .map(|row| dated_row(row, |act| Ok(NormMultiplier { id: row.get(6)?, value: row.get(7)?, act })));
    tariffs.sort_by_key(|one: &SheetTariff| (in_a_bill(one.service), one.is_offer, one.row.value.prices.count()));
    norms.sort_by_key(|one: &SheetNorm| (in_a_bill(one.service), one.per));
    benefits.sort_by_key(|one: &SheetBenefit| (one.benefit.clone(), in_a_bill(one.service)));
    Ok(Sheet { tariffs, norms, benefits, multipliers: multipliers.collect::<Result<_>>()? })
}

/// The place of a service in a bill.
fn in_a_bill(service: Service) -> usize {
    Service::ALL.iter().position(|one| *one == service).unwrap_or(Service::ALL.len())
}

/// A row with the days and the act in its first six columns.
fn dated_row<T>(row: &Row, value: impl FnOnce(Act) -> Result<T>) -> Result<DatedRow<T>> {
    let link = Some(row.get::<String>(5)?).filter(|link| !link.is_empty());
    let act = Act { name: row.get(2)?, number: row.get(3)?, date: row.get::<Date>(4)?, link };
    Ok(DatedRow { from: row.get(0)?, until: row.get(1)?, value: value(act)? })
}

fn tariff(row: &Row) -> Result<SheetTariff> {
    let value = dated_row(row, |act| {
        Ok(Tariff {
            id: row.get(6)?,
            prices: rates(&row.get::<String>(10)?)?,
            above_norm: row.get::<Option<String>>(11)?.as_deref().map(rates).transpose()?,
            fixed: row.get::<Option<Decimal>>(12)?.map(Price::new).transpose().map_err(bad)?,
            surcharge: row.get::<Option<Decimal>>(13)?.map(Percent::new).transpose().map_err(bad)?,
            act,
        })
    })?;
    Ok(SheetTariff {
        service: service(&row.get::<String>(7)?)?,
        supplier: row.get(8)?,
        is_offer: row.get(9)?,
        row: value,
    })
}

fn norm(row: &Row) -> Result<SheetNorm> {
    let per: String = row.get(8)?;
    Ok(SheetNorm {
        service: service(&row.get::<String>(7)?)?,
        per: NormBasis::parse(&per).ok_or_else(|| Error::BadData(format!("norm per {per}")))?,
        dwelling: row.get(9)?,
        row: dated_row(row, |act| Ok(Norm { id: row.get(6)?, value: row.get(10)?, act }))?,
    })
}

fn benefit(row: &Row) -> Result<SheetBenefit> {
    let value = dated_row(row, |act| {
        let percent = Percent::new(row.get(9)?).map_err(bad)?;
        Ok(BenefitRate { id: row.get(6)?, percent, limit: row.get(10)?, act })
    })?;
    Ok(SheetBenefit { benefit: row.get(7)?, service: service(&row.get::<String>(8)?)?, row: value })
}

fn rates(json: &str) -> Result<Rates<Price>> {
    let texts: Vec<String> = serde_json::from_str(json).map_err(bad)?;
    let price = |text: &String| Price::new(text.parse().map_err(bad)?).map_err(bad);
    let prices = texts.iter().map(price).collect::<Result<Vec<_>>>()?;
    Rates::of(&prices).ok_or_else(|| Error::BadData(format!("{} prices", prices.len())))
}

fn bad(error: impl std::fmt::Display) -> Error {
    Error::BadData(error.to_string())
}
