//! Lines about owners. The past of a share is never rewritten, and no premises have more than the whole of owners.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    import::{Line, Lines, Owner},
    share::Share,
};
use jiff::civil::Date;

use super::{
    Fault, LINES_AT_ONCE, Taken, Taking,
    register::{Placed, lines_of},
};
use crate::{
    Result,
    homes::{
        known::{self, KnownShare},
        register::{NewOwner, put_owners},
    },
};

/// The premises that lines were about, and the last line about each.
type Touched = BTreeMap<String, u64>;

impl Taking<'_> {
    pub(super) fn owners(&mut self, taken: &mut Taken, lines: &Lines<Owner>) -> Result<()> {
        let mut touched = Touched::new();
        for batch in lines.chunks(LINES_AT_ONCE) {
            let placed = self.placed_owners(taken, batch)?;
            let new: Vec<_> = placed.iter().map(new_owner).collect();
            let changes = put_owners(self.tx, &new, lines.absent())?;
            let key = |row: &Owner| format!("{}, {}, с {}", row.house_code, row.premises, row.since);
            taken.count(&changes, &lines_of(&placed), key);
            if changes.is_any() {
                self.owners_became_known(&placed)?;
            }
            touched.extend(placed.into_iter().map(|(_, premises_id, line)| (premises_id, line.number)));
        }
        self.refuse_above_whole(taken, &touched)
    }

    /// The lines about premises that are there, but for those that would rewrite the past.
    fn placed_owners<'l>(&mut self, taken: &Taken, batch: &'l [Line<Owner>]) -> Result<Vec<Placed<'l, Owner>>> {
        let mut placed = self
            .placed(taken, batch, |taking, row| taking.index.premises_id(taking.tx, &row.house_code, &row.premises))?;
        let premises: BTreeSet<_> = placed.iter().map(|(_, premises_id, _)| premises_id.as_str()).collect();
        let known = known::shares(self.tx, &premises.into_iter().collect::<Vec<_>>())?;
        placed.retain(|(_, premises_id, line)| {
            let fault = known.get(premises_id).and_then(|shares| rewritten(shares, &line.row));
            let is_good = fault.is_none();
            fault.into_iter().for_each(|fault| self.refuse(taken, line.number, fault));
            is_good
        });
        Ok(placed)
    }

    /// Only when all lines are taken: one may end the share that another goes on with.
    fn refuse_above_whole(&mut self, taken: &Taken, touched: &Touched) -> Result<()> {
        let premises: Vec<_> = touched.keys().map(String::as_str).collect();
        for batch in premises.chunks(LINES_AT_ONCE) {
            for (premises_id, shares) in known::shares(self.tx, batch)? {
                if let Some(fault) = above_whole(&shares) {
                    self.refuse(taken, touched[&premises_id], fault);
                }
            }
        }
        Ok(())
    }
}

fn new_owner<'a>((owner_id, premises_id, line): &'a Placed<'a, Owner>) -> NewOwner<'a> {
    let row = &line.row;
    NewOwner { owner_id, premises_id, name: &row.name, share: row.share, since: row.since, until: row.until }
}

fn rewritten(shares: &[KnownShare], row: &Owner) -> Option<Fault> {
    let same = shares.iter().find(|known| known.name == row.name && known.since == row.since)?;
    let reason = || format!("с этого дня уже записана доля {}: укажите, когда она кончилась, и новую", same.share);
    (same.share != row.share).then(|| Fault::new("share", reason()))
}

fn above_whole(shares: &[KnownShare]) -> Option<Fault> {
    let day = day_above_whole(shares)?;
    let owners: Vec<_> = on(shares, day).map(|known| format!("{} {}", known.name, known.share)).collect();
    let reason = format!(
        "с {day} доли помещения вместе больше целого ({}): впишите until тому, кто больше не собственник",
        owners.join(", ")
    );
    Some(Fault::new("share", reason))
}

/// The first day on which the shares are more than the whole. A sum only grows on somebody's first day.
fn day_above_whole(shares: &[KnownShare]) -> Option<Date> {
    let is_above = |day: &Date| Share::check_whole(on(shares, *day).map(|known| known.share)).is_err();
    shares.iter().map(|known| known.since).find(is_above)
}

fn on(shares: &[KnownShare], day: Date) -> impl Iterator<Item = &KnownShare> {
    shares.iter().filter(move |known| known.since <= day && known.until.is_none_or(|until| day < until))
}
