//! Who is locked out: too many wrong passwords in a row (S1:219).
//!
//! A stranger who guesses must not be able to keep a person out, so the person's own devices count for themselves.
//! What nobody has is counted like a person: neither words nor time tell who exists.

use jiff::SignedDuration;
use store::{
    Conn, Tx, homes,
    settings::Settings,
    sign_in_locks::{self, Counter},
};
use web::{Env, Problem, Slug, sha256};

/// The failures in a row of one attempt to sign in.
pub(crate) struct Failures {
    subject: String,
    device: Option<String>,
    count: u32,
    most: u32,
}

impl Failures {
    /// Counts the attempt as failed before it is known whether it is: those made at once see each other.
    /// `person_id` is absent where nobody has what was `typed`; `device` is the hash of the device's cookie.
    ///
    /// # Errors
    /// `sign-in-locked`; its transaction is given up, so that what is refused leaves no trace that could grow.
    pub(crate) fn count(
        tx: &Tx<'_>,
        env: &Env,
        settings: &Settings,
        person_id: Option<&str>,
        typed: &str,
        device: &str,
    ) -> Result<Self, Problem> {
        let is_known = sign_in_locks::is_known_device(tx, person_id.unwrap_or_default(), device)?;
        let subject = person_id.map_or_else(|| format!("typed:{}", sha256(typed)), str::to_owned);
        let device = is_known.then(|| device.to_owned());
        let counter = Counter { subject: &subject, device: device.as_deref() };
        let count = sign_in_locks::count(tx, env.now(), counter, kept(settings)?)?;
        let most = most(settings)?;
        if count > most { Err(locked(tx)?) } else { Ok(Self { subject, device, count, most }) }
    }

    /// Whether this failure was the last one.
    pub(crate) fn lock(&self) -> bool {
        self.count == self.most
    }

    /// `known` or `unknown`, for the record.
    pub(crate) fn device(&self) -> &'static str {
        if self.device.is_some() { "known" } else { "unknown" }
    }

    /// The attempt was none: the row of failures is over.
    pub(crate) fn reset(&self, tx: &Tx<'_>) -> store::Result<()> {
        sign_in_locks::reset(tx, Counter { subject: &self.subject, device: self.device.as_deref() })
    }
}

/// How many failures in a row lock.
pub(crate) fn most(settings: &Settings) -> store::Result<u32> {
    settings.get("sign_in.failures_until_lock")
}

/// How long a lock holds that nobody lifts.
pub(crate) fn kept(settings: &Settings) -> store::Result<SignedDuration> {
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
