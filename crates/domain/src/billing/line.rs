//! The lines of a month.

use jiff::ToSpan;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    AccountFacts, Figure, HouseBook, HouseService, Kept, MeterFacts, NotCharged, Oddities, Oddity, Reason, Way,
    days::Charged,
    interruptions::HoursOver,
    way,
    year::{Settled, Year},
};
use crate::charge::{
    Benefit, Figures, Formula as _, Leg, Line, MeteredService, Method, Net, Packed, Recalculation, YearOfHeating,
    fixed_part, interruption::Interrupted, per_area, per_person,
};
use crate::dated::{Dated, Days};
use crate::meter::MeterKind;
use crate::meter_life::{Basis, MeterMonth, NormReason, Stretch, Surroundings, months};
use crate::money::Kopecks;
use crate::norm::Norm;
use crate::period::Period;
use crate::service::Service;
use crate::tariff::{Act, Rates, Tariff};

/// A line, computed.
#[derive(Debug, Clone, PartialEq)]
pub struct ChargedLine {
    /// What is charged.
    pub service: Service,
    /// The figures.
    pub figures: Figures,
    /// The method that a bill names.
    pub method: Method,
    /// What one unit costs; none where several prices are in the line.
    pub price: Option<Decimal>,
    /// The explanations as they are kept: a list of [`Kept`].
    pub explanation: Value,
    /// What is worth a look.
    pub oddities: Oddities,
}

impl ChargedLine {
    /// The line compared with that of the month before.
    #[must_use]
    pub fn after(self, before: Option<Kopecks>) -> Self {
        let is_jump = before.is_some_and(|before| super::oddity::is_jump(before, self.figures.payable));
        if is_jump { Self { oddities: self.oddities.with(Oddity::Jump), ..self } } else { self }
    }
}

/// Which lines of a month are asked for. What is left of the meter of a house is divided when all of its premises are
/// computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those that can be computed from what is known of the premises and the house.
    OfPremises,
    /// Those that need what all premises used.
    OfTheRest,
}

/// The lines of an account for a month, in the order of the services. `cite` is told the act of each version that an
/// explanation names.
pub fn lines(
    house: &HouseBook,
    account: &AccountFacts,
    period: Period,
    which: Which,
    cite: &mut dyn FnMut(&str, &Act),
) -> Result<Vec<ChargedLine>, NotCharged> {
    let month = Month { house, account, period };
    let mut lines = Vec::new();
    for service in &house.services {
        let is_asked_for = match which {
            Which::All => true,
            Which::OfPremises => !service.is_of_the_rest(period),
            Which::OfTheRest => service.is_of_the_rest(period),
        };
        if is_asked_for {
            let not_charged = |reason| NotCharged { service: service.service, reason };
            lines.extend(month.line(service, cite).map_err(not_charged)?);
        }
    }
    Ok(lines)
}

/// What one month of one account is charged by.
pub(super) struct Month<'a> {
    pub(super) house: &'a HouseBook,
    pub(super) account: &'a AccountFacts,
    pub(super) period: Period,
}

impl<'a> Month<'a> {
    /// The line of a service, if there is one in this month.
    fn line(&self, service: &'a HouseService, cite: &mut dyn FnMut(&str, &Act)) -> Result<Option<ChargedLine>, Reason> {
        let charged = self.charged(service);
        let metered = self.metered(service, &charged)?;
        let legs = |days| self.legs(service, &charged, metered.as_ref(), days);
        let mut parts = Parts { legs: legs(Days::of(self.period))?, ..Parts::default() };
        if let Some(metered) = &metered {
            parts.oddities = metered.oddities();
            // Earlier months were not billed to who comes in this one.
            if self.account.premises.on(self.period.first_day()).is_ok() {
                parts.returned = metered.returned()?;
            }
        }
        if !parts.returned.is_empty() {
            // It is returned at the price and with the benefits of the month's end.
            let last_day = self.period.last_day();
            let returned = |days: Days| Ok(if days.last() == last_day { parts.returned.clone() } else { Vec::new() });
            parts.returned_benefits = self.benefits(service, returned)?.0;
        }
        match self.year_before(service)? {
            Year::Settled(settled) => parts.year = Some(settled),
            Year::NotSettled => parts.oddities = parts.oddities.with(Oddity::YearNotSettled),
            Year::NotPaidEvenly => {}
        }
        if parts.legs.is_empty() && parts.returned.is_empty() && parts.year.is_none() {
            return Ok(None);
        }
        (parts.benefits, parts.holders) = self.benefits(service, legs)?;
        let away = self.away(service)?;
        for away in &away {
            let legs = |days| self.away_legs(service, (&charged, metered.as_ref()), away, days);
            parts.away.push((away.note.clone(), legs(Days::of(self.period))?));
            parts.lost.extend(self.benefits(service, legs)?.0);
        }
        parts.interrupted = self.hours_over(service.service)?.filter(|_| !parts.legs.is_empty());
        parts.line(service.service, cite).map(Some)
    }

    /// What is charged on some days, in the ways in which it is.
    fn legs<'l>(
        &'l self,
        service: &'l HouseService,
        charged: &[Charged],
        metered: Option<&'l Metered<'l>>,
        days: Days,
    ) -> Result<Vec<Leg<'l>>, Reason> {
        let mut legs = Vec::new();
        for &Charged { days: held, way } in charged {
            let Some(days) = held.common(days) else { continue };
            let metered = metered.filter(|_| self.is_by_meter(service.service, way));
            legs.extend(match metered {
                Some(metered) => metered.legs(days)?,
                None => self.unmetered(service, way, days)?,
            });
            for days in metered.into_iter().flat_map(|metered| metered.by_area_on(days)) {
                legs.extend(self.unmetered(service, Way::HeatingNorm, days)?);
            }
            let prices = prices(service, metered.map_or(1, Metered::rates))?;
            legs.extend(fixed_part(self.period, days, prices, &self.account.premises)?);
        }
        Ok(legs)
    }

    fn is_by_meter(&self, service: Service, way: Way) -> bool {
        let kinds = way::metered_by(service);
        match way {
            Way::Meter => true,
            Way::HeatingNorm | Way::HeatingMeter => self.account.meters.iter().any(|meter| kinds.contains(&meter.kind)),
            Way::Area
            | Way::Person
            | Way::CommonNorm
            | Way::CommonMeter
            | Way::CommonMeterWhole
            | Way::HeatingNormEvenly
            | Way::HeatingMeterEvenly
            | Way::Paused => false,
        }
    }

    /// What meters of the dwelling tell; none where no way asks for them.
    fn metered(&self, service: &'a HouseService, charged: &[Charged]) -> Result<Option<Metered<'a>>, Reason> {
        if !charged.iter().any(|one| self.is_by_meter(service.service, one.way)) {
            return Ok(None);
        }
        let kinds = way::metered_by(service.service).iter();
        let kinds = kinds.filter(|kind| !self.supplied(way::norm_of(**kind)).is_empty());
        let kinds = kinds.map(|&kind| self.of_kind(service, kind)).collect::<Result<_, _>>()?;
        Ok(Some(Metered { kinds }))
    }

    fn of_kind(&self, service: &'a HouseService, kind: MeterKind) -> Result<OfKind<'a>, Reason> {
        let norm_service = self.house.services.iter().find(|one| one.service == way::norm_of(kind));
        let norm = norm_service.unwrap_or(service).norm.as_ref();
        let mut told = Vec::new();
        let mut billed = Vec::new();
        for meter in self.account.meters.iter().filter(|meter| meter.kind == kind) {
            let mut months = self.lived(meter, norm, &billed)?;
            if let Some(month) = months.pop_if(|month| month.period == self.period) {
                told.push((rates_of(meter), month));
            }
            // On days without this meter another one hung there.
            let is_of_it = |stretch: &&Stretch<'_>| stretch.basis != Basis::Norm(NormReason::NoMeter);
            billed.extend(months.iter().flat_map(|month| by_norm(month).filter(is_of_it)).map(|stretch| stretch.days));
        }
        if told.is_empty() {
            let basis = Basis::Norm(NormReason::NoMeter);
            let stretches = vec![Stretch { days: Days::of(self.period), basis }];
            told.push((1, MeterMonth { period: self.period, settled: None, stretches }));
        }
        // The norm is that of the dwelling, however many of its meters tell nothing of a day.
        let mut taken = Vec::new();
        for (_, month) in &mut told {
            month.stretches = month.stretches.iter().flat_map(|stretch| self.once(kind, stretch, &taken)).collect();
            taken.extend(by_norm(month).map(|stretch| stretch.days));
        }
        // The norm of heating is one of square metres, not of persons.
        let mut by_area = Vec::new();
        if kind == MeterKind::Heat {
            told.iter_mut().for_each(|(_, month)| month.stretches.retain(|one| !matches!(one.basis, Basis::Norm(_))));
            by_area = taken;
        }
        let rules = self.house.rules.meters.on(self.period.first_day())?.value;
        let months = told
            .into_iter()
            .map(|(rates, month)| {
                let prices = prices(service, rates)?;
                let service = MeteredService {
                    kind,
                    prices,
                    social_norm: service.social.as_ref(),
                    norm: norm.ok_or(Reason::NoNorm)?,
                    heat: service.heat.as_ref(),
                    multiplier: self.house.multiplier.as_ref(),
                    households: &self.account.households,
                    rules,
                };
                Ok((rates, service, month))
            })
            .collect::<Result<_, Reason>>()?;
        Ok(OfKind { months, supplied: self.supplied(way::norm_of(kind)), by_area })
    }

    /// What is left of a stretch by norm without the days that are charged by it already, and without those on which
    /// only this meter is not there and another of its kind is.
    fn once(&self, kind: MeterKind, stretch: &Stretch<'a>, by_norm: &[Days]) -> Vec<Stretch<'a>> {
        let Basis::Norm(reason) = stretch.basis else { return vec![*stretch] };
        let mut taken = by_norm.to_vec();
        if reason == NormReason::NoMeter {
            let others = self.account.meters.iter().filter(|meter| meter.kind == kind);
            taken.extend(others.filter_map(|meter| meter.days_hanging(Days::of(self.period))));
        }
        let edges = taken.iter().flat_map(|days| [days.first(), days.last().saturating_add(1.days())]);
        let pieces = stretch.days.cut(edges);
        let left = pieces.into_iter().filter(|piece| taken.iter().all(|days| days.common(*piece).is_none()));
        left.map(|days| Stretch { days, ..*stretch }).collect()
    }

    /// What the months of a meter until this one are charged by. On days that are `billed` the norm was charged with
    /// another meter of its kind.
    fn lived(
        &self,
        meter: &'a MeterFacts,
        norm: Option<&Dated<Norm>>,
        billed: &[Days],
    ) -> Result<Vec<MeterMonth<'a>>, Reason> {
        let events: Vec<_> = meter.events.iter().map(super::MeterFact::event).collect();
        let norm_volume = |period| {
            let month = Month { period, ..*self };
            norm.map_or(Decimal::ZERO, |norm| month.norm_volume(way::norm_of(meter.kind), norm, billed))
        };
        let rules = &self.house.rules.meters;
        let around = Surroundings { kind: meter.kind, rules, norm_volume: &norm_volume };
        Ok(months(&events, self.period, around)?)
    }

    fn unmetered(&self, service: &'a HouseService, way: Way, days: Days) -> Result<Vec<Leg<'a>>, Reason> {
        let prices = prices(service, 1)?;
        let premises = &self.account.premises;
        match way {
            Way::Area => Ok(per_area(self.period, days, prices, premises)?),
            Way::Person => Ok(per_person(self.period, days, prices, &self.account.households)?),
            Way::CommonNorm
            | Way::CommonMeter
            | Way::CommonMeterWhole
            | Way::HeatingNorm
            | Way::HeatingMeter
            | Way::HeatingNormEvenly
            | Way::HeatingMeterEvenly => self.shared(service, way, days, prices),
            Way::Meter | Way::Paused => Ok(Vec::new()),
        }
    }
}

/// What of a month is charged by norm.
fn by_norm<'m, 'a>(month: &'m MeterMonth<'a>) -> impl Iterator<Item = &'m Stretch<'a>> {
    month.stretches.iter().filter(|stretch| matches!(stretch.basis, Basis::Norm(_)))
}

/// The table for meters of so many rates, or the only one there is.
pub(super) fn prices(service: &HouseService, rates: usize) -> Result<&Dated<Tariff>, Reason> {
    let has_rates = |table: &&Dated<Tariff>| table.rows().iter().all(|row| row.value.prices.count() == rates);
    service.prices.iter().find(has_rates).or(service.prices.first()).ok_or(Reason::NoTariff)
}

fn rates_of(meter: &MeterFacts) -> usize {
    use crate::meter_life::EventKind::{Installed, Read, Replaced, RolledOver};
    let count = |values: Rates<Decimal>| values.count();
    let last = meter.events.iter().rev().find_map(|event| match event.kind {
        Read { values, .. } | RolledOver { values, .. } => Some(count(values)),
        Installed { first, .. } | Replaced { first, .. } => Some(count(first)),
        _ => None,
    });
    last.unwrap_or(1)
}

/// What the meters of a dwelling told for a service.
pub(super) struct Metered<'a> {
    kinds: Vec<OfKind<'a>>,
}

/// What those of one kind told: with the number of rates and what they are charged by.
struct OfKind<'a> {
    months: Vec<(usize, MeteredService<'a>, MeterMonth<'a>)>,
    /// When what they count reaches the premises: what goes away is counted by two kinds.
    supplied: Vec<Days>,
    /// When meters of heat tell nothing.
    by_area: Vec<Days>,
}

impl<'a> Metered<'a> {
    fn legs(&'a self, days: Days) -> Result<Vec<Leg<'a>>, Reason> {
        let mut legs = Vec::new();
        for kind in &self.kinds {
            for days in kind.supplied.iter().filter_map(|supplied| supplied.common(days)) {
                for (rates, metered, month) in &kind.months {
                    for rate in 0..*rates {
                        legs.extend(metered.legs(month, days, rate)?);
                    }
                }
            }
        }
        Ok(legs)
    }

    /// Of these days those on which the norm of square metres stands in for the meters.
    fn by_area_on(&self, days: Days) -> Vec<Days> {
        self.kinds.iter().flat_map(|kind| &kind.by_area).filter_map(|by_area| by_area.common(days)).collect()
    }

    /// How many rates the meters have.
    fn rates(&self) -> usize {
        self.months().map(|(rates, ..)| *rates).max().unwrap_or(1)
    }

    fn returned(&'a self) -> Result<Vec<Leg<'a>>, Reason> {
        let mut legs = Vec::new();
        for (rates, metered, month) in self.months() {
            for rate in 0..*rates {
                legs.extend(metered.returned(month, rate)?);
            }
        }
        Ok(legs)
    }

    fn oddities(&self) -> Oddities {
        let stretches = self.months().flat_map(|(_, _, month)| &month.stretches);
        let is_by_area = self.kinds.iter().any(|kind| !kind.by_area.is_empty());
        let none = Oddities::default();
        let first = if is_by_area { none.with(Oddity::ByNorm) } else { none };
        stretches.fold(first, |oddities, stretch| {
            oddities.with(match stretch.basis {
                Basis::Average(_) => Oddity::ByAverage,
                Basis::Norm(_) => Oddity::ByNorm,
            })
        })
    }

    pub(super) fn months(&self) -> impl Iterator<Item = &(usize, MeteredService<'a>, MeterMonth<'a>)> {
        self.kinds.iter().flat_map(|kind| &kind.months)
    }
}

/// What a line is made of.
#[derive(Default)]
struct Parts<'a> {
    legs: Vec<Leg<'a>>,
    returned: Vec<Leg<'a>>,
    /// What benefits had lowered it by.
    returned_benefits: Vec<Benefit<'a>>,
    benefits: Vec<Benefit<'a>>,
    /// Whose benefits these are, by what they are called.
    holders: String,
    /// What is returned for those who were away, and when they were.
    away: Vec<(String, Vec<Leg<'a>>)>,
    /// What of the benefits falls to it.
    lost: Vec<Benefit<'a>>,
    /// By how many hours the service was away too long.
    interrupted: Option<HoursOver>,
    /// The year before, if it was paid evenly and all of it is known.
    year: Option<Settled<'a>>,
    oddities: Oddities,
}

impl Parts<'_> {
    fn line(self, service: Service, cite: &mut dyn FnMut(&str, &Act)) -> Result<ChargedLine, Reason> {
        let (mut recalculations, mut told) = (Vec::new(), Vec::new());
        if !self.returned.is_empty() {
            let billed = Net { legs: &self.returned, benefits: &self.returned_benefits };
            recalculations.push(Recalculation::BilledAboveMeter(billed));
            told.push((Figure::Returned, None));
        }
        for (note, legs) in self.away.iter().filter(|(_, legs)| !legs.is_empty()) {
            recalculations.push(Recalculation::Absence(legs));
            told.push((Figure::Absence, Some(note.clone())));
        }
        if let Some(HoursOver { hours, percent_per_hour, note }) = &self.interrupted {
            let (hours_over, percent_per_hour) = (*hours, *percent_per_hour);
            let interrupted = Interrupted { legs: &self.legs, hours_over, percent_per_hour };
            recalculations.push(Recalculation::Interruption(interrupted));
            told.push((Figure::Interruption, Some(note.clone())));
        }
        if let Some(Settled { year, used, benefits, charged }) = &self.year {
            let used = Net { legs: used, benefits };
            recalculations.push(Recalculation::YearOfHeating(YearOfHeating { used, charged: *charged }));
            told.push((Figure::YearOfHeating, Some(year.to_string())));
        }
        let line =
            Line { legs: &self.legs, benefits: &self.benefits, lost: &self.lost, recalculations: &recalculations };
        let figures = line.figures()?;
        let mut oddities = self.oddities;
        if figures.payable == Kopecks::ZERO {
            oddities = oddities.with(Oddity::Nothing);
        } else if figures.payable < Kopecks::ZERO {
            oddities = oddities.with(Oddity::BelowZero);
        }
        let mut kept = Vec::with_capacity(1 + recalculations.len());
        let mut keep = |figure, note: Option<String>, tree: crate::charge::Node<'_>| {
            tree.cite(cite);
            kept.push(Kept { figure, note, tree: Packed::of(&tree) }.into_json());
        };
        keep(Figure::Charge, None, line.explain()?);
        for (recalculation, (figure, note)) in recalculations.iter().zip(told) {
            keep(figure, note, recalculation.explain()?);
        }
        if let Some(discount) = line.explain_discount()?.filter(|_| figures.discount > Kopecks::ZERO) {
            keep(Figure::Discount, Some(self.holders), discount);
        }
        Ok(ChargedLine {
            service,
            figures,
            method: method(&self.legs),
            price: price(&self.legs),
            explanation: Value::Array(kept),
            oddities,
        })
    }
}

/// That of the meter if one tells anything, else that of the first leg.
fn method(legs: &[Leg<'_>]) -> Method {
    let methods = || legs.iter().map(|leg| leg.volume.method());
    if methods().any(|method| method == Method::Meter) {
        return Method::Meter;
    }
    methods().next().unwrap_or(Method::Other)
}

/// The one price of a unit in a line.
fn price(legs: &[Leg<'_>]) -> Option<Decimal> {
    let mut prices = legs.iter().filter(|leg| !leg.is_fixed()).map(|leg| leg.pricing.price.value);
    let first = prices.next()?;
    prices.all(|price| price == first).then_some(first)
}
