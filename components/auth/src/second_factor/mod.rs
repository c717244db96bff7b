//! By what a person proves at sign-in, besides the password, to be who it says.

pub(crate) mod contact;
mod qr;
pub(crate) mod recovery_codes;
pub(crate) mod totp;

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    contact::Contact,
    one_time_code::OneTimeCode,
    recovery_code::RecoveryCode,
    second_factor::Method,
};
use jiff::SignedDuration;
use serde::Serialize;
use store::{
    Conn, MasterKeys, Tx,
    events::{self, Event},
    pending_sign_ins,
    persons::{self, Profile},
    second_factors::{self, Enrolled},
    settings::Settings,
    sign_in_locks, trusted_devices,
};
use utoipa::ToSchema;
use web::{
    Actor, Client, Env, Problem, Reply, audit,
    limit::{self, Rule},
};

use crate::{
    audits,
    opening::{self, Device, Reissued},
    sessions,
};

/// What second factors somebody has.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecondFactorView {
    /// Whether the password alone opens nothing.
    is_on: bool,
    /// Since when an app gives codes.
    #[schema(format = DateTime)]
    totp_since: Option<String>,
    /// Since when codes are sent to the person's own contact.
    #[schema(format = DateTime)]
    contact_since: Option<String>,
    /// Where such codes go or would go, all but its ends hidden; null where there is neither phone nor e-mail.
    #[schema(example = "+7********15")]
    masked_contact: Option<String>,
    /// How many codes on paper are left.
    recovery_codes_left: u32,
}

/// By what I prove at sign-in, besides the password, who I am
#[utoipa::path(
    get, path = "/api/auth/second-factor", operation_id = "show_second_factor", tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = SecondFactorView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn show(State(env): State<Env>, actor: Actor) -> Result<Reply<SecondFactorView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    Ok(Reply::ok(env.db().read(|conn| view(conn, &actor))?))
}

fn view(conn: &Conn<'_>, actor: &Actor) -> Result<SecondFactorView, Problem> {
    let enrolled = second_factors::enrolled(conn, &actor.person_id)?;
    let profile = persons::profile(conn, &actor.person_id)?.ok_or_else(Problem::unauthenticated)?;
    let moment = |moment: Option<jiff::Timestamp>| moment.map(|moment| format!("{moment:.3}"));
    Ok(SecondFactorView {
        is_on: enrolled.is_on(),
        totp_since: moment(enrolled.totp_since),
        contact_since: moment(enrolled.contact_since),
        masked_contact: own_contact(&profile).map(|contact| contact.masked()),
        recovery_codes_left: enrolled.recovery_codes_left,
    })
}

/// Where a person is reached, by codes too: no contact that waits for its proof.
pub(crate) fn own_contact(profile: &Profile) -> Option<Contact> {
    Contact::preferred(profile.proved_phone(), profile.proved_email())
}

/// By what a person may prove it; nothing where the password is enough.
pub(crate) fn methods(enrolled: &Enrolled, profile: &Profile) -> Vec<Method> {
    let is_offered = |method: &Method| match method {
        Method::Totp => enrolled.totp_since.is_some(),
        Method::Passkey => enrolled.passkeys > 0,
        Method::Code => enrolled.contact_since.is_some() && own_contact(profile).is_some(),
        Method::RecoveryCode => enrolled.recovery_codes_left > 0,
    };
    if enrolled.is_on() { Method::ALL.into_iter().filter(is_offered).collect() } else { Vec::new() }
}

/// What a person answers, read.
pub(crate) enum Answer {
    /// The digits of an app.
    Totp(OneTimeCode),
    /// The digits of a message. What was sent knows whoever sent it.
    Code(OneTimeCode),
    /// A code from paper.
    RecoveryCode(RecoveryCode),
}

impl Answer {
    /// Reads an answer; one that is none costs no attempt.
    ///
    /// # Errors
    /// `validation` where it is of another form, at `pointer`, or the method is none.
    pub(crate) fn parse(method: &str, answer: &str, pointer: &str) -> Result<Self, Problem> {
        let digits = |detail| OneTimeCode::parse(answer).map_err(|_| Problem::field(pointer, detail));
        match Method::parse(method) {
            Some(Method::Totp) => digits("Введите шесть цифр из приложения.").map(Self::Totp),
            Some(Method::Code) => digits("Введите шесть цифр из сообщения.").map(Self::Code),
            Some(Method::RecoveryCode) => {
                let detail = "Введите код восстановления целиком, как он напечатан.";
                RecoveryCode::parse(answer).map(Self::RecoveryCode).map_err(|_| Problem::field(pointer, detail))
            }
            Some(Method::Passkey) | None => {
                Err(Problem::field("/method", "Такого способа нет: назовите один из предложенных."))
            }
        }
    }
}

/// Whether the person's own factor gave the answer; a right one is used up. At sign-in and wherever else a person proves
/// to be there.
pub(crate) fn verify(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person_id: &str,
    answer: &Answer,
) -> Result<bool, Problem> {
    match answer {
        Answer::Totp(code) => verify_totp(tx, env, person_id, code),
        Answer::RecoveryCode(code) => verify_recovery_code(tx, env, client, person_id, code),
        Answer::Code(_) => Ok(false),
    }
}

/// Wrong answers alone are counted.
const PER_PERSON: Rule = Rule { setting: "limit.second_factor_per_person", window: SignedDuration::from_hours(24) };

/// Counts an answer as wrong until it is known to be right.
///
/// # Errors
/// `rate-limited` where those of a day are used up.
pub(crate) fn counted(
    tx: &Tx<'_>,
    env: &Env,
    device: &Device,
    person_id: &str,
    is_right: impl FnOnce() -> Result<bool, Problem>,
) -> Result<bool, Problem> {
    let guesser = guesser(tx, device, person_id)?;
    limit::count(tx, env, &Settings::at(tx, env.now())?, PER_PERSON, &guesser)?;
    let is_right = is_right()?;
    if is_right {
        limit::take_back(tx, PER_PERSON, &guesser)?;
    }
    Ok(is_right)
}

/// Whose wrong answers count together: a device that the person used counts for itself, so strangers who know the
/// password cannot keep its owner out.
fn guesser(tx: &Tx<'_>, device: &Device, person_id: &str) -> store::Result<String> {
    let device = device.hash();
    let is_known = sign_in_locks::is_known_device(tx, person_id, &device)?;
    Ok(if is_known { format!("{person_id} {device}") } else { person_id.to_owned() })
}

fn verify_totp(tx: &Tx<'_>, env: &Env, person_id: &str, code: &OneTimeCode) -> Result<bool, Problem> {
    let Some(totp) = second_factors::totp(tx, &keys(env)?, person_id)? else { return Ok(false) };
    match totp.secret.step(code, env.now()) {
        Some(step) => Ok(second_factors::take_step(tx, person_id, step)?),
        None => Ok(false),
    }
}

fn verify_recovery_code(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person_id: &str,
    code: &RecoveryCode,
) -> Result<bool, Problem> {
    let is_taken = second_factors::take_recovery_code(tx, env.now(), person_id, code)?;
    if is_taken {
        let left = second_factors::enrolled(tx, person_id)?.recovery_codes_left;
        audits::of_person(tx, env, client, person_id, "recovery-code.use", &[])?;
        events::emit(tx, env.now(), person_id, &Event::RecoveryCodeUsed { left })?;
    }
    Ok(is_taken)
}

/// The operator's keys, under which secrets lie.
pub(crate) fn keys(env: &Env) -> Result<MasterKeys, Problem> {
    MasterKeys::parse(&env.variable("files_key")?).map_err(Problem::internal)
}

/// Another factor is on. Who had no codes on paper gets some: the phone may be lost. What the factor opens, no session of
/// before it gets: this one goes on under another name, and the others, which nobody proved it in, end.
pub(crate) fn added(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    method: Method,
) -> Result<(Vec<RecoveryCode>, Reissued), Problem> {
    audit::record(tx, env, actor, client, "second-factor.add", &object(actor), &[("method", method.as_str())])?;
    events::emit(tx, env.now(), &actor.person_id, &Event::SecondFactorAdded)?;
    let codes = match second_factors::enrolled(tx, &actor.person_id)?.recovery_codes_left {
        0 => recovery_codes::renew(tx, env, &actor.person_id)?,
        _ => Vec::new(),
    };
    sessions::close_others(tx, env, actor, client)?;
    Ok((codes, opening::reissue(tx, env, actor)?))
}

/// A factor is off: no device is trusted any more, and the codes on paper go with the last factor.
pub(crate) fn removed(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, method: Method) -> Result<(), Problem> {
    trusted_devices::end_all(tx, &actor.person_id)?;
    pending_sign_ins::end_all(tx, &actor.person_id)?;
    if !second_factors::enrolled(tx, &actor.person_id)?.is_on() {
        second_factors::remove_recovery_codes(tx, &actor.person_id)?;
    }
    audit::record(tx, env, actor, client, "second-factor.remove", &object(actor), &[("method", method.as_str())])?;
    Ok(events::emit(tx, env.now(), &actor.person_id, &Event::SecondFactorRemoved)?)
}

fn object(actor: &Actor) -> String {
    format!("person:{}", actor.person_id)
}
