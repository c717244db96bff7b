//! A forgotten password: a code to the contact of the login, then the code and a new password.
//!
//! Whether anybody has the login, nobody is told: not by words, which are the same, and not by time. What goes out goes
//! out after the answer, and what is kept for nobody's login is kept like all else, with a code that none fits.

use axum::{
    extract::State,
    response::{AppendHeaders, IntoResponse},
};
use domain::{
    contact::{Contact, Identifier},
    one_time_code::OneTimeCode,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    contact_codes::{self, Purpose},
    events::{self, Event},
    identities, invitations, pending_sign_ins,
    persons::{self, Profile, sessions},
    requests::{self, Limit},
    second_factors,
    settings::Settings,
    sign_in_blocks, sign_in_helps, sign_in_locks, trusted_devices,
};
use utoipa::ToSchema;
use web::{Body, Client, Env, Path, Problem, Reply, gateway, one_time_code, session, sha256};

use crate::{
    audits, blocks,
    codes::{self, Decided, For, HOUR, Kept},
    levels, locks,
    opening::{self, Device, Opened, Person},
    password::{self, Asker, Slot},
    password_rules,
    second_factor::own_contact,
    second_stage::{FirstStep, second_stage, wait},
    sessions::SessionView,
    sign_in::key,
    unproved,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRecovery {
    /// Login, phone or e-mail.
    #[schema(example = "anna")]
    identifier: String,
}

/// A recovery that waits for its code, if there is such a login at all.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryView {
    recovery_id: String,
    #[schema(format = DateTime)]
    expires_at: String,
    attempts_left: u32,
}

/// Ask for a code to set a new password with; the answer is the same for a login that nobody has
#[utoipa::path(
    post, path = "/api/auth/recoveries", operation_id = "request_recovery", tag = "auth", request_body = NewRecovery,
    responses(
        (status = 201, body = RecoveryView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, rate-limited"),
    )
)]
pub(crate) async fn request(
    State(env): State<Env>,
    client: Client,
    Body { value: input, .. }: Body<NewRecovery>,
) -> Result<impl IntoResponse, Problem> {
    let identifier = Identifier::parse(&input.identifier).map_err(|_| {
        let detail = "Введите телефон, почту или логин, с которыми вы входите.";
        Problem::field("/identifier", detail)
    })?;
    let device = Device::of(&env, &client);
    let (kept, letter) = env.db().write(|tx| ask(tx, &env, &client, &device, &identifier))?;
    if let Some(Letter { to, instead }) = letter {
        let code = kept.code.expose();
        let text = format!("Мой дом: код {code} для нового пароля. Никому его не сообщайте.");
        let text = instead.unwrap_or(text);
        gateway::send_unseen(&env, &to, "Новый пароль на портале «Мой дом»", &text).await?;
    }
    let cookie = AppendHeaders([session::device_cookie(device.as_str())]);
    Ok((cookie, Reply::created(view(kept))))
}

fn view(kept: Kept) -> RecoveryView {
    RecoveryView {
        recovery_id: kept.contact_code_id,
        expires_at: format!("{:.3}", kept.expires_at),
        attempts_left: kept.attempts_left,
    }
}

/// What goes out.
struct Letter {
    to: Contact,
    /// What is said instead of the code, which would open nothing.
    instead: Option<String>,
}

/// The kept code, and where it goes if anywhere. Each path makes the same calls.
fn ask(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    identifier: &Identifier,
) -> Result<(Kept, Option<Letter>), Problem> {
    let settings = Settings::at(tx, env.now())?;
    let person_id = persons::credentials(tx, key(identifier))?.map(|known| known.person_id);
    let asker = opening::asker(tx, device, person_id.as_deref())?;
    codes::count(tx, env, &settings, client, device, &format!("{}{asker}", identifier.as_str()))?;
    let person = persons::profile(tx, person_id.as_deref().unwrap_or_default())?;
    let closed = blocks::instead_of_a_code(tx, person.as_ref())?;
    let unproved = unproved::instead_of_a_code(tx, person_id.as_deref().unwrap_or_default())?;
    let contact = person.and_then(|person| contact(&person, identifier));
    let is_proved = contact.as_ref().is_some_and(|(_, is_proved)| *is_proved);
    let instead = if is_proved { closed } else { Some(unproved) };
    // By the login, the phone and the e-mail together no more codes go out than by one of them. A limit that refused
    // would tell that the three are one person's; this one is silent.
    let limit = Limit { most: settings.get("limit.code_per_person")?, window: HOUR };
    let subject = person_id.as_deref().unwrap_or(identifier.as_str());
    let bucket = format!("limit.code_per_person:{}", sha256(format!("{subject}{asker}")));
    let is_within = requests::count(tx, env.now(), &bucket, limit)?.is_none();
    let contact = contact.filter(|_| is_within);
    let whose = For {
        purpose: Purpose::Recovery,
        typed: identifier.as_str(),
        contact: None,
        person_id: person_id.as_deref(),
        is_sent: contact.is_some() && instead.is_none(),
    };
    let kept = codes::keep(tx, env, &settings, device, &whose)?;
    Ok((kept, contact.map(|(to, _)| Letter { to, instead })))
}

/// Where the message goes, and whether that contact is proved, so that it gets the code: the one that was typed, or that
/// of the login.
fn contact(person: &Profile, identifier: &Identifier) -> Option<(Contact, bool)> {
    let typed = match identifier {
        Identifier::Phone(phone) => Contact::Phone(phone.clone()),
        Identifier::Email(email) => Contact::Email(email.clone()),
        Identifier::Login(_) => own_contact(person).or_else(|| unproved::contact(person))?,
    };
    let is_proved = unproved::is_proved(person, &typed);
    Some((typed, is_proved))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The six digits from the message.
    #[schema(example = "123456")]
    code: String,
    /// As `/api/auth/password-rules` asks.
    password: String,
}

/// Set a new password with the code: all sessions end, a lock of the sign-in too, and the answer signs in or asks for the second factor
#[utoipa::path(
    post, path = "/api/auth/recoveries/{recovery_id}/confirm", operation_id = "confirm_recovery", tag = "auth",
    params(("recovery_id" = String, Path)), request_body = NewPassword,
    responses(
        (status = 201, body = SessionView, headers(("set-cookie" = String, description = "The session"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, second-factor-required, sign-in-locked, wrong-code, code-expired, code-spent, \
                        not-found"),
        (status = "5XX", body = Problem, content_type = "application/problem+json", description = "busy"),
    )
)]
pub(crate) async fn confirm(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
    Path(recovery_id): Path<String>,
    Body { value: input, .. }: Body<NewPassword>,
) -> Result<impl IntoResponse, Problem> {
    let code = one_time_code::parse(&input.code).map_err(|error| Problem::validation(vec![error]))?;
    let device = Device::of(&env, &client);
    let by = By { env: &env, client: &client, device: &device, recovery_id: &recovery_id, code: &code };
    let settings = env.settings()?;
    let begin = || env.db().write(|tx| by.begin(tx, &settings, &input.password));
    let slot = password::in_turn(&env, &settings, Asker::Known, begin).await??;
    let password_hash = slot.hash(&input.password, env.random());
    let opened = env.db().write(|tx| by.finish(tx, slot, &password_hash))??;
    Ok((StatusCode::CREATED, opened.answer(&env, &client, &device, &headers).await?))
}

/// Who sets the password of which recovery with what code.
struct By<'a> {
    env: &'a Env,
    client: &'a Client,
    device: &'a Device,
    recovery_id: &'a str,
    code: &'a OneTimeCode,
}

impl By<'_> {
    /// Everything that can refuse stands before the hash, and what needs no code before the code: it costs no attempt.
    fn begin(&self, tx: &Tx<'_>, settings: &Settings, password: &str) -> Result<Decided<Slot>, Problem> {
        password_rules::check(settings, password, &[])?;
        let person = match self.judge(tx)? {
            Ok(person) => person,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let names: Vec<_> = [&person.login, &person.phone, &person.email].into_iter().flatten().collect();
        let names: Vec<_> = names.into_iter().map(String::as_str).collect();
        password_rules::check(settings, password, &names)?;
        Ok(Ok(Slot::take(tx, self.env, settings, Asker::Known)?))
    }

    /// Whose password the code changes.
    fn judge(&self, tx: &Tx<'_>) -> Result<Decided<Profile>, Problem> {
        let kept = match codes::judge(tx, self.env, self.device, Purpose::Recovery, self.recovery_id, self.code)? {
            Ok(kept) => kept,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let person = persons::profile(tx, kept.person_id.as_deref().unwrap_or_default())?;
        let Some(person) = person else { return Ok(Err(one_time_code::spent())) };
        match blocks::refusal_of_recovery(tx, self.env, &person)? {
            None => Ok(Ok(person)),
            Some(refusal) => self.refuse(tx, &person, refusal).map(Err),
        }
    }

    /// A code proves nothing while the block stands, and is used up: of one code there is one record.
    fn refuse(&self, tx: &Tx<'_>, person: &Profile, refusal: Problem) -> Result<Problem, Problem> {
        contact_codes::mark_used(tx, self.env.now(), self.recovery_id)?;
        audits::of_person(tx, self.env, self.client, &person.person_id, "password.recover-refuse", &[])?;
        Ok(refusal)
    }

    /// The code is judged once more: while the password was hashed, another request may have used it.
    fn finish(&self, tx: &Tx<'_>, slot: Slot, password_hash: &str) -> Result<Decided<Opened>, Problem> {
        slot.free(tx)?;
        let person = match self.judge(tx)? {
            Ok(person) => person,
            Err(refusal) => return Ok(Err(refusal)),
        };
        contact_codes::mark_used(tx, self.env.now(), self.recovery_id)?;
        // Who holds the phone alone changes nothing: the password waits for the second factor.
        if second_factors::enrolled(tx, &person.person_id)?.is_on() {
            let first = FirstStep::Contact { password_hash };
            let stage = wait(tx, self.env, self.client, self.device, &person.person_id, first)?;
            return Ok(stage.decided(self.device));
        }
        audits::of_person(tx, self.env, self.client, &person.person_id, "password.recover", &[])?;
        renew(tx, self.env, self.client, self.device, person, password_hash)
    }
}

/// Whoever proved to be this person sets another password and signs in by it.
pub(crate) fn renew(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    person: Profile,
    password_hash: &str,
) -> Result<Decided<Opened>, Problem> {
    take_over(tx, env, client, &person, password_hash)?;
    let person = Person { person_id: person.person_id, name: person.name };
    Ok(second_stage(tx, env, client, device, person, FirstStep::One)?.decided(device))
}

/// The person has another password from now on, where no block forbade it: locks and blocks of the sign-in go, other codes
/// and links mean nothing any more, no provider lets in until it is linked again, no device is known or trusted, and all
/// sessions end.
pub(crate) fn take_over(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person: &Profile,
    password_hash: &str,
) -> Result<(), Problem> {
    locks::clear(tx, env, person)?;
    let person_id = &person.person_id;
    sign_in_blocks::remove(tx, person_id)?;
    sign_in_helps::end(tx, person_id)?;
    invitations::end_resets(tx, env.now(), person_id)?;
    contact_codes::spend_all(tx, person_id)?;
    persons::set_password(tx, person_id, password_hash)?;
    unlink(tx, env, client, person_id)?;
    trusted_devices::end_all(tx, person_id)?;
    sign_in_locks::renounce_devices(tx, env.now(), person_id)?;
    pending_sign_ins::end_all(tx, person_id)?;
    sessions::end_all(tx, env.now(), person_id)?;
    Ok(events::emit(tx, env.now(), person_id, &Event::PasswordChanged)?)
}

/// A stranger who was in may have left a way back of his own. The person reads of each provider that lets in no more, and
/// of the level that went with it.
fn unlink(tx: &Tx<'_>, env: &Env, client: &Client, person_id: &str) -> Result<(), Problem> {
    levels::following(tx, env, person_id, || {
        for linked in identities::of_person(tx, person_id)? {
            identities::unlink(tx, person_id, &linked.provider)?;
            audits::of_person(tx, env, client, person_id, "identity.unlink", &[("provider", &linked.provider)])?;
        }
        Ok(())
    })
}
