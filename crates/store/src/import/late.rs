//! What files tell of accounts and areas after months of theirs were billed: those are computed anew.

use domain::{
    import::{Account, Owner},
    period::Period,
};
use jiff::civil::Date;

use super::{Taking, register::Placed, replaced::Accounts};
use crate::{
    Result,
    billing::{NewRecalculation, all_became_known},
    homes::{
        known,
        register::{NewPremises, put_areas},
    },
};

/// Accounts with the first month that is another now, and their houses.
type Late = Vec<(String, String, Date)>;

impl Taking<'_> {
    /// An account that is new, or has another first or last day than it had: from the earlier of both on. Accounts that
    /// were put but one by one, since a number of theirs stood in the way, are among them.
    pub(super) fn accounts_became_known(&mut self, placed: &[Placed<'_, Account>], before: &Accounts) -> Result<()> {
        let numbers: Vec<_> = placed.iter().map(|(.., line)| line.row.number.as_str()).collect();
        let late = known::accounts(self.tx, &numbers)?.into_iter().filter_map(|(number, now)| {
            let house_id = now.house.id()?.to_owned();
            let from = match before.get(&number) {
                None => now.opened_on,
                Some(before) => other_since(before.opened_on, now.opened_on)
                    .into_iter()
                    .chain(other_end(before.closed_on, now.closed_on))
                    .min()?,
            };
            Some((house_id, now.account_id, from))
        });
        self.late(late.collect(), "Стало известно, с какого и по какой день лицевой счёт открыт")
    }

    /// Where nobody is known to live, as many as own it are charged for.
    pub(super) fn owners_became_known(&mut self, placed: &[Placed<'_, Owner>]) -> Result<()> {
        let since: Vec<_> =
            placed.iter().map(|(_, premises_id, line)| (premises_id.as_str(), line.row.since)).collect();
        let late = known::accounts_since(self.tx, &since)?;
        self.late(late, "Уточнены собственники помещения")
    }

    /// Areas that are others from some day on. Without a day they hold from this month on.
    pub(super) fn areas_became_known(&mut self, new: &[NewPremises<'_>]) -> Result<()> {
        let month = Period::of(self.now.to_zoned(jiff::tz::TimeZone::UTC).date());
        let late = put_areas(self.tx, month.first_day(), new)?;
        self.late(late, "Уточнена площадь помещения")
    }

    fn late(&mut self, mut late: Late, reason: &str) -> Result<()> {
        late.sort_unstable();
        let ids: Vec<_> = late.iter().map(|_| self.ids.draw()).collect();
        let known = late.iter().zip(&ids).map(|((house_id, account_id, from), recalculation_id)| NewRecalculation {
            recalculation_id,
            house_id,
            account_id: Some(account_id),
            from: Period::of(*from),
            reason,
        });
        all_became_known(self.tx, self.now, &known.collect::<Vec<_>>())
    }
}

fn other_since(before: Date, now: Date) -> Option<Date> {
    (before != now).then(|| before.min(now))
}

/// Without an end it holds for ever.
fn other_end(before: Option<Date>, now: Option<Date>) -> Option<Date> {
    (before != now).then(|| before.into_iter().chain(now).min()).flatten()
}
