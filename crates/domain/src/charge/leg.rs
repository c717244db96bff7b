//! A part of a line that is counted one way: one method, one price, some or all days of the month.

use crate::charge::by_average::Averaged;
use crate::charge::by_meter::Metered;
use crate::charge::by_norm::PerPerson;
use crate::charge::common_needs::{CommonByMeter, CommonByNorm, ShareOfHouse};
use crate::charge::fact::{Fact, Quantity, Unit};
use crate::charge::heating::Heating;
use crate::charge::notation::{Formula, Notation, Number};
use crate::charge::part::Part;
use crate::charge::pricing::Pricing;
use crate::exact::Exact;

/// How a volume is counted.
#[derive(Debug, Clone, Copy)]
pub enum Volume<'a> {
    /// By the meter of the dwelling.
    Metered(Metered<'a>),
    /// What earlier months were billed too much, once the meter tells.
    Returned(Metered<'a>),
    /// By what the meter used before.
    Averaged(Averaged<'a>),
    /// By norm and persons.
    PerPerson(PerPerson<'a>),
    /// So many square metres, persons or dwellings, each at a price.
    Each(Fact<'a>),
    /// What the house has in common, by its meter.
    CommonByMeter(CommonByMeter<'a>, ShareOfHouse<'a>, Unit),
    /// What the house has in common, by norm.
    CommonByNorm(CommonByNorm<'a>, ShareOfHouse<'a>),
    /// Heating.
    Heating(Heating<'a>),
}

/// Which letter a bill has for a method (ГИС ЖКХ: `N` norm, `M` meter, `O` other).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By norm.
    Norm,
    /// By meter.
    Meter,
    /// In another way.
    Other,
}

/// A part of a line.
#[derive(Debug, Clone, Copy)]
pub struct Leg<'a> {
    /// How much there is.
    pub volume: Volume<'a>,
    /// For the second component of hot water: how much heat a cubic metre takes.
    pub heat: Option<Fact<'a>>,
    /// What it costs.
    pub pricing: Pricing<'a>,
    /// For which days, if not for the whole month.
    pub part: Option<Part>,
    /// The multiplier of a norm, where a meter is missing that could be there.
    pub multiplier: Option<Fact<'a>>,
    /// How many rates the meter has: the social norm is of all of them together.
    pub rates: usize,
}

impl Volume<'_> {
    /// The method that a bill names.
    pub const fn method(&self) -> Method {
        match self {
            Self::Metered(_) | Self::Returned(_) | Self::CommonByMeter(..) => Method::Meter,
            Self::Heating(Heating::ByHouseMeter { .. }) => Method::Meter,
            Self::PerPerson(_) | Self::CommonByNorm(..) | Self::Heating(Heating::ByNorm { .. }) => Method::Norm,
            Self::Averaged(_) | Self::Each(_) | Self::Heating(Heating::Evenly { .. }) => Method::Other,
        }
    }
}

impl<'a> Volume<'a> {
    /// What another rate of the same meter counted.
    const fn of_rate(self, rate: usize) -> Self {
        match self {
            Self::Metered(metered) => Self::Metered(Metered { rate, ..metered }),
            Self::Averaged(averaged) => Self::Averaged(Averaged { rate, ..averaged }),
            other => other,
        }
    }

    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        match self {
            Self::Metered(metered) => metered.write(notation),
            Self::Returned(metered) => metered.write_returned(notation),
            Self::Averaged(averaged) => averaged.write(notation),
            Self::PerPerson(norm) => norm.write(notation),
            Self::Each(count) => notation.fact(count),
            Self::CommonByMeter(common, share, unit) => share.write(notation, common.write(notation, *unit)),
            Self::CommonByNorm(common, share) => share.write(notation, common.write(notation)),
            Self::Heating(heating) => heating.write(notation),
        }
    }
}

impl<'a> Leg<'a> {
    /// A whole month at one price, without heat and multiplier.
    pub const fn whole(volume: Volume<'a>, pricing: Pricing<'a>) -> Self {
        Self { volume, heat: None, pricing, part: None, multiplier: None, rates: 1 }
    }

    /// The same without the multiplier.
    #[must_use]
    pub const fn without_multiplier(self) -> Self {
        Self { multiplier: None, ..self }
    }

    /// Whether it is the fixed part of a tariff: it costs, and nothing is used.
    pub const fn is_fixed(&self) -> bool {
        matches!(&self.volume, Volume::Each(count) if matches!(count.quantity, Quantity::Dwellings))
    }

    /// What of it falls to the days of another one, if anything does.
    pub(super) fn on_days_of(self, other: &Self) -> Option<Self> {
        Some(Self { part: Part::common(self.part, other.part)?, ..self })
    }

    /// How much there is, of the days that count.
    pub(super) fn write_volume<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let volume = Part::write(self.part, notation, self.volume.write(notation));
        match &self.heat {
            None => volume,
            Some(heat) => {
                let heat = notation.product(volume, notation.fact(heat));
                notation.named(Quantity::Heat, Unit::Gigacalorie, heat)
            }
        }
    }

    /// What a volume of this leg costs.
    pub(super) fn write_cost<N: Notation<'a>>(&self, notation: &N, volume: impl Fn() -> N::Term) -> N::Term {
        self.pricing.write(notation, volume, |norm| self.write_limit(notation, norm))
    }

    /// How much of a social norm is for this leg: as much of it as its rate is of all that the meter counted.
    fn write_limit<N: Notation<'a>>(&self, notation: &N, norm: &Fact<'a>) -> N::Term {
        let limit = Part::write(self.part, notation, notation.fact(norm));
        let is_divided = self.rates > 1 && self.write_all_rates(&Number).is_ok_and(|all| all > Exact::ZERO);
        if !is_divided {
            return limit;
        }
        let own = notation.product(limit, self.volume.write(notation));
        notation.quotient(own, self.write_all_rates(notation))
    }

    fn write_all_rates<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        notation.sum_of((0..self.rates).map(|rate| self.volume.of_rate(rate).write(notation)))
    }

    /// The volume as a formula of its own.
    pub const fn quantity(&self) -> LegVolume<'_, 'a> {
        LegVolume(self)
    }
}

/// What it costs, in rubles.
impl<'a> Formula<'a> for Leg<'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let cost = self.write_cost(notation, || self.write_volume(notation));
        match &self.multiplier {
            None => cost,
            Some(multiplier) => notation.product(cost, notation.fact(multiplier)),
        }
    }
}

/// The volume of a leg, in the unit of its service.
pub struct LegVolume<'l, 'a>(&'l Leg<'a>);

impl<'a> Formula<'a> for LegVolume<'_, 'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        self.0.write_volume(notation)
    }
}
