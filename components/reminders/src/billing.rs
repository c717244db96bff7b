//! The monthly run goes on: months are opened in their time, previews are computed, approved months are issued.

use jiff::Timestamp;
use store::{Result, billing};
use web::Env;

/// Some thousand premises: the next run of the job goes on from there.
const STEPS_MAX: usize = 20;

/// Opens what is to be opened and takes the next steps of the monthly run; answers how many.
pub(crate) fn go_on(env: &Env, now: Timestamp) -> Result<usize> {
    billing::open_due(env.db(), now)?;
    for taken in 0..STEPS_MAX {
        if billing::tick(env.db(), now)?.is_none() {
            return Ok(taken);
        }
    }
    Ok(STEPS_MAX)
}
