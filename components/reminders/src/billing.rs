//! The monthly run goes on: months are opened in their time, previews are computed, approved months are issued.

use jiff::Timestamp;
use store::{Result, billing};
use web::Env;

use crate::log;

/// Some thousand premises: the next run of the job goes on from there.
const STEPS_MAX: usize = 20;

/// Opens what is to be opened and takes the next steps of the monthly run; answers how many. A house whose step fails
/// holds up none of the others.
pub(crate) fn go_on(env: &Env, now: Timestamp) -> Result<usize> {
    billing::open_due(env.db(), now)?;
    let progress = billing::go_on(env.db(), now, STEPS_MAX)?;
    for (run_id, error) in &progress.failed {
        log::failure(now, &format!("billing-run {run_id}"), error);
    }
    progress.failed.into_iter().next().map_or(Ok(progress.steps), |(_, error)| Err(error))
}
