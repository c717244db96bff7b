//! Lines about days without work, and about what was owed before. A ledger never changes: an opening that is there stays,
//! and one comes before all that the portal itself posts.

use domain::{
    access::Scope,
    import::{Line, Lines, Opening, ProductionDay},
    money::Kopecks,
};
use jiff::tz::TimeZone;

use super::{Fault, LINES_AT_ONCE, Taken, Taking};
use crate::{
    Result,
    homes::known,
    ledger::{self, Fund, NewOpening, Posted},
    production_calendar::{self, NewDay},
};

const COMMON: &str = "календарь общий для всех домов: его загружает администратор всего портала";
const POSTED: &str = "по этому счёту портал уже начислял или принимал деньги: входящие остатки загружают до этого";
const OTHERWISE: &str = "остаток за этот месяц уже загружен, и в нём другая сумма: записи о деньгах не меняются";
const BOTH: &str = "у счёта и долг, и переплата: зачтите одно в другое и загрузите то, что останется";

impl Taking<'_> {
    /// All houses go by them: they are nobody's but the portal's.
    pub(super) fn production_days(&mut self, taken: &mut Taken, lines: &Lines<ProductionDay>) -> Result<()> {
        if let (Err(_), Some(first)) = (self.index.within_reach(&Scope::Portal, "day"), lines.first()) {
            self.refuse(taken, first.number, Fault::new("day", COMMON));
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

    pub(super) fn openings(&mut self, taken: &mut Taken, lines: &Lines<Opening>) -> Result<()> {
        let mut in_order: Vec<_> = lines.iter().collect();
        in_order.sort_by_key(|line| (line.row.account.as_str().to_owned(), line.row.period));
        for batch in in_order.chunks(LINES_AT_ONCE) {
            self.opening_batch(taken, batch)?;
        }
        Ok(())
    }

    fn opening_batch(&mut self, taken: &mut Taken, batch: &[&Line<Opening>]) -> Result<()> {
        let numbers: Vec<_> = batch.iter().map(|line| line.row.account.as_str()).collect();
        let accounts = known::accounts(self.tx, &numbers)?;
        let ids: Vec<_> = accounts.values().map(|account| account.account_id.as_str()).collect();
        let mut posted = ledger::posted(self.tx, &ids)?;
        let mut new = Vec::new();
        for line in batch {
            let Some(account) = accounts.get(line.row.account.as_str()) else {
                let reason = format!("лицевого счёта {} ещё нет", line.row.account);
                self.refuse(taken, line.number, Fault::new("account", reason));
                continue;
            };
            let opening = new_opening(&account.account_id, &line.row);
            let of_account = posted.entry(account.account_id.clone()).or_default();
            match self.index.within_reach(&account.house, "account").and_then(|()| self.judge(&opening, of_account)) {
                Ok(true) => {
                    of_account.openings.insert(opening.subjects()[0].clone(), opening.amount);
                    new.push(opening);
                }
                Ok(false) => taken.unchanged += 1,
                Err(fault) => self.refuse(taken, line.number, fault),
            }
        }
        ledger::open(self.tx, self.now, &new)?;
        taken.added += new.len() as u64;
        Ok(())
    }

    /// Whether it is to be posted: nothing is not, and the same once more neither.
    fn judge(&self, opening: &NewOpening<'_>, posted: &Posted) -> Result<bool, Fault> {
        let [of_principal, of_penalty] = opening.subjects();
        let amount = |subject: &str| posted.openings.get(subject).copied().unwrap_or(Kopecks::ZERO);
        if posted.openings.contains_key(&of_principal) || posted.openings.contains_key(&of_penalty) {
            let is_same = amount(&of_principal) == opening.amount && amount(&of_penalty) == opening.penalty;
            return if is_same { Ok(false) } else { Err(Fault::new("amount", OTHERWISE)) };
        }
        if opening.amount == Kopecks::ZERO && opening.penalty == Kopecks::ZERO {
            return Ok(false);
        }
        if opening.on > self.now.to_zoned(TimeZone::UTC).date() {
            return Err(Fault::new("on", "этот день ещё не наступил"));
        }
        if posted.has_others {
            return Err(Fault::new("account", POSTED));
        }
        let is_other_way = |other: &Kopecks| other.0.signum() * opening.amount.0.signum() < 0;
        if posted.openings.values().any(is_other_way) {
            return Err(Fault::new("amount", BOTH));
        }
        Ok(true)
    }
}

fn new_opening<'a>(account_id: &'a str, row: &Opening) -> NewOpening<'a> {
    NewOpening {
        account_id,
        period: row.period,
        fund: if row.is_capital_repair { Fund::CapitalRepair } else { Fund::Services },
        amount: row.amount,
        penalty: row.penalty,
        on: row.on,
    }
}
