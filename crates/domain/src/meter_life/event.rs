//! What happens to a meter. Events are added and never changed; everything else about a meter follows from them.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::period::Period;
use crate::reading::Dial;
use crate::tariff::Rates;

/// Something that happened to a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// Its id; of two events of one day the smaller came first.
    pub id: &'a str,
    /// The day on which it happened, whenever it became known.
    pub on: Date,
    /// What happened.
    pub kind: EventKind,
}

/// What can happen to a meter. Values are one per rate. Those of the company (at a check, a verification, a
/// replacement, a removal) hold even where they are below what was told before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// It was installed and taken into use.
    Installed {
        /// The digits it shows.
        dial: Dial,
        /// What it showed.
        first: Rates<Decimal>,
        /// The last day of its verification.
        verified_until: Date,
    },
    /// It was sealed: that alone changes no volume.
    Sealed,
    /// It was verified. Water may have run through it meanwhile.
    Verified {
        /// What it showed before.
        last: Rates<Decimal>,
        /// What it showed after.
        first: Rates<Decimal>,
        /// The last day that is covered now.
        verified_until: Date,
    },
    /// It was read for a month: by a resident, at a check, by itself.
    Read {
        /// The month.
        period: Period,
        /// What it showed.
        values: Rates<Decimal>,
    },
    /// It was read for a month and shows less than before since a dial passed through zero.
    RolledOver {
        /// The month.
        period: Period,
        /// What it showed.
        values: Rates<Decimal>,
    },
    /// The company read it at a check. What residents told before may have been too much: the difference is returned
    /// (ПП 354 п. 61).
    Checked {
        /// What it showed.
        values: Rates<Decimal>,
    },
    /// Another meter took its place.
    Replaced {
        /// What the old one showed last.
        last: Rates<Decimal>,
        /// The digits that the new one shows.
        dial: Dial,
        /// What the new one showed first.
        first: Rates<Decimal>,
        /// The last day of the verification of the new one.
        verified_until: Date,
    },
    /// It failed or was lost: it tells nothing from this day on.
    Failed,
    /// Its verification is over: it counts as failed from this day on (ПП 354 п. 81(12)). Void if a verification that
    /// became known later covers the day.
    Expired,
    /// Those who came to check it were not let in (п. 60(3)), as an act says.
    AccessRefused,
    /// It can be trusted again.
    Restored {
        /// What it showed.
        first: Rates<Decimal>,
    },
    /// It was removed, and no other took its place.
    Removed {
        /// What it showed last.
        last: Rates<Decimal>,
    },
}

impl Event<'_> {
    /// The month to which it belongs: that of a reading is told, that of anything else is the month of its day.
    pub fn period(&self) -> Period {
        match self.kind {
            EventKind::Read { period, .. } | EventKind::RolledOver { period, .. } => period,
            _ => Period::of(self.on),
        }
    }
}
