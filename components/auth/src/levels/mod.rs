//! On which level I stand, what that opens, and how to rise: `request` is what a person sends to the company, `desk`
//! where the company sees it, `decisions` what it says.

pub(crate) mod decisions;
pub(crate) mod desk;
pub(crate) mod request;
mod sealed;

use std::cmp::Ordering;

use axum::extract::State;
use domain::{
    access::{Action, Relation, allows},
    identity::Level,
    level::{self, Standing},
};
use jiff::Timestamp;
use serde::Serialize;
use store::{
    Conn, Tx,
    events::{self, Event},
    levels::{self, requests},
    persons::sessions,
    settings::Settings,
};
use utoipa::ToSchema;
use web::{Actor, Env, Problem, Reply};

use request::LevelRequestView;

/// Makes a change after which the portal may be surer who a person is, or less sure. What it becomes surer by opens things:
/// a session of before does not get them, whoever has it. Of a fall the person is told.
pub(crate) fn following(
    tx: &Tx<'_>,
    env: &Env,
    person_id: &str,
    change: impl FnOnce() -> Result<(), Problem>,
) -> Result<(), Problem> {
    let settings = Settings::at(tx, env.now())?;
    let before = web::level::standing(tx, env, &settings, person_id)?.level;
    change()?;
    match web::level::standing(tx, env, &settings, person_id)?.level.cmp(&before) {
        Ordering::Less => events::emit(tx, env.now(), person_id, &Event::LevelFell)?,
        Ordering::Equal => {}
        Ordering::Greater => sessions::end_all(tx, env.now(), person_id)?,
    }
    Ok(())
}

/// How sure the portal is who I am.
#[derive(Serialize, ToSchema)]
pub(crate) struct LevelView {
    /// `basic` or `confirmed`.
    #[schema(example = "basic")]
    level: &'static str,
    /// Who says so: `provider` or `company`; null on the basic level.
    #[schema(example = "company")]
    source: Option<&'static str>,
    /// When that was said the last time.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// When it has to be said again; null where it has no end.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Whether the operator asks for levels at all.
    is_required: bool,
    /// What asks for the confirmed level, of what my roles let me do.
    opens: Vec<OpenedView>,
    /// Why the company asks to confirm again; null where it does not.
    asked_again: Option<String>,
    /// My request to the company; null where none is open.
    request: Option<LevelRequestView>,
}

/// Something that the confirmed level opens.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenedView {
    /// Russian.
    #[schema(example = "доверить лицевой счёт другому человеку")]
    words: &'static str,
    is_open: bool,
}

/// On which level I stand: what that opens, and since when
#[utoipa::path(
    get, path = "/api/auth/level", operation_id = "show_level", tag = "auth", security(("session" = [])),
    responses(
        (status = 200, body = LevelView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden"),
    )
)]
pub(crate) async fn show(State(env): State<Env>, actor: Actor) -> Result<Reply<LevelView>, Problem> {
    actor.may(Action::ManageProfile, Relation::Own)?;
    Ok(Reply::ok(env.db().read(|conn| view(conn, &env, &actor))?))
}

fn view(conn: &Conn<'_>, env: &Env, actor: &Actor) -> store::Result<LevelView> {
    let settings = Settings::at(conn, env.now())?;
    let Standing { level, word, until } = web::level::standing(conn, env, &settings, &actor.person_id)?;
    let is_required = web::level::is_required(&settings)?;
    let asked_again = levels::known(conn, &actor.person_id)?.asked_again.map(|(_, reason)| reason);
    let open = requests::open(conn, &actor.person_id)?;
    let mine = level::CONFIRMED.iter().filter(|(action, _)| allows(&actor.roles(), *action, Relation::Own));
    let is_open = !is_required || level == Level::Confirmed;
    Ok(LevelView {
        level: level.as_str(),
        source: word.map(|word| word.source.as_str()),
        since: word.map(|word| moment(word.said_at)),
        until: until.map(moment),
        is_required,
        opens: mine.map(|&(_, words)| OpenedView { words, is_open }).collect(),
        request: open.map(|open| request::view(conn, &open)).transpose()?,
        asked_again: asked_again.filter(|_| level == Level::Basic),
    })
}

fn moment(at: Timestamp) -> String {
    format!("{at:.3}")
}
