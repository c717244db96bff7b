//! Limits: how often one person, device, contact or address may do a thing.

use jiff::SignedDuration;
use store::{
    Tx,
    requests::{self, Limit},
    settings::Settings,
};

use crate::{Env, Problem, Slug, sha256};

/// One rule: the setting with its number, in what time, and what words a person gets.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name of the setting, `limit.…`.
    pub setting: &'static str,
    /// The window that the number is for.
    pub window: SignedDuration,
}

/// Counts one more of `rule` for `subject` (hashed: a counter must not tell whose it is).
///
/// # Errors
/// A `rate-limited` problem where that is too many.
pub fn count(tx: &Tx<'_>, env: &Env, settings: &Settings, rule: Rule, subject: &str) -> Result<(), Problem> {
    let limit = Limit { most: settings.get(rule.setting)?, window: rule.window };
    let bucket = format!("{}:{}", rule.setting, sha256(subject));
    match requests::count(tx, env.now(), &bucket, limit)? {
        None => Ok(()),
        Some(wait) => Err(Problem::new(Slug::RateLimited, in_words(wait)).retry_after(wait)),
    }
}

fn in_words(wait: SignedDuration) -> String {
    match wait.as_secs() {
        ..=60 => "Подождите минуту и попробуйте снова.".to_owned(),
        seconds => format!("Попробуйте снова через {} мин.", seconds.unsigned_abs().div_ceil(60)),
    }
}
