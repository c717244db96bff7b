//! Reminders of readings: when a house's window opens and again before it closes, one per person, premises and
//! phase, for those whose readings are missing.

use std::collections::HashMap;

use domain::{
    calendar,
    reading::WindowState,
    reminder::{self, Phase, Words},
};
use jiff::Timestamp;
use store::{
    Result,
    notices::{self, NewNotice},
    reminders::{self, Due, House, Missing},
    settings::Settings,
};
use web::{Env, fresh_id};

use crate::log;

const HOUSES_AT_ONCE: u32 = 200;
const NOTICES_AT_ONCE: u32 = 500;
/// Enough for a city in some hours of its first day, and short enough for one run.
const NOTICES_MAX: usize = 20_000;

/// What is to be said in a house today.
struct Call {
    phase: Phase,
    window: WindowState,
    due: Due,
}

/// Reminds who is to be reminded at `now`; answers how many notices that took.
pub(crate) fn remind(env: &Env, now: Timestamp) -> Result<usize> {
    let settings = env.db().read(|conn| Settings::at(conn, now))?;
    let days_before_close = settings.get("reminder.days_before_close")?;
    let (mut reminded, mut last) = (0, None);
    while reminded < NOTICES_MAX {
        let houses = env.db().read(|conn| reminders::houses(conn, last.as_deref(), HOUSES_AT_ONCE))?;
        let Some(end) = houses.last() else { break };
        last = Some(end.house_id.clone());
        let calls: Vec<_> = houses.iter().filter_map(|house| call(now, house, days_before_close)).collect();
        reminded += remind_houses(env, now, &calls)?;
    }
    Ok(reminded)
}

/// A house whose zone cannot be read waits for its data to be mended; the others do not wait for it.
fn call(now: Timestamp, house: &House, days_before_close: i32) -> Option<Call> {
    let today = calendar::date_at(now, &house.time_zone)
        .inspect_err(|error| log::failure(now, "house", &format!("house {}: {error}", house.house_id)))
        .ok()?;
    let window = house.window.state(today);
    let phase = reminder::due(&window, today, days_before_close)?;
    let due = Due { house_id: house.house_id.clone(), today, period: window.period, sort: phase.as_str().into() };
    Some(Call { phase, window, due })
}

/// What is missing is looked up again in the transaction that reminds of it: nobody is reminded of what was given
/// a moment ago, or twice by two runs at once.
fn remind_houses(env: &Env, now: Timestamp, calls: &[Call]) -> Result<usize> {
    let due: Vec<_> = calls.iter().map(|call| &call.due).collect();
    let by_house: HashMap<_, _> = calls.iter().map(|call| (call.due.house_id.as_str(), call)).collect();
    let mut reminded = 0;
    while !env.db().read(|conn| reminders::missing(conn, &due, 1))?.is_empty() {
        let added = env.db().write(|tx| {
            let missing = reminders::missing(tx, &due, NOTICES_AT_ONCE)?;
            let notices: Vec<_> = missing.into_iter().filter_map(|one| notice(env, now, &by_house, one)).collect();
            notices::add(tx, &notices)
        })?;
        reminded += added;
        if added == 0 || reminded >= NOTICES_MAX {
            break;
        }
    }
    Ok(reminded)
}

fn notice(env: &Env, now: Timestamp, by_house: &HashMap<&str, &Call>, missing: Missing) -> Option<NewNotice> {
    let call = by_house.get(missing.house_id.as_str())?;
    let Words { title, body } = call.phase.words(&call.window, &missing.address, &missing.awaited);
    Some(NewNotice {
        notice_id: fresh_id(env),
        person_id: missing.person_id,
        subject: missing.subject,
        kind: call.phase.as_str(),
        title,
        body,
        link: Some("/readings"),
        created_at: now,
    })
}
