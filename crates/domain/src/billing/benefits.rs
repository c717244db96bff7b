//! Benefits of an account: what they take off a line, while somebody has them.

use rust_decimal::Decimal;

use super::line::Month;
use super::{HouseService, Reason};
use crate::charge::{Benefit, Fact, Holders, Leg, Quantity, Source, Unit, benefits};
use crate::dated::{Days, Row};

/// A benefit of those who live in premises: as long as its row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBenefit {
    /// The id of the record.
    pub id: String,
    /// What it is called among the rates of the house.
    pub benefit: String,
    /// How many have it; none if all who live there.
    pub persons: Option<u32>,
    /// For how many square metres, in place of the limit of the rate: for services that are charged by area.
    pub norm_area: Option<Decimal>,
}

impl<'a> Month<'a> {
    /// The benefits on a service, and what they are called. Within a piece of days it does not change who lives there.
    pub(super) fn benefits(
        &self,
        service: &HouseService,
        legs: impl Fn(Days) -> Result<Vec<Leg<'a>>, Reason>,
    ) -> Result<(Vec<Benefit<'a>>, String), Reason> {
        let (mut found, mut names) = (Vec::new(), Vec::new());
        let unit = service.service.unit();
        for Row { from, until, value: held } in &self.account.benefits {
            let Some(rates) = self.house.benefits.get(&(held.benefit.clone(), service.service)) else { continue };
            let held_on = Days::new(*from, until.unwrap_or(self.period.last_day()));
            let Some(days) = held_on.and_then(|days| days.common(Days::of(self.period))) else { continue };
            let limit = held.norm_area.filter(|_| unit == Unit::SquareMetre);
            let limit = limit.map(|area| held.fact(area, Quantity::SocialNorm, Unit::SquareMetre));
            let before = found.len();
            for days in days.cut(self.account.households.changes()) {
                let holders = Holders { persons: self.persons(held, days), limit };
                found.extend(benefits(days, rates, unit, holders, &legs)?);
            }
            if found.len() > before && !names.contains(&held.benefit.as_str()) {
                names.push(&held.benefit);
            }
        }
        Ok((found, names.join(", ")))
    }

    /// How many of how many have a benefit, if not all who live there.
    fn persons(&self, held: &'a HeldBenefit, days: Days) -> Option<(Fact<'a>, Fact<'a>)> {
        let with = Decimal::from(held.persons?);
        let household = &self.account.households.on(days.first()).ok()?.value;
        let all = household.occupants.fact(&household.id);
        (with < all.value).then(|| (held.fact(with, Quantity::PersonsWithBenefit, Unit::Person), all))
    }
}

impl HeldBenefit {
    fn fact(&self, value: Decimal, quantity: Quantity, unit: Unit) -> Fact<'_> {
        Fact { value, quantity, unit, source: Source::Register { id: &self.id } }
    }
}
