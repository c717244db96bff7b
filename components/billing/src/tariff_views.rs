//! Prices, norms and benefits as they are told.

use domain::{
    dated,
    meter::rate_names,
    norm::Norm,
    service::Service,
    tariff::{Act, Price, Rates},
};
use jiff::civil::Date;
use serde::Serialize;
use store::tariffs::{SheetBenefit, SheetMultiplier, SheetNorm, SheetTariff};
use utoipa::ToSchema;

/// A legal act, or a decision of a meeting.
#[derive(Serialize, ToSchema)]
pub(crate) struct LegalActView {
    name: String,
    #[schema(example = "1026")]
    number: String,
    #[schema(format = Date)]
    date: String,
    /// Where it can be read.
    link: Option<String>,
}

/// What a service costs on some days.
#[derive(Serialize, ToSchema)]
pub(crate) struct TariffView {
    /// The version: explanations of charges name it.
    tariff_id: String,
    service: &'static str,
    #[schema(example = "Холодная вода")]
    title: &'static str,
    /// What one price is for.
    #[schema(example = "м³")]
    unit: &'static str,
    #[schema(example = "МП «Водоканал»")]
    supplier: String,
    /// Whether this is only what the supplier would take.
    is_offer: bool,
    /// One name per rate zone; one empty name where there is one zone.
    rate_names: Vec<&'static str>,
    /// Rubles for a unit, decimal text, one per rate zone.
    #[schema(example = json!(["50.93"]))]
    prices: Vec<String>,
    /// The same for what is above the social norm.
    above_norm: Option<Vec<String>>,
    /// Rubles a month from each dwelling.
    fixed: Option<String>,
    /// A surcharge on the price, percent.
    surcharge_percent: Option<String>,
    #[schema(format = Date)]
    since: String,
    /// The last day; null while no later price is known.
    #[schema(format = Date)]
    until: Option<String>,
    act: LegalActView,
}

impl TariffView {
    /// Whether a service is charged by it on this day.
    pub(crate) fn is_of(&self, service: Service, day: Date) -> bool {
        let day = day.to_string();
        self.service == service.as_str() && self.since <= day && self.until.as_ref().is_none_or(|until| *until >= day)
    }
}

/// How much is used where nothing measures it.
#[derive(Serialize, ToSchema)]
pub(crate) struct NormView {
    norm_id: String,
    service: &'static str,
    title: &'static str,
    unit: &'static str,
    /// `person`, `area`, `common_area`, `heat_per_volume`, `social_norm` or `season_months`.
    per: &'static str,
    /// The same in words, Russian.
    #[schema(example = "на человека в месяц")]
    per_title: &'static str,
    /// The type of dwelling, as the act names it.
    dwelling: String,
    #[schema(example = "4.331")]
    value: String,
    #[schema(format = Date)]
    since: String,
    #[schema(format = Date)]
    until: Option<String>,
    act: LegalActView,
}

/// By how much a benefit lowers what a service costs.
#[derive(Serialize, ToSchema)]
pub(crate) struct BenefitView {
    benefit_rate_id: String,
    #[schema(example = "Ветераны труда")]
    benefit: String,
    service: &'static str,
    title: &'static str,
    unit: &'static str,
    #[schema(example = "50")]
    percent: String,
    /// Only so much of the volume of a month.
    limit: Option<String>,
    #[schema(format = Date)]
    since: String,
    #[schema(format = Date)]
    until: Option<String>,
    act: LegalActView,
}

/// By what norms are multiplied.
#[derive(Serialize, ToSchema)]
pub(crate) struct MultiplierView {
    #[schema(example = "1.5")]
    value: String,
    #[schema(format = Date)]
    since: String,
    #[schema(format = Date)]
    until: Option<String>,
    act: LegalActView,
}

/// Rubles as decimal text, kopecks always told.
pub(crate) fn prices(rates: Rates<Price>) -> Vec<String> {
    rates.as_slice().iter().map(|price| rubles(*price)).collect()
}

fn rubles(price: Price) -> String {
    let mut rubles = price.rubles().normalize();
    rubles.rescale(rubles.scale().max(2));
    rubles.to_string()
}

fn days<T>(row: &dated::Row<T>) -> (String, Option<String>) {
    (row.from.to_string(), row.until.as_ref().map(Date::to_string))
}

impl From<&Act> for LegalActView {
    fn from(act: &Act) -> Self {
        let Act { name, number, date, link } = act.clone();
        Self { name, number, date: date.to_string(), link }
    }
}

impl From<&SheetTariff> for TariffView {
    fn from(one: &SheetTariff) -> Self {
        let ((since, until), tariff) = (days(&one.row), &one.row.value);
        let zones = u8::try_from(tariff.prices.count()).unwrap_or(1);
        Self {
            tariff_id: tariff.id.clone(),
            service: one.service.as_str(),
            title: one.service.title(),
            unit: one.service.unit().symbol(),
            supplier: one.supplier.clone(),
            is_offer: one.is_offer,
            rate_names: rate_names(zones).to_vec(),
            prices: prices(tariff.prices),
            above_norm: tariff.above_norm.map(prices),
            fixed: tariff.fixed.map(rubles),
            surcharge_percent: tariff.surcharge.map(|percent| percent.value().to_string()),
            since,
            until,
            act: (&tariff.act).into(),
        }
    }
}

impl From<&SheetNorm> for NormView {
    fn from(one: &SheetNorm) -> Self {
        let ((since, until), Norm { id, value, act }) = (days(&one.row), &one.row.value);
        Self {
            norm_id: id.clone(),
            service: one.service.as_str(),
            title: one.service.title(),
            unit: one.per.unit(one.service).symbol(),
            per: one.per.as_str(),
            per_title: one.per.title(),
            dwelling: one.dwelling.clone(),
            value: value.to_string(),
            since,
            until,
            act: act.into(),
        }
    }
}

impl From<&SheetBenefit> for BenefitView {
    fn from(one: &SheetBenefit) -> Self {
        let ((since, until), rate) = (days(&one.row), &one.row.value);
        Self {
            benefit_rate_id: rate.id.clone(),
            benefit: one.benefit.clone(),
            service: one.service.as_str(),
            title: one.service.title(),
            unit: one.service.unit().symbol(),
            percent: rate.percent.value().to_string(),
            limit: rate.limit.map(|limit| limit.to_string()),
            since,
            until,
            act: (&rate.act).into(),
        }
    }
}

impl From<&SheetMultiplier> for MultiplierView {
    fn from(row: &SheetMultiplier) -> Self {
        let (since, until) = days(row);
        Self { value: row.value.value.to_string(), since, until, act: (&row.value.act).into() }
    }
}
