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
    /// The norm of those who live here, or of the square metres that are heated, on the days on which the service is charged to this account, but for days that
    /// are `billed` with another meter of the kind. Where no norm is known nothing was billed by one.
    pub(super) fn norm_volume(&self, service: Service, norm: &Dated<Norm>, billed: &[Days]) -> Decimal {
        let (households, premises) = (&self.account.households, &self.account.premises);
        let edges = || billed.iter().flat_map(|days| [Some(days.first()), days.last().tomorrow().ok()]).flatten();
        let pieces = self.supplied(service).into_iter();
        let pieces = pieces.flat_map(|days| {
            days.cut(norm.changes().chain(households.changes()).chain(premises.changes()).chain(edges()))
        });
        let mut volume = Decimal::ZERO;
        for piece in pieces.filter(|piece| billed.iter().all(|days| days.common(*piece).is_none())) {
            let Ok(norm) = norm.on(piece.first()) else { continue };
            let of_norm = match service {
                Service::Heating => premises.on(piece.first()).map(|row| row.value.area),
                _ => households.on(piece.first()).map(|row| Decimal::from(row.value.occupants.charged())),
            };
            volume += of_norm.unwrap_or_default() * norm.value.value * Decimal::from(piece.count());
        }
        let of_month = volume / Decimal::from(Days::of(self.period).count());
        of_month.round_dp_with_strategy(VOLUME_PLACES, MidpointAwayFromZero).normalize()
    }
}
