//! The nightly check: every ledger is what its bills, payments and corrections make it.

use jiff::Timestamp;
use store::{Result, ledger};
use web::Env;

use crate::log;

const ACCOUNTS_AT_ONCE: u32 = 500;

/// Checks some more ledgers. What is wrong goes to the log: nobody but the operator can mend it.
pub(crate) fn check(env: &Env, now: Timestamp) -> Result<()> {
    let found = env.db().write(|tx| ledger::check_next(tx, now, ACCOUNTS_AT_ONCE))?;
    for one in found {
        log::failure(now, "ledger", &one);
    }
    Ok(())
}
