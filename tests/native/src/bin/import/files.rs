//! The files of a company with as many meters as one likes: four in each flat, two hundred flats in each house.

use std::fmt::Write as _;

const METERS_PER_FLAT: usize = 4;
const FLATS_PER_HOUSE: usize = 200;

/// A company, its houses and their flats.
pub(crate) fn homes(meters: usize) -> Vec<(&'static str, String)> {
    let flats = meters.div_ceil(METERS_PER_FLAT);
    let mut houses = "code;company_inn;municipality;address;time_zone;window_from_day;window_to_day\n".to_owned();
    for house in 0..flats.div_ceil(FLATS_PER_HOUSE) {
        let _ = writeln!(houses, "Д{house};7707083893;Рязань;г. Рязань, ул. Ленина, д. {house};Europe/Moscow;15;25");
    }
    let mut premises = "house_code;number;kind;area\n".to_owned();
    for flat in 0..flats {
        let _ = writeln!(premises, "{};{};residential;45,3", house(flat), flat % FLATS_PER_HOUSE + 1);
    }
    let companies = "inn;name\n7707083893;УК Двор\n".to_owned();
    vec![("companies.csv", companies), ("houses.csv", houses), ("premises.csv", premises)]
}

/// The meters of those flats.
pub(crate) fn meters(lines: usize) -> String {
    let mut text =
        "kind;serial;house_code;premises;place;rates;digits_integer;digits_fraction;installed_on;verified_on;\
                    verification_interval_years\n"
            .to_owned();
    for line in 0..lines {
        let flat = line / METERS_PER_FLAT;
        let (serial, house, number) = (serial(line), house(flat), flat % FLATS_PER_HOUSE + 1);
        let _ = writeln!(text, "cold_water;{serial};{house};{number};кухня;1;5;3;2020-02-01;2020-01-15;6");
    }
    text
}

pub(crate) fn serial(line: usize) -> String {
    format!("СВК-{line:08}")
}

fn house(flat: usize) -> String {
    format!("Д{}", flat / FLATS_PER_HOUSE)
}
