//! Events told in the feeds of those whom they concern.

use jiff::Timestamp;
use store::{
    Result,
    events::{self, Waiting},
    notices::{self, NewNotice},
};
use web::Env;

use crate::{log, words};

const EVENTS_AT_ONCE: u32 = 200;
const BATCHES_MAX: usize = 50;

/// Tells what waits; answers how many events that was.
pub(crate) fn tell(env: &Env, now: Timestamp) -> Result<usize> {
    let (mut told, mut last) = (0, 0);
    for _ in 0..BATCHES_MAX {
        let waiting = env.db().read(|conn| events::waiting(conn, last, EVENTS_AT_ONCE))?;
        let Some(end) = waiting.last() else { break };
        last = end.event_id;
        told += tell_batch(env, now, &waiting)?;
    }
    Ok(told)
}

/// The notice and the note that the event was told come in one transaction, so neither is without the other.
fn tell_batch(env: &Env, now: Timestamp, waiting: &[Waiting]) -> Result<usize> {
    let (event_ids, told): (Vec<_>, Vec<_>) =
        waiting.iter().filter_map(|one| Some((one.event_id, told(env, now, one)?))).unzip();
    if event_ids.is_empty() {
        return Ok(0);
    }
    env.db().write(|tx| {
        notices::add(tx, &told)?;
        events::mark_handled(tx, now, &event_ids)
    })?;
    Ok(event_ids.len())
}

/// What this version cannot tell keeps waiting for one that can, and holds up none of those behind it.
fn told(env: &Env, now: Timestamp, waiting: &Waiting) -> Option<NewNotice> {
    let notice = words::notice(env, waiting);
    if notice.is_none() {
        log::failure(now, "event", &format!("event {} is of a kind or shape unknown here", waiting.event_id));
    }
    notice
}
