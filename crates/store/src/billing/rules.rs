//! Rules of charges that acts leave open, from their dated settings.

use domain::billing::OpenRules;
use domain::charge::absence::{Absence, AbsenceRules};
use domain::charge::interruption::PERCENT_PER_HOUR;
use domain::meter_life::{MeterRules, RECALC_NORMATIVE};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::settings::{History, Settings};
use crate::{Conn, Error, Result};

const AVERAGE_MONTHS: &str = "charge.average_months";
const AVERAGE_MONTHS_MIN: &str = "charge.average_months_min";
const AVERAGE_IN_ROW_MAX: &str = "charge.average_in_row_max";
const ELECTRICITY_AVERAGE_IS_ENDLESS: &str = "charge.electricity_average_is_endless";
const MISSING_READING_IS_MULTIPLIED: &str = "charge.missing_reading_is_multiplied";
const NOT_TRUSTED_IS_MULTIPLIED: &str = "charge.not_trusted_is_multiplied";
const NO_ACCESS_IS_MULTIPLIED: &str = "charge.no_access_is_multiplied";
const FULL_DAYS_OVER: &str = "absence.full_days_over";
const ASKED_WITHIN_DAYS: &str = "absence.asked_within_days";

/// More months than these tell nothing of how much is used now, and more days in a row nobody is away.
const MONTHS_MAX: u32 = 120;
const DAYS_MAX: u32 = 366;

const OPEN_RULES: [&str; 11] = [
    AVERAGE_MONTHS,
    AVERAGE_MONTHS_MIN,
    AVERAGE_IN_ROW_MAX,
    ELECTRICITY_AVERAGE_IS_ENDLESS,
    MISSING_READING_IS_MULTIPLIED,
    NOT_TRUSTED_IS_MULTIPLIED,
    NO_ACCESS_IS_MULTIPLIED,
    RECALC_NORMATIVE,
    FULL_DAYS_OVER,
    ASKED_WITHIN_DAYS,
    PERCENT_PER_HOUR,
];

/// The rules of all days up to this one, in one statement.
pub(super) fn open_rules(conn: &Conn<'_>, until: Date) -> Result<OpenRules> {
    let settings = History::of(conn, &OPEN_RULES, until)?;
    Ok(OpenRules {
        meters: settings.dated(meters)?,
        absences: settings.dated(absences)?,
        interruption_percent: settings
            .dated(|settings| settings.within(PERCENT_PER_HOUR, Decimal::ZERO..=Decimal::ONE_HUNDRED))?,
    })
}

/// By which rules it is judged whether an absence counts.
///
/// # Errors
/// A failing database, a setting that makes no sense.
pub fn absence_rules(conn: &Conn<'_>, absence: Absence) -> Result<AbsenceRules> {
    absences(&History::of(conn, &[FULL_DAYS_OVER, ASKED_WITHIN_DAYS], absence.asked_on)?.on(absence.left_on))
}

fn meters(settings: &Settings) -> Result<MeterRules> {
    let rules = MeterRules {
        average_months: settings.within(AVERAGE_MONTHS, 1..=MONTHS_MAX)?,
        average_months_min: settings.within(AVERAGE_MONTHS_MIN, 1..=MONTHS_MAX)?,
        average_in_row_max: settings.within(AVERAGE_IN_ROW_MAX, 0..=MONTHS_MAX)?,
        electricity_average_is_endless: settings.get(ELECTRICITY_AVERAGE_IS_ENDLESS)?,
        missing_reading_is_multiplied: settings.get(MISSING_READING_IS_MULTIPLIED)?,
        not_trusted_is_multiplied: settings.get(NOT_TRUSTED_IS_MULTIPLIED)?,
        no_access_is_multiplied: settings.get(NO_ACCESS_IS_MULTIPLIED)?,
        recalculates_norm: settings.get(RECALC_NORMATIVE)?,
    };
    if rules.average_months_min > rules.average_months {
        let MeterRules { average_months, average_months_min, .. } = rules;
        let error =
            format!("setting {AVERAGE_MONTHS_MIN}: {average_months_min} is above {AVERAGE_MONTHS}, {average_months}");
        return Err(Error::BadData(error));
    }
    Ok(rules)
}

fn absences(settings: &Settings) -> Result<AbsenceRules> {
    Ok(AbsenceRules {
        full_days_over: settings.within(FULL_DAYS_OVER, 0..=DAYS_MAX)?,
        asked_within_days: settings.within(ASKED_WITHIN_DAYS, 0..=DAYS_MAX)?,
    })
}
