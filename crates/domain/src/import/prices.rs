//! Lines about prices, norms and benefits: what they say, and how they are read.

use std::fmt::Display;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cells::Cells;
use super::lines::{one_of, term};
use super::values::{date, text, yes};
use crate::billing::is_metered;
use crate::identifier::Inn;
use crate::norm::NormBasis;
use crate::reading::parse_value;
use crate::service::Service;
use crate::tariff::{Act, Percent, Price, Rates};

/// What a service costs in a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tariff {
    /// The house's code.
    pub house_code: String,
    /// The service.
    pub service: Service,
    /// ИНН of the supplier.
    pub supplier_inn: Inn,
    /// Its name as people know it.
    pub supplier: String,
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
    pub act: Act,
    /// The first day.
    pub since: Date,
    /// The last day; without one the day before the next price.
    pub until: Option<Date>,
}

/// How much is used in a house where nothing measures it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Norm {
    /// The house's code.
    pub house_code: String,
    /// The service.
    pub service: Service,
    /// What it is counted by.
    pub per: NormBasis,
    /// The type of dwelling, as the act names it.
    pub dwelling: String,
    /// How much, in the unit of the service.
    pub value: Decimal,
    /// Where this comes from.
    pub act: Act,
    /// The first day.
    pub since: Date,
    /// The last day; without one the day before the next norm.
    pub until: Option<Date>,
}

/// By how much a benefit lowers what a service costs in a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benefit {
    /// The house's code.
    pub house_code: String,
    /// Whose benefit it is, in words.
    pub benefit: String,
    /// The service.
    pub service: Service,
    /// By how much.
    pub percent: Percent,
    /// Only so much of the volume of a month.
    pub limit: Option<Decimal>,
    /// Where this comes from.
    pub act: Act,
    /// The first day.
    pub since: Date,
    /// The last day; without one the day before the next rate.
    pub until: Option<Date>,
}

pub(super) fn tariff(cells: &mut Cells<'_>) -> Option<Tariff> {
    let house_code = cells.required("house_code", text);
    let service = cells.required("service", service);
    let supplier_inn = cells.required("supplier_inn", Inn::parse);
    let supplier = cells.required("supplier", text);
    let is_offer = cells.optional("offer", yes);
    let first = cells.required("price_1", price);
    let prices = zones(cells, first.map(Some), ["price_2", "price_3"]);
    let first = cells.optional("above_norm_1", price);
    let above_norm = zones(cells, first, ["above_norm_2", "above_norm_3"]);
    let fixed = cells.optional("fixed", price);
    let surcharge = cells.optional("surcharge", percent);
    let act = act(cells);
    let (since, until) = term(cells, "since", "until")?;
    let (prices, above_norm) = (prices??, above_norm?);
    if above_norm.is_some_and(|above| above.count() != prices.count()) {
        cells.refuse("above_norm_1", "тарифных зон у цены сверх нормы столько же, сколько у цены");
        return None;
    }
    let service = service?;
    if above_norm.is_some() && !is_metered(service) {
        cells.refuse("above_norm_1", "цена сверх социальной нормы бывает только у того, что считают счётчики жилья");
        return None;
    }
    Some(Tariff {
        house_code: house_code?,
        service,
        supplier_inn: supplier_inn?,
        supplier: supplier?,
        is_offer: is_offer?.is_some(),
        prices,
        above_norm,
        fixed: fixed?,
        surcharge: surcharge?,
        act: act?,
        since,
        until,
    })
}

pub(super) fn norm(cells: &mut Cells<'_>) -> Option<Norm> {
    let house_code = cells.required("house_code", text);
    let service = cells.required("service", service);
    let per = cells.required("per", |cell| one_of(&NormBasis::ALL, NormBasis::as_str, cell));
    let dwelling = cells.required("dwelling", text);
    let value = cells.required("value", parse_value);
    let act = act(cells);
    let (since, until) = term(cells, "since", "until")?;
    Some(Norm {
        house_code: house_code?,
        service: service?,
        per: per?,
        dwelling: dwelling?,
        value: value?,
        act: act?,
        since,
        until,
    })
}

pub(super) fn benefit(cells: &mut Cells<'_>) -> Option<Benefit> {
    let house_code = cells.required("house_code", text);
    let benefit = cells.required("benefit", text);
    let service = cells.required("service", service);
    let percent = cells.required("percent", percent);
    let limit = cells.optional("limit", parse_value);
    let act = act(cells);
    let (since, until) = term(cells, "since", "until")?;
    Some(Benefit {
        house_code: house_code?,
        benefit: benefit?,
        service: service?,
        percent: percent?,
        limit: limit?,
        act: act?,
        since,
        until,
    })
}

/// One to three prices: the outer nothing is a fault, the inner one says that there are none.
fn zones(
    cells: &mut Cells<'_>,
    first: Option<Option<Price>>,
    [second, third]: [&'static str; 2],
) -> Option<Option<Rates<Price>>> {
    let (one, two, three) = (first, cells.optional(second, price), cells.optional(third, price));
    let (one, two, three) = (one?, two?, three?);
    if two.is_none() && three.is_some() || one.is_none() && two.is_some() {
        cells.refuse(second, "цены зон идут подряд: сначала первая, потом вторая и третья");
        return None;
    }
    let prices: Vec<_> = [one, two, three].into_iter().flatten().collect();
    Some(Rates::of(&prices))
}

fn act(cells: &mut Cells<'_>) -> Option<Act> {
    let name = cells.required("act", text);
    let number = cells.required("act_number", text);
    let day = cells.required("act_date", date);
    let link = cells.optional("act_link", link);
    Some(Act { name: name?, number: number?, date: day?, link: link? })
}

pub(super) fn service(cell: &str) -> Result<Service, String> {
    one_of(&Service::ALL, Service::as_str, cell)
}

fn price(cell: &str) -> Result<Price, String> {
    Price::new(parse_value(cell).map_err(in_words)?).map_err(in_words)
}

fn percent(cell: &str) -> Result<Percent, String> {
    Percent::new(parse_value(cell).map_err(in_words)?).map_err(in_words)
}

fn in_words(error: impl Display) -> String {
    error.to_string()
}

/// Where people go by a click: nothing but the web.
fn link(cell: &str) -> Result<String, &'static str> {
    let is_web = cell.starts_with("https://") || cell.starts_with("http://");
    let is_plain = cell.bytes().all(|byte| byte.is_ascii_graphic());
    if is_web && is_plain {
        text(cell)
    } else {
        Err("ссылка начинается с https:// и пишется без пробелов")
    }
}
