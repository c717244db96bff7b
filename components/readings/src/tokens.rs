//! Programs of residents that give readings: a token for each, shown once, of chosen meters, until a day.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    account_label::AccountLabel,
    confirmation::Operation,
    delegation::{UntilError, check_until},
    reading::ReadingToken,
};
use http::StatusCode;
use jiff::{SignedDuration, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    reading_tokens::{self, Listed, NewReadingToken},
    readings::{self, Place},
    settings::Settings,
};
use utoipa::ToSchema;
use web::{
    Actor, Body, Client, Env, FieldError, Path, Problem, Reply, audit,
    confirmation::Confirmation,
    consent, fresh_id,
    limit::{self, Rule},
};

use crate::reach;

const PER_PERSON: Rule = Rule { setting: "limit.reading_token_per_person", window: SignedDuration::from_hours(24) };

/// The programs that may give readings for me.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadingTokens {
    /// The newest first.
    items: Vec<ReadingTokenView>,
}

/// A program that may give readings.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadingTokenView {
    reading_token_id: String,
    /// What I call the program.
    #[schema(example = "Home Assistant")]
    name: String,
    account_id: String,
    #[schema(example = "г. Рязань, ул. Ленина, д. 10, кв. 15")]
    address: String,
    meters: Vec<TokenMeter>,
    /// The last day.
    #[schema(format = Date)]
    until: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// When the program came last; null while it has not.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

/// A meter that a program gives readings of.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenMeter {
    /// cold_water, hot_water, electricity, gas or heat.
    kind: String,
    serial: String,
}

impl From<Listed> for ReadingTokenView {
    fn from(one: Listed) -> Self {
        Self {
            reading_token_id: one.reading_token_id,
            name: one.name,
            account_id: one.account_id,
            address: one.address,
            meters: one.meters.into_iter().map(|(kind, serial)| TokenMeter { kind, serial }).collect(),
            until: one.until.to_string(),
            created_at: format!("{:.3}", one.created_at),
            last_used_at: one.last_used_at.map(|at| format!("{at:.3}")),
        }
    }
}

/// The programs that may give readings for me
#[utoipa::path(
    get, path = "/api/readings/tokens", operation_id = "list_reading_tokens", tag = "readings",
    security(("session" = [])),
    responses(
        (status = 200, body = ReadingTokens),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn list(State(env): State<Env>, actor: Actor) -> Result<Reply<ReadingTokens>, Problem> {
    actor.may(Action::ManageReadingTokens, Relation::Own)?;
    let listed = env.db().read(|conn| reading_tokens::of_person(conn, &actor.person_id, env.day()))?;
    Ok(Reply::ok(ReadingTokens { items: listed.into_iter().map(ReadingTokenView::from).collect() }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadingTokenWish {
    /// What I call the program: 1 to 40 characters.
    #[schema(example = "Home Assistant")]
    name: String,
    /// One of my own accounts.
    account_id: String,
    /// Of that account.
    meter_ids: Vec<String>,
    /// The last day, at most three years ahead.
    #[schema(value_type = String, format = Date)]
    until: Date,
}

/// A token, to be shown to its owner now and never again.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewReadingTokenView {
    reading_token_id: String,
    /// For `Authorization: Bearer …`.
    token: String,
    /// Where readings go: what `POST /api/readings/submissions` wants as `account_id`.
    account_id: String,
    #[schema(format = Date)]
    until: String,
}

/// Let a program give readings of some of my meters; its token is shown once. To be confirmed
#[utoipa::path(
    post, path = "/api/readings/tokens", operation_id = "make_reading_token", tag = "readings",
    security(("session" = [])),
    params(("Confirmation" = Option<String>, Header, description = "Of `confirmation-required`, once answered")),
    request_body = ReadingTokenWish,
    responses(
        (status = 201, body = NewReadingTokenView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation, not-found, consent-withdrawn, confirmation-required, \
                        confirmation-stale, rate-limited"),
    )
)]
pub(crate) async fn make(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    confirmation: Confirmation,
    Body { value: wish, bytes }: Body<ReadingTokenWish>,
) -> Result<Reply<NewReadingTokenView>, Problem> {
    actor.may(Action::ManageReadingTokens, Relation::Own)?;
    let (settings, place) = env.db().read(|conn| {
        let reach = reach::of(&env, &actor, Action::ManageReadingTokens);
        let place = readings::places(conn, reach, Some(&wish.account_id))?.pop().ok_or_else(Problem::not_found)?;
        Ok::<_, Problem>((Settings::at(conn, env.now())?, place))
    })?;
    let asked = wish.parse(&env, &settings, &place)?;
    let confirmed = confirmation.named(&env, &actor, Operation::MakeReadingToken, &bytes)?;
    let (reading_token_id, token) = (fresh_id(&env), ReadingToken::from_random(env.random()));
    env.db().write(|tx| {
        confirmed.take(tx, &env)?;
        consent::require(tx, &actor)?;
        limit::count(tx, &env, &settings, PER_PERSON, &actor.person_id)?;
        let new = NewReadingToken {
            reading_token_id: &reading_token_id,
            person_id: &actor.person_id,
            account_id: &wish.account_id,
            token_hash: &token.hash(),
            name: asked.name.as_str(),
            until: wish.until,
            meter_ids: &asked.meter_ids,
        };
        if !reading_tokens::add(tx, env.now(), &new)? {
            return Err(Problem::not_found());
        }
        let until = wish.until.to_string();
        let mut fields = vec![("program", asked.name.as_str()), ("until", &until)];
        fields.extend(asked.meter_ids.iter().map(|meter_id| ("token_meter", meter_id.as_str())));
        let object = format!("account:{}", wish.account_id);
        Ok(audit::record(tx, &env, &actor, &client, "reading-token.make", &object, &fields)?)
    })?;
    let until = wish.until.to_string();
    Ok(Reply::created(NewReadingTokenView {
        reading_token_id,
        token: token.expose(),
        account_id: wish.account_id,
        until,
    }))
}

/// A wish that may be granted.
struct Asked {
    name: AccountLabel,
    meter_ids: Vec<String>,
}

impl ReadingTokenWish {
    fn parse(&self, env: &Env, settings: &Settings, place: &Place) -> Result<Asked, Problem> {
        let mut errors = Vec::new();
        let name = AccountLabel::parse(&self.name).ok().flatten();
        if name.is_none() {
            errors.push(FieldError::new("/name", "Назовите программу, до 40 знаков, например: Home Assistant."));
        }
        let mut meter_ids = self.meter_ids.clone();
        meter_ids.sort_unstable();
        meter_ids.dedup();
        let is_of_place = |id: &String| place.meters.iter().any(|meter| meter.meter_id == *id);
        if meter_ids.is_empty() {
            errors.push(FieldError::new("/meter_ids", "Отметьте хотя бы один счётчик."));
        } else if !meter_ids.iter().all(is_of_place) {
            let detail = "Такого счётчика по этому лицевому счёту нет. Обновите страницу.";
            errors.push(FieldError::new("/meter_ids", detail));
        }
        let until = match check_until(self.until, env.day(), settings.get("reading_token.days_max")?) {
            Ok(()) => None,
            Err(UntilError::Past) => Some("Этот день уже прошёл: выберите сегодня или позже."),
            Err(UntilError::TooFar) => Some("Разрешить можно не дольше чем на три года. Потом сделайте новый ключ."),
        };
        errors.extend(until.map(|detail| FieldError::new("/until", detail)));
        match name {
            Some(name) if errors.is_empty() => Ok(Asked { name, meter_ids }),
            _ => Err(Problem::validation(errors)),
        }
    }
}

/// Let a program give readings no more: from now on
#[utoipa::path(
    delete, path = "/api/readings/tokens/{reading_token_id}", operation_id = "end_reading_token", tag = "readings",
    security(("session" = [])), params(("reading_token_id" = String, Path)),
    responses(
        (status = 204),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn end(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(reading_token_id): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may(Action::ManageReadingTokens, Relation::Own)?;
    env.db().write(|tx| {
        let ended = reading_tokens::end(tx, env.now(), &reading_token_id, &actor.person_id)?;
        let (name, account_id) = ended.ok_or_else(Problem::not_found)?;
        let object = format!("account:{account_id}");
        let fields = [("program", name.as_str())];
        audit::record(tx, &env, &actor, &client, "reading-token.end", &object, &fields)?;
        Ok(StatusCode::NO_CONTENT)
    })
}
