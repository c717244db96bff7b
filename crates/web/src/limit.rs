//! Limits: how often one person, device, contact or address may do a thing.

use domain::russian::{NO_BREAK_SPACE, plural};
use jiff::SignedDuration;
use store::{
    Conn, Tx,
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
    tell(over(tx, env, settings, rule, subject)?)
}

/// Refuses what [`count`] would refuse, and counts nothing: for what is asked before any transaction.
///
/// # Errors
/// A `rate-limited` problem where one more is too many.
pub fn check(conn: &Conn<'_>, env: &Env, settings: &Settings, rule: Rule, subject: &str) -> Result<(), Problem> {
    tell(requests::wait(conn, env.now(), &bucket(rule, subject), at(settings, rule)?)?)
}

/// Counts one more of `rule` for a `subject` that several may ask about: all of them together, but each asker has a
/// share that the others cannot use up. So the limit protects the subject and is no weapon against those who need it;
/// beyond four times the limit the shares end too, for each code may be guessed at.
///
/// # Errors
/// A `rate-limited` problem where that is too many for all and beyond the asker's own share, or too many for a crowd.
pub fn count_shared(
    tx: &Tx<'_>,
    env: &Env,
    settings: &Settings,
    rule: Rule,
    subject: &str,
    asker: &str,
) -> Result<(), Problem> {
    tell(over_shared(tx, env, settings, rule, subject, asker)?)
}

/// Counts as [`count_shared`] does, and answers whether that is within the limit: for what is left out beyond it.
///
/// # Errors
/// A failing database.
pub fn is_within_shared(
    tx: &Tx<'_>,
    env: &Env,
    settings: &Settings,
    rule: Rule,
    subject: &str,
    asker: &str,
) -> store::Result<bool> {
    Ok(over_shared(tx, env, settings, rule, subject, asker)?.is_none())
}

fn over_shared(
    tx: &Tx<'_>,
    env: &Env,
    settings: &Settings,
    rule: Rule,
    subject: &str,
    asker: &str,
) -> store::Result<Option<SignedDuration>> {
    let share = Limit { most: settings.get("limit.own_share")?, window: rule.window };
    let own = requests::count(tx, env.now(), &bucket(rule, &format!("{subject} {asker}")), share)?;
    let all = over(tx, env, settings, rule, subject)?;
    let most = settings.get::<u32>(rule.setting)?.saturating_mul(CROWD);
    let crowd = Limit { most, window: rule.window };
    let crowded = requests::count(tx, env.now(), &bucket(rule, &format!("{subject} crowd")), crowd)?;
    Ok(crowded.or(own.zip(all).map(|(own, all)| own.min(all))))
}

/// How many times a limit the shares of many askers may come to.
const CROWD: u32 = 4;

/// Counts, and answers how long to wait where that is too many.
fn over(
    tx: &Tx<'_>,
    env: &Env,
    settings: &Settings,
    rule: Rule,
    subject: &str,
) -> store::Result<Option<SignedDuration>> {
    requests::count(tx, env.now(), &bucket(rule, subject), at(settings, rule)?)
}

fn at(settings: &Settings, rule: Rule) -> store::Result<Limit> {
    Ok(Limit { most: settings.get(rule.setting)?, window: rule.window })
}

fn tell(wait: Option<SignedDuration>) -> Result<(), Problem> {
    match wait {
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

/// In minutes up to an hour and a half, in hours up to a day and a half, then in days.
fn in_words(wait: SignedDuration) -> String {
    let minutes = wait.as_secs().max(0).unsigned_abs().div_ceil(60);
    let (number, unit) = match minutes {
        ..=1 => return "Подождите минуту и попробуйте снова.".to_owned(),
        2..=90 => with_unit(minutes, ["минуту", "минуты", "минут"]),
        91..=2_160 => with_unit(minutes.div_ceil(60), ["час", "часа", "часов"]),
        _ => with_unit(minutes.div_ceil(1_440), ["день", "дня", "дней"]),
    };
    format!("Попробуйте снова через {number}{NO_BREAK_SPACE}{unit}.")
}

fn with_unit(number: u64, [one, few, many]: [&'static str; 3]) -> (u64, &'static str) {
    (number, plural(number, one, few, many))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_the_unit_that_people_would_use() {
        let minute = 60;
        let (hour, day) = (60 * minute, 24 * 60 * minute);
        for (seconds, expected) in [
            (0, "Подождите минуту и попробуйте снова."),
            (minute, "Подождите минуту и попробуйте снова."),
            (minute + 1, "Попробуйте снова через 2 минуты."),
            (90 * minute, "Попробуйте снова через 90 минут."),
            (90 * minute + 1, "Попробуйте снова через 2 часа."),
            (20 * hour + 1, "Попробуйте снова через 21 час."),
            (36 * hour, "Попробуйте снова через 36 часов."),
            (36 * hour + 1, "Попробуйте снова через 2 дня."),
            (30 * day, "Попробуйте снова через 30 дней."),
        ] {
            let words = in_words(SignedDuration::from_secs(seconds));
            assert_eq!(words.replace(NO_BREAK_SPACE, " "), expected, "{seconds}");
        }
    }
}
