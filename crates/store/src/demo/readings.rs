//! Two years of monthly readings, taken by the company: believable amounts that follow the seasons.

use domain::{meter::MeterKind, period::Period, reading::Channel};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::Decimal;

use super::{Making, meters::Meter};
use crate::{Result, readings};

const MONTHS: i32 = 24;

/// Heat of a month, in thousandths of Gcal for 100 m²: January first; nothing in summer.
const HEAT: [i64; 12] = [2_450, 2_280, 1_900, 1_050, 180, 0, 0, 0, 90, 980, 1_620, 2_200];
/// How much of the mean is used in a month, in hundredths.
const LIGHT: [i64; 12] = [118, 110, 104, 98, 90, 84, 82, 88, 96, 104, 110, 118];
const WATER: [i64; 12] = [102, 100, 102, 101, 98, 96, 88, 92, 102, 104, 104, 106];

pub(super) fn add(making: &mut Making<'_>, meters: &[Meter]) -> Result<usize> {
    let last = Period::of(making.today).previous();
    let mut count = 0;
    for meter in meters {
        let mut dials: Vec<i64> = (0..meter.rates).map(|rate| first_value(making, meter, rate)).collect();
        for back in (0..MONTHS).rev() {
            let period = last.plus_months(-back);
            for (rate, dial) in dials.iter_mut().enumerate() {
                *dial += consumption(making, meter, rate, period.month());
            }
            add_one(making, meter, period, &dials)?;
            count += 1;
        }
    }
    Ok(count)
}

fn add_one(making: &mut Making<'_>, meter: &Meter, period: Period, dials: &[i64]) -> Result<()> {
    let taken_on = period.day_or_last(20 + i8::try_from(making.chance.between(0, 4)).unwrap_or_default());
    let scale = u32::from(meter.dial.digits_fraction());
    let values: Vec<_> = dials.iter().map(|dial| meter.dial.print(Decimal::new(*dial, scale))).collect();
    let reading = readings::NewReading {
        reading_id: &making.ids.draw(),
        meter_id: &meter.meter_id,
        submission_id: None,
        source: "company",
        channel: Channel::Import,
        period,
        taken_on,
        values: &values,
        rolled_over: false,
        confirmed: None,
        review: false,
    };
    readings::add(making.tx, evening_of(taken_on, making), &[reading])
}

/// When the company wrote it down.
fn evening_of(day: Date, making: &mut Making<'_>) -> Timestamp {
    let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).map_or(making.at, |noon| noon.timestamp());
    noon + SignedDuration::from_mins(making.chance.between(60, 420))
}

/// What the dial showed two years ago, in units of its last digit.
fn first_value(making: &mut Making<'_>, meter: &Meter, rate: u8) -> i64 {
    let months = making.chance.between(6, 18);
    let monthly = mean(meter) * share(meter, usize::from(rate)) / 100;
    monthly * months + making.chance.between(1, 999)
}

fn consumption(making: &mut Making<'_>, meter: &Meter, rate: usize, month: i8) -> i64 {
    let month = usize::from(month.unsigned_abs()) - 1;
    let season = match meter.kind {
        MeterKind::Heat => return heat(making, meter, month),
        MeterKind::Electricity => LIGHT[month],
        MeterKind::ColdWater | MeterKind::HotWater | MeterKind::Gas => WATER[month],
    };
    let usual = mean(meter) * share(meter, rate) / 100 * season / 100;
    usual * making.chance.between(86, 114) / 100
}

fn heat(making: &mut Making<'_>, meter: &Meter, month: usize) -> i64 {
    HEAT[month] * meter.used_by.area_hundredths / 10_000 * making.chance.between(92, 108) / 100
}

/// The mean of a month, in units of the dial's last digit.
fn mean(meter: &Meter) -> i64 {
    let thousandths = match meter.kind {
        MeterKind::ColdWater => 2_900 * meter.used_by.people + 300,
        MeterKind::HotWater => 1_850 * meter.used_by.people + 200,
        MeterKind::Electricity => 52_000 * meter.used_by.people + 61_000,
        MeterKind::Gas => 5_400 * meter.used_by.people + 2_000,
        MeterKind::Heat => HEAT.iter().sum::<i64>() / 12 * meter.used_by.area_hundredths / 10_000,
    };
    let unit = 10_i64.pow(3 - u32::from(meter.dial.digits_fraction()));
    thousandths / meter.used_by.places / unit
}

/// What part of the whole a rate counts, in hundredths.
const fn share(meter: &Meter, rate: usize) -> i64 {
    match (meter.rates, rate) {
        (2, 0) => 69,
        (2, _) => 31,
        (3, 0) => 34,
        (3, 1) => 27,
        (3, _) => 39,
        _ => 100,
    }
}
