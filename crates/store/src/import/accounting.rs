//! Lines about days without work.

use domain::{
    access::Scope,
    import::{Lines, ProductionDay},
};

use super::{LINES_AT_ONCE, Taken, Taking};
use crate::{
    Result,
    production_calendar::{self, NewDay},
};

impl Taking<'_> {
    /// All houses go by them: they are nobody's but the portal's.
    pub(super) fn production_days(&mut self, taken: &mut Taken, lines: &Lines<ProductionDay>) -> Result<()> {
        if let (Err(fault), Some(first)) = (self.index.within_reach(&Scope::Portal, "day"), lines.first()) {
            self.refuse(taken, first.number, fault);
            return Ok(());
        }
        for batch in lines.chunks(LINES_AT_ONCE) {
            let new: Vec<_> = batch
                .iter()
                .map(|line| {
                    let ProductionDay { day, is_working, name, act } = &line.row;
                    NewDay { day: *day, is_working: *is_working, name, act }
                })
                .collect();
            let changes = production_calendar::put(self.tx, self.now, &new)?;
            taken.count(&changes, &batch.iter().collect::<Vec<_>>(), |row| row.day.to_string());
        }
        Ok(())
    }
}
