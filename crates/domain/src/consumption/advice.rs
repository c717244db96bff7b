//! What is to be said of a home's consumption. Where too little is known nothing is: three months are compared, and
//! they lie among the last six.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;

use super::Used;
use crate::billing::norm_of;
use crate::exact::{ArithmeticError, Exact};
use crate::meter::MeterKind;
use crate::service::Service;
use crate::tariff::{Price, Tariff};

/// How many of the last known months are compared.
const MONTHS_COMPARED: usize = 3;
/// How far back they may lie: what is older is no news.
const MONTHS_LOOKED_AT: usize = 6;
/// From so many percent of last year on, a growth or a fall is told of: less comes and goes with guests and weather.
const GROWTH_PERCENT: u8 = 130;
const FALL_PERCENT: u8 = 80;
/// From so many percent of similar homes on: people differ.
const SIMILAR_PERCENT: u8 = 150;
/// Of the six months before a rise so many have to be known.
const MONTHS_BEFORE_RISE: usize = 4;
/// What runs all the time makes months alike: the largest is no more than so many percent of the least.
const STEADY_PERCENT: u8 = 115;

/// A month as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Month {
    /// What the home used.
    pub used: Option<Used>,
    /// What it used in the same month a year before.
    pub last_year: Option<Decimal>,
    /// The median of similar homes, as it is told.
    pub similar: Option<Decimal>,
}

/// How three months differ from what they are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// So many percent of it, in whole ones.
    pub percent: Decimal,
    /// So much more over the three months, to a tenth of the unit; below zero if less.
    pub volume: Decimal,
}

/// What is unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Three months in a row much and equally above each of those before: something may run all the time.
    SteadyRise(Difference),
    /// Far above similar homes of the house.
    AboveSimilar(Difference),
    /// Much more than in the same months of the year before.
    Grown(Difference),
    /// Much less.
    Fallen(Difference),
}

/// Everything unusual in `months`, the oldest first, what asks for a look first.
pub fn advise(kind: MeterKind, months: &[Month]) -> Vec<Advice> {
    let volume = |month: &Month| month.used.map(|used| used.volume);
    let similar = compared(months, |month| volume(month).zip(month.similar));
    let before = compared(months, |month| volume(month).zip(month.last_year));
    let is_more = |one: &Difference, percent: u8| one.percent >= percent.into() && is_worth_a_word(kind, one);
    let rise = steady_rise(kind, months).filter(|one| is_worth_a_word(kind, one)).map(Advice::SteadyRise);
    let above = similar.filter(|one| is_more(one, SIMILAR_PERCENT)).map(Advice::AboveSimilar);
    let year = before.and_then(|one| match one {
        _ if is_more(&one, GROWTH_PERCENT) => Some(Advice::Grown(one)),
        _ if one.percent <= FALL_PERCENT.into() && is_worth_a_word(kind, &one) => Some(Advice::Fallen(one)),
        _ => None,
    });
    [rise, above, year].into_iter().flatten().collect()
}

/// A double of next to nothing is next to nothing: so much a month is worth a word.
fn is_worth_a_word(kind: MeterKind, difference: &Difference) -> bool {
    let monthly = match kind {
        MeterKind::ColdWater | MeterKind::HotWater => Decimal::ONE,
        MeterKind::Gas => Decimal::from(3),
        MeterKind::Electricity => Decimal::from(30),
        MeterKind::Heat => Decimal::new(1, 1),
    };
    difference.volume.abs() >= monthly * Decimal::from(MONTHS_COMPARED)
}

/// The last three of the last six months that have both sides; nothing where fewer have.
fn compared(months: &[Month], pair: impl Fn(&Month) -> Option<(Decimal, Decimal)>) -> Option<Difference> {
    let pairs: Vec<_> = months.iter().rev().take(MONTHS_LOOKED_AT).filter_map(pair).take(MONTHS_COMPARED).collect();
    let [now, other] = [pairs.iter().map(|(now, _)| now).sum(), pairs.iter().map(|(_, other)| other).sum()];
    (pairs.len() == MONTHS_COMPARED).then_some(())?;
    difference(now, other)
}

/// Nothing where there is nothing to compare with: of nothing there are no percent.
fn difference(now: Decimal, other: Decimal) -> Option<Difference> {
    let percent = (now * Decimal::ONE_HUNDRED).checked_div(other)?;
    Some(Difference {
        percent: percent.round_dp_with_strategy(0, MidpointAwayFromZero),
        volume: (now - other).round_dp_with_strategy(1, MidpointAwayFromZero),
    })
}

/// What leaks or stays switched on uses the same every day. Months that were spread are alike by themselves: they do
/// not count; heat comes and goes with the weather.
fn steady_rise(kind: MeterKind, months: &[Month]) -> Option<Difference> {
    if kind == MeterKind::Heat {
        return None;
    }
    let measured = |month: &Month| month.used.filter(|used| !used.is_spread).map(|used| used.volume);
    // Of the present month, and perhaps of the one before it, nothing is known yet.
    let end = months.iter().rposition(|month| month.used.is_some()).filter(|at| at + 3 >= months.len())? + 1;
    let known = months.get(..end)?;
    let (earlier, last) = known.split_at(end.checked_sub(MONTHS_COMPARED)?);
    let last: Vec<Decimal> = last.iter().map(measured).collect::<Option<_>>()?;
    let before: Vec<Decimal> = earlier.iter().rev().take(MONTHS_LOOKED_AT).filter_map(measured).collect();
    let (least, most) = (*last.iter().min()?, *last.iter().max()?);
    let usual = *before.iter().max()?;
    let is_steady = most * Decimal::ONE_HUNDRED <= least * Decimal::from(STEADY_PERCENT);
    let is_raised = least * Decimal::ONE_HUNDRED >= usual * Decimal::from(GROWTH_PERCENT);
    (before.len() >= MONTHS_BEFORE_RISE && is_steady && is_raised).then_some(())?;
    let mean = before.iter().sum::<Decimal>().checked_div(Decimal::from(before.len()))?;
    difference(last.iter().sum(), mean * Decimal::from(MONTHS_COMPARED))
}

/// What a unit costs where one number says it: one tariff of one rate, with nothing added to it or parted from it.
pub fn price_of_one<'a>(
    kind: MeterKind,
    tariffs: impl IntoIterator<Item = (Service, &'a Tariff)> + Clone,
) -> Option<Price> {
    // Heat is not paid for in the month in which it is used.
    if kind == MeterKind::Heat {
        return None;
    }
    let of = |service| tariffs.clone().into_iter().filter(move |(one, _)| *one == service).map(|(_, tariff)| tariff);
    if kind == MeterKind::HotWater && of(Service::HotWaterHeat).next().is_some() {
        return None;
    }
    let mut single = of(norm_of(kind)).filter(|tariff| tariff.prices.count() == 1);
    let tariff = single.next().filter(|_| single.next().is_none())?;
    let is_plain = tariff.above_norm.is_none() && tariff.fixed.is_none() && tariff.surcharge.is_none();
    tariff.prices.as_slice().first().filter(|_| is_plain).copied()
}

/// What a volume costs by a price, in whole rubles: for a look, never to be charged.
///
/// # Errors
/// Numbers beyond what any home uses.
pub fn whole_rubles(volume: Decimal, price: Price) -> Result<i128, ArithmeticError> {
    Exact::from(volume).times(Exact::from(price.rubles()))?.rounded(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff::{Act, Percent, Rates};
    use jiff::civil::date;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn used(text: &str) -> Option<Used> {
        Some(Used { volume: number(text), is_spread: false })
    }

    fn beside_last_year(pairs: &[(&str, &str)]) -> Vec<Month> {
        let month =
            |(now, before): &(&str, &str)| Month { used: used(now), last_year: Some(number(before)), similar: None };
        pairs.iter().map(month).collect()
    }

    fn alone(volumes: &[&str]) -> Vec<Month> {
        volumes.iter().map(|volume| Month { used: used(volume), ..Month::default() }).collect()
    }

    fn of_water(months: &[Month]) -> Vec<Advice> {
        advise(MeterKind::ColdWater, months)
    }

    fn by(percent: &str, volume: &str) -> Difference {
        Difference { percent: number(percent), volume: number(volume) }
    }

    #[test]
    fn a_year_is_compared_by_three_months_and_only_a_difference_that_counts_is_told() {
        assert_eq!(of_water(&beside_last_year(&[("5", "3"); 2])), []);
        assert_eq!(of_water(&beside_last_year(&[("4", "3"); 3])), [Advice::Grown(by("133", "3"))]);
        assert_eq!(of_water(&beside_last_year(&[("3", "3"), ("3", "3"), ("3.8", "3")])), []);
        assert_eq!(of_water(&beside_last_year(&[("2", "3"); 3])), [Advice::Fallen(by("67", "-3"))]);
        assert_eq!(of_water(&beside_last_year(&[("2", "0"); 3])), [], "of nothing there are no percent");
        assert_eq!(of_water(&beside_last_year(&[("0.4", "0.2"); 3])), [], "two buckets are no matter");
        let gap = [beside_last_year(&[("4", "3"); 3]), vec![Month::default()]].concat();
        assert_eq!(of_water(&gap), [Advice::Grown(by("133", "3"))], "a month that nobody told of is left out");
        let old = [gap, vec![Month::default(); 3]].concat();
        assert_eq!(of_water(&old), [], "what is half a year old is no news");
    }

    #[test]
    fn a_home_far_above_similar_ones_hears_of_it() {
        let beside = |now, similar| Month { used: used(now), last_year: None, similar: Some(number(similar)) };
        assert_eq!(of_water(&[beside("9", "5"); 3]), [Advice::AboveSimilar(by("180", "12"))]);
        assert_eq!(of_water(&[beside("7", "5"); 3]), []);
        assert_eq!(of_water(&[beside("9", "5"); 2]), []);
    }

    #[test]
    fn three_even_months_above_all_before_may_be_a_leak() {
        let rise = alone(&["5", "4.5", "5.5", "5", "4.8", "5.2", "9", "9.3", "8.9"]);
        assert_eq!(of_water(&rise), [Advice::SteadyRise(by("181", "12.2"))]);
        let not_given_yet = [rise.clone(), vec![Month::default(); 2]].concat();
        assert_eq!(of_water(&not_given_yet).len(), 1);
        let old = [rise.clone(), vec![Month::default(); 3]].concat();
        assert_eq!(of_water(&old), []);
        assert_eq!(advise(MeterKind::Heat, &rise), [], "heat comes with the weather");
        assert_eq!(of_water(&rise[3..]), [], "three months before are too few");
        assert_eq!(of_water(&alone(&["5", "5", "5", "5", "9", "13", "8.9"])), [], "guests come and go");
        assert_eq!(of_water(&alone(&["5", "9", "5", "5", "9", "9", "9"])), [], "it happened before");
        assert_eq!(of_water(&alone(&["0", "0", "0", "0", "9", "9", "9"])), [], "somebody moved in");
        let spread = |month: &Month| Month { used: month.used.map(|one| Used { is_spread: true, ..one }), ..*month };
        let spread: Vec<_> = rise.iter().map(spread).collect();
        assert_eq!(of_water(&spread), [], "parts of one reading are alike by themselves");
    }

    #[test]
    fn only_a_plain_price_of_one_rate_tells_what_a_difference_costs() {
        let act = Act { name: "Приказ".to_owned(), number: "1".to_owned(), date: date(2026, 1, 1), link: None };
        let price = |text| Price::new(number(text)).unwrap();
        let plain = Tariff {
            id: "1".to_owned(),
            prices: Rates::One([price("50.93")]),
            above_norm: None,
            fixed: None,
            surcharge: None,
            act,
        };
        let of = |kind, tariffs: &[(Service, &Tariff)]| price_of_one(kind, tariffs.iter().copied());
        let water = (Service::ColdWater, &plain);
        assert_eq!(of(MeterKind::ColdWater, &[water]), Some(price("50.93")));
        assert_eq!(of(MeterKind::ColdWater, &[water, water]), None, "two at once");
        assert_eq!(of(MeterKind::Gas, &[water]), None);
        let dearer = Tariff { surcharge: Some(Percent::new(number("5")).unwrap()), ..plain.clone() };
        assert_eq!(of(MeterKind::ColdWater, &[(Service::ColdWater, &dearer)]), None);
        let (hot, heat) = ((Service::HotWater, &plain), (Service::HotWaterHeat, &plain));
        assert_eq!(of(MeterKind::HotWater, &[hot]), Some(price("50.93")));
        assert_eq!(of(MeterKind::HotWater, &[hot, heat]), None, "its heat has a price of its own");
        assert_eq!(whole_rubles(number("12.2"), price("50.93")), Ok(621));
    }
}
