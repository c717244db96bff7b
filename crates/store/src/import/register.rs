//! Lines about companies, houses, premises, owners, accounts and meters.

use domain::{
    identifier::{Inn, PremisesNumber},
    import::{Account, Company, House, Meter, Premises},
};

use super::{Fault, Outcome, Taking, readings};
use crate::{
    Result,
    homes::{
        known::{self, KnownMeter},
        register::{
            NewAccount, NewCompany, NewHouse, NewMeter, NewPremises, put_account, put_company, put_house, put_meter,
            put_premises,
        },
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
        let house_id = or_fault!(self.house_id(&row.house_code));
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

    pub(super) fn account(&mut self, row: &Account) -> Outcome {
        let premises_id = or_fault!(self.premises_id(&row.house_code, &row.premises));
        let earlier = known::premises_of_account(self.tx, row.number.as_str())?;
        if earlier.is_some_and(|earlier| earlier != premises_id) {
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

    pub(super) fn meter(&mut self, row: &Meter) -> Outcome {
        let premises_id = or_fault!(self.premises_id(&row.house_code, &row.premises));
        let (kind, serial) = (row.kind.as_str(), row.serial.as_str());
        if let Some(known) = known::meter(self.tx, kind, serial)? {
            or_fault!(self.check_same(&known, &premises_id, row));
        }
        let meter = NewMeter {
            meter_id: &self.ids.draw(),
            premises_id: &premises_id,
            kind,
            serial,
            place: row.place.as_deref(),
            rates: row.rates,
            dial: row.dial,
            installed_on: row.installed_on,
            verified_on: row.verified_on,
            verification_interval_years: row.verification_interval_years,
            removed_on: row.removed_on,
        };
        put_meter(self.tx, self.now, &meter).map(Ok)
    }

    /// A meter never moves, and its face never changes once it was read.
    fn check_same(&self, known: &KnownMeter, premises_id: &str, row: &Meter) -> Result<Result<(), Fault>> {
        if known.premises_id != premises_id {
            return Ok(Err(Fault::new("premises", "этот счётчик уже числится за другим помещением")));
        }
        let has_same_face = (known.rates, known.dial) == (row.rates, row.dial);
        if has_same_face || !readings::has_any(self.tx, &known.meter_id)? {
            return Ok(Ok(()));
        }
        let reason = "по этому счётчику уже есть показания: число тарифов и знаков у него не меняется";
        Ok(Err(Fault::new(if known.rates == row.rates { "digits_integer" } else { "rates" }, reason)))
    }

    fn company_id(&self, inn: &Inn) -> Named {
        let company_id = known::company_id(self.tx, inn.as_str())?;
        Ok(company_id.ok_or_else(|| Fault::new("company_inn", format!("организации с ИНН {inn} ещё нет"))))
    }

    fn house_id(&self, code: &str) -> Named {
        let house_id = known::house_id(self.tx, code)?;
        Ok(house_id.ok_or_else(|| Fault::new("house_code", format!("дома с кодом {code} ещё нет"))))
    }

    pub(super) fn premises_id(&self, house_code: &str, number: &PremisesNumber) -> Named {
        if let Some(premises_id) = known::premises_id(self.tx, house_code, number.as_str())? {
            return Ok(Ok(premises_id));
        }
        let house = self.house_id(house_code)?;
        Ok(house.and_then(|_| Err(Fault::new("premises", format!("помещения {number} в доме {house_code} ещё нет")))))
    }
}
