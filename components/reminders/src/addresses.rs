//! Houses of a state that is older than the search for addresses are taken into it.

use store::{Result, homes::addresses};
use web::Env;

const HOUSES_AT_ONCE: u32 = 500;
const BATCHES_MAX: usize = 20;

/// Takes in houses that are not yet; answers how many. A state of today has none, which one reading tells.
pub(crate) fn index(env: &Env) -> Result<usize> {
    let mut indexed = 0;
    for _ in 0..BATCHES_MAX {
        if !env.db().read(addresses::any_missing)? {
            break;
        }
        indexed += env.db().write(|tx| addresses::index_missing(tx, HOUSES_AT_ONCE))?;
    }
    Ok(indexed)
}
