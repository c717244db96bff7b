//! The meters of the flats: water, electricity by one to three rates, gas or heat.

use domain::{meter::MeterKind, reading::Dial};
use jiff::{ToSpan, civil::Date};

use super::{Making, flats::Flat, house::IN_THE_BOOKS};
use crate::{
    Error, Result,
    homes::register::{NewMeter, put_meters},
};

/// A meter, as its readings need it.
pub(super) struct Meter {
    pub(super) meter_id: String,
    pub(super) kind: MeterKind,
    pub(super) rates: u8,
    pub(super) dial: Dial,
    pub(super) used_by: Use,
}

/// What the amounts of a meter follow from.
#[derive(Clone, Copy)]
pub(super) struct Use {
    pub(super) people: i64,
    /// In how many places of the flat this kind is metered.
    pub(super) places: i64,
    pub(super) area_hundredths: i64,
}

pub(super) fn add(making: &mut Making<'_>, flats: &[Flat]) -> Result<Vec<Meter>> {
    let mut meters = Vec::new();
    for flat in flats {
        let people = making.chance.between(1, 4);
        for (kind, place) in hanging(flat) {
            let is_water = matches!(kind, MeterKind::ColdWater | MeterKind::HotWater);
            let places = if is_water && flat.has_two_sets_of_pipes() { 2 } else { 1 };
            meters.push(add_one(
                making,
                flat,
                (kind, place),
                Use { people, places, area_hundredths: flat.area_hundredths },
            )?);
        }
    }
    Ok(meters)
}

/// Gas stoves stand in the first two entrances; the third was built later, with electric stoves and heat meters.
fn hanging(flat: &Flat) -> Vec<(MeterKind, &'static str)> {
    let last = if flat.number <= 40 { (MeterKind::Gas, "кухня") } else { (MeterKind::Heat, "коридор") };
    let mut meters = vec![
        (MeterKind::ColdWater, "санузел"),
        (MeterKind::HotWater, "санузел"),
        (MeterKind::Electricity, "лестничная площадка"),
        last,
    ];
    if flat.has_two_sets_of_pipes() {
        meters.extend([(MeterKind::ColdWater, "кухня"), (MeterKind::HotWater, "кухня")]);
    }
    meters
}

fn add_one(making: &mut Making<'_>, flat: &Flat, (kind, place): (MeterKind, &str), used_by: Use) -> Result<Meter> {
    let meter_id = making.ids.draw();
    let rates = if kind == MeterKind::Electricity { rates(flat.number) } else { 1 };
    let dial = dial(kind, rates)?;
    let years = verification_years(kind);
    let verified_on = verified_on(making, flat.number, kind, years);
    let meter = NewMeter {
        meter_id: &meter_id,
        premises_id: &flat.premises_id,
        kind: kind.as_str(),
        serial: &serial(making, flat.number, kind, place),
        place: Some(place),
        rates,
        dial,
        installed_on: verified_on.saturating_add(making.chance.between(20, 90).days()),
        verified_on: Some(verified_on),
        verification_interval_years: Some(years),
        removed_on: None,
    };
    put_meters(making.tx, making.at - IN_THE_BOOKS, &[meter], &[])?;
    Ok(Meter { meter_id, kind, rates, dial, used_by })
}

/// Half of the flats count by one rate; flat 15 by two, flat 27 by three.
fn rates(number: u8) -> u8 {
    match u32::from(number) * 7 % 10 {
        0..=4 => 1,
        5..=7 => 2,
        _ => 3,
    }
}

/// Old electricity meters show whole kilowatt-hours.
fn dial(kind: MeterKind, rates: u8) -> Result<Dial> {
    let dial = match (kind, rates) {
        (MeterKind::Electricity, 1) => Dial::new(6, 0),
        (MeterKind::Electricity, _) => Dial::new(6, 2),
        _ => Dial::new(5, 3),
    };
    dial.map_err(|error| Error::BadData(error.to_string()))
}

const fn verification_years(kind: MeterKind) -> u8 {
    match kind {
        MeterKind::ColdWater | MeterKind::HotWater => 6,
        MeterKind::Electricity => 16,
        MeterKind::Gas => 10,
        MeterKind::Heat => 4,
    }
}

/// Some years ago, before the first of the readings; a few verifications end soon, one has just ended.
fn verified_on(making: &mut Making<'_>, number: u8, kind: MeterKind, years: u8) -> Date {
    let days_left = match (number, kind) {
        (15, MeterKind::HotWater) => 24,
        (27, MeterKind::ColdWater) => 6,
        (33, MeterKind::HotWater) => 55,
        (40, MeterKind::ColdWater) => -12,
        _ => return making.today.saturating_sub(making.chance.between(880, 1_300).days()),
    };
    making.today.saturating_add(days_left.days()).saturating_sub(i64::from(years).years())
}

/// A number that no other meter of the kind has.
fn serial(making: &mut Making<'_>, number: u8, kind: MeterKind, place: &str) -> String {
    let number = i64::from(number) * 2 + i64::from(place == "кухня");
    let unique = number * 1_000 + making.chance.between(0, 999);
    match kind {
        MeterKind::ColdWater => format!("20{:06}", 300_000 + unique),
        MeterKind::HotWater => format!("20{:06}", 700_000 + unique),
        MeterKind::Electricity => format!("00984{:09}", 312_000_000 + unique),
        MeterKind::Gas => format!("0{:07}", 4_500_000 + unique),
        MeterKind::Heat => format!("59{:07}", 2_100_000 + unique),
    }
}
