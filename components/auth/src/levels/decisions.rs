//! What the company decides about a request, and the wish that somebody confirms again.

use axum::extract::State;
use domain::{
    access::Action,
    contact::Identifier,
    level_request::{Correction, CorrectionError, Document},
    look::{self, WordsError},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    events::{self, Event},
    grants,
    levels::{
        self, documents,
        requests::{self, OnDesk, Verdict},
    },
    persons::{self, sessions},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, FieldError, Path, Problem, Reply, Slug, audit, gateway, limit};

use super::{
    desk::{LOOKS, LevelDesk, ROLE, called, listed, object, within_reach},
    moment,
    request::stale,
};
use crate::{second_factor::own_contact, sign_in::key};

/// What the company decides.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LevelDecision {
    /// The sending that it is about: a decision never meets what was sent since.
    #[schema(example = 1)]
    round: u32,
    /// `confirmed` or `returned`.
    #[schema(example = "confirmed")]
    verdict: String,
    /// What has to be corrected, where it is returned.
    #[serde(default)]
    corrections: Vec<NewCorrection>,
}

/// Something that the person has to correct.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCorrection {
    /// A field or a document.
    #[schema(example = "passport-scan")]
    item: String,
    /// `mismatch`, `unreadable`, `incomplete`, `wrong-document`, `expired` or `other`.
    #[schema(example = "unreadable")]
    reason: String,
    /// What to add to it, up to 500 characters; `other` needs them.
    #[serde(default)]
    words: String,
}

/// Decide on a request: confirm it, or return it with what has to be corrected; of several decisions one counts
#[utoipa::path(
    post, path = "/api/auth/level-desk/requests/{level_request_id}/decisions", operation_id = "decide_level_request",
    tag = "auth", security(("session" = [])), params(("level_request_id" = String, Path)),
    request_body = LevelDecision,
    responses(
        (status = 201, body = LevelDesk),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, level-request-stale"),
    )
)]
pub(crate) async fn decide(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(level_request_id): Path<String>,
    Body { value: input, .. }: Body<LevelDecision>,
) -> Result<Reply<LevelDesk>, Problem> {
    let reach = actor.reach(Action::CheckIdentity)?;
    let corrections = corrections(&input)?;
    let (person_id, list) = env.db().write(|tx| {
        let one = within_reach(tx, &actor, &level_request_id)?;
        if one.request.round != input.round {
            return Err(stale());
        }
        settle(tx, &env, &actor, &client, &one, &corrections)?;
        Ok((one.request.person_id, listed(tx, &env, &actor, &reach)?))
    })?;
    let text = match corrections.is_empty() {
        true => "Мой дом: ваша личность подтверждена, войдите снова.",
        false => "Мой дом: чтобы подтвердить личность, нужно кое-что исправить.",
    };
    tell(&env, &person_id, &format!("{text} {}/level", env.public_origin()?)).await?;
    Ok(Reply::created(list))
}

/// No corrections: it is confirmed.
fn corrections(input: &LevelDecision) -> Result<Vec<Correction>, Problem> {
    let refused = |pointer: &str, detail: &str| Err(Problem::field(pointer, detail));
    match (input.verdict.as_str(), input.corrections.is_empty()) {
        ("confirmed", true) => return Ok(Vec::new()),
        ("confirmed", false) => return refused("/corrections", "Подтверждая, ничего не возвращают: уберите отметки."),
        ("returned", true) => {
            return refused("/corrections", "Отметьте, что исправить: хотя бы одно поле или документ.");
        }
        ("returned", false) => {}
        _ => return refused("/verdict", "Решите: confirmed или returned."),
    }
    let parsed =
        input.corrections.iter().enumerate().map(|(index, one)| {
            Correction::parse(&one.item, &one.reason, &one.words).map_err(|error| fault(index, error))
        });
    let (good, bad): (Vec<_>, Vec<_>) = parsed.partition(Result::is_ok);
    match bad.is_empty() {
        true => Ok(good.into_iter().filter_map(Result::ok).collect()),
        false => Err(Problem::validation(bad.into_iter().filter_map(Result::err).collect())),
    }
}

fn fault(index: usize, error: CorrectionError) -> FieldError {
    let (field, detail) = match error {
        CorrectionError::UnknownItem => ("item", "Такого поля или документа в заявке нет."),
        CorrectionError::UnknownReason => ("reason", "Выберите причину из списка."),
        CorrectionError::Words(WordsError::Missing) => ("words", "Напишите, что исправить: хотя бы 3 знака."),
        CorrectionError::Words(WordsError::Long) => ("words", "Напишите короче: до 500 знаков."),
    };
    FieldError::new(format!("/corrections/{index}/{field}"), detail)
}

fn settle(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    one: &OnDesk,
    corrections: &[Correction],
) -> Result<(), Problem> {
    let is_confirmed = corrections.is_empty();
    if is_confirmed {
        refuse_unseen(tx, actor, one)?;
    }
    let verdict = if is_confirmed { Verdict::Confirmed } else { Verdict::Returned(corrections) };
    if !requests::decide(tx, env.now(), &one.request, &actor.person_id, verdict)? {
        return Err(stale());
    }
    let person_id = &one.request.person_id;
    let items: Vec<_> = corrections.iter().filter_map(Correction::item).map(|item| item.words()).collect();
    let (action, event) = match is_confirmed {
        true => ("level.confirm", Event::LevelConfirmed),
        false => ("level.return", Event::LevelReturned { items: items.join(", ") }),
    };
    if is_confirmed {
        levels::confirm(tx, env.now(), person_id)?;
        // No session of before gets what the level opens.
        sessions::end_all(tx, env.now(), person_id)?;
    }
    audit::record(tx, env, actor, client, action, &object(one), &[ROLE, ("reason", &items.join(", "))])?;
    Ok(events::emit(tx, env.now(), person_id, &event)?)
}

/// Whoever confirms has opened each file of this round.
fn refuse_unseen(tx: &Tx<'_>, actor: &Actor, one: &OnDesk) -> Result<(), Problem> {
    let since = one.request.submitted_at.unwrap_or(Timestamp::MIN);
    let opened = store::audit::fields_since(tx, &actor.person_id, (&object(one), "level.open"), since, "words")?;
    let there = documents::latest(tx, &one.request.level_request_id)?.into_iter();
    let there = there.filter_map(|kept| Some(called(Document::parse(&kept.kind)?, kept.place)));
    let unseen: Vec<_> = there.filter(|words| !opened.contains(words)).collect();
    if unseen.is_empty() {
        return Ok(());
    }
    Err(Problem::field("/verdict", format!("Сначала откройте: {}. Потом подтвердите личность.", unseen.join(", "))))
}

/// Whoever waits for a decision hears of it at once, where there is a contact.
async fn tell(env: &Env, person_id: &str, text: &str) -> Result<(), Problem> {
    let profile = env.db().read(|conn| persons::profile(conn, person_id))?;
    let Some(contact) = profile.as_ref().and_then(own_contact) else { return Ok(()) };
    gateway::send_unseen(env, &contact, "Подтверждение личности на портале «Мой дом»", text).await
}

/// Whom to ask to confirm again, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskAgain {
    /// Login, phone or e-mail, whole.
    #[schema(example = "anna")]
    identifier: String,
    /// What the person reads: 3 to 500 characters.
    #[schema(example = "В реестре у квартиры сменился собственник")]
    reason: String,
}

/// When somebody was asked to confirm again.
#[derive(Serialize, ToSchema)]
pub(crate) struct AskedAgain {
    /// How the person wants to be greeted.
    name: String,
    #[schema(format = DateTime)]
    asked_again_at: String,
}

/// Ask a person to confirm who it is once more: what the confirmed level opens is closed until then
#[utoipa::path(
    post, path = "/api/auth/level-desk/ask-again", operation_id = "ask_level_again", tag = "auth",
    security(("session" = [])), request_body = AskAgain,
    responses(
        (status = 201, body = AskedAgain),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation, rate-limited"),
    )
)]
pub(crate) async fn ask_again(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: input, .. }: Body<AskAgain>,
) -> Result<Reply<AskedAgain>, Problem> {
    actor.reach(Action::CheckIdentity)?;
    let (identifier, reason) = whom(&input)?;
    let now = env.now();
    let (person_id, name) = env.db().write(|tx| lower(tx, &env, &actor, &client, &identifier, reason, now))??;
    let text = format!("Мой дом: подтвердите личность заново. {}/level", env.public_origin()?);
    tell(&env, &person_id, &text).await?;
    Ok(Reply::created(AskedAgain { name, asked_again_at: moment(now) }))
}

fn whom(input: &AskAgain) -> Result<(Identifier, &str), Problem> {
    let identifier = Identifier::parse(&input.identifier)
        .map_err(|_| FieldError::new("/identifier", "Введите логин, телефон или почту целиком."));
    let reason = look::words(&input.reason, true)
        .map_err(|_| FieldError::new("/reason", "Напишите, почему: от 3 до 500 знаков. Человек это прочтёт."));
    match (identifier, reason) {
        (Ok(identifier), Ok(reason)) => Ok((identifier, reason)),
        (identifier, reason) => Err(Problem::validation(identifier.err().into_iter().chain(reason.err()).collect())),
    }
}

/// It commits either way: a search that found nobody is counted too.
fn lower(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    identifier: &Identifier,
    reason: &str,
    now: Timestamp,
) -> Result<Result<(String, String), Problem>, Problem> {
    limit::count(tx, env, &Settings::at(tx, now)?, LOOKS, &actor.person_id)?;
    let known = persons::credentials(tx, key(identifier))?;
    let known =
        known.map(|known| Ok::<_, store::Error>((grants::whereabouts(tx, &known.person_id)?, known))).transpose()?;
    let Some((_, known)) = known.filter(|(place, _)| actor.reaches_person(Action::CheckIdentity, place)) else {
        let detail =
            "Такого логина, телефона или почты ни у кого из ваших жителей нет. Проверьте каждую букву и цифру.";
        return Ok(Err(Problem::new(Slug::NotFound, detail)));
    };
    if known.person_id == actor.person_id {
        return Ok(Err(Problem::new(Slug::Forbidden, "О вашей личности решает другой сотрудник.")));
    }
    levels::ask_again(tx, now, &known.person_id, reason)?;
    let object = format!("person:{}", known.person_id);
    audit::record(tx, env, actor, client, "level.ask-again", &object, &[ROLE, ("reason", reason)])?;
    events::emit(tx, now, &known.person_id, &Event::LevelAskedAgain { reason: reason.to_owned() })?;
    Ok(Ok((known.person_id, known.name)))
}
