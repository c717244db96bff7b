//! A month cut where something changes in it: a price, a norm, who lives here, whose premises these are. Each piece is
//! a leg of its own; days on which nobody holds the premises or lives there are not charged.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::charge::benefit::Benefit;
use crate::charge::by_average::Averaged;
use crate::charge::by_meter::Metered;
use crate::charge::by_norm::{Occupants, PerPerson};
use crate::charge::fact::{Fact, Quantity, Source, Unit};
use crate::charge::leg::{Leg, Volume};
use crate::charge::notation::Formula as _;
use crate::charge::part::Part;
use crate::charge::pricing::Pricing;
use crate::dated::{Dated, DatedError, Days, Row};
use crate::exact::{ArithmeticError, Exact};
use crate::meter::MeterKind;
use crate::meter_life::{Basis, MeterMonth, MeterRules, NormReason};
use crate::norm::{Norm, NormBasis, NormMultiplier};
use crate::period::Period;
use crate::tariff::{BenefitRate, NoPricing, Tariff};

/// Why a month cannot be charged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChargeError {
    /// A price or a norm is missing on some days.
    #[error(transparent)]
    Missing(#[from] DatedError),
    /// The tariff tells no price.
    #[error(transparent)]
    Pricing(#[from] NoPricing),
    /// The numbers give no result.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// Premises while they are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Premises {
    /// The id of the record.
    pub id: String,
    /// Square metres.
    pub area: Decimal,
}

/// Who lives in premises, while that does not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Household {
    /// The id of the record.
    pub id: String,
    /// How many.
    pub occupants: Occupants,
}

impl Premises {
    /// The area as a number in a formula.
    pub fn fact(&self) -> Fact<'_> {
        let source = Source::Register { id: &self.id };
        Fact { value: self.area, quantity: Quantity::Area, unit: Unit::SquareMetre, source }
    }
}

/// Days of a month of a service that costs so much for each square metre held.
pub fn per_area<'a>(
    period: Period,
    days: Days,
    prices: &'a Dated<Tariff>,
    premises: &'a Dated<Premises>,
) -> Result<Vec<Leg<'a>>, ChargeError> {
    each(period, days, prices, premises, |tariff, premises| Ok(Some((premises.fact(), tariff.pricing(0, None)?))))
}

/// Days of a month of a service that costs so much for each person.
pub fn per_person<'a>(
    period: Period,
    days: Days,
    prices: &'a Dated<Tariff>,
    households: &'a Dated<Household>,
) -> Result<Vec<Leg<'a>>, ChargeError> {
    each(period, days, prices, households, |tariff, household| {
        Ok(Some((household.occupants.fact(&household.id), tariff.pricing(0, None)?)))
    })
}

/// Days of a month of the fixed part of a two-part tariff; nothing while the tariff has none.
pub fn fixed_part<'a>(
    period: Period,
    days: Days,
    prices: &'a Dated<Tariff>,
    premises: &'a Dated<Premises>,
) -> Result<Vec<Leg<'a>>, ChargeError> {
    each(period, days, prices, premises, |tariff, premises| {
        let source = Source::Register { id: &premises.id };
        let one = Fact { value: Decimal::ONE, quantity: Quantity::Dwellings, unit: Unit::One, source };
        Ok(tariff.fixed_pricing().map(|pricing| (one, pricing)))
    })
}

fn each<'a, T>(
    period: Period,
    days: Days,
    prices: &'a Dated<Tariff>,
    held: &'a Dated<T>,
    count: impl Fn(&'a Tariff, &'a T) -> Result<Option<(Fact<'a>, Pricing<'a>)>, NoPricing>,
) -> Result<Vec<Leg<'a>>, ChargeError> {
    let mut legs = Vec::new();
    for days in days.cut(prices.changes().chain(held.changes())) {
        let Ok(row) = held.on(days.first()) else { continue };
        let tariff = &prices.on(days.first())?.value;
        if let Some((count, pricing)) = count(tariff, &row.value)? {
            legs.push(Leg { part: Part::of(period, days), ..Leg::whole(Volume::Each(count), pricing) });
        }
    }
    Ok(legs)
}

/// Whose benefit it is, where that is not everybody who lives in premises, and what is their own of its terms.
#[derive(Debug, Clone, Copy, Default)]
pub struct Holders<'a> {
    /// How many have it, and of how many; none if all have it.
    pub persons: Option<(Fact<'a>, Fact<'a>)>,
    /// Their social norm, in place of that of the rate.
    pub limit: Option<Fact<'a>>,
}

/// A benefit on some days: for each time within them with one rate, on the legs that `legs` makes of those days. `unit`
/// is that of the limit of a rate.
pub fn benefits<'a, E>(
    days: Days,
    rates: &'a Dated<BenefitRate>,
    unit: Unit,
    holders: Holders<'a>,
    legs: impl Fn(Days) -> Result<Vec<Leg<'a>>, E>,
) -> Result<Vec<Benefit<'a>>, E> {
    let mut benefits = Vec::new();
    for days in days.cut(rates.changes()) {
        let Ok(Row { value: rate, .. }) = rates.on(days.first()) else { continue };
        let (legs, limit) = (legs(days)?, holders.limit.or(rate.limit_fact(unit)));
        for (index, leg) in legs.iter().enumerate() {
            let before = match limit {
                None => Vec::new(),
                Some(_) => legs[..index].iter().filter_map(|before| before.on_days_of(leg)).collect(),
            };
            benefits.push(Benefit { leg: *leg, rate: rate.fact(), limit, before, persons: holders.persons });
        }
    }
    Ok(benefits)
}

/// What a service that meters count is charged by.
#[derive(Debug, Clone, Copy)]
pub struct MeteredService<'a> {
    /// What is counted.
    pub kind: MeterKind,
    /// What it costs.
    pub prices: &'a Dated<Tariff>,
    /// How much is at the lower price of a month, where the tariff has two.
    pub social_norm: Option<&'a Dated<Norm>>,
    /// How much a person uses where no meter tells.
    pub norm: &'a Dated<Norm>,
    /// For the heat in hot water: how much a cubic metre takes.
    pub heat: Option<&'a Dated<Norm>>,
    /// The multiplier of the norm; none where a meter is technically impossible.
    pub multiplier: Option<&'a Dated<NormMultiplier>>,
    /// Who lives here.
    pub households: &'a Dated<Household>,
    /// What holds where a meter tells nothing.
    pub rules: MeterRules,
}

impl<'a> MeteredService<'a> {
    /// Days of a month of one rate, counted from 0, by what its meter told and did not tell.
    ///
    /// What the meter told falls to the days of the month evenly, also where a price changes in its middle.
    pub fn legs(&self, month: &'a MeterMonth<'a>, days: Days, rate: usize) -> Result<Vec<Leg<'a>>, ChargeError> {
        let mut legs = Vec::new();
        if let Some(settled) = &month.settled {
            let volume = Volume::Metered(Metered { settled, rate, unit: self.unit() });
            self.push(&mut legs, month.period, days, rate, volume)?;
        }
        for stretch in &month.stretches {
            let Some(days) = stretch.days.common(days) else { continue };
            match stretch.basis {
                Basis::Average(used_over) => {
                    let volume = Volume::Averaged(Averaged { used_over, rate, unit: self.unit() });
                    self.push(&mut legs, month.period, days, rate, volume)?;
                }
                // The norm knows no rates: it stands with the first.
                Basis::Norm(reason) if rate == 0 => legs.extend(self.norm_legs(month.period, days, reason)?),
                Basis::Norm(_) => {}
            }
        }
        Ok(legs)
    }

    /// Days of a month by norm.
    pub fn norm_legs(&self, period: Period, days: Days, reason: NormReason) -> Result<Vec<Leg<'a>>, ChargeError> {
        let multiplier = self.multiplier.filter(|_| self.rules.is_multiplied(self.kind, reason));
        let of_multiplier = multiplier.into_iter().flat_map(Dated::changes);
        let changes = self.norm.changes().chain(self.households.changes()).chain(of_multiplier);
        let mut legs = Vec::new();
        for days in days.cut(changes) {
            let first = days.first();
            let Ok(household) = self.households.on(first) else { continue };
            let persons = household.value.occupants.fact(&household.value.id);
            let norm = self.norm.on(first)?.value.fact(NormBasis::Person, self.unit());
            let volume = Volume::PerPerson(PerPerson { persons, norm, unit: self.unit() });
            let pushed = legs.len();
            self.push(&mut legs, period, days, 0, volume)?;
            let multiplier = multiplier.map(|multiplier| multiplier.on(first)).transpose()?;
            for leg in legs.iter_mut().skip(pushed) {
                leg.multiplier = multiplier.map(|row| row.value.fact());
            }
        }
        Ok(legs)
    }

    /// What earlier months were billed above what the meter told in this one, at the price of its end (п. 61: it is
    /// settled in the month in which it is found): none if nothing was.
    pub fn returned(&self, month: &'a MeterMonth<'a>, rate: usize) -> Result<Option<Leg<'a>>, ChargeError> {
        let Some(settled) = month.settled.as_ref().filter(|settled| settled.may_return()) else { return Ok(None) };
        let volume = Volume::Returned(Metered { settled, rate, unit: self.unit() });
        let leg = self.leg(month.period.last_day(), rate, volume)?;
        Ok((leg.value()? > Exact::ZERO).then_some(leg))
    }

    /// A volume of some days of a month, cut where a price changes.
    fn push(
        &self,
        legs: &mut Vec<Leg<'a>>,
        period: Period,
        days: Days,
        rate: usize,
        volume: Volume<'a>,
    ) -> Result<(), ChargeError> {
        let of_norms = self.heat.into_iter().chain(self.social_norm).flat_map(Dated::changes);
        for piece in days.cut(self.prices.changes().chain(of_norms)) {
            let leg = self.leg(piece.first(), rate, volume)?;
            legs.push(Leg { part: Part::of(period, piece), ..leg });
        }
        Ok(())
    }

    /// A volume at what holds on a day.
    fn leg(&self, day: Date, rate: usize, volume: Volume<'a>) -> Result<Leg<'a>, ChargeError> {
        let fact = |table: Option<&'a Dated<Norm>>, per, unit| -> Result<Option<Fact<'a>>, DatedError> {
            table.map(|table| table.on(day).map(|row| row.value.fact(per, unit))).transpose()
        };
        let heat = fact(self.heat, NormBasis::HeatPerVolume, Unit::Gigacalorie)?;
        let social_norm = fact(self.social_norm, NormBasis::SocialNorm, self.unit())?;
        let tariff = &self.prices.on(day)?.value;
        let pricing = tariff.pricing(rate, social_norm)?;
        // By norm there are no rates.
        let rates = if matches!(volume, Volume::PerPerson(_)) { 1 } else { tariff.prices.count() };
        Ok(Leg { heat, rates, ..Leg::whole(volume, pricing) })
    }

    const fn unit(&self) -> Unit {
        match self.kind {
            MeterKind::ColdWater | MeterKind::HotWater | MeterKind::Gas => Unit::CubicMetre,
            MeterKind::Electricity => Unit::KilowattHour,
            MeterKind::Heat => Unit::Gigacalorie,
        }
    }
}
