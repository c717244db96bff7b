//! A month beside an earlier one, service by service.

use rust_decimal::Decimal;

use super::{BillLine, Zone};
use crate::exact::ArithmeticError;
use crate::money::Kopecks;
use crate::period::Period;
use crate::service::Service;

/// A difference of more than a fifth and more than a hundred rubles (in kopecks here) is marked: less is the weather.
const MARKED_FIFTH: i64 = 5;
const MARKED_FROM: i64 = 10_000;
/// The same for people.
pub const MARKED_WHEN: &str = "Отмечено то, что изменилось больше чем на 100\u{a0}₽ и больше чем на пятую часть.";

/// Two months of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The earlier month.
    pub before: Period,
    /// The later one.
    pub now: Period,
    /// What the earlier one came to, without debts and corrections.
    pub total_before: Kopecks,
    /// What the later one came to.
    pub total_now: Kopecks,
    /// Every service of either, in the order of a bill.
    pub deviations: Vec<Deviation>,
}

/// A service in two months; a month without it has no line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// The service.
    pub service: Service,
    /// What it came to before.
    pub before: Option<Kopecks>,
    /// What it comes to now.
    pub now: Option<Kopecks>,
    /// What is more now; below zero it is less.
    pub difference: Kopecks,
    /// Its volume before and now, where both months have it.
    pub volumes: Option<[Decimal; 2]>,
    /// Its price before and now, where both months have one.
    pub prices: Option<[Decimal; 2]>,
    /// Its zones, where both months have the same.
    pub zones: Vec<ZoneChange>,
    /// Whether the difference is worth a look.
    pub is_marked: bool,
}

/// A rate zone in two months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneChange {
    /// «день», «ночь».
    pub name: &'static str,
    /// Its volume before and now.
    pub volumes: [Decimal; 2],
    /// Its price before and now, where both months have one.
    pub prices: Option<[Decimal; 2]>,
}

/// A month with the lines of its bill.
#[derive(Debug, Clone, Copy)]
pub struct Month<'a> {
    /// The month.
    pub period: Period,
    /// The lines; those that correct other months do not count.
    pub lines: &'a [BillLine],
}

impl<'a> Month<'a> {
    fn own(self) -> impl Iterator<Item = &'a BillLine> {
        self.lines.iter().filter(move |line| line.of_period == self.period)
    }

    fn total(self) -> Result<Kopecks, ArithmeticError> {
        self.own().try_fold(Kopecks::ZERO, |sum, line| sum.plus(line.payable()?))
    }
}

/// Compares two months; corrections of other months, debts and penalties are no part of it.
///
/// # Errors
/// An amount that no account can owe.
pub fn compare(before: Month<'_>, now: Month<'_>) -> Result<Comparison, ArithmeticError> {
    let deviations = Service::ALL.into_iter().filter_map(|service| {
        let line = |month: Month<'_>| month.own().find(|line| line.service == service).cloned();
        match (line(before), line(now)) {
            (None, None) => None,
            (before, now) => Some(deviation(service, before.as_ref(), now.as_ref())),
        }
    });
    Ok(Comparison {
        before: before.period,
        now: now.period,
        total_before: before.total()?,
        total_now: now.total()?,
        deviations: deviations.collect::<Result<_, _>>()?,
    })
}

fn deviation(
    service: Service,
    before: Option<&BillLine>,
    now: Option<&BillLine>,
) -> Result<Deviation, ArithmeticError> {
    let amount = |line: Option<&BillLine>| line.map(BillLine::payable).transpose();
    let (was, is) = (amount(before)?, amount(now)?);
    let difference = is.unwrap_or_default().minus(was.unwrap_or_default())?;
    let prices = before.zip(now).and_then(|(before, now)| Some([before.price?, now.price?]));
    Ok(Deviation {
        service,
        before: was,
        now: is,
        difference,
        volumes: before.zip(now).map(|(before, now)| [before.volume, now.volume]),
        prices,
        zones: before.zip(now).map(|(before, now)| zones(&before.zones, &now.zones)).unwrap_or_default(),
        is_marked: is_marked(was.unwrap_or_default(), difference),
    })
}

fn zones(before: &[Zone], now: &[Zone]) -> Vec<ZoneChange> {
    if !before.iter().map(|zone| zone.name).eq(now.iter().map(|zone| zone.name)) {
        return Vec::new();
    }
    let change = |(before, now): (&Zone, &Zone)| ZoneChange {
        name: now.name,
        volumes: [before.volume, now.volume],
        prices: before.price.zip(now.price).map(|(before, now)| [before, now]),
    };
    before.iter().zip(now).map(change).collect()
}

fn is_marked(before: Kopecks, difference: Kopecks) -> bool {
    let [before, difference] = [before, difference].map(|amount| i128::from(amount.0).abs());
    difference > i128::from(MARKED_FROM) && difference * i128::from(MARKED_FIFTH) > before
}
