//! Lines about owners. The past of a share is never rewritten, and no premises have more than the whole of owners.

use std::collections::BTreeMap;

use domain::{
    import::{Line, Owner},
    share::Share,
};
use jiff::civil::Date;

use super::{Fault, Outcome, Taken, Taking};
use crate::{
    Result,
    homes::{
        known::{self, KnownShare},
        register::{NewOwner, put_owner},
    },
};

/// The premises that lines were about, and the last line about each.
type Touched = BTreeMap<String, u64>;

impl Taking<'_> {
    pub(super) fn owners(&mut self, taken: &mut Taken, lines: &[Line<Owner>]) -> Result<()> {
        let mut touched = Touched::new();
        for line in lines {
            self.lines(taken, [line], |taking, row| taking.owner(row, line.number, &mut touched))?;
        }
        self.refuse_above_whole(taken, &touched)
    }

    fn owner(&mut self, row: &Owner, line: u64, touched: &mut Touched) -> Outcome {
        let premises_id = or_fault!(self.index.premises_id(self.tx, &row.house_code, &row.premises));
        let shares = known::shares(self.tx, &premises_id)?;
        if let Some(same) = shares.iter().find(|known| known.name == row.name && known.since == row.since)
            && same.share != row.share
        {
            let reason = format!("с этого дня уже записана доля {}: укажите, когда она кончилась, и новую", same.share);
            return Ok(Err(Fault::new("share", reason)));
        }
        let owner = NewOwner {
            owner_id: &self.ids.draw(),
            premises_id: &premises_id,
            name: &row.name,
            share: row.share,
            since: row.since,
            until: row.until,
        };
        let change = put_owner(self.tx, &owner)?;
        touched.insert(premises_id, line);
        Ok(Ok(change))
    }

    /// Only when all lines are taken: one may end the share that another goes on with.
    fn refuse_above_whole(&mut self, taken: &Taken, touched: &Touched) -> Result<()> {
        for (premises_id, line) in touched {
            let shares = known::shares(self.tx, premises_id)?;
            if let Some(day) = day_above_whole(&shares) {
                let owners: Vec<_> = on(&shares, day).map(|known| format!("{} {}", known.name, known.share)).collect();
                let reason = format!(
                    "с {day} доли помещения вместе больше целого ({}): впишите until тому, кто больше не собственник",
                    owners.join(", ")
                );
                self.refuse(taken, *line, Fault::new("share", reason));
            }
        }
        Ok(())
    }
}

/// The first day on which the shares are more than the whole. A sum only grows on somebody's first day.
fn day_above_whole(shares: &[KnownShare]) -> Option<Date> {
    let is_above = |day: &Date| Share::check_whole(on(shares, *day).map(|known| known.share)).is_err();
    shares.iter().map(|known| known.since).find(is_above)
}

fn on(shares: &[KnownShare], day: Date) -> impl Iterator<Item = &KnownShare> {
    shares.iter().filter(move |known| known.since <= day && known.until.is_none_or(|until| day < until))
}
