//! Where a payment goes (ГК ст. 319.1, Пленум ВС 27.06.2017 № 22): to the month that it names, else to what fell due
//! first; penalties come after all principals (Пленум ВС 22.11.2016 № 54 п. 37). Within one document a part payment is
//! split over its lines by [`crate::money::Kopecks::split`].

use jiff::civil::Date;

use crate::money::Kopecks;
use crate::period::Period;

/// What is owed for one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obligation {
    /// The month.
    pub period: Period,
    /// When it fell due.
    pub due_on: Date,
    /// Whether the term in which it can be claimed is over: nothing goes to it unless its month is named.
    pub is_time_barred: bool,
    /// What is still owed of the charges.
    pub principal: Kopecks,
    /// What is still owed of the penalties.
    pub penalty: Kopecks,
}

/// What of a payment goes where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allotment {
    /// The month.
    pub period: Period,
    /// To what.
    pub of: Claim,
    /// How much: more than nothing.
    pub amount: Kopecks,
}

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Claim {
    /// Charges.
    Principal,
    /// Penalties.
    Penalty,
}

/// A payment that has been divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// What goes where, in the order in which it was given.
    pub allotments: Vec<Allotment>,
    /// What is left: paid ahead.
    pub rest: Kopecks,
}

/// Divides a payment among what is owed. `named` is the month that the payer named.
pub fn allocate(payment: Kopecks, named: Option<Period>, obligations: &[Obligation]) -> Allocation {
    let is_named = |obligation: &Obligation| Some(obligation.period) == named;
    let mut order: Vec<&Obligation> =
        obligations.iter().filter(|obligation| is_named(obligation) || !obligation.is_time_barred).collect();
    order.sort_by_key(|obligation| (!is_named(obligation), obligation.due_on, obligation.period));
    let principals = order.iter().map(|obligation| (obligation.period, Claim::Principal, obligation.principal));
    let penalties = order.iter().map(|obligation| (obligation.period, Claim::Penalty, obligation.penalty));
    let mut rest = payment.max(Kopecks::ZERO);
    let mut allotments = Vec::new();
    for (period, of, owed) in principals.chain(penalties) {
        let amount = owed.min(rest);
        if amount > Kopecks::ZERO {
            rest.0 -= amount.0;
            allotments.push(Allotment { period, of, amount });
        }
    }
    Allocation { allotments, rest }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn owed(month: i8, principal: i64, penalty: i64) -> Obligation {
        let period = Period::new(2026, month).unwrap();
        let due_on = period.next().day_or_last(15);
        Obligation { period, due_on, is_time_barred: false, principal: Kopecks(principal), penalty: Kopecks(penalty) }
    }

    fn spring() -> [Obligation; 3] {
        [owed(5, 100_000, 0), owed(3, 500_000, 9_865), owed(4, 350_000, 120)]
    }

    fn allotted(payment: i64, named: Option<i8>, obligations: &[Obligation]) -> (Vec<(i8, Claim, i64)>, i64) {
        let named = named.and_then(|month| Period::new(2026, month));
        let allocation = allocate(Kopecks(payment), named, obligations);
        let short = |one: &Allotment| (one.period.month(), one.of, one.amount.0);
        (allocation.allotments.iter().map(short).collect(), allocation.rest.0)
    }

    use Claim::{Penalty, Principal};

    #[test]
    fn p15_the_oldest_principal_comes_first_and_penalties_last() {
        let (allotted_900000, rest) = allotted(900_000, None, &spring());
        assert_eq!(allotted_900000, [(3, Principal, 500_000), (4, Principal, 350_000), (5, Principal, 50_000)]);
        assert_eq!(rest, 0);
        let (with_penalties, rest) = allotted(960_000, None, &spring());
        assert_eq!(with_penalties[3..], [(3, Penalty, 9_865), (4, Penalty, 120)]);
        assert_eq!(rest, 15);
    }

    #[test]
    fn a_named_month_comes_first() {
        let (april, _) = allotted(400_000, Some(4), &spring());
        assert_eq!(april, [(4, Principal, 350_000), (3, Principal, 50_000)]);
    }

    #[test]
    fn what_is_time_barred_is_paid_only_by_name() {
        let barred = [Obligation { is_time_barred: true, ..owed(3, 500, 0) }, owed(4, 500, 0)];
        assert_eq!(allotted(700, None, &barred), (vec![(4, Principal, 500)], 200));
        assert_eq!(allotted(700, Some(3), &barred).0, [(3, Principal, 500), (4, Principal, 200)]);
    }

    proptest! {
        #[test]
        fn a_payment_is_divided_whole(payment in 0_i64..2_000_000, named in prop::option::of(1_i8..=12)) {
            let (allotted, rest) = allotted(payment, named, &spring());
            prop_assert_eq!(allotted.iter().map(|(_, _, amount)| amount).sum::<i64>() + rest, payment);
        }
    }
}
