//! Lines about companies, houses, premises and accounts.

use std::collections::HashMap;

use domain::{
    identifier::Inn,
    import::{Account, Company, House, Line, Premises},
};

use super::{Fault, LINES_AT_ONCE, Outcome, Taken, Taking};
use crate::{
    Result,
    homes::{
        known,
        register::{NewAccount, NewCompany, NewHouse, NewPremises, put_account, put_company, put_house, put_premises},
    },
};

/// The id of a row that another names, or the fault of not being there.
type Named = Result<Result<String, Fault>>;

impl Taking<'_> {
    pub(super) fn company(&mut self, row: &Company) -> Outcome {
        let company = NewCompany {
            company_id: &self.ids.draw(),
            name: &row.name,
            inn: row.inn.as_str(),
            ogrn: row.ogrn.as_deref(),
            phone: row.phone.as_ref().map(|phone| phone.as_str()),
            email: row.email.as_ref().map(|email| email.as_str()),
            address: row.address.as_deref(),
        };
        put_company(self.tx, self.now, &company).map(Ok)
    }

    pub(super) fn house(&mut self, row: &House) -> Outcome {
        let company_id = or_fault!(self.company_id(&row.company_inn));
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
        put_house(self.tx, self.now, &house).map(Ok)
    }

    pub(super) fn premises(&mut self, row: &Premises) -> Outcome {
        let house_id = or_fault!(self.index.house_id(self.tx, &row.house_code));
        let premises = NewPremises {
            premises_id: &self.ids.draw(),
            house_id: &house_id,
            number: row.number.as_str(),
            kind: row.kind.as_str(),
            area_hundredths: row.area_hundredths.into(),
            cadastral_number: row.cadastral_number.as_ref().map(|number| number.as_str()),
        };
        put_premises(self.tx, self.now, &premises).map(Ok)
    }

    pub(super) fn accounts(&mut self, taken: &mut Taken, lines: &[Line<Account>]) -> Result<()> {
        for batch in lines.chunks(LINES_AT_ONCE) {
            let numbers: Vec<_> = batch.iter().map(|line| line.row.number.as_str()).collect();
            let known = known::premises_of_accounts(self.tx, &numbers)?;
            self.lines(taken, batch, |taking, row| taking.account(row, &known))?;
        }
        Ok(())
    }

    fn account(&mut self, row: &Account, known: &HashMap<String, String>) -> Outcome {
        let premises_id = or_fault!(self.index.premises_id(self.tx, &row.house_code, &row.premises));
        if known.get(row.number.as_str()).is_some_and(|earlier| *earlier != premises_id) {
            return Ok(Err(Fault::new("premises", "этот счёт уже числится за другим помещением")));
        }
        let account = NewAccount {
            account_id: &self.ids.draw(),
            number: row.number.as_str(),
            unified_number: row.unified_number.as_ref().map(|number| number.as_str()),
            premises_id: &premises_id,
            holder: &row.holder,
            contact_phone: row.contact_phone.as_ref().map(|phone| phone.as_str()),
            contact_email: row.contact_email.as_ref().map(|email| email.as_str()),
            opened_on: row.opened_on,
            closed_on: row.closed_on,
        };
        match put_account(self.tx, self.now, &account) {
            Err(error) if error.is_duplicate_of("account.unified_number") => {
                Ok(Err(Fault::new("unified_number", "этот ЕЛС уже записан за другим счётом")))
            }
            put => put.map(Ok),
        }
    }

    fn company_id(&self, inn: &Inn) -> Named {
        let company_id = known::company_id(self.tx, inn.as_str())?;
        Ok(company_id.ok_or_else(|| Fault::new("company_inn", format!("организации с ИНН {inn} ещё нет"))))
    }
}
