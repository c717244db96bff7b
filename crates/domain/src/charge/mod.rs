//! Charges: what a month of a service costs, and how that comes about (ПП 354 app. 2).
//!
//! Every method is one formula over a [`Notation`]: as a number it computes without allocating, as an
//! explanation it is the tree behind the figure. A figure is computed exactly and rounded once, halves away from zero;
//! no volume is rounded before. Whoever charges an account makes a [`Line`] of [`Leg`]s; where something changes in
//! the middle of a month there is a leg for each part of it.

pub mod absence;
mod benefit;
mod by_average;
mod by_meter;
mod by_norm;
mod common_needs;
mod explanation;
mod fact;
mod heating;
pub mod interruption;
mod leg;
mod line;
mod month;
mod notation;
mod packed;
mod part;
mod pricing;

pub use benefit::Benefit;
pub use by_average::Averaged;
pub use by_meter::Metered;
pub use by_norm::{Occupants, PerPerson};
pub use common_needs::{CommonByMeter, CommonByNorm, ShareOfHouse, UsedInside};
pub use explanation::{Name, Node, Operation};
pub use fact::{Fact, Quantity, Source, Unit};
pub use heating::{Heating, YearOfHeating};
pub use leg::{Leg, LegVolume, Method, Volume};
pub use line::{Figures, Line, Net, Recalculation};
pub use month::{
    ChargeError, Holders, Household, MeteredService, Premises, benefits, fixed_part, per_area, per_person,
};
pub use notation::{Formula, Notation};
pub use packed::{Acts, Packed, PackedError};
pub use part::Part;
pub use pricing::Pricing;

#[cfg(test)]
mod tests;
