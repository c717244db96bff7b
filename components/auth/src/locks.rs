//! Who is locked out: too many wrong passwords in a row (S1:219).
//!
//! A stranger who guesses must not be able to keep a person out, so the person's own devices count for themselves. All
//! other devices together count by what was typed, whether anybody has it or not: neither words nor time nor the lock
//! of one name tell who exists and which names are one person's.

use jiff::{SignedDuration, Timestamp};
use store::{
    Conn, Tx, homes,
    persons::{self, Profile},
    settings::Settings,
    sign_in_locks::{self, Counter},
    snils,
};
use web::{Env, Problem, Slug, sha256};

use crate::{codes::Decided, second_factor};

/// The failures in a row of one attempt to sign in.
pub(crate) struct Failures {
    is_known: bool,
    count: u32,
    most: u32,
}

impl Failures {
    /// Counts the attempt as failed before it is known whether it is: those made at once see each other.
    /// `own` is the person who has what was `typed`, where the device once signed that person in; `device` is the hash of
    /// its cookie. Where it is locked already, `sign-in-locked` is the answer, and nothing is counted here.
    pub(crate) fn count(
        tx: &Tx<'_>,
        env: &Env,
        settings: &Settings,
        own: Option<&str>,
        typed: &str,
        device: &str,
    ) -> store::Result<Decided<Self>> {
        let subject = own.map_or_else(|| strangers(typed), str::to_owned);
        let counter = Counter { subject: &subject, device: own.map(|_| device) };
        let most = most(settings)?;
        match sign_in_locks::count(tx, env.now(), counter, most, kept(settings)?)? {
            Some(count) => Ok(Ok(Self { is_known: own.is_some(), count, most })),
            None => locked(tx).map(Err),
        }
    }

    /// Whether this failure was the last one.
    pub(crate) fn lock(&self) -> bool {
        self.count == self.most
    }

    /// `known` or `unknown`, for the record.
    pub(crate) fn device(&self) -> &'static str {
        if self.is_known { "known" } else { "unknown" }
    }
}

/// The whole sign-in was right: the row of failures is over. A device that was never used ends those of all the person's
/// names: whoever mistyped under one of them came in by another. `device` is the hash of its cookie.
pub(crate) fn passed(tx: &Tx<'_>, env: &Env, person_id: &str, device: &str) -> Result<(), Problem> {
    if sign_in_locks::is_known_device(tx, person_id, device)? {
        return Ok(sign_in_locks::reset(tx, Counter { subject: person_id, device: Some(device) })?);
    }
    let Some(profile) = persons::profile(tx, person_id)? else { return Ok(()) };
    Ok(names(tx, env, &profile)?.iter().try_for_each(|name| sign_in_locks::clear(tx, name))?)
}

/// Lets a person in again on every device: the support or a code has made sure who it is.
pub(crate) fn clear(tx: &Tx<'_>, env: &Env, profile: &Profile) -> Result<(), Problem> {
    Ok(subjects(tx, env, profile)?.iter().try_for_each(|subject| sign_in_locks::clear(tx, subject))?)
}

/// Since when a person is locked out on some device or under some name.
pub(crate) fn locked_since(conn: &Conn<'_>, env: &Env, profile: &Profile) -> Result<Option<Timestamp>, Problem> {
    let settings = Settings::at(conn, env.now())?;
    let (most, keep) = (most(&settings)?, kept(&settings)?);
    let since = |subject: &String| sign_in_locks::locked_since(conn, env.now(), subject, most, keep).transpose();
    let subjects = subjects(conn, env, profile)?;
    Ok(subjects.iter().filter_map(since).reduce(|one, other| Ok(one?.min(other?))).transpose()?)
}

/// Everything that failures of this person are counted under.
fn subjects(conn: &Conn<'_>, env: &Env, profile: &Profile) -> Result<Vec<String>, Problem> {
    let mut subjects = names(conn, env, profile)?;
    subjects.push(profile.person_id.clone());
    Ok(subjects)
}

/// A СНИЛС counts under the master key that was the newest when it was typed.
fn names(conn: &Conn<'_>, env: &Env, profile: &Profile) -> Result<Vec<String>, Problem> {
    let hashes = snils::hashes(conn, &second_factor::keys(env)?, &profile.person_id)?;
    let names = [&profile.login, &profile.phone, &profile.email].into_iter().flatten();
    Ok(names.chain(&hashes).map(|name| strangers(name)).collect())
}

/// Devices that never signed the person in count under this; what was typed is not kept.
fn strangers(typed: &str) -> String {
    format!("typed:{}", sha256(typed))
}

/// How many failures in a row lock.
fn most(settings: &Settings) -> store::Result<u32> {
    settings.get("sign_in.failures_until_lock")
}

/// How long a lock holds that nobody lifts.
fn kept(settings: &Settings) -> store::Result<SignedDuration> {
    Ok(SignedDuration::from_hours(24 * settings.get::<i64>("sign_in.lock_kept_days")?))
}

/// The same words for everybody, whatever the password was.
pub(crate) fn locked(conn: &Conn<'_>) -> store::Result<Problem> {
    let phone = homes::only_phone(conn)?.unwrap_or_else(|| "телефон напечатан в квитанции".to_owned());
    let detail = format!(
        "Пароль не подошёл несколько раз подряд. Восстановите вход по коду или позвоните в поддержку управляющей \
         организации: {phone}. На телефоне или компьютере, где вы уже входили, вход может быть открыт."
    );
    Ok(Problem::new(Slug::SignInLocked, detail))
}
