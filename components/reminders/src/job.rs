//! The job: parts that do not wait for each other's luck.

use jiff::Timestamp;
use serde::Serialize;
use store::{Result, status};
use utoipa::ToSchema;
use web::Env;

use crate::{
    addresses, billing, certificates, delegations, erasures, events, ledgers, levels, log, readings, sweep, tariffs,
};

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// How many reminders of readings were put into feeds.
    pub reminded: usize,
    /// How many events were told.
    pub events_handled: usize,
    /// How many persons who had asked for it were erased.
    pub persons_erased: usize,
    /// How many sessions over by time were removed from the key-value store.
    pub sessions_swept: usize,
}

/// The status page tells when the job ran last.
fn note_run(env: &Env, now: Timestamp, is_ok: bool) -> Result<()> {
    env.db().write(|tx| status::note_run(tx, "reminders", now, is_ok))
}

/// Does what is due at `now`, a bounded piece of it. A part that fails hinders none of the others.
///
/// # Errors
/// The failure of the first part that failed; the others have done their work.
pub fn run(env: &Env, now: Timestamp) -> Result<Report> {
    let mut failure = None;
    let mut note = |part: &str, result: Result<usize>| {
        result.unwrap_or_else(|error| {
            log::failure(now, part, &error);
            failure.get_or_insert(error);
            0
        })
    };
    let report = Report {
        reminded: note("readings", readings::remind(env, now)),
        events_handled: note("events", events::tell(env, now)),
        persons_erased: note("erasures", erasures::destroy(env, now)),
        sessions_swept: note("sessions", sweep::sessions(env, now)),
    };
    // Behind the erasures: what they let go goes at once.
    note("documents", levels::forget_documents(env, now));
    note("levels", levels::warn(env, now));
    note("certificates", certificates::warn(env, now));
    note("erasures-near", erasures::warn(env, now));
    note("delegations", delegations::warn(env, now));
    note("tariffs", tariffs::tell(env, now));
    note("answers", sweep::answers(env, now).map(|()| 0));
    note("addresses", addresses::index(env));
    note("billing", billing::go_on(env, now));
    note("ledgers", ledgers::check(env, now).map(|()| 0));
    note("old", sweep::old(env, now).map(|()| 0));
    if let Err(error) = note_run(env, now, failure.is_none()) {
        log::failure(now, "status", &error);
        failure.get_or_insert(error);
    }
    log::done(now, &report);
    failure.map_or(Ok(report), Err)
}
