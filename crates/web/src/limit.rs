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
    match requests::count(tx, env.now(), &bucket(rule, subject), limit)? {
        None => Ok(()),
        Some(wait) => Err(Problem::new(Slug::RateLimited, in_words(wait)).retry_after(wait)),
    }
}

/// Takes back what [`count`] counted: for limits of failures, which are counted before it is known whether they are.
///
/// # Errors
/// A failing database.
pub fn take_back(tx: &Tx<'_>, rule: Rule, subject: &str) -> store::Result<()> {
    requests::take_back(tx, &bucket(rule, subject))
}

fn bucket(rule: Rule, subject: &str) -> String {
    format!("{}:{}", rule.setting, sha256(subject))
}

fn in_words(wait: SignedDuration) -> String {
    match wait.as_secs() {
        ..=60 => "Подождите минуту и попробуйте снова.".to_owned(),
        seconds => format!("Попробуйте снова через {} мин.", seconds.unsigned_abs().div_ceil(60)),
    }
}
