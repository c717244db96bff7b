//! Values of cells that no other module reads: names, whole numbers, dates, areas.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::calendar::{self, UnknownTimeZone};
use crate::money::Kopecks;
use crate::reading::{ValueError, parse_value};

/// Nothing that stands in a column is longer.
const TEXT_CHARACTERS_MAX: usize = 250;
/// 10 000 m² in hundredths: the largest premises that anybody bills as one, with room to spare.
const AREA_HUNDREDTHS_MAX: u32 = 100_000_000;

/// A billion rubles: no account owes more.
const KOPECKS_MAX: i64 = 100_000_000_000;

pub(super) fn text(cell: &str) -> Result<String, &'static str> {
    let fits = cell.chars().count() <= TEXT_CHARACTERS_MAX;
    fits.then(|| cell.to_owned()).ok_or("длиннее 250 знаков")
}

pub(super) fn time_zone(cell: &str) -> Result<String, UnknownTimeZone> {
    calendar::time_zone(cell).map(|_| cell.to_owned())
}

/// `да` or `нет`.
pub(super) fn yes_or_no(cell: &str) -> Result<bool, &'static str> {
    match cell.to_lowercase().as_str() {
        "yes" | "да" | "1" => Ok(true),
        "no" | "нет" | "0" => Ok(false),
        _ => Err("нужно да или нет"),
    }
}

/// A word that confirms; whoever does not confirm leaves the cell empty.
pub(super) fn yes(cell: &str) -> Result<(), &'static str> {
    let is_yes = matches!(cell.to_lowercase().as_str(), "yes" | "да" | "1");
    is_yes.then_some(()).ok_or("нужно yes, да или 1, а если нет — ничего")
}

/// A whole number within bounds.
pub(super) fn whole(min: u8, max: u8) -> impl Fn(&str) -> Result<u8, String> {
    move |cell| {
        let number = cell.parse::<u8>().ok().filter(|number| (min..=max).contains(number) && !cell.starts_with('+'));
        number.ok_or_else(|| format!("нужно целое число от {min} до {max}"))
    }
}

/// `2026-07-25`, or `25.07.2026` as spreadsheets write it.
pub(super) fn date(cell: &str) -> Result<Date, &'static str> {
    let wrong = "дата пишется как 2026-07-25 или 25.07.2026";
    let parts: Vec<&str> = cell.split(['-', '.']).collect();
    let (year, month, day) = match parts[..] {
        [year, month, day] if cell == format!("{year}-{month}-{day}") => (year, month, day),
        [day, month, year] if cell == format!("{day}.{month}.{year}") => (year, month, day),
        _ => return Err(wrong),
    };
    let digits = [(year, 4), (month, 2), (day, 2)];
    if digits.iter().any(|(part, length)| part.len() != *length || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(wrong);
    }
    let date =
        Date::new(year.parse().map_err(|_| wrong)?, month.parse().map_err(|_| wrong)?, day.parse().map_err(|_| wrong)?);
    date.ok().filter(|date| date.year() >= 1900).ok_or("такого дня нет в календаре")
}

/// Rubles with at most two decimals, a minus before what is below zero.
pub(super) fn money(cell: &str) -> Result<Kopecks, &'static str> {
    let wrong = "сумма пишется в рублях как 1234,56, без пробелов";
    let (sign, digits) = cell.strip_prefix(['-', '−']).map_or((1, cell), |digits| (-1, digits));
    let rubles = parse_value(digits).map_err(|_: ValueError| wrong)?;
    let kopecks = (rubles * Decimal::ONE_HUNDRED).normalize();
    let kopecks = (kopecks.scale() == 0).then(|| i64::try_from(kopecks).ok()).flatten();
    kopecks.filter(|kopecks| *kopecks <= KOPECKS_MAX).map(|kopecks| Kopecks(sign * kopecks)).ok_or(wrong)
}

/// Square metres with at most two decimals, in hundredths.
pub(super) fn area_hundredths(cell: &str) -> Result<u32, &'static str> {
    let wrong = "площадь пишется в м² как 45,3 и больше нуля";
    let area = parse_value(cell).map_err(|_: ValueError| wrong)?;
    let hundredths = (area * Decimal::ONE_HUNDRED).normalize();
    let area = (hundredths.scale() == 0).then(|| u32::try_from(hundredths).ok()).flatten();
    area.filter(|hundredths| (1..=AREA_HUNDREDTHS_MAX).contains(hundredths)).ok_or(wrong)
}
