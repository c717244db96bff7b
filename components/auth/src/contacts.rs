//! By which phone and e-mail I sign in and am reached: another one, proved by a code, or none of that kind.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    confirmation::Operation,
    contact::Contact,
    one_time_code::OneTimeCode,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    consents::ELECTRONIC_ADDRESS,
    contact_codes::{self, Purpose},
    events::{self, Event},
    former_contacts,
    persons::{self, ContactKind, Profile},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, Path, Problem, Reply, Slug, audit,
    confirmation::{Confirmation, Confirmed},
    consent, gateway, one_time_code,
};

use crate::{
    codes::{self, Decided, For, Kept},
    consents, electronic_addresses,
    new_devices::{self, Letter},
    opening::Device,
    profile::{self, ProfileView},
    registrations::{contact_key, parse_contact},
    unproved,
};

/// More than anybody changes for good within the days that they are kept.
const FORMER_TOLD_MAX: u32 = 3;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProfileContact {
    /// Phone or e-mail.
    #[schema(example = "+7 916 123-45-67")]
    contact: String,
}

/// A new contact that waits for its code.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactChangeView {
    contact_code_id: String,
    /// `sms` or `email`.
    channel: &'static str,
    #[schema(example = "+7********67")]
    masked_contact: String,
    #[schema(format = DateTime)]
    expires_at: String,
    attempts_left: u32,
}

/// Sign in and be reached by another phone or e-mail, or by one that waits for its proof: a code goes there. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/profile/contacts", operation_id = "request_contact_change", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    request_body = NewProfileContact,
    responses(
        (status = 201, body = ContactChangeView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, confirmation-required, confirmation-stale, \
                        consent-withdrawn, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "gateway-unavailable"),
    )
)]
pub(crate) async fn request(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Body { value: input, bytes }: Body<NewProfileContact>,
) -> Result<Reply<ContactChangeView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let contact = parse_contact(&input.contact)?;
    env.db().read(|conn| is_new(&profile::own(conn, &actor)?, &contact))?;
    let confirmed = confirmation.named(&env, &actor, Operation::ChangeContact, &bytes)?;
    let device = Device::of(&env, &client);
    let kept = env.db().write(|tx| ask(tx, &env, &actor, &client, &device, &contact, &confirmed))?;
    let text = format!("Мой дом: код {} для нового контакта. Никому его не сообщайте.", kept.code.expose());
    gateway::send(&env, &contact, "Новый контакт на портале «Мой дом»", &text).await?;
    Ok(Reply::created(view(kept, &contact)))
}

fn is_new(profile: &Profile, contact: &Contact) -> Result<(), Problem> {
    if !unproved::is_proved(profile, contact) {
        return Ok(());
    }
    let detail = "Этот контакт уже в вашем профиле. Введите другой.";
    Err(Problem::field("/contact", detail))
}

fn ask(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    device: &Device,
    contact: &Contact,
    confirmed: &Confirmed<'_>,
) -> Result<Kept, Problem> {
    consent::require(tx, actor)?;
    confirmed.take(tx, env)?;
    let settings = Settings::at(tx, env.now())?;
    codes::count(tx, env, &settings, client, device, contact.as_str())?;
    let whose = For {
        purpose: Purpose::Change,
        typed: contact.as_str(),
        contact: Some(contact.as_str()),
        person_id: Some(&actor.person_id),
        is_sent: true,
    };
    let kept = codes::keep(tx, env, &settings, device, &whose)?;
    if confirmed.has_proved(tx, kind(contact.channel()))? {
        contact_codes::give_up(tx, &kept.contact_code_id)?;
    }
    Ok(kept)
}

fn kind(channel: &str) -> ContactKind {
    if channel == "sms" { ContactKind::Phone } else { ContactKind::Email }
}

fn view(kept: Kept, contact: &Contact) -> ContactChangeView {
    ContactChangeView {
        contact_code_id: kept.contact_code_id,
        channel: contact.channel(),
        masked_contact: contact.masked(),
        expires_at: format!("{:.3}", kept.expires_at),
        attempts_left: kept.attempts_left,
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactCodeAnswer {
    /// The six digits from the message.
    #[schema(example = "123456")]
    code: String,
}

/// Prove the new contact with its code: it takes the place of the one of its kind, which is told
#[utoipa::path(
    post, path = "/api/auth/profile/contacts/{contact_code_id}/confirm", operation_id = "confirm_contact_change",
    tag = "auth", security(("session" = [])), params(("contact_code_id" = String, Path)),
    request_body = ContactCodeAnswer,
    responses(
        (status = 200, body = ProfileView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, wrong-code, code-expired, code-spent, \
                        already-registered, consent-withdrawn"),
    )
)]
pub(crate) async fn confirm(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(contact_code_id): Path<String>,
    Body { value: input, .. }: Body<ContactCodeAnswer>,
) -> Result<Reply<ProfileView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    let code = one_time_code::parse(&input.code).map_err(|error| Problem::validation(vec![error]))?;
    let letters = env.db().write(|tx| prove(tx, &env, &actor, &client, &contact_code_id, &code))??;
    for letter in letters {
        letter.send(&env).await?;
    }
    let after = env.db().read(|conn| profile::own(conn, &actor))?;
    Ok(Reply::ok(ProfileView::of(&actor, after)))
}

/// The contact is the person's from now on; answers what goes to those of before.
fn prove(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    contact_code_id: &str,
    code: &OneTimeCode,
) -> Result<Decided<Vec<Letter>>, Problem> {
    consent::require(tx, actor)?;
    let device = Device::of(env, client);
    let waiting = contact_codes::find(tx, Purpose::Change, contact_code_id, &device.hash())?;
    waiting.filter(|kept| kept.person_id.as_ref() == Some(&actor.person_id)).ok_or_else(Problem::not_found)?;
    let kept = match codes::judge(tx, env, &device, Purpose::Change, contact_code_id, code)? {
        Ok(kept) => kept,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let contact = parse_contact(kept.contact.as_deref().unwrap_or_default())?;
    let holder = persons::credentials(tx, contact_key(&contact))?;
    if holder.as_ref().is_some_and(|holder| holder.person_id != actor.person_id) {
        return Ok(Err(taken()));
    }
    let before = profile::own(tx, actor)?;
    contact_codes::mark_used(tx, env.now(), contact_code_id)?;
    let change = Change { channel: contact.channel(), to: Some(contact.as_str()), is_willing: kept.gives_up };
    change.make(tx, env, actor, client, &before)?;
    // Who proves again the contact of before changes nothing that others would have to hear of.
    let hearers = if holder.is_some() { Vec::new() } else { told(tx, env, &before, &contact)? };
    let letters = hearers
        .into_iter()
        .map(|earlier| new_devices::of_contact(tx, env, client, &actor.person_id, earlier, &contact))
        .collect::<store::Result<_>>()?;
    Ok(Ok(letters))
}

fn taken() -> Problem {
    let detail = "С этим телефоном или почтой входит другой человек. Если это тоже вы, войдите там и уберите контакт из \
                  профиля.";
    Problem::new(Slug::AlreadyRegistered, detail)
}

/// Another contact in the place of the one of its kind, or none.
struct Change<'a> {
    /// `sms` or `email`.
    channel: &'a str,
    to: Option<&'a str>,
    /// Whether a code to that very contact confirmed it: whoever has it gives it up, and need not hear of what comes later.
    is_willing: bool,
}

impl Change<'_> {
    /// Codes that are on their way to the contact of before change nothing any more. An electronic address goes with its
    /// e-mail.
    fn make(&self, tx: &Tx<'_>, env: &Env, actor: &Actor, client: &Client, before: &Profile) -> Result<(), Problem> {
        let Self { channel, to, is_willing } = *self;
        let kind = kind(channel);
        let (from, was_proved) = match kind {
            ContactKind::Phone => (before.phone.as_deref(), before.proved_phone().is_some()),
            ContactKind::Email => (before.email.as_deref(), before.proved_email().is_some()),
        };
        persons::set_contact(tx, &actor.person_id, kind, to)?;
        former_contacts::replace(tx, env.now(), &actor.person_id, kind, from, to, was_proved && !is_willing)?;
        contact_codes::spend_all(tx, &actor.person_id)?;
        let is_another = from != to;
        let action = if is_another { "profile.contact-change" } else { "profile.contact-prove" };
        let names = if channel == "sms" { ["phone_from", "phone_to"] } else { ["email_from", "email_to"] };
        let fields = [(names[0], from.unwrap_or_default()), (names[1], to.unwrap_or_default())];
        audit::record(tx, env, actor, client, action, &profile::object(actor), &fields)?;
        match to {
            Some(email) if channel == "email" => electronic_addresses::follow(tx, env, actor, email)?,
            None if channel == "email" => consents::take_back(tx, env, actor, client, ELECTRONIC_ADDRESS).map(drop)?,
            _ => {}
        }
        if is_another {
            events::emit(tx, env.now(), &actor.person_id, &Event::ContactChanged)?;
        }
        Ok(())
    }
}

/// Who hears of the change: the contact that was replaced, or the other one, and former ones; none that waits for its
/// proof, whose holder could stop the person's sign-in. Whoever replaced the contact before would hear of it alone otherwise.
fn told(conn: &Conn<'_>, env: &Env, before: &Profile, contact: &Contact) -> store::Result<Vec<Contact>> {
    let (phone, email) = (before.proved_phone(), before.proved_email());
    let replaced = match contact {
        Contact::Phone(_) => Contact::preferred(phone, email),
        Contact::Email(_) => email.map(Contact::Email).or(phone.map(Contact::Phone)),
    };
    let over = former_over(conn, env)?;
    // The one that was replaced is a former one by now: it is no second time told.
    let former = former_contacts::to_tell(conn, over, &before.person_id, FORMER_TOLD_MAX + 1)?;
    let former = former.iter().filter_map(|text| parse_contact(text).ok()).filter(|one| Some(one) != replaced.as_ref());
    let former: Vec<_> = former.take(FORMER_TOLD_MAX as usize).collect();
    Ok(replaced.into_iter().chain(former).collect())
}

/// Contacts that were replaced before mean nothing any more.
pub(crate) fn former_over(conn: &Conn<'_>, env: &Env) -> store::Result<Timestamp> {
    let days: i64 = Settings::at(conn, env.now())?.get("former_contact.kept_days")?;
    Ok(env.now() - SignedDuration::from_hours(24 * days))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgottenProfileContact {
    /// `sms` or `email`.
    #[schema(example = "sms")]
    channel: String,
}

/// Sign in and be reached by the phone or the e-mail no more; the last one that gets codes stays. To be confirmed
#[utoipa::path(
    post, path = "/api/auth/profile/contacts/forget", operation_id = "forget_profile_contact", tag = "auth",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    request_body = ForgottenProfileContact,
    responses(
        (status = 200, body = ProfileView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, last-way-in, confirmation-required, \
                        confirmation-stale, rate-limited"),
    )
)]
pub(crate) async fn forget(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Body { value: input, bytes }: Body<ForgottenProfileContact>,
) -> Result<Reply<ProfileView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    env.db().read(|conn| may_go(&profile::own(conn, &actor)?, &input.channel))?;
    let confirmed = confirmation.named(&env, &actor, Operation::ForgetContact, &bytes)?;
    let after = env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        let before = profile::own(tx, &actor)?;
        may_go(&before, &input.channel)?;
        let is_willing = confirmed.has_proved(tx, kind(&input.channel))?;
        Change { channel: &input.channel, to: None, is_willing }.make(tx, &env, &actor, &client, &before)?;
        profile::own(tx, &actor)
    })?;
    Ok(Reply::ok(ProfileView::of(&actor, after)))
}

/// Without a contact that gets codes a forgotten password is lost for good. One that gets none may go as long as another
/// name to sign in by is left: a stranger may have put it there.
fn may_go(profile: &Profile, channel: &str) -> Result<(), Problem> {
    let refused = |detail| Err(Problem::field("/channel", detail));
    let (name, gone, is_unproved, is_other_proved) = match channel {
        "sms" => ("phone", &profile.phone, profile.phone_unproved_since.is_some(), profile.proved_email().is_some()),
        "email" => ("email", &profile.email, profile.email_unproved_since.is_some(), profile.proved_phone().is_some()),
        _ => return refused("Выберите sms или email."),
    };
    let is_other_name_left = profile::sign_in_by(profile).iter().any(|other| *other != name);
    if gone.is_none() {
        return refused("Такого контакта в профиле нет.");
    }
    if is_other_proved || (is_unproved && is_other_name_left) {
        return Ok(());
    }
    let detail = "Без этого контакта не восстановить пароль. Сначала добавьте другой или подтвердите тот, что есть.";
    Err(Problem::new(Slug::LastWayIn, detail))
}
