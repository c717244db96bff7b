//! The company and its house.

use jiff::SignedDuration;

use super::Making;
use crate::{
    Result,
    homes::register::{NewCompany, NewHouse, put_company, put_house},
};

/// Where the house stands.
pub(super) const TIME_ZONE: &str = "Europe/Moscow";

/// Since when the house is in the books: before the first reading.
pub(super) const IN_THE_BOOKS: SignedDuration = SignedDuration::from_hours(24 * 800);

pub(super) fn add(making: &mut Making<'_>) -> Result<String> {
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
    Ok(house_id)
}
