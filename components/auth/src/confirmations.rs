//! What the signed-in person was asked to confirm once more: by what, and the answer.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    confirmation::{self, Means, Method, Operation},
    contact::Contact,
    one_time_code::{Challenge, OneTimeCode},
};
use http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn, Tx,
    confirmations::{self, Asked},
    identities,
    persons::{ContactKind, Profile, sessions},
    second_factors,
    settings::Settings,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, Path, Problem, Reply, audit,
    confirmation::stale,
    gateway,
    limit::{self, Rule},
    one_time_code,
};

use crate::{
    codes::{Decided, HOUR},
    opening::Device,
    passkeys::{self, PasskeyProof},
    password::{self, Asker, Slot},
    profile,
    provider_sign_ins::{self, ProviderView},
    second_factor::{self, Answer},
};

const CODES_PER_PERSON: Rule = Rule { setting: "limit.confirmation_code_per_person", window: HOUR };

/// What is to be confirmed, and by what.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfirmationView {
    confirmation_id: String,
    #[schema(example = "change-contact")]
    operation: String,
    /// The same in words; Russian.
    words: &'static str,
    /// The one to offer first before the others.
    methods: Vec<MethodView>,
    attempts_left: u32,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// A way to confirm.
#[derive(Serialize, ToSchema)]
pub(crate) struct MethodView {
    /// `totp`, `passkey`, `sms`, `email`, `recovery-code`, `password` or `sign-in`.
    #[schema(value_type = String, example = "sms")]
    method: Method,
    /// Where a code would go, all but its ends hidden.
    masked_contact: Option<String>,
    /// For `sign-in`: where to sign in anew first, with `is_anew`; none where the last sign-in there was a moment ago.
    sign_in_at: Vec<ProviderView>,
}

/// What I am asked to confirm
#[utoipa::path(
    get, path = "/api/auth/confirmations/{confirmation_id}", operation_id = "show_confirmation", tag = "auth",
    security(("session" = [])), params(("confirmation_id" = String, Path)),
    responses(
        (status = 200, body = ConfirmationView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn show(
    State(env): State<Env>,
    actor: Actor,
    Path(confirmation_id): Path<String>,
) -> Result<Reply<ConfirmationView>, Problem> {
    actor.may(Action::Confirm, Relation::Own)?;
    let asked = env.db().read(|conn| find(conn, &actor, &confirmation_id))?;
    let operation = operation(&asked)?;
    Ok(Reply::ok(ConfirmationView {
        confirmation_id,
        words: operation.words(),
        operation: asked.operation,
        methods: env.db().read(|conn| views(conn, &env, &actor, operation))?,
        attempts_left: asked.attempts_left,
        expires_at: format!("{:.3}", asked.expires_at),
    }))
}

fn views(conn: &Conn<'_>, env: &Env, actor: &Actor, operation: Operation) -> Result<Vec<MethodView>, Problem> {
    let profile = profile::own(conn, actor)?;
    let view = |method| {
        let sign_in_at = if method == Method::SignIn { sign_in_at(conn, env, actor)? } else { Vec::new() };
        Ok(MethodView { method, masked_contact: masked(&profile, method), sign_in_at })
    };
    methods(conn, &profile, operation)?.into_iter().map(view).collect()
}

/// Where a person signs in anew whose last sign-in there was too long ago to confirm anything.
fn sign_in_at(conn: &Conn<'_>, env: &Env, actor: &Actor) -> Result<Vec<ProviderView>, Problem> {
    if confirmation::is_recent(sessions::authenticated_at(conn, &actor.session_id)?, env.now()) {
        return Ok(Vec::new());
    }
    let linked = identities::of_person(conn, &actor.person_id)?;
    let is_linked = |one: &ProviderView| linked.iter().any(|linked| linked.provider == one.provider);
    Ok(provider_sign_ins::views(env)?.filter(is_linked).collect())
}

fn find(conn: &Conn<'_>, actor: &Actor, confirmation_id: &str) -> Result<Asked, Problem> {
    confirmations::find(conn, &actor.session_id, confirmation_id)?.ok_or_else(Problem::not_found)
}

fn operation(asked: &Asked) -> Result<Operation, Problem> {
    let unknown = || Problem::internal(format!("a confirmation of {}", asked.operation));
    Operation::parse(&asked.operation).ok_or_else(unknown)
}

/// By what this person may confirm this operation.
fn methods(conn: &Conn<'_>, profile: &Profile, operation: Operation) -> store::Result<Vec<Method>> {
    Ok(confirmation::methods(means(conn, profile)?, operation))
}

fn means(conn: &Conn<'_>, profile: &Profile) -> store::Result<Means> {
    let enrolled = second_factors::enrolled(conn, &profile.person_id)?;
    Ok(Means {
        has_totp: enrolled.totp_since.is_some(),
        has_passkeys: enrolled.passkeys > 0,
        has_recovery_codes: enrolled.recovery_codes_left > 0,
        has_phone: profile.proved_phone().is_some(),
        has_email: profile.proved_email().is_some(),
        has_password: profile::has_password(profile),
    })
}

fn masked(profile: &Profile, method: Method) -> Option<String> {
    match method {
        Method::Sms => profile::masked_phone(profile),
        Method::Email => profile::masked_email(profile),
        Method::Totp | Method::Passkey | Method::RecoveryCode | Method::Password | Method::SignIn => None,
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConfirmationCode {
    /// `sms` or `email`, of those that the confirmation offers.
    #[schema(value_type = String, example = "sms")]
    method: Method,
}

/// A code that was sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfirmationCodeView {
    #[schema(example = "+7********15")]
    masked_contact: String,
    #[schema(format = DateTime)]
    expires_at: String,
    attempts_left: u32,
}

/// Send me a code to confirm with; the one before it fits no more
#[utoipa::path(
    post, path = "/api/auth/confirmations/{confirmation_id}/codes", operation_id = "send_confirmation_code",
    tag = "auth", security(("session" = [])), params(("confirmation_id" = String, Path)),
    request_body = NewConfirmationCode,
    responses(
        (status = 201, body = ConfirmationCodeView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, confirmation-stale, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json",
         description = "gateway-unavailable"),
    )
)]
pub(crate) async fn send_code(
    State(env): State<Env>,
    actor: Actor,
    Path(confirmation_id): Path<String>,
    Body { value: input, .. }: Body<NewConfirmationCode>,
) -> Result<Reply<ConfirmationCodeView>, Problem> {
    actor.may(Action::Confirm, Relation::Own)?;
    let fresh = env.db().write(|tx| keep_code(tx, &env, &actor, &confirmation_id, input.method))?;
    let text = format!("Мой дом: код {} подтверждает: {}. Никому его не сообщайте.", fresh.code.expose(), fresh.words);
    gateway::send(&env, &fresh.contact, "Код подтверждения на портале «Мой дом»", &text).await?;
    Ok(Reply::created(fresh.view))
}

/// A code that is to be sent.
struct Fresh {
    code: OneTimeCode,
    contact: Contact,
    words: &'static str,
    view: ConfirmationCodeView,
}

fn keep_code(tx: &Tx<'_>, env: &Env, actor: &Actor, confirmation_id: &str, method: Method) -> Result<Fresh, Problem> {
    let (now, settings) = (env.now(), Settings::at(tx, env.now())?);
    let asked = find(tx, actor, confirmation_id)?;
    if asked.is_confirmed || asked.attempts_left == 0 || now > asked.expires_at {
        return Err(stale());
    }
    let (profile, operation) = (profile::own(tx, actor)?, operation(&asked)?);
    let is_offered = methods(tx, &profile, operation)?.contains(&method);
    let contact = contact(&profile, method).filter(|_| is_offered).ok_or_else(other_method)?;
    limit::count(tx, env, &settings, CODES_PER_PERSON, &actor.person_id)?;
    let code = one_time_code::fresh(env);
    let minutes = SignedDuration::from_mins(settings.get("confirmation.code_minutes")?);
    let expires_at = (now + minutes).min(asked.expires_at);
    confirmations::keep_code(tx, confirmation_id, &code.hash(confirmation_id), expires_at)?;
    let view = ConfirmationCodeView {
        masked_contact: contact.masked(),
        expires_at: format!("{expires_at:.3}"),
        attempts_left: asked.attempts_left,
    };
    Ok(Fresh { code, contact, words: operation.words(), view })
}

fn contact(profile: &Profile, method: Method) -> Option<Contact> {
    match method {
        Method::Sms => profile.proved_phone().map(Contact::Phone),
        Method::Email => profile.proved_email().map(Contact::Email),
        Method::Totp | Method::Passkey | Method::RecoveryCode | Method::Password | Method::SignIn => None,
    }
}

fn other_method() -> Problem {
    let detail = "Так подтвердить нельзя. Выберите способ из тех, что предложены.";
    Problem::field("/method", detail)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmationAnswer {
    /// One of those that the confirmation offers.
    #[schema(value_type = String, example = "sms")]
    method: Method,
    /// The six digits from the message or the app, or the code from paper.
    #[schema(example = "123456")]
    #[serde(default)]
    code: String,
    /// For `password`.
    #[serde(default)]
    password: String,
    /// For `passkey`.
    #[serde(default)]
    passkey: Option<PasskeyProof>,
}

/// Confirm; the request that asked for it is sent again then, with the id in its header `Confirmation`
#[utoipa::path(
    post, path = "/api/auth/confirmations/{confirmation_id}/answers", operation_id = "answer_confirmation",
    tag = "auth", security(("session" = [])), params(("confirmation_id" = String, Path)),
    request_body = ConfirmationAnswer,
    responses(
        (status = 204, description = "Confirmed"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, wrong-code, code-expired, code-spent, \
                        passkey-refused, confirmation-stale, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json", description = "busy"),
    )
)]
pub(crate) async fn answer(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(confirmation_id): Path<String>,
    Body { value: input, .. }: Body<ConfirmationAnswer>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::Confirm, Relation::Own)?;
    let by = By { env: &env, actor: &actor, client: &client, confirmation_id: &confirmation_id, method: input.method };
    match input.method {
        Method::Sms | Method::Email => {
            let code = one_time_code::parse(&input.code).map_err(|error| Problem::validation(vec![error]))?;
            env.db().write(|tx| by.code(tx, &code))??;
        }
        Method::Totp | Method::RecoveryCode => {
            let answer = Answer::parse(input.method.as_str(), &input.code, "/code")?;
            env.db().write(|tx| by.factor(tx, &answer))??;
        }
        Method::Passkey => {
            let proof = input.passkey.ok_or_else(no_proof)?;
            env.db().write(|tx| by.passkey(tx, &proof))??;
        }
        Method::Password => by.password(&input.password).await?,
        Method::SignIn => env.db().write(|tx| by.sign_in(tx))??,
    }
    Ok(StatusCode::NO_CONTENT)
}

fn no_proof() -> Problem {
    Problem::field("/passkey", "Добавьте ответ ключа.")
}

/// Who answers which confirmation by what.
struct By<'a> {
    env: &'a Env,
    actor: &'a Actor,
    client: &'a Client,
    confirmation_id: &'a str,
    method: Method,
}

impl By<'_> {
    fn code(&self, tx: &Tx<'_>, code: &OneTimeCode) -> Result<Decided<()>, Problem> {
        let (asked, _) = self.begin(tx)?;
        let challenge = Challenge {
            request_id: self.confirmation_id,
            code_hash: &asked.code_hash,
            attempts_left: asked.attempts_left,
            expires_at: asked.code_expires_at.unwrap_or(asked.expires_at),
            is_used: false,
        };
        match one_time_code::refusal(challenge.answer(code, self.env.now())) {
            None => self.succeed(tx, &asked).map(Ok),
            Some(refusal) => self.fail(tx, &asked, refusal).map(Err),
        }
    }

    fn factor(&self, tx: &Tx<'_>, answer: &Answer) -> Result<Decided<()>, Problem> {
        let (asked, _) = self.begin(tx)?;
        let (person_id, device) = (&self.actor.person_id, Device::of(self.env, self.client));
        let is_right = second_factor::counted(tx, self.env, &device, person_id, || {
            second_factor::verify(tx, self.env, self.client, person_id, answer)
        })?;
        if is_right {
            return self.succeed(tx, &asked).map(Ok);
        }
        self.fail(tx, &asked, one_time_code::wrong(asked.attempts_left - 1)).map(Err)
    }

    fn passkey(&self, tx: &Tx<'_>, proof: &PasskeyProof) -> Result<Decided<()>, Problem> {
        let (asked, _) = self.begin(tx)?;
        let device = Device::of(self.env, self.client);
        match passkeys::proved(tx, self.env, self.client, &device, &proof.challenge_id, &proof.answer)? {
            Ok(person_id) if person_id == self.actor.person_id => self.succeed(tx, &asked).map(Ok),
            Ok(_) => self.fail(tx, &asked, passkeys::refused("another person's")).map(Err),
            Err(refusal) => self.fail(tx, &asked, refusal).map(Err),
        }
    }

    async fn password(&self, password: &str) -> Result<(), Problem> {
        if password.is_empty() {
            return Err(Problem::field("/password", "Введите пароль."));
        }
        let env = self.env;
        let settings = env.settings()?;
        let begin = || env.db().write(|tx| self.begin_hashing(tx, &settings));
        let (asked, profile, slot) = password::in_turn(env, &settings, Asker::Known, begin).await?;
        let is_right = slot.is_right(password, Some(&profile.password_hash));
        env.db().write(|tx| self.finish_hashing(tx, slot, &asked, &profile, is_right))?
    }

    fn begin_hashing(&self, tx: &Tx<'_>, settings: &Settings) -> Result<(Asked, Profile, Slot), Problem> {
        let (asked, profile) = self.begin(tx)?;
        limit::count(tx, self.env, settings, profile::PER_PERSON, &self.actor.person_id)?;
        Ok((asked, profile, Slot::take(tx, self.env, settings, Asker::Known)?))
    }

    fn finish_hashing(
        &self,
        tx: &Tx<'_>,
        slot: Slot,
        asked: &Asked,
        verified: &Profile,
        is_right: bool,
    ) -> Result<Decided<()>, Problem> {
        slot.free(tx)?;
        if is_right && profile::own(tx, self.actor)?.password_no == verified.password_no {
            limit::take_back(tx, profile::PER_PERSON, &self.actor.person_id)?;
            return self.succeed(tx, asked).map(Ok);
        }
        let detail = "Это не ваш пароль. Проверьте раскладку и Caps Lock.";
        let refusal = Problem::field("/password", detail);
        self.fail(tx, asked, refusal).map(Err)
    }

    /// By when the person signed in at the provider: a session there that was left open opens one here at any time.
    fn sign_in(&self, tx: &Tx<'_>) -> Result<Decided<()>, Problem> {
        let (asked, _) = self.begin(tx)?;
        if confirmation::is_recent(sessions::authenticated_at(tx, &self.actor.session_id)?, self.env.now()) {
            return self.succeed(tx, &asked).map(Ok);
        }
        let detail = "В сервис, через который вы входите, вы вошли давно. Войдите через него ещё раз и повторите действие: \
                      первые пять минут после входа оно подтвердится.";
        self.fail(tx, &asked, Problem::field("/method", detail)).map(Err)
    }

    /// Takes one of the tries, before anything is compared: many answers at once are no more than there are tries.
    fn begin(&self, tx: &Tx<'_>) -> Result<(Asked, Profile), Problem> {
        let asked = find(tx, self.actor, self.confirmation_id)?;
        let profile = profile::own(tx, self.actor)?;
        if !methods(tx, &profile, operation(&asked)?)?.contains(&self.method) {
            return Err(other_method());
        }
        if !confirmations::spend_attempt(tx, self.env.now(), self.confirmation_id)? {
            return Err(stale());
        }
        Ok((asked, profile))
    }

    fn succeed(&self, tx: &Tx<'_>, asked: &Asked) -> Result<(), Problem> {
        confirmations::confirm(tx, self.env.now(), self.confirmation_id)?;
        match self.method {
            Method::Sms => confirmations::note_proved(tx, self.confirmation_id, ContactKind::Phone)?,
            Method::Email => confirmations::note_proved(tx, self.confirmation_id, ContactKind::Email)?,
            _ => {}
        }
        self.record(tx, "confirmation.give", asked)
    }

    /// It commits: a wrong answer has cost a try, and is noted. After the last try only a new confirmation helps.
    fn fail(&self, tx: &Tx<'_>, asked: &Asked, refusal: Problem) -> Result<Problem, Problem> {
        self.record(tx, "confirmation.refuse", asked)?;
        Ok(if asked.attempts_left > 1 { refusal } else { stale() })
    }

    fn record(&self, tx: &Tx<'_>, action: &str, asked: &Asked) -> Result<(), Problem> {
        let object = format!("person:{}", self.actor.person_id);
        let fields = [("operation", asked.operation.as_str()), ("method", self.method.as_str())];
        Ok(audit::record(tx, self.env, self.actor, self.client, action, &object, &fields)?)
    }
}
