//! What an accountant should look at before a month is approved.

use crate::money::Kopecks;

/// Something about a line that is worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Oddity {
    /// No reading came: it is charged by the average.
    ByAverage,
    /// No meter tells, though the premises could have one: it is charged by norm.
    ByNorm,
    /// There is nothing to pay.
    Nothing,
    /// More is returned than charged.
    BelowZero,
    /// Far more, or far less, than the month before.
    Jump,
    /// A year of heating that was paid evenly is over, and the meter of the house has not told all of its months yet.
    YearNotSettled,
}

/// A set of oddities, kept as one number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Oddities(pub u8);

impl Oddity {
    /// Every oddity. A kept set holds the place in it: new ones go to the end.
    pub const ALL: [Self; 6] =
        [Self::ByAverage, Self::ByNorm, Self::Nothing, Self::BelowZero, Self::Jump, Self::YearNotSettled];

    /// The name under which it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ByAverage => "by_average",
            Self::ByNorm => "by_norm",
            Self::Nothing => "nothing",
            Self::BelowZero => "below_zero",
            Self::Jump => "jump",
            Self::YearNotSettled => "year_not_settled",
        }
    }
}

impl Oddities {
    /// The set with one more.
    #[must_use]
    pub const fn with(self, oddity: Oddity) -> Self {
        Self(self.0 | 1 << oddity as u8)
    }

    /// Those in the set.
    pub fn iter(self) -> impl Iterator<Item = Oddity> {
        Oddity::ALL.into_iter().filter(move |oddity| self.0 & (1 << *oddity as u8) != 0)
    }
}

/// A change is a jump from this amount on: less is nobody's worry.
const JUMP_MIN: Kopecks = Kopecks(50_000);

/// Whether an amount is more than twice, or less than half of that of the month before.
pub(super) fn is_jump(before: Kopecks, now: Kopecks) -> bool {
    let change = now.0.abs_diff(before.0);
    let is_large = i64::try_from(change).is_ok_and(|change| change >= JUMP_MIN.0);
    let (less, more) = (before.0.min(now.0), before.0.max(now.0));
    is_large && more > less.saturating_mul(2)
}
