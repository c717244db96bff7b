//! The company and its house; and a second, small company, so that there is something foreign to everybody.

use domain::bill::BankDetails;
use jiff::SignedDuration;

use super::Making;
use crate::{
    Result,
    homes::register::{NewCompany, NewHouse, NewPremises, put_company, put_house, put_premises},
};

/// Where the house stands.
pub(super) const TIME_ZONE: &str = "Europe/Moscow";

/// Since when the house is in the books: before the first reading.
pub(super) const IN_THE_BOOKS: SignedDuration = SignedDuration::from_hours(24 * 800);

/// The id of the first company and that of its house.
pub(super) fn add(making: &mut Making<'_>) -> Result<(String, String)> {
    let (company_id, house_id) = (making.ids.draw(), making.ids.draw());
    let since = making.at - IN_THE_BOOKS;
    let company = NewCompany {
        company_id: &company_id,
        name: "ООО «УК „Тихий двор“»",
        inn: "6299999997",
        ogrn: Some("1996200999991"),
        phone: Some("+79000000100"),
        email: Some("dispetcher@tihiy-dvor.example"),
        address: Some("г. Рязань, ул. Ленина, д. 10, пом. Н1"),
        kpp: Some("629901001"),
        bank: Some(&bank()),
    };
    put_company(making.tx, since, &company, &[])?;
    let house = NewHouse {
        house_id: &house_id,
        code: "Л10",
        company_id: &company_id,
        municipality: "г. Рязань",
        address: "г. Рязань, ул. Ленина, д. 10",
        cadastral_number: Some("62:29:0000000:10"),
        time_zone: TIME_ZONE,
        window_from_day: 1,
        window_to_day: 31,
    };
    put_house(making.tx, since, &house, &[])?;
    Ok((company_id, house_id))
}

/// Of a bank that is none: its number ends in digits that are not given out, the keys of the accounts are right.
fn bank() -> BankDetails {
    BankDetails {
        account: "40702810500000000062".to_owned(),
        bank: "Банк «Пример»".to_owned(),
        bik: "046126999".to_owned(),
        correspondent: Some("30101810500000000999".to_owned()),
    }
}

/// The neighbours: a company with one house of a single flat. Answers with their ids. It has no phone: where
/// nobody is signed in, people are sent to that of the first one.
pub(super) fn add_neighbours(making: &mut Making<'_>) -> Result<(String, String)> {
    let (company_id, house_id, premises_id) = (making.ids.draw(), making.ids.draw(), making.ids.draw());
    let company = NewCompany {
        company_id: &company_id,
        name: "ТСЖ «Соседи»",
        inn: "6299999980",
        ogrn: None,
        phone: None,
        email: None,
        address: Some("г. Рязань, ул. Садовая, д. 3"),
        kpp: None,
        bank: None,
    };
    put_company(making.tx, making.at - IN_THE_BOOKS, &company, &[])?;
    let house = NewHouse {
        house_id: &house_id,
        code: "С3",
        company_id: &company_id,
        municipality: "г. Рязань",
        address: "г. Рязань, ул. Садовая, д. 3",
        cadastral_number: None,
        time_zone: TIME_ZONE,
        window_from_day: 1,
        window_to_day: 31,
    };
    put_house(making.tx, making.at - IN_THE_BOOKS, &house, &[])?;
    let premises = NewPremises {
        premises_id: &premises_id,
        house_id: &house_id,
        number: "1",
        kind: "residential",
        area_hundredths: 4_200,
        area_since: None,
        cadastral_number: None,
    };
    put_premises(making.tx, making.at - IN_THE_BOOKS, &[premises], &[])?;
    Ok((company_id, house_id))
}
