//! Whether everything that is known of a meter can have happened: its whole life is gone through.

use domain::{
    dated::Dated,
    meter_life::{Deed, LifeError, MeterRules, Surroundings, months},
    period::Period,
};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::{
    Conn,
    meter_life::{self, DeskMeter},
};
use web::Problem;

/// Goes through the life of the meter as it is known now, until this day.
///
/// # Errors
/// A failing database.
pub(crate) fn of(conn: &Conn<'_>, meter: &DeskMeter, today: Date) -> store::Result<Result<(), LifeError>> {
    let lives = meter_life::of_premises(conn, &[&meter.premises_id], today)?;
    let Some(life) = lives.into_iter().find(|life| life.meters.contains(&meter.meter_id)) else { return Ok(Ok(())) };
    let events = life.events();
    let last = events.iter().map(domain::meter_life::Event::period).max().unwrap_or(Period::of(today));
    // Volumes alone are asked about here: by whichever rules months without a reading are billed, they are the same.
    let rules = Dated::always(MeterRules::default());
    let surroundings = Surroundings { kind: life.kind, rules: &rules, norm_volume: &|_| Decimal::ZERO };
    Ok(months(&events, last, surroundings).map(|_| ()))
}

/// What to do about an event that cannot have happened.
pub(crate) fn problem(error: &LifeError, deed: Deed) -> Problem {
    let values = if deed.has_first() { "/first" } else { "/last" };
    let (pointer, detail) = match error {
        LifeError::NotInstalled { .. } => {
            ("/happened_on", "В этот день счётчика не было: проверьте день и события до него.".to_owned())
        }
        LifeError::AlreadyInstalled { .. } => {
            ("/happened_on", "В этот день счётчик уже стоял: проверьте день.".to_owned())
        }
        LifeError::Decrease { before, now, .. } => {
            (values, format!("После этого события показание {now} оказалось бы меньше прошлого, {before}: проверьте."))
        }
        LifeError::Dial { source, .. } => (values, format!("На счётчике {source}: проверьте показания.")),
        LifeError::Rates { source, .. } => (values, format!("Проверьте показания: {source}.")),
        LifeError::Rules(error) => return Problem::internal(error),
    };
    Problem::field(pointer, detail)
}
