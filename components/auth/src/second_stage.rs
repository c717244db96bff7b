//! How far somebody comes in whose first step was right: all the way, or up to the second factor.

use domain::second_factor::Method;
use jiff::SignedDuration;
use store::{
    Conn, Tx,
    pending_sign_ins::{self, NewPending, Pending},
    persons::{
        self,
        sessions::{ProviderSession, note_provider},
    },
    second_factors,
    settings::Settings,
    trusted_devices,
};
use web::{Client, Env, Problem, SecondFactor, Slug, fresh_id, session};

use crate::{
    audits,
    blocks::{self, Refusal},
    codes::Decided,
    locks,
    opening::{self, Device, Opened, Person},
    second_factor,
};

/// What the first step alone is worth.
#[derive(Clone, Copy)]
pub(crate) enum FirstStep<'a> {
    /// One factor: whoever has another one is asked for it.
    One,
    /// One factor, the person's own contact: a code to it is no other one. The hash is of the password that it sets.
    Contact { password_hash: &'a str },
    /// A sign-in at a provider: one factor, whatever it asked for there.
    Provider(ProviderSession<'a>),
    /// Two at once: a passkey.
    Both,
}

/// How far somebody came in.
pub(crate) enum Stage {
    Opened(Opened),
    /// The sign-in of this person is blocked.
    Blocked(Refusal),
    Pending(SecondFactor),
}

/// Opens a session, or keeps the sign-in until the second factor is proved, on this device.
pub(crate) fn second_stage(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    person: Person,
    first: FirstStep<'_>,
) -> Result<Stage, Problem> {
    let profile = persons::profile(tx, &person.person_id)?.ok_or_else(Problem::unauthenticated)?;
    if let Some(refusal) = blocks::refusal(tx, env, &profile)? {
        return Ok(Stage::Blocked(refusal));
    }
    if is_enough(tx, env, device, &person.person_id, first)? {
        locks::passed(tx, env, &person.person_id, &device.hash())?;
        let opened = opening::open(tx, env, client, device, person)?;
        first.provider().map_or(Ok(()), |by| note_provider(tx, &opened.actor().session_id, by))?;
        return Ok(Stage::Opened(opened));
    }
    wait(tx, env, client, device, &person.person_id, first)
}

/// Keeps the sign-in until the second factor is proved, on this device.
pub(crate) fn wait(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    person_id: &str,
    first: FirstStep<'_>,
) -> Result<Stage, Problem> {
    let new_password_hash = first.new_password_hash();
    let offered = offered(tx, person_id, new_password_hash.is_some())?;
    if offered.is_empty() {
        return Ok(Stage::Blocked(blocks::nothing_left(tx, person_id)?));
    }
    let settings = Settings::at(tx, env.now())?;
    let expires_at = env.now() + SignedDuration::from_mins(settings.get("second_stage.minutes")?);
    let sign_in_id = fresh_id(env);
    let new = NewPending {
        sign_in_id: &sign_in_id,
        person_id,
        device: &device.hash(),
        attempts: settings.get("second_stage.attempts")?,
        expires_at,
        new_password_hash,
        provider: first.provider(),
    };
    pending_sign_ins::add(tx, env.now(), &new)?;
    audits::of_person(tx, env, client, person_id, "sign-in.half", &[("user_agent", &client.user_agent)])?;
    Ok(Stage::Pending(named(sign_in_id, &offered, expires_at)))
}

impl<'a> FirstStep<'a> {
    const fn provider(self) -> Option<ProviderSession<'a>> {
        match self {
            Self::Provider(by) => Some(by),
            Self::One | Self::Contact { .. } | Self::Both => None,
        }
    }

    const fn new_password_hash(self) -> Option<&'a str> {
        match self {
            Self::Contact { password_hash } => Some(password_hash),
            Self::One | Self::Provider(_) | Self::Both => None,
        }
    }
}

fn is_enough(tx: &Tx<'_>, env: &Env, device: &Device, person_id: &str, first: FirstStep<'_>) -> Result<bool, Problem> {
    let is_on = second_factors::enrolled(tx, person_id)?.is_on();
    Ok(matches!(first, FirstStep::Both)
        || !is_on
        || trusted_devices::note_use(tx, env.now(), person_id, &device.hash())?)
}

/// By what a person may prove the second step.
pub(crate) fn offered(conn: &Conn<'_>, person_id: &str, is_by_contact: bool) -> Result<Vec<Method>, Problem> {
    let profile = persons::profile(conn, person_id)?.ok_or_else(Problem::unauthenticated)?;
    let mut methods = second_factor::methods(&second_factors::enrolled(conn, person_id)?, &profile);
    methods.retain(|method| !is_by_contact || *method != Method::Code);
    Ok(methods)
}

fn named(sign_in_id: String, offered: &[Method], expires_at: jiff::Timestamp) -> SecondFactor {
    let methods = offered.iter().map(|method| method.as_str()).collect();
    SecondFactor { sign_in_id, methods, expires_at: format!("{expires_at:.3}") }
}

/// What a program is told of a sign-in that waits.
pub(crate) fn view(conn: &Conn<'_>, pending: Pending) -> Result<SecondFactor, Problem> {
    let offered = offered(conn, &pending.person_id, pending.is_by_contact())?;
    Ok(named(pending.sign_in_id, &offered, pending.expires_at))
}

impl Stage {
    /// The session, or what is asked for first; it commits either way.
    pub(crate) fn decided(self, device: &Device) -> Decided<Opened> {
        match self {
            Self::Opened(opened) => Ok(opened),
            Self::Blocked(refusal) => Err(refusal.problem),
            Self::Pending(second_factor) => {
                let detail = "Первый шаг пройден. Теперь подтвердите, что это вы: введите код.";
                let problem = Problem::new(Slug::SecondFactorRequired, detail).with_second_factor(second_factor);
                // Another browser cannot finish: this one must be known by its cookie.
                Err(problem.with_header(session::device_cookie(device.as_str())))
            }
        }
    }
}
