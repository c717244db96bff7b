//! What the portal knows of me, and what of it I can change: the name, the password.

use axum::extract::State;
use domain::{
    access::{Action, Relation, Role},
    confirmation::Operation,
    contact::{Email, Phone},
    person_name::PersonName,
};
use http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx, contact_codes,
    events::{self, Event},
    identities, pending_sign_ins,
    persons::{self, Profile},
    settings::Settings,
    trusted_devices,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, FieldError, Problem, Reply, audit,
    confirmation::Confirmation,
    consent,
    limit::{self, Rule},
};

use crate::{
    codes::Decided,
    password::{self, Asker, Slot},
    sessions,
};

/// Wrong old passwords alone are counted.
pub(crate) const PER_PERSON: Rule =
    Rule { setting: "limit.password_per_person", window: SignedDuration::from_mins(15) };

/// What the portal knows of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileView {
    person_id: String,
    #[schema(example = "Анна Сергеевна")]
    name: String,
    #[schema(example = "anna")]
    login: Option<String>,
    /// All but its end hidden.
    #[schema(example = "+7********15")]
    masked_phone: Option<String>,
    /// All but its ends hidden.
    #[schema(example = "a***@example.ru")]
    masked_email: Option<String>,
    /// Whether the phone gets no code until it is proved again: two of the staff let the person in.
    is_phone_unproved: bool,
    /// Whether the e-mail gets no code until it is proved again.
    is_email_unproved: bool,
    /// Since when the e-mail is the electronic address for legally meaningful messages.
    #[schema(format = DateTime)]
    electronic_address_since: Option<String>,
    /// Whether there is a password; without one it is set, not changed.
    has_password: bool,
    /// By what the password signs in: `phone`, `email`, `snils`, `login`; nothing where there is none.
    #[schema(example = json!(["phone", "login"]))]
    sign_in_by: Vec<&'static str>,
    roles: Vec<&'static str>,
}

impl ProfileView {
    pub(crate) fn of(actor: &Actor, profile: Profile) -> Self {
        Self {
            masked_phone: masked_phone(&profile),
            masked_email: masked_email(&profile),
            is_phone_unproved: profile.phone_unproved_since.is_some(),
            is_email_unproved: profile.email_unproved_since.is_some(),
            electronic_address_since: profile.electronic_address_since.map(|since| format!("{since:.3}")),
            has_password: has_password(&profile),
            sign_in_by: sign_in_by(&profile),
            person_id: profile.person_id,
            name: profile.name,
            login: profile.login,
            roles: actor.roles().into_iter().map(Role::as_str).collect(),
        }
    }
}

/// Whether the person signs in by a password of the portal's own.
pub(crate) fn has_password(profile: &Profile) -> bool {
    profile.password_hash != persons::NO_PASSWORD
}

/// What [`domain::sign_in_name`] takes and this person has.
pub(crate) fn sign_in_by(profile: &Profile) -> Vec<&'static str> {
    let names = [
        ("phone", profile.phone.is_some()),
        ("email", profile.email.is_some()),
        ("snils", profile.has_snils),
        ("login", profile.login.is_some()),
    ];
    names.into_iter().filter(|(_, has)| *has && has_password(profile)).map(|(name, _)| name).collect()
}

/// Enough of the phone to be recognised by its owner.
pub(crate) fn masked_phone(profile: &Profile) -> Option<String> {
    profile.phone.as_deref().and_then(|phone| Phone::parse(phone).ok()).map(|phone| phone.masked())
}

/// Enough of the e-mail to be recognised by its owner.
pub(crate) fn masked_email(profile: &Profile) -> Option<String> {
    profile.email.as_deref().and_then(|email| Email::parse(email).ok()).map(|email| email.masked())
}

/// What the portal knows of me
#[utoipa::path(
    get, path = "/api/auth/profile", operation_id = "show_profile", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = ProfileView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn show(State(env): State<Env>, actor: Actor) -> Result<Reply<ProfileView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let profile = env.db().read(|conn| persons::profile(conn, &actor.person_id))?;
    Ok(Reply::ok(ProfileView::of(&actor, profile.ok_or_else(Problem::unauthenticated)?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileChange {
    /// How to greet: 1 to 100 characters.
    #[schema(example = "Анна Сергеевна")]
    name: String,
}

/// Change my name
#[utoipa::path(
    patch, path = "/api/auth/profile", tag = "auth", security(("session" = [])), request_body = ProfileChange,
    responses(
        (status = 200, body = ProfileView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, consent-withdrawn"),
    )
)]
pub(crate) async fn change(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: input, .. }: Body<ProfileChange>,
) -> Result<Reply<ProfileView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let name = PersonName::parse(&input.name)
        .map_err(|error| Problem::field("/name", format!("Напишите, как к вам обращаться: {error}.")))?;
    let profile = env.db().write(|tx| rename(tx, &env, &actor, &client, &name))?;
    Ok(Reply::ok(ProfileView::of(&actor, profile)))
}

fn rename(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, name: &PersonName) -> Result<Profile, Problem> {
    let before = own(tx, actor)?;
    if before.name == name.as_str() {
        return Ok(before);
    }
    consent::require(tx, actor)?;
    persons::rename(tx, &actor.person_id, name.as_str())?;
    identities::follow_no_name(tx, &actor.person_id)?;
    let fields = [("from", before.name.as_str()), ("to", name.as_str())];
    audit::record(tx, env, actor, client, "profile.rename", &object(actor), &fields)?;
    Ok(Profile { name: name.as_str().to_owned(), ..before })
}

pub(crate) fn own(conn: &Conn<'_>, actor: &Actor) -> Result<Profile, Problem> {
    persons::profile(conn, &actor.person_id)?.ok_or_else(Problem::unauthenticated)
}

pub(crate) fn object(actor: &Actor) -> String {
    format!("person:{}", actor.person_id)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    #[schema(example = "moydom-demo-2026")]
    old_password: String,
    #[schema(example = "сосна-и-72-ели")]
    new_password: String,
}

/// Change my password: the old one is asked for, and all my other sessions end
#[utoipa::path(
    post, path = "/api/auth/password", tag = "auth", security(("session" = [])), request_body = PasswordChange,
    responses(
        (status = 204, description = "The password is the new one"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json", description = "busy"),
    )
)]
pub(crate) async fn change_password(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: input, .. }: Body<PasswordChange>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let settings = env.settings()?;
    let begin = || env.db().write(|tx| admit(tx, &env, &settings, &actor, &input));
    let (profile, slot) = password::in_turn(&env, &settings, Asker::Known, begin).await?;
    let is_right = slot.is_right(&input.old_password, Some(&profile.password_hash));
    let new_hash = is_right.then(|| slot.hash(&input.new_password, env.random()));
    env.db().write(|tx| keep(tx, &env, &actor, &client, slot, &profile, new_hash))??;
    Ok(StatusCode::NO_CONTENT)
}

/// Everything that can refuse without a hash.
fn admit(
    tx: &Tx<'_>,
    env: &Env,
    settings: &Settings,
    actor: &Actor,
    input: &PasswordChange,
) -> Result<(Profile, Slot), Problem> {
    let profile = own(tx, actor)?;
    let mut errors = faults(settings, &profile, &input.new_password)?;
    if !has_password(&profile) {
        let detail = "Пароля у вас ещё нет: его не меняют, а задают.";
        errors.insert(0, FieldError::new("/old_password", detail));
    } else if input.old_password.is_empty() {
        errors.insert(0, FieldError::new("/old_password", "Введите нынешний пароль."));
    } else if input.old_password == input.new_password {
        errors.push(FieldError::new("/new_password", "Это нынешний пароль. Придумайте другой."));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    limit::count(tx, env, settings, PER_PERSON, &actor.person_id)?;
    Ok((profile, Slot::take(tx, env, settings, Asker::Known)?))
}

fn faults(settings: &Settings, profile: &Profile, new_password: &str) -> Result<Vec<FieldError>, Problem> {
    let names = [&profile.login, &profile.phone, &profile.email].map(|name| name.as_deref().unwrap_or_default());
    Ok(password::faults(settings, new_password, &names, "/new_password")?)
}

/// It commits either way: a wrong old password too is counted and noted. The limit bounds how often. The other sessions
/// end together with the old password, which must not have changed since it was verified: who comes second with it may
/// be the very one whom the first one put out.
fn keep(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    slot: Slot,
    verified: &Profile,
    new_hash: Option<String>,
) -> Result<Decided<()>, Problem> {
    slot.free(tx)?;
    let is_still_right = own(tx, actor)?.password_no == verified.password_no;
    let Some(new_hash) = new_hash.filter(|_| is_still_right) else {
        audit::record(tx, env, actor, client, "password.refuse", &object(actor), &[])?;
        let detail = "Это не ваш нынешний пароль. Проверьте раскладку и Caps Lock.";
        return Ok(Err(Problem::field("/old_password", detail)));
    };
    limit::take_back(tx, PER_PERSON, &actor.person_id)?;
    renew(tx, env, actor, client, &new_hash, "password.change").map(Ok)
}

/// The password is another one: codes that could set one and whatever lets in without it end.
fn renew(tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, new_hash: &str, action: &str) -> Result<(), Problem> {
    persons::set_password(tx, &actor.person_id, new_hash)?;
    contact_codes::spend_all(tx, &actor.person_id)?;
    audit::record(tx, env, actor, client, action, &object(actor), &[])?;
    events::emit(tx, env.now(), &actor.person_id, &Event::PasswordChanged)?;
    trusted_devices::end_all(tx, &actor.person_id)?;
    pending_sign_ins::end_all(tx, &actor.person_id)?;
    sessions::close_others(tx, env, actor, client)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstPassword {
    #[schema(example = "сосна-и-72-ели")]
    new_password: String,
}

/// Set a password where I have none, since I signed in by a provider alone; my other sessions end. To be confirmed
#[utoipa::path(
    put, path = "/api/auth/password", operation_id = "set_password", tag = "auth", security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    request_body = FirstPassword,
    responses(
        (status = 200, body = ProfileView, description = "The password is set: `sign_in_by` tells by what it signs in"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, confirmation-required, confirmation-stale"),
        (status = "5XX", body = Problem, content_type = "application/problem+json", description = "busy"),
    )
)]
pub(crate) async fn set_password(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Body { value: input, bytes }: Body<FirstPassword>,
) -> Result<Reply<ProfileView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let settings = env.settings()?;
    env.db().read(|conn| admit_first(conn, &settings, &actor, &input))?;
    let confirmed = confirmation.named(&env, &actor, Operation::SetPassword, &bytes)?;
    let begin = || {
        env.db().write(|tx| {
            admit_first(tx, &settings, &actor, &input)?;
            Slot::take(tx, &env, &settings, Asker::Known)
        })
    };
    let slot = password::in_turn(&env, &settings, Asker::Known, begin).await?;
    let new_hash = slot.hash(&input.new_password, env.random());
    let profile = env.db().write(|tx| {
        slot.free(tx)?;
        if let Err(refusal) = confirmed.take(tx, &env).and_then(|()| admit_first(tx, &settings, &actor, &input)) {
            return Ok(Err(refusal));
        }
        renew(tx, &env, &actor, &client, &new_hash, "password.set")?;
        own(tx, &actor).map(Ok)
    })??;
    Ok(Reply::ok(ProfileView::of(&actor, profile)))
}

/// Who has a password changes it by the one of before.
fn admit_first(conn: &Conn<'_>, settings: &Settings, actor: &Actor, input: &FirstPassword) -> Result<(), Problem> {
    let profile = own(conn, actor)?;
    if has_password(&profile) {
        let detail = "Пароль у вас уже есть. Чтобы сменить его, введите нынешний.";
        return Err(Problem::field("/new_password", detail));
    }
    let errors = faults(settings, &profile, &input.new_password)?;
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}
