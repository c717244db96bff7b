//! Announced works on the portal: everybody sees them, an administrator of all of it announces, changes and withdraws them.

use axum::extract::State;
use domain::{
    access::{Action, Scope},
    maintenance::Window,
};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    settings::Settings,
    status::{self, Maintenance},
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Env, FieldError, Path, Problem, Reply, audit, fresh_id};

/// The most windows that are told; nobody plans more.
pub(crate) const COUNT_MAX: u32 = 20;

/// The longest description, in characters.
const WORDS_MAX: usize = 300;

/// Works to be announced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMaintenance {
    /// When they begin.
    #[schema(value_type = String, format = DateTime, example = "2026-07-25T20:00:00Z")]
    starts_at: Timestamp,
    /// When they end at the latest; at most four hours later, unless a setting says otherwise.
    #[schema(value_type = String, format = DateTime, example = "2026-07-25T22:00:00Z")]
    ends_at: Timestamp,
    /// What will not work, in words that residents understand.
    #[schema(max_length = 300, example = "Обновляем портал. Показания можно будет передать после работ.")]
    words: String,
}

/// Announced works.
#[derive(Serialize, ToSchema)]
pub(crate) struct MaintenanceView {
    maintenance_id: String,
    #[schema(format = DateTime)]
    starts_at: String,
    #[schema(format = DateTime)]
    ends_at: String,
    words: String,
}

impl From<Maintenance> for MaintenanceView {
    fn from(works: Maintenance) -> Self {
        let Maintenance { maintenance_id, starts_at, ends_at, words } = works;
        Self { maintenance_id, starts_at, ends_at, words }
    }
}

/// Announced works that are not over, the nearest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct MaintenanceList {
    items: Vec<MaintenanceView>,
    /// How long before works every page tells of them.
    told_hours_before: u32,
}

/// The announced works that are not over, the nearest first; for everybody
#[utoipa::path(
    get, path = "/api/notices/maintenance", operation_id = "list_maintenance", tag = "notices",
    responses((status = 200, body = MaintenanceList))
)]
pub(crate) async fn list(State(env): State<Env>) -> Result<Reply<MaintenanceList>, Problem> {
    env.db().read(|conn| {
        let told_hours_before = Settings::at(conn, env.now())?.get("maintenance.told_hours_before")?;
        let items = status::coming(conn, env.now(), COUNT_MAX)?.into_iter().map(MaintenanceView::from).collect();
        Ok(Reply::ok(MaintenanceList { items, told_hours_before }))
    })
}

/// Announce works
#[utoipa::path(
    post, path = "/api/notices/maintenance", operation_id = "announce_maintenance", tag = "notices",
    security(("session" = [])), request_body = NewMaintenance,
    responses(
        (status = 201, body = MaintenanceView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, validation"),
    )
)]
pub(crate) async fn announce(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Body { value: works, .. }: Body<NewMaintenance>,
) -> Result<Reply<MaintenanceView>, Problem> {
    actor.may_in(Action::AnnounceMaintenance, &Scope::Portal)?;
    let id = fresh_id(&env);
    let view = env.db().write(|tx| {
        let window = works.check(tx, env.now())?;
        status::announce(tx, env.now(), &id, &window, works.words.trim())?;
        works.record(tx, &env, &actor, &client, "maintenance.announce", &id)?;
        Ok::<_, Problem>(works.view(&id))
    })?;
    Ok(Reply::created(view))
}

/// Change announced works that are not over
#[utoipa::path(
    put, path = "/api/notices/maintenance/{maintenance_id}", operation_id = "change_maintenance", tag = "notices",
    security(("session" = [])), params(("maintenance_id" = String, Path)), request_body = NewMaintenance,
    responses(
        (status = 200, body = MaintenanceView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found, validation"),
    )
)]
pub(crate) async fn change(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(maintenance_id): Path<String>,
    Body { value: works, .. }: Body<NewMaintenance>,
) -> Result<Reply<MaintenanceView>, Problem> {
    actor.may_in(Action::AnnounceMaintenance, &Scope::Portal)?;
    env.db().write(|tx| {
        let window = works.check(tx, env.now())?;
        if !status::change(tx, env.now(), &maintenance_id, &window, works.words.trim())? {
            return Err(Problem::not_found());
        }
        works.record(tx, &env, &actor, &client, "maintenance.change", &maintenance_id)?;
        Ok(Reply::ok(works.view(&maintenance_id)))
    })
}

/// Withdraw announced works that are not over
#[utoipa::path(
    delete, path = "/api/notices/maintenance/{maintenance_id}", operation_id = "withdraw_maintenance", tag = "notices",
    security(("session" = [])), params(("maintenance_id" = String, Path)),
    responses(
        (status = 204, description = "The works are withdrawn"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, forbidden, not-found"),
    )
)]
pub(crate) async fn withdraw(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(maintenance_id): Path<String>,
) -> Result<StatusCode, Problem> {
    actor.may_in(Action::AnnounceMaintenance, &Scope::Portal)?;
    env.db().write(|tx| {
        if !status::withdraw(tx, env.now(), &maintenance_id)? {
            return Err(Problem::not_found());
        }
        let object = format!("maintenance:{maintenance_id}");
        audit::record(tx, &env, &actor, &client, "maintenance.withdraw", &object, &[])?;
        Ok(StatusCode::NO_CONTENT)
    })
}

impl NewMaintenance {
    fn check(&self, tx: &Tx<'_>, now: Timestamp) -> Result<Window, Problem> {
        let hours_max = Settings::at(tx, now)?.get("maintenance.hours_max")?;
        let window = Window::announce(self.starts_at, self.ends_at, now, hours_max);
        let words = self.words.trim().chars().count();
        let mut errors = Vec::new();
        if let Err(refusal) = &window {
            errors.push(FieldError::new("/ends_at", refusal.to_string()));
        }
        if words == 0 {
            errors.push(FieldError::new("/words", "Напишите, что не будет работать."));
        } else if words > WORDS_MAX {
            errors.push(FieldError::new("/words", format!("Уложитесь в {WORDS_MAX} знаков.")));
        }
        window.ok().filter(|_| errors.is_empty()).ok_or_else(|| Problem::validation(errors))
    }

    fn record(
        &self,
        tx: &Tx<'_>,
        env: &Env,
        actor: &Actor,
        client: &Client,
        action: &str,
        maintenance_id: &str,
    ) -> store::Result<()> {
        let (from, until) = (self.starts_at.to_string(), self.ends_at.to_string());
        let fields = [("starts_at", &*from), ("ends_at", &*until), ("words", self.words.trim())];
        audit::record(tx, env, actor, client, action, &format!("maintenance:{maintenance_id}"), &fields)
    }

    fn view(&self, maintenance_id: &str) -> MaintenanceView {
        MaintenanceView {
            maintenance_id: maintenance_id.to_owned(),
            starts_at: format!("{:.3}", self.starts_at),
            ends_at: format!("{:.3}", self.ends_at),
            words: self.words.trim().to_owned(),
        }
    }
}
