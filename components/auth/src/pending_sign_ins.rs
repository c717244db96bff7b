//! The second step of a sign-in: the answer of a factor, and the message that carries a code.

use axum::{extract::State, response::IntoResponse};
use domain::{one_time_code::OneTimeCode, russian::plural, second_factor::Method};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use serde::Deserialize;
use store::{
    Conn, Tx,
    events::{self, Event},
    pending_sign_ins::{self, Pending},
    persons::{self, Profile, sessions::note_provider},
    settings::Settings,
    trusted_devices::{self, NewTrusted},
};
use utoipa::ToSchema;
use web::{
    Body, Client, Env, FieldError, Path, Problem, Reply, SecondFactor, Slug, fresh_id, gateway, one_time_code, session,
};

use crate::{
    audits,
    codes::{self, Decided},
    locks,
    opening::{self, Device, Opened, Person},
    recoveries,
    second_factor::{self, Answer},
    second_stage,
    sessions::SessionView,
    sign_in::Limits,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondStep {
    /// One of `second_factor.methods`.
    #[schema(example = "totp")]
    method: String,
    /// The digits of the app or the message, or a code from paper.
    #[schema(example = "123456")]
    answer: String,
    /// Not to be asked on this device for a month.
    #[serde(default)]
    trust_device: bool,
}

/// The sign-in of this browser that waits for its second step
#[utoipa::path(
    get, path = "/api/auth/sign-ins/awaiting", operation_id = "show_awaiting_sign_in", tag = "auth",
    responses(
        (status = 200, body = SecondFactor),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "not-found"),
    )
)]
pub(crate) async fn awaiting(State(env): State<Env>, client: Client) -> Result<Reply<SecondFactor>, Problem> {
    let device = Device::of(&env, &client).hash();
    let found = env.db().read(|conn| {
        let pending = pending_sign_ins::of_device(conn, env.now(), &device)?.ok_or_else(Problem::not_found)?;
        second_stage::view(conn, pending)
    })?;
    Ok(Reply::ok(found))
}

/// Finish a sign-in with the second factor, in the browser that began it
#[utoipa::path(
    post, path = "/api/auth/sign-ins/{sign_in_id}/answers", operation_id = "answer_sign_in", tag = "auth",
    params(("sign_in_id" = String, Path)), request_body = SecondStep,
    responses(
        (status = 200, body = SessionView, headers(("set-cookie" = String, description = "The session"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "validation, wrong-code, sign-in-stale, rate-limited"),
    )
)]
pub(crate) async fn answer(
    State(env): State<Env>,
    client: Client,
    headers: HeaderMap,
    Path(sign_in_id): Path<String>,
    Body { value: input, .. }: Body<SecondStep>,
) -> Result<impl IntoResponse, Problem> {
    let given = Answer::parse(&input.method, &input.answer, "/answer")?;
    let device = Device::of(&env, &client);
    let step = Step { env: &env, client: &client, device: &device, is_trusted: input.trust_device };
    // A guess at a sign-in that waits for nothing begins no transaction.
    env.db().read(|conn| find(conn, &env, &sign_in_id, &device))?;
    let opened = env.db().write(|tx| step.take(tx, &sign_in_id, &given))??;
    opened.answer(&env, &client, &device, &headers).await
}

/// One answer, from where.
struct Step<'a> {
    env: &'a Env,
    client: &'a Client,
    device: &'a Device,
    is_trusted: bool,
}

impl Step<'_> {
    /// It commits either way: a wrong answer costs an attempt.
    fn take(&self, tx: &Tx<'_>, sign_in_id: &str, answer: &Answer) -> Result<Decided<Opened>, Problem> {
        let pending = find(tx, self.env, sign_in_id, self.device)?;
        let settings = Settings::at(tx, self.env.now())?;
        let limits = Limits::of(tx, self.client, self.device, Some(&pending.person_id))?;
        limits.count(tx, self.env, &settings)?;
        let is_right = second_factor::counted(tx, self.env, self.device, &pending.person_id, || {
            self.is_right(tx, &pending, answer)
        })?;
        if !is_right {
            return self.refuse(tx, &pending).map(Err);
        }
        limits.take_back(tx)?;
        if !pending_sign_ins::take(tx, self.env.now(), sign_in_id)? {
            return Err(stale());
        }
        self.let_in(tx, &settings, &pending).map(Ok)
    }

    fn is_right(&self, tx: &Tx<'_>, pending: &Pending, answer: &Answer) -> Result<bool, Problem> {
        let is_sent = |code: &OneTimeCode| code.matches(&pending.sign_in_id, &pending.code_hash);
        match answer {
            Answer::Code(code) => Ok(is_sent(code)),
            answer => second_factor::verify(tx, self.env, self.client, &pending.person_id, answer),
        }
    }

    /// Somebody knows the password and not the rest: the person is told once the answers are used up.
    fn refuse(&self, tx: &Tx<'_>, pending: &Pending) -> Result<Problem, Problem> {
        let left = pending_sign_ins::spend_attempt(tx, &pending.sign_in_id)?;
        if left == 0 {
            audits::of_person(tx, self.env, self.client, &pending.person_id, "second-factor.refuse", &[])?;
            events::emit(tx, self.env.now(), &pending.person_id, &Event::SecondFactorRefused)?;
        }
        Ok(wrong(left))
    }

    fn let_in(&self, tx: &Tx<'_>, settings: &Settings, pending: &Pending) -> Result<Opened, Problem> {
        let Self { env, client, device, .. } = self;
        let person_id = pending.person_id.clone();
        if let Some(password_hash) = &pending.new_password_hash {
            let person = persons::profile(tx, &person_id)?.ok_or_else(stale)?;
            audits::of_person(tx, env, client, &person_id, "password.recover", &[])?;
            recoveries::take_over(tx, env, client, &person, password_hash)?;
        }
        locks::passed(tx, env, &person_id, &device.hash())?;
        if self.is_trusted {
            self.trust(tx, settings, &person_id)?;
        }
        let name = persons::name(tx, &person_id)?.ok_or_else(stale)?;
        let opened = opening::open(tx, env, client, device, Person { person_id, name })?;
        pending.provider().map_or(Ok(()), |by| note_provider(tx, &opened.actor().session_id, by))?;
        Ok(opened)
    }

    fn trust(&self, tx: &Tx<'_>, settings: &Settings, person_id: &str) -> store::Result<()> {
        let days: i64 = settings.get("trusted_device.days")?;
        let new = NewTrusted {
            trusted_device_id: &fresh_id(self.env),
            person_id,
            device: &self.device.hash(),
            user_agent: &self.client.user_agent,
            expires_at: self.env.now() + SignedDuration::from_hours(24 * days),
        };
        trusted_devices::trust(tx, self.env.now(), &new)?;
        let fields = [("user_agent", self.client.user_agent.as_str())];
        audits::of_person(tx, self.env, self.client, person_id, "device.trust", &fields)
    }
}

fn find(conn: &Conn<'_>, env: &Env, sign_in_id: &str, device: &Device) -> Result<Pending, Problem> {
    pending_sign_ins::find(conn, env.now(), sign_in_id, &device.hash())?.ok_or_else(stale)
}

/// The same words for what is over, used up, of another browser, or never was.
fn stale() -> Problem {
    Problem::new(
        Slug::SignInStale,
        "На второй шаг входа не хватило времени или попыток, либо вход начат в другом браузере. Вернитесь к началу и введите \
         пароль ещё раз: новый код мы спросим после него.",
    )
}

fn wrong(attempts_left: u32) -> Problem {
    let detail = match attempts_left {
        0 => "Попыток не осталось. Введите пароль ещё раз.".to_owned(),
        left => {
            let left_is = plural(left.into(), "Осталась", "Осталось", "Осталось");
            let attempts = plural(left.into(), "попытка", "попытки", "попыток");
            format!("Код не подошёл. {left_is} {left} {attempts}.")
        }
    };
    let error = FieldError { attempts_left: Some(attempts_left), ..FieldError::new("/answer", detail.clone()) };
    Problem::new(Slug::WrongCode, detail).with_errors(vec![error])
}

/// Send a code for the second step to the person's own phone or e-mail; only the last one counts
#[utoipa::path(
    post, path = "/api/auth/sign-ins/{sign_in_id}/codes", operation_id = "send_sign_in_code", tag = "auth",
    params(("sign_in_id" = String, Path)),
    responses(
        (status = 204, description = "The code is on its way"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "sign-in-stale, no-contact, rate-limited"),
        (status = "5XX", body = Problem, content_type = "application/problem+json", description = "gateway-unavailable"),
    )
)]
pub(crate) async fn send_code(
    State(env): State<Env>,
    client: Client,
    Path(sign_in_id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let device = Device::of(&env, &client);
    let code = one_time_code::fresh(&env);
    let contact = env.db().write(|tx| {
        let pending = find(tx, &env, &sign_in_id, &device)?;
        let profile = whose(tx, &pending)?;
        let contact = second_factor::own_contact(&profile).ok_or_else(no_code)?;
        let asker = opening::asker(tx, &device, Some(&pending.person_id))?;
        let subject = format!("{}{asker}", contact.as_str());
        codes::count(tx, &env, &Settings::at(tx, env.now())?, &client, &device, &subject)?;
        pending_sign_ins::set_code(tx, &sign_in_id, &code)?;
        Ok::<_, Problem>(contact)
    })?;
    let text = format!("Мой дом: код входа {}. Никому его не сообщайте.", code.expose());
    gateway::send(&env, &contact, "Код входа на портал «Мой дом»", &text).await?;
    Ok((StatusCode::NO_CONTENT, [session::device_cookie(device.as_str())]))
}

/// The person, where codes by message are one of the ways.
fn whose(tx: &Tx<'_>, pending: &Pending) -> Result<Profile, Problem> {
    if !second_stage::offered(tx, &pending.person_id, pending.is_by_contact())?.contains(&Method::Code) {
        return Err(no_code());
    }
    persons::profile(tx, &pending.person_id)?.ok_or_else(stale)
}

fn no_code() -> Problem {
    Problem::new(Slug::NoContact, "Код сообщением для этого входа не включён. Выберите другой способ.")
}
