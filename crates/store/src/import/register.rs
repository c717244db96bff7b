//! Lines about companies, houses, premises and accounts.

use domain::{
    access::Scope,
    import::{Account, Company, House, Line, Lines, Premises},
};

use super::{Fault, LINES_AT_ONCE, Taken, Taking, replaced::Accounts};
use crate::{
    Result,
    homes::{
        known,
        register::{
            Changes, NewAccount, NewCompany, NewHouse, NewPremises, put_accounts, put_company, put_house, put_premises,
        },
    },
};

/// The id of a row that another names, or the fault of not being there.
pub(super) type Named = Result<Result<String, Fault>>;

/// A line with a fresh id and the id of the place that it names.
pub(super) type Placed<'l, T> = (String, String, &'l Line<T>);

impl Taking<'_> {
    pub(super) fn companies(&mut self, taken: &mut Taken, lines: &Lines<Company>) -> Result<()> {
        for line in lines.iter() {
            match self.company(&line.row, lines.absent())? {
                Ok(changes) => taken.count(&changes, &[line], |row| row.inn.as_str().to_owned()),
                Err(fault) => self.refuse(taken, line.number, fault),
            }
        }
        Ok(())
    }

    /// A company that is not there yet is nobody's but the portal's.
    fn company(&mut self, row: &Company, kept: &[&str]) -> Result<Result<Changes, Fault>> {
        let known = known::company_id(self.tx, row.inn.as_str())?;
        let place = known.map_or(Scope::Portal, |company_id| Scope::Company { company_id });
        if let Err(fault) = self.index.within_reach(&place, "inn") {
            return Ok(Err(fault));
        }
        let company = NewCompany {
            company_id: &self.ids.draw(),
            name: &row.name,
            inn: row.inn.as_str(),
            ogrn: row.ogrn.as_deref(),
            phone: row.phone.as_ref().map(|phone| phone.as_str()),
            email: row.email.as_ref().map(|email| email.as_str()),
            address: row.address.as_deref(),
            kpp: row.kpp.as_ref().map(|kpp| kpp.as_str()),
            bank: row.bank.as_ref(),
        };
        put_company(self.tx, self.now, &company, kept).map(Ok)
    }

    pub(super) fn houses(&mut self, taken: &mut Taken, lines: &Lines<House>) -> Result<()> {
        for line in lines.iter() {
            match self.house(&line.row, lines.absent())? {
                Ok(changes) => taken.count(&changes, &[line], |row| row.code.clone()),
                Err(fault) => self.refuse(taken, line.number, fault),
            }
        }
        Ok(())
    }

    fn house(&mut self, row: &House, kept: &[&str]) -> Result<Result<Changes, Fault>> {
        let company_id = or_fault!(self.company_of(row));
        let house = NewHouse {
            house_id: &self.ids.draw(),
            code: &row.code,
            company_id: &company_id,
            municipality: &row.municipality,
            address: &row.address,
            cadastral_number: row.cadastral_number.as_ref().map(|number| number.as_str()),
            time_zone: &row.time_zone,
            window_from_day: row.window_from_day,
            window_to_day: row.window_to_day,
        };
        put_house(self.tx, self.now, &house, kept).map(Ok)
    }

    pub(super) fn premises(&mut self, taken: &mut Taken, lines: &Lines<Premises>) -> Result<()> {
        lines.chunks(LINES_AT_ONCE).try_for_each(|batch| {
            let placed = self.placed(taken, batch, |taking, row| taking.index.house_id(taking.tx, &row.house_code))?;
            let new: Vec<_> = placed.iter().map(|(id, house_id, line)| new_premises(id, house_id, &line.row)).collect();
            self.areas_became_known(&new)?;
            let changes = put_premises(self.tx, self.now, &new, lines.absent())?;
            let key = |row: &Premises| format!("{}, {}", row.house_code, row.number);
            taken.count(&changes, &lines_of(&placed), key);
            Ok(())
        })
    }

    pub(super) fn accounts(&mut self, taken: &mut Taken, lines: &Lines<Account>) -> Result<()> {
        lines.chunks(LINES_AT_ONCE).try_for_each(|batch| {
            let numbers: Vec<_> = batch.iter().map(|line| line.row.number.as_str()).collect();
            let known = known::accounts(self.tx, &numbers)?;
            let placed = self.placed(taken, batch, |taking, row| taking.premises_of(row, &known))?;
            let new = placed.iter().map(|(id, premises_id, line)| (*line, new_account(id, premises_id, &line.row)));
            self.put_accounts(taken, &known, new.collect(), lines.absent())?;
            self.accounts_became_known(&placed, &known)
        })
    }

    /// The lines that name a place that is there, each with a fresh id and the place's; the others are refused.
    pub(super) fn placed<'l, T>(
        &mut self,
        taken: &Taken,
        batch: &'l [Line<T>],
        mut place: impl FnMut(&mut Self, &T) -> Named,
    ) -> Result<Vec<Placed<'l, T>>> {
        let mut placed = Vec::with_capacity(batch.len());
        for line in batch {
            match place(self, &line.row)? {
                Ok(place_id) => placed.push((self.ids.draw(), place_id, line)),
                Err(fault) => self.refuse(taken, line.number, fault),
            }
        }
        Ok(placed)
    }

    fn premises_of(&mut self, row: &Account, known: &Accounts) -> Named {
        let premises_id = or_fault!(self.index.premises_id(self.tx, &row.house_code, &row.premises));
        if known.get(row.number.as_str()).is_some_and(|earlier| earlier.premises_id != premises_id) {
            return Ok(Err(Fault::new("premises", "этот счёт уже числится за другим помещением")));
        }
        Ok(Ok(premises_id))
    }

    /// Puts them at once; where an ЕЛС stands in the way, one by one, to tell whose it is.
    fn put_accounts(
        &mut self,
        taken: &mut Taken,
        known: &Accounts,
        new: Vec<(&Line<Account>, NewAccount<'_>)>,
        kept: &[&str],
    ) -> Result<()> {
        let (lines, new): (Vec<_>, Vec<_>) = new.into_iter().unzip();
        match put_accounts(self.tx, self.now, &new, kept) {
            Err(error) if error.is_duplicate_of("account.unified_number") && new.len() > 1 => {
                let each = lines.into_iter().zip(new);
                each.map(|one| vec![one]).try_for_each(|one| self.put_accounts(taken, known, one, kept))
            }
            Err(error) if error.is_duplicate_of("account.unified_number") => {
                let fault = Fault::new("unified_number", "этот ЕЛС уже записан за другим счётом");
                self.refuse(taken, lines[0].number, fault);
                Ok(())
            }
            changes => {
                let changes = changes?;
                taken.count(&changes, &lines, |row| row.number.as_str().to_owned());
                self.tell_of_replaced(&changes, known, &new)
            }
        }
    }

    /// Who is to manage a house. It may be touched by whom it is within reach of, and comes to a company only by the word
    /// of who administers that one too.
    fn company_of(&self, row: &House) -> Named {
        let inn = &row.company_inn;
        let Some(company_id) = known::company_id(self.tx, inn.as_str())? else {
            return Ok(Err(Fault::new("company_inn", format!("организации с ИНН {inn} ещё нет"))));
        };
        let (house, company) = (known::house(self.tx, &row.code)?, Scope::Company { company_id: company_id.clone() });
        let stays = house.as_ref().is_some_and(|house| company.covers(house));
        let touched = house.map_or(Ok(()), |house| self.index.within_reach(&house, "code"));
        let comes = if stays { Ok(()) } else { self.index.within_reach(&company, "company_inn") };
        Ok(touched.and(comes).map(|()| company_id))
    }
}

pub(super) fn lines_of<'l, T>(placed: &[Placed<'l, T>]) -> Vec<&'l Line<T>> {
    placed.iter().map(|(_, _, line)| *line).collect()
}

fn new_premises<'a>(premises_id: &'a str, house_id: &'a str, row: &'a Premises) -> NewPremises<'a> {
    NewPremises {
        premises_id,
        house_id,
        number: row.number.as_str(),
        kind: row.kind.as_str(),
        area_hundredths: row.area_hundredths.into(),
        area_since: row.area_since,
        cadastral_number: row.cadastral_number.as_ref().map(|number| number.as_str()),
    }
}

fn new_account<'a>(account_id: &'a str, premises_id: &'a str, row: &'a Account) -> NewAccount<'a> {
    NewAccount {
        account_id,
        number: row.number.as_str(),
        unified_number: row.unified_number.as_ref().map(|number| number.as_str()),
        premises_id,
        holder: &row.holder,
        contact_phone: row.contact_phone.as_ref().map(|phone| phone.as_str()),
        contact_email: row.contact_email.as_ref().map(|email| email.as_str()),
        opened_on: row.opened_on,
        closed_on: row.closed_on,
    }
}
