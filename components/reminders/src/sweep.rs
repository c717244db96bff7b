//! What nobody needs any more goes: the key-value store knows no expiry of its own.

use jiff::{SignedDuration, Timestamp};
use store::{
    Result, certificates, confirmations, contact_codes, erasures, former_contacts, homes, identities, import,
    incoming_sms, passkeys, pending_sign_ins, persons::sessions, requests, settings::Settings, sign_in_blocks,
    sign_in_locks, trusted_devices,
};
use web::Env;

use crate::log;

const SESSIONS_AT_ONCE: u32 = 200;
const BATCHES_MAX: usize = 20;

/// A request is not repeated after a week.
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Far more than come between two runs.
const ROWS_AT_ONCE: u32 = 5_000;
/// Whoever has not finished an import within a day begins it anew: its files are people's data.
const IMPORTS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// A little longer than the device's cookie lives.
const DEVICES_KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Removes the key-value records of sessions over by time; answers of how many.
pub(crate) fn sessions(env: &Env, now: Timestamp) -> Result<usize> {
    let mut swept = 0;
    for _ in 0..BATCHES_MAX {
        let over = env.db().read(|conn| sessions::to_sweep(conn, now, SESSIONS_AT_ONCE))?;
        if over.is_empty() {
            break;
        }
        let gone: Vec<_> = over.iter().filter(|session_id| delete(env, now, session_id)).collect();
        env.db().write(|tx| gone.iter().try_for_each(|session_id| sessions::mark_swept(tx, now, session_id)))?;
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
    env.db().write(|tx| requests::sweep(tx, now, ANSWERS_KEPT, ROWS_AT_ONCE))
}

/// Forgets what is only kept for a while: ended sessions, failures to sign in, devices that nobody came back with,
/// requests for codes.
pub(crate) fn old(env: &Env, now: Timestamp) -> Result<()> {
    env.db().write(|tx| {
        let settings = Settings::at(tx, now)?;
        let kept = |name| Ok::<_, store::Error>(SignedDuration::from_hours(24 * settings.get::<i64>(name)?));
        sessions::forget_old(tx, now, kept("session.kept_days")?, ROWS_AT_ONCE)?;
        sign_in_locks::sweep(tx, now, kept("sign_in.lock_kept_days")?, DEVICES_KEPT, ROWS_AT_ONCE)?;
        import::sweep(tx, now - IMPORTS_KEPT)?;
        confirmations::sweep(tx, now, kept("contact_code.kept_days")?, ROWS_AT_ONCE)?;
        contact_codes::sweep(tx, now, kept("contact_code.kept_days")?, ROWS_AT_ONCE)?;
        identities::sweep(tx, now, kept("contact_code.kept_days")?, ROWS_AT_ONCE)?;
        let years = settings.get::<i64>("erasure.act_kept_years")?;
        erasures::sweep(tx, now - SignedDuration::from_hours(24 * 366 * years), ROWS_AT_ONCE)?;
        passkeys::sweep(tx, now, kept("contact_code.kept_days")?, ROWS_AT_ONCE)?;
        certificates::sweep(tx, now, kept("contact_code.kept_days")?, ROWS_AT_ONCE)?;
        pending_sign_ins::sweep(tx, now, kept("contact_code.kept_days")?, ROWS_AT_ONCE)?;
        trusted_devices::sweep(tx, now, ROWS_AT_ONCE)?;
        sign_in_blocks::sweep(tx, now, ROWS_AT_ONCE)?;
        former_contacts::sweep(tx, now - kept("former_contact.kept_days")?, ROWS_AT_ONCE)?;
        incoming_sms::sweep(tx, now, kept("sms.kept_days")?, ROWS_AT_ONCE)?;
        homes::forget_requests(tx, now, kept("code.kept_days")?, ROWS_AT_ONCE)
    })
}
