//! What nobody needs any more goes: the key-value store knows no expiry of its own.

use jiff::{SignedDuration, Timestamp};
use store::{Result, persons, requests};
use web::Env;

use crate::log;

const SESSIONS_AT_ONCE: u32 = 200;
const BATCHES_MAX: usize = 20;

/// A request is not repeated after a week.
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Far more than come between two runs.
const ANSWERS_AT_ONCE: u32 = 5_000;

/// Removes the key-value records of sessions over by time; answers of how many.
pub(crate) fn sessions(env: &Env, now: Timestamp) -> Result<usize> {
    let mut swept = 0;
    for _ in 0..BATCHES_MAX {
        let over = env.db().read(|conn| persons::sessions_to_sweep(conn, now, SESSIONS_AT_ONCE))?;
        if over.is_empty() {
            break;
        }
        let gone: Vec<_> = over.iter().filter(|session_id| delete(env, now, session_id)).collect();
        env.db().write(|tx| gone.iter().try_for_each(|session_id| persons::mark_swept(tx, now, session_id)))?;
        swept += gone.len();
        if gone.len() < SESSIONS_AT_ONCE as usize {
            break;
        }
    }
    Ok(swept)
}

/// A record that cannot be removed now stays on the list for the next run.
fn delete(env: &Env, now: Timestamp, session_id: &str) -> bool {
    env.kv().delete_session(session_id).inspect_err(|error| log::failure(now, "session", error)).is_ok()
}

/// Forgets old answers of idempotency keys and counters of long past windows.
pub(crate) fn answers(env: &Env, now: Timestamp) -> Result<()> {
    env.db().write(|tx| requests::sweep(tx, now, ANSWERS_KEPT, ANSWERS_AT_ONCE))
}
