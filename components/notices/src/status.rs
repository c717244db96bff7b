//! How the portal is: what of it is reached, when the scheduled work ran, which works are announced.

use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{
    Conn, audit,
    settings::Settings,
    status::{self, JobRun},
};
use utoipa::ToSchema;
use web::{Env, Reply, sha256};

use crate::maintenance::{COUNT_MAX, MaintenanceView};

/// The job whose runs are shown.
const JOB: &str = "reminders";

/// How the portal is.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatusView {
    /// Whether everything works.
    is_ok: bool,
    #[schema(format = DateTime)]
    checked_at: String,
    parts: Vec<PartView>,
    /// When the scheduled work ran last; null before its first run, or when the database is not reached.
    #[schema(format = DateTime)]
    job_ran_at: Option<String>,
    /// Announced works that are not over, the nearest first.
    maintenance: Vec<MaintenanceView>,
    /// The end of the audit log; null when the database is not reached.
    audit: Option<AuditView>,
}

/// The end of the audit log. Whoever keeps its hash can prove later that nothing before it was altered.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditView {
    /// How many entries there are.
    entries: i64,
    /// The hash of the last one, hex SHA-256.
    head: String,
}

/// A part of the portal.
#[derive(Serialize, ToSchema)]
pub(crate) struct PartView {
    /// `database`, `sessions` or `jobs`.
    part: &'static str,
    /// What it is for, Russian.
    title: &'static str,
    is_ok: bool,
}

/// What the database tells.
#[derive(Default)]
struct Known {
    job: Option<JobRun>,
    is_late: bool,
    maintenance: Vec<MaintenanceView>,
    audit: Option<AuditView>,
}

/// How the portal is, for everybody: what of it is reached, when the scheduled work ran, which works are announced
#[utoipa::path(
    get, path = "/api/notices/status", operation_id = "show_status", tag = "notices",
    responses((status = 200, body = StatusView))
)]
pub(crate) async fn show(State(env): State<Env>) -> Reply<StatusView> {
    let now = env.now();
    // A part that is not reached is what this page is there to tell: it is no failure of the page.
    let known = env.db().read(|conn| known(conn, now)).ok();
    let has_sessions = env.kv().session(&sha256("status")).is_ok();
    let has_database = known.is_some();
    let Known { job, is_late, maintenance, audit } = known.unwrap_or_default();
    let has_jobs = !is_late && job.as_ref().is_none_or(|job| job.is_ok);
    let parts = vec![
        PartView { part: "database", title: "Счета и показания", is_ok: has_database },
        PartView { part: "sessions", title: "Вход на портал", is_ok: has_sessions },
        PartView { part: "jobs", title: "Напоминания", is_ok: has_database && has_jobs },
    ];
    Reply::ok(StatusView {
        is_ok: parts.iter().all(|part| part.is_ok),
        checked_at: format!("{now:.3}"),
        parts,
        job_ran_at: job.map(|job| job.started_at),
        maintenance,
        audit,
    })
}

fn known(conn: &Conn<'_>, now: Timestamp) -> store::Result<Known> {
    let minutes = Settings::at(conn, now)?.get("maintenance.job_late_minutes")?;
    let job = status::last_run(conn, JOB)?;
    let oldest = now - SignedDuration::from_mins(minutes);
    let is_late = job.as_ref().and_then(|job| job.started_at.parse::<Timestamp>().ok()).is_some_and(|at| at < oldest);
    let maintenance = status::coming(conn, now, COUNT_MAX)?.into_iter().map(MaintenanceView::from).collect();
    let (entries, head) = audit::head(conn)?;
    Ok(Known { job, is_late, maintenance, audit: Some(AuditView { entries, head }) })
}
