//! A new person: a code to the phone or e-mail, then the code, a name, a password and the consent, all in one act.
//!
//! A contact that somebody has already gets the same answer at the same cost; instead of a code it gets the words that
//! there is a login, or whom to call where the contact waits for its proof. So nobody can find out who lives here, and whoever forgot is helped.

use axum::{
    extract::State,
    response::{AppendHeaders, IntoResponse},
};
use domain::{
    access::Role,
    contact::{Contact, Identifier},
    one_time_code::OneTimeCode,
    person_name::PersonName,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    consents::{self, Act},
    contact_codes::{self, ContactCode, Purpose},
    events::{self, Event},
    persons::{self, Key, NewPerson},
    settings::Settings,
    state,
};
use utoipa::ToSchema;
use web::{Body, Client, Env, FieldError, Path, Problem, Reply, Slug, fresh_id, gateway, one_time_code, session};

use crate::{
    audits,
    codes::{self, Decided, For, Kept},
    consents::ConsentChoice,
    opening::{self, Device, Opened, Person},
    password::{self, Asker, Slot},
    password_rules,
    sessions::SessionView,
    unproved,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRegistration {
    /// Phone or e-mail: where the code goes, and what one signs in by later.
    #[schema(example = "+79161234567")]
    contact: String,
}

/// A registration that waits for its code.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegistrationView {
    registration_id: String,
    /// `sms` or `email`.
    #[schema(example = "sms")]
    channel: &'static str,
    /// Where the message went, all but its ends hidden.
    #[schema(example = "+7********67")]
    masked_contact: String,
    #[schema(format = DateTime)]
    expires_at: String,
    attempts_left: u32,
}

/// Ask for a code to register with; whoever has a login already gets a message that says so
#[utoipa::path(
    post, path = "/api/auth/registrations", operation_id = "request_registration",
    tag = "auth", request_body = NewRegistration,
    responses(
        (status = 201, body = RegistrationView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "gateway-unavailable"),
    )
)]
pub(crate) async fn request(
    State(env): State<Env>,
    client: Client,
    Body { value: input, .. }: Body<NewRegistration>,
) -> Result<impl IntoResponse, Problem> {
    let contact = parse_contact(&input.contact)?;
    let device = Device::of(&env, &client);
    let (kept, instead) = env.db().write(|tx| ask(tx, &env, &client, &device, &contact))?;
    let text = instead.unwrap_or_else(|| code_words(&kept.code));
    gateway::send(&env, &contact, "Регистрация на портале «Мой дом»", &text).await?;
    let cookie = AppendHeaders([session::device_cookie(device.as_str())]);
    Ok((cookie, Reply::created(view(kept, &contact))))
}

pub(crate) fn parse_contact(text: &str) -> Result<Contact, Problem> {
    match Identifier::parse(text) {
        Ok(Identifier::Phone(phone)) => Ok(Contact::Phone(phone)),
        Ok(Identifier::Email(email)) => Ok(Contact::Email(email)),
        Ok(Identifier::Login(_)) | Err(_) => {
            let detail = "Введите телефон, например +7 916 123-45-67, или почту, например imya@example.ru.";
            Err(Problem::field("/contact", detail))
        }
    }
}

/// The kept code, and what goes out instead of it where somebody has the contact. Each path makes the same calls.
fn ask(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    device: &Device,
    contact: &Contact,
) -> Result<(Kept, Option<String>), Problem> {
    let settings = Settings::at(tx, env.now())?;
    codes::count(tx, env, &settings, client, device, contact.as_str())?;
    let holder = persons::credentials(tx, contact_key(contact))?.map(|known| known.person_id).unwrap_or_default();
    let person = persons::profile(tx, &holder)?;
    let (known, unproved) = (login_words(env)?, unproved::instead_of_a_code(tx, &holder)?);
    let instead = person.map(|person| if unproved::is_proved(&person, contact) { known } else { unproved });
    let whose = For {
        purpose: Purpose::Registration,
        typed: contact.as_str(),
        contact: Some(contact.as_str()),
        person_id: None,
        is_sent: instead.is_none(),
    };
    Ok((codes::keep(tx, env, &settings, device, &whose)?, instead))
}

pub(crate) fn contact_key(contact: &Contact) -> Key<'_> {
    match contact {
        Contact::Phone(phone) => Key::Phone(phone.as_str()),
        Contact::Email(email) => Key::Email(email.as_str()),
    }
}

fn code_words(code: &OneTimeCode) -> String {
    format!("Мой дом: код {} для регистрации. Никому его не сообщайте.", code.expose())
}

fn login_words(env: &Env) -> Result<String, Problem> {
    let origin = env.public_origin()?;
    Ok(format!("Мой дом: у вас уже есть вход. Если забыли пароль, восстановите его: {origin}/recover"))
}

fn view(kept: Kept, contact: &Contact) -> RegistrationView {
    RegistrationView {
        registration_id: kept.contact_code_id,
        channel: contact.channel(),
        masked_contact: contact.masked(),
        expires_at: format!("{:.3}", kept.expires_at),
        attempts_left: kept.attempts_left,
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    /// The six digits from the message.
    #[schema(example = "123456")]
    code: String,
    /// The name to greet with.
    #[schema(example = "Анна Сергеевна")]
    name: String,
    /// As `/api/auth/password-rules` asks.
    password: String,
    /// The consent that the person gave: without it no login can be kept.
    consent: ConsentChoice,
}

/// Register with the code; the answer signs in
#[utoipa::path(
    post, path = "/api/auth/registrations/{registration_id}/confirm", operation_id = "confirm_registration",
    tag = "auth",
    params(("registration_id" = String, Path)), request_body = Registration,
    responses(
        (status = 201, body = SessionView, headers(("set-cookie" = String, description = "The session"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, wrong-code, code-expired, code-spent, consent-outdated, already-registered, \
                        not-found"),
        (status = "5XX", body = Problem, content_type = "application/problem+json", description = "busy"),
    )
)]
pub(crate) async fn confirm(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
    Path(registration_id): Path<String>,
    Body { value: input, .. }: Body<Registration>,
) -> Result<impl IntoResponse, Problem> {
    let (code, name) = check(&input)?;
    let device = Device::of(&env, &client);
    let by = By { env: &env, client: &client, device: &device, registration_id: &registration_id, code: &code };
    let settings = env.settings()?;
    let begin = || env.db().write(|tx| by.begin(tx, &settings, &input));
    let slot = password::in_turn(&env, &settings, Asker::Known, begin).await??;
    let password_hash = slot.hash(&input.password, env.random());
    let opened = env.db().write(|tx| by.finish(tx, slot, &name, &password_hash, &input.consent))??;
    Ok((StatusCode::CREATED, opened.answer(&env, &client, &device, &headers).await?))
}

fn check(input: &Registration) -> Result<(OneTimeCode, PersonName), Problem> {
    let mut errors = Vec::new();
    let code = one_time_code::parse(&input.code).map_err(|error| errors.push(error));
    let name = PersonName::parse(&input.name).map_err(|_| {
        errors.push(FieldError::new("/name", "Напишите, как к вам обращаться, например: Анна Сергеевна."));
    });
    match (code, name) {
        (Ok(code), Ok(name)) => Ok((code, name)),
        _ => Err(Problem::validation(errors)),
    }
}

/// Who confirms which registration with what code.
struct By<'a> {
    env: &'a Env,
    client: &'a Client,
    device: &'a Device,
    registration_id: &'a str,
    code: &'a OneTimeCode,
}

impl By<'_> {
    /// Everything that can refuse stands before the hash, and what needs no code before the code: it costs no attempt.
    fn begin(&self, tx: &Tx<'_>, settings: &Settings, input: &Registration) -> Result<Decided<Slot>, Problem> {
        input.consent.text(tx, self.env, consents::PORTAL)?;
        password_rules::check(settings, &input.password, &[])?;
        let kept = match self.judge(tx)? {
            Ok(kept) => kept,
            Err(refusal) => return Ok(Err(refusal)),
        };
        password_rules::check(settings, &input.password, &[contact_of(&kept)?])?;
        Ok(Ok(Slot::take(tx, self.env, settings, Asker::Known)?))
    }

    fn judge(&self, tx: &Tx<'_>) -> Result<Decided<ContactCode>, Problem> {
        codes::judge(tx, self.env, self.device, Purpose::Registration, self.registration_id, self.code)
    }

    /// The code is judged once more: while the password was hashed, another request may have used it.
    fn finish(
        &self,
        tx: &Tx<'_>,
        slot: Slot,
        name: &PersonName,
        password_hash: &str,
        consent: &ConsentChoice,
    ) -> Result<Decided<Opened>, Problem> {
        slot.free(tx)?;
        let kept = match self.judge(tx)? {
            Ok(kept) => kept,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let contact = parse_contact(contact_of(&kept)?)?;
        if persons::credentials(tx, contact_key(&contact))?.is_some() {
            return Ok(Err(already_registered()));
        }
        contact_codes::mark_used(tx, self.env.now(), self.registration_id)?;
        let person_id = self.add(tx, &contact, name, password_hash)?;
        self.agree(tx, &person_id, consent)?;
        let person = Person { person_id, name: name.as_str().to_owned() };
        Ok(Ok(opening::open(tx, self.env, self.client, self.device, person)?))
    }

    fn add(&self, tx: &Tx<'_>, contact: &Contact, name: &PersonName, password_hash: &str) -> Result<String, Problem> {
        let (person_id, now) = (fresh_id(self.env), self.env.now());
        let (phone, email) = match contact {
            Contact::Phone(phone) => (Some(phone.as_str()), None),
            Contact::Email(email) => (None, Some(email.as_str())),
        };
        let person = NewPerson {
            person_id: &person_id,
            login: None,
            phone,
            email,
            password_hash,
            name: name.as_str(),
            roles: &[Role::Resident],
            is_demo: false,
        };
        state::settle(tx, now)?;
        persons::add(tx, now, &person)?;
        audits::of_person(tx, self.env, self.client, &person_id, "person.register", &[("channel", contact.channel())])?;
        events::emit(tx, now, &person_id, &Event::PersonRegistered)?;
        Ok(person_id)
    }

    fn agree(&self, tx: &Tx<'_>, person_id: &str, consent: &ConsentChoice) -> Result<(), Problem> {
        let text = consent.text(tx, self.env, consents::PORTAL)?;
        Ok(crate::consents::record(tx, self.env, self.client, person_id, &text, Act::Given)?)
    }
}

fn contact_of(kept: &ContactCode) -> Result<&str, Problem> {
    kept.contact.as_deref().ok_or_else(|| Problem::internal("a registration without a contact"))
}

fn already_registered() -> Problem {
    let detail = "С этим телефоном или почтой уже есть вход. Войдите, а если забыли пароль, восстановите его.";
    Problem::new(Slug::AlreadyRegistered, detail)
}
