//! How far somebody comes in whose first step was right: all the way, or up to the second factor.

use domain::second_factor::Method;
use jiff::SignedDuration;
use store::{
    Conn, Tx,
    pending_sign_ins::{self, NewPending, Pending},
    persons, second_factors,
    settings::Settings,
    trusted_devices,
};
use web::{Client, Env, Problem, SecondFactor, Slug, fresh_id, session};

use crate::{
    audits, blocks,
    codes::Decided,
    locks,
    opening::{self, Device, Opened, Person},
    second_factor,
};

/// What the first step alone is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstStep {
    /// One factor: whoever has another one is asked for it.
    One,
    /// Two at once: the operator takes this way in for both.
    Both,
}

/// How far somebody came in.
pub(crate) enum Stage {
    Opened(Opened),
    /// The sign-in of this person is blocked.
    Blocked(Problem),
    Pending(SecondFactor),
}

/// Opens a session, or keeps the sign-in until the second factor is proved, on this device.
pub(crate) fn second_stage(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    person: Person,
    first: FirstStep,
) -> Result<Stage, Problem> {
    if let Some(refusal) = blocks::refusal(tx, &person.person_id)? {
        return Ok(Stage::Blocked(refusal));
    }
    let offered = offered(tx, &person.person_id)?;
    let is_enough = first == FirstStep::Both || offered.is_empty();
    if is_enough || trusted_devices::note_use(tx, env.now(), &person.person_id, &device.hash())? {
        locks::passed(tx, &person.person_id, &device.hash())?;
        return Ok(Stage::Opened(opening::open(tx, env, client, device, person)?));
    }
    let settings = Settings::at(tx, env.now())?;
    let expires_at = env.now() + SignedDuration::from_mins(settings.get("second_stage.minutes")?);
    let sign_in_id = fresh_id(env);
    let new = NewPending {
        sign_in_id: &sign_in_id,
        person_id: &person.person_id,
        device: &device.hash(),
        attempts: settings.get("second_stage.attempts")?,
        expires_at,
    };
    pending_sign_ins::add(tx, env.now(), &new)?;
    audits::of_person(tx, env, client, &person.person_id, "sign-in.half", &[("user_agent", &client.user_agent)])?;
    Ok(Stage::Pending(named(sign_in_id, &offered, expires_at)))
}

/// By what a person may prove the second step; nothing where there is none.
pub(crate) fn offered(conn: &Conn<'_>, person_id: &str) -> Result<Vec<Method>, Problem> {
    let profile = persons::profile(conn, person_id)?.ok_or_else(Problem::unauthenticated)?;
    Ok(second_factor::methods(&second_factors::enrolled(conn, person_id)?, &profile))
}

fn named(sign_in_id: String, offered: &[Method], expires_at: jiff::Timestamp) -> SecondFactor {
    let methods = offered.iter().map(|method| method.as_str()).collect();
    SecondFactor { sign_in_id, methods, expires_at: format!("{expires_at:.3}") }
}

/// What a program is told of a sign-in that waits.
pub(crate) fn view(conn: &Conn<'_>, pending: Pending) -> Result<SecondFactor, Problem> {
    Ok(named(pending.sign_in_id, &offered(conn, &pending.person_id)?, pending.expires_at))
}

impl Stage {
    /// The session, or what is asked for first; it commits either way.
    pub(crate) fn decided(self, device: &Device) -> Decided<Opened> {
        match self {
            Self::Opened(opened) => Ok(opened),
            Self::Blocked(refusal) => Err(refusal),
            Self::Pending(second_factor) => {
                let detail = "Пароль верный. Теперь подтвердите, что это вы: введите код.";
                let problem = Problem::new(Slug::SecondFactorRequired, detail).with_second_factor(second_factor);
                // Another browser cannot finish: this one must be known by its cookie.
                Err(problem.with_header(session::device_cookie(device.as_str())))
            }
        }
    }
}
