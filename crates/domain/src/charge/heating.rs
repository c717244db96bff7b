//! Heating in its three ways (ПП 354 app. 2): by norm (f. 2), by house meter in the season (f. 3), or evenly through
//! the year with a correction at its end, as the region chose.

use crate::charge::common_needs::ShareOfHouse;
use crate::charge::fact::{Fact, Quantity, Unit};
use crate::charge::line::Net;
use crate::charge::notation::{Formula, Notation};

/// How heat is counted.
#[derive(Debug, Clone, Copy)]
pub enum Heating<'a> {
    /// So much for each square metre.
    ByNorm {
        /// The area of the premises.
        area: Fact<'a>,
        /// How much for a square metre and month of the season.
        norm: Fact<'a>,
        /// The months of the season, if it is paid evenly through the year.
        evenly: Option<Fact<'a>>,
    },
    /// What the house used this month.
    ByHouseMeter {
        /// The heat.
        house: Fact<'a>,
        /// The premises in it.
        share: ShareOfHouse<'a>,
    },
    /// A twelfth of what the house used last year.
    Evenly {
        /// The heat of the year before.
        house_last_year: Fact<'a>,
        /// The premises in it.
        share: ShareOfHouse<'a>,
    },
}

impl<'a> Heating<'a> {
    /// The heat of a whole month.
    pub(super) fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        let a_twelfth_of = |year| notation.quotient(year, notation.fact(&months_of_a_year()));
        match self {
            Self::ByNorm { area, norm, evenly } => {
                let month = notation.product(notation.fact(area), notation.fact(norm));
                match evenly {
                    None => month,
                    Some(season) => a_twelfth_of(notation.product(month, notation.fact(season))),
                }
            }
            Self::ByHouseMeter { house, share } => share.write(notation, notation.fact(house)),
            Self::Evenly { house_last_year, share } => {
                a_twelfth_of(share.write(notation, notation.fact(house_last_year)))
            }
        }
    }
}

/// The correction of a year that was paid evenly: what its heat cost less what was charged for it. Below zero it is
/// returned.
#[derive(Debug, Clone, Copy)]
pub struct YearOfHeating<'a> {
    /// What the months of the year come to by what the house took in each.
    pub used: Net<'a>,
    /// What was to be paid for them, in rubles.
    pub charged: Fact<'a>,
}

impl<'a> Formula<'a> for YearOfHeating<'a> {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        notation.difference(self.used.write(notation), notation.fact(&self.charged))
    }
}

fn months_of_a_year() -> Fact<'static> {
    Fact::count(12, Quantity::Months, Unit::Month)
}
