//! On which days of a month an account is charged for a service, and in which way.

use super::line::Month;
use super::{HouseService, Way};
use crate::dated::{Dated, Days};
use crate::service::Service;

/// Days of a month on which a service is charged in one way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Charged {
    pub(super) days: Days,
    pub(super) way: Way,
}

impl Month<'_> {
    /// The days on which the account is open and the service reaches its premises, cut where the way changes.
    pub(super) fn charged(&self, service: &HouseService) -> Vec<Charged> {
        let mut charged: Vec<Charged> = Vec::new();
        for days in self.supplied(service.service).into_iter().flat_map(|days| days.cut(service.ways.changes())) {
            let Ok(way) = service.ways.on(days.first()).map(|row| row.value) else { continue };
            if way != Way::Paused {
                charged.push(Charged { days, way });
            }
        }
        charged
    }

    /// The days on which the account is open and a service reaches its premises.
    pub(super) fn supplied(&self, service: Service) -> Vec<Days> {
        let (premises, not_supplied) = (&self.account.premises, self.account.not_supplied.get(&service));
        let of_supply = not_supplied.into_iter().flat_map(Dated::changes);
        let pieces = Days::of(self.period).cut(premises.changes().chain(of_supply));
        let is_supplied = |days: &Days| {
            let is_without = not_supplied.is_some_and(|rows| rows.on(days.first()).is_ok());
            premises.on(days.first()).is_ok() && !is_without
        };
        joined(pieces.into_iter().filter(is_supplied))
    }
}

/// Days that follow one another are one piece: what changed between them is nothing of the service.
fn joined(pieces: impl Iterator<Item = Days>) -> Vec<Days> {
    let mut joined: Vec<Days> = Vec::new();
    for piece in pieces {
        match joined.last_mut().and_then(|last| Some((last.last().tomorrow().ok()?, last))) {
            Some((next, last)) if next == piece.first() => *last = last.until(piece.last()),
            _ => joined.push(piece),
        }
    }
    joined
}
