//! What a month without a reading is billed by norm: taken from what the next reading tells, where the rules say so.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;

use super::line::Month;
use crate::dated::{Dated, Days};
use crate::norm::Norm;
use crate::service::Service;

/// A bill tells a volume with so many places.
const VOLUME_PLACES: u32 = 7;

impl Month<'_> {
    /// The norm of those who live here on the days on which the service is charged to this account, but for days that
    /// are `billed` with another meter of the kind. Where no norm is known nothing was billed by one.
    pub(super) fn norm_volume(&self, service: Service, norm: &Dated<Norm>, billed: &[Days]) -> Decimal {
        let households = &self.account.households;
        let edges = || billed.iter().flat_map(|days| [Some(days.first()), days.last().tomorrow().ok()]).flatten();
        let pieces = self.supplied(service).into_iter();
        let pieces = pieces.flat_map(|days| days.cut(norm.changes().chain(households.changes()).chain(edges())));
        let mut volume = Decimal::ZERO;
        for piece in pieces.filter(|piece| billed.iter().all(|days| days.common(*piece).is_none())) {
            let (Ok(household), Ok(norm)) = (households.on(piece.first()), norm.on(piece.first())) else { continue };
            let persons = Decimal::from(household.value.occupants.charged());
            volume += persons * norm.value.value * Decimal::from(piece.count());
        }
        let of_month = volume / Decimal::from(Days::of(self.period).count());
        of_month.round_dp_with_strategy(VOLUME_PLACES, MidpointAwayFromZero).normalize()
    }
}
