//! The one-time code of somebody who is not signed in: what registration and recovery share.

use domain::one_time_code::{Answer, Challenge, OneTimeCode};
use jiff::{SignedDuration, Timestamp};
use store::{
    Tx,
    contact_codes::{self, ContactCode, NewContactCode, Purpose},
    settings::Settings,
};
use web::{
    Client, Env, Problem, Slug, fresh_id,
    limit::{self, Rule},
    one_time_code, sha256,
};

use crate::opening::Device;

pub(crate) const HOUR: SignedDuration = SignedDuration::from_hours(1);
const PER_CONTACT: Rule = Rule { setting: "limit.code_per_contact", window: HOUR };
const PER_DEVICE: Rule = Rule { setting: "limit.code_per_device", window: HOUR };
const PER_ADDRESS: Rule = Rule { setting: "limit.code_per_address", window: HOUR };

/// What a transaction decided. It commits either way: a wrong code too has cost an attempt.
pub(crate) type Decided<T> = Result<T, Problem>;

/// Counts a request before anything is kept or sent; `subject` is the canonical text of what was typed, and whatever
/// sets its requests apart from those of others.
pub(crate) fn count(
    tx: &Tx<'_>,
    env: &Env,
    settings: &Settings,
    client: &Client,
    device: &Device,
    subject: &str,
) -> Result<(), Problem> {
    limit::count(tx, env, settings, PER_ADDRESS, &client.household())?;
    limit::count(tx, env, settings, PER_DEVICE, device.as_str())?;
    limit::count(tx, env, settings, PER_CONTACT, subject)
}

/// Whose code it is, and what for.
pub(crate) struct For<'a> {
    pub(crate) purpose: Purpose,
    /// The canonical text of what was typed.
    pub(crate) typed: &'a str,
    pub(crate) contact: Option<&'a str>,
    pub(crate) person_id: Option<&'a str>,
    /// Whether the code goes out. One that does not is kept like any other, and none fits it.
    pub(crate) is_sent: bool,
}

/// A code that was kept.
pub(crate) struct Kept {
    pub(crate) contact_code_id: String,
    pub(crate) code: OneTimeCode,
    pub(crate) expires_at: Timestamp,
    pub(crate) attempts_left: u32,
}

/// Keeps a fresh code; earlier ones of the same purpose that this device asked for with the same words end.
pub(crate) fn keep(
    tx: &Tx<'_>,
    env: &Env,
    settings: &Settings,
    device: &Device,
    whose: &For<'_>,
) -> Result<Kept, Problem> {
    let attempts = settings.get("contact_code.attempts")?;
    let expires_at = env.now() + SignedDuration::from_mins(settings.get("contact_code.minutes")?);
    let (contact_code_id, code) = (fresh_id(env), one_time_code::fresh(env));
    let code_hash = code.hash(&contact_code_id);
    let device = device.hash();
    let new = NewContactCode {
        contact_code_id: &contact_code_id,
        purpose: whose.purpose,
        subject: &sha256(format!("{device} {}", whose.typed)),
        device: &device,
        contact: whose.contact,
        person_id: whose.person_id,
        code_hash: if whose.is_sent { &code_hash } else { "" },
        attempts,
        expires_at,
    };
    contact_codes::add(tx, env.now(), &new)?;
    Ok(Kept { contact_code_id, code, expires_at, attempts_left: attempts })
}

/// Judges a code. A wrong one costs an attempt and is not written into the audit log: tries are few for each code and
/// codes few in an hour, but whoever asks needs no login, so their rows would grow without end.
///
/// # Errors
/// `not-found` where this device asked for no such code: whoever talked a code out of somebody can use it nowhere else.
pub(crate) fn judge(
    tx: &Tx<'_>,
    env: &Env,
    device: &Device,
    purpose: Purpose,
    contact_code_id: &str,
    code: &OneTimeCode,
) -> Result<Decided<ContactCode>, Problem> {
    let kept = contact_codes::find(tx, purpose, contact_code_id, &device.hash())?.ok_or_else(elsewhere)?;
    let challenge = Challenge {
        request_id: contact_code_id,
        code_hash: &kept.code_hash,
        attempts_left: kept.attempts_left,
        expires_at: kept.expires_at,
        is_used: kept.is_used,
    };
    let answer = challenge.answer(code, env.now());
    if matches!(answer, Answer::Wrong { .. }) {
        contact_codes::spend_attempt(tx, contact_code_id)?;
    }
    Ok(one_time_code::refusal(answer).map_or(Ok(kept), Err))
}

fn elsewhere() -> Problem {
    Problem::new(Slug::NotFound, "Этот браузер такого кода не запрашивал. Запросите код здесь и введите новый.")
}
