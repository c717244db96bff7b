//! What a house has in common and what heats it, divided among its premises by area.

use rust_decimal::Decimal;

use super::line::Month;
use super::{HouseService, Reason, Way, way};
use crate::charge::{
    ChargeError, CommonByMeter, CommonByNorm, Fact, Heating, Leg, Part, Quantity, ShareOfHouse, Source, Unit,
    UsedInside, Volume,
};
use crate::dated::{Dated, Days};
use crate::norm::NormBasis;
use crate::service::Service;
use crate::tariff::Tariff;

/// A piece of a month in which nothing changes.
struct Piece<'m, 'a> {
    month: &'m Month<'a>,
    service: &'a HouseService,
    days: Days,
    area: Fact<'a>,
}

impl<'a> Month<'a> {
    /// What is divided by area, cut where a price, a norm or an area changes.
    pub(super) fn shared(
        &self,
        service: &'a HouseService,
        way: Way,
        days: Days,
        prices: &'a Dated<Tariff>,
    ) -> Result<Vec<Leg<'a>>, Reason> {
        let (premises, areas) = (&self.account.premises, &self.house.areas);
        let of_norms = service.norm.iter().chain(&service.season).flat_map(Dated::changes);
        let changes = prices.changes().chain(premises.changes()).chain(areas.changes()).chain(of_norms);
        let mut legs = Vec::new();
        for days in days.cut(changes) {
            let Ok(held) = premises.on(days.first()) else { continue };
            let volume = Piece { month: self, service, days, area: held.value.fact() }.volume(way)?;
            let pricing = prices.on(days.first())?.value.pricing(0, None).map_err(ChargeError::from)?;
            legs.push(Leg { part: Part::of(self.period, days), ..Leg::whole(volume, pricing) });
        }
        Ok(legs)
    }

    /// What a meter of the house told of this month.
    fn of_house(&self, service: Service) -> Option<Fact<'a>> {
        let told = self.house.volumes.get(&(self.period, service))?;
        let (quantity, unit) = (Quantity::HouseVolume, service.unit());
        Some(Fact { value: told.volume, quantity, unit, source: Source::Register { id: &told.id } })
    }

    /// What the meter of the house told of all months of the year before; none if it has not told one of them.
    fn of_house_last_year(&self, service: Service) -> Option<Fact<'a>> {
        let months = self.months_of_year_before();
        let told = months.map(|period| self.house.volumes.get(&(period, service)).map(|told| told.volume));
        let value = told.sum::<Option<Decimal>>()?;
        let source = Source::Register { id: &self.house.house_id };
        Some(Fact { value, quantity: Quantity::HouseVolume, unit: service.unit(), source })
    }
}

impl<'a> Piece<'_, 'a> {
    fn volume(&self, way: Way) -> Result<Volume<'a>, Reason> {
        let service = self.service.service;
        Ok(match way {
            Way::CommonMeter | Way::CommonMeterWhole => match self.rest() {
                Some((house, inside)) => {
                    let at_most = if way == Way::CommonMeter { Some(self.common_norm()?) } else { None };
                    let common = CommonByMeter { house, inside, at_most };
                    Volume::CommonByMeter(common, self.share()?, service.unit())
                }
                None => self.by_common_norm()?,
            },
            Way::HeatingMeter => match self.month.of_house(service) {
                Some(house) => Volume::Heating(Heating::ByHouseMeter { house, share: self.share()? }),
                None => self.by_heating_norm(None)?,
            },
            Way::HeatingMeterEvenly => match self.month.of_house_last_year(service) {
                Some(house_last_year) => Volume::Heating(Heating::Evenly { house_last_year, share: self.share()? }),
                None => self.by_heating_norm(Some(self.season().map_err(|_| Reason::NoYear)?))?,
            },
            Way::HeatingNormEvenly => self.by_heating_norm(Some(self.season()?))?,
            Way::HeatingNorm => self.by_heating_norm(None)?,
            Way::CommonNorm | Way::Area | Way::Person | Way::Meter | Way::Paused => self.by_common_norm()?,
        })
    }

    fn by_common_norm(&self) -> Result<Volume<'a>, Reason> {
        Ok(Volume::CommonByNorm(self.common_norm()?, self.share()?))
    }

    fn common_norm(&self) -> Result<CommonByNorm<'a>, Reason> {
        let areas = &self.month.house.areas.on(self.days.first())?.value;
        let source = Source::Register { id: &areas.id };
        let (quantity, unit) = (Quantity::AreaInCommon, Unit::SquareMetre);
        let common_area = Fact { value: areas.in_common, quantity, unit, source };
        Ok(CommonByNorm { norm: self.norm(NormBasis::CommonArea)?, common_area })
    }

    fn by_heating_norm(&self, evenly: Option<Fact<'a>>) -> Result<Volume<'a>, Reason> {
        Ok(Volume::Heating(Heating::ByNorm { area: self.area, norm: self.norm(NormBasis::Area)?, evenly }))
    }

    fn norm(&self, per: NormBasis) -> Result<Fact<'a>, Reason> {
        let norm = self.service.norm.as_ref().ok_or(Reason::NoNorm)?;
        Ok(norm.on(self.days.first())?.value.fact(per, self.service.service.unit()))
    }

    fn season(&self) -> Result<Fact<'a>, Reason> {
        let season = self.service.season.as_ref().ok_or(Reason::NoSeason)?;
        Ok(season.on(self.days.first())?.value.fact(NormBasis::SeasonMonths, Unit::Month))
    }

    fn share(&self) -> Result<ShareOfHouse<'a>, Reason> {
        let areas = &self.month.house.areas.on(self.days.first())?.value;
        let source = Source::Register { id: &areas.id };
        let (quantity, unit) = (Quantity::AreaOfHouse, Unit::SquareMetre);
        Ok(ShareOfHouse { area: self.area, of_area: Fact { value: areas.of_premises, quantity, unit, source } })
    }

    /// What the meter of the house told, and what of it was used inside; none unless both are known. Where others charge
    /// for what is used inside, nobody here knows how much that was.
    fn rest(&self) -> Option<(Fact<'a>, &'a UsedInside)> {
        let service = way::used_inside(self.service.service)?;
        let is_charged = |one: &HouseService| {
            one.service == service
                && one.ways.on(self.month.period.first_day()).is_ok_and(|row| row.value != Way::Paused)
        };
        if !self.month.house.services.iter().any(is_charged) {
            return None;
        }
        let inside = self.month.house.inside.get(&(self.month.period, service))?;
        Some((self.month.of_house(service)?, inside))
    }
}
