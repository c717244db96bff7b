//! Prices, norms, benefits and ways of charging that are about to change: who has an account that they touch hears of it
//! once, before they do (function 57).

use domain::russian::full_date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use store::{
    Result,
    notices::{self, NewNotice},
    settings::Settings,
    tariffs::{self, Account, Coming, Untold},
};
use web::{Env, fresh_id};

use crate::tariff_words::in_words;

/// How many houses are told in one run of the job.
const HOUSES_AT_ONCE: u32 = 20;

/// Tells of what changes within some days, house by house; answers how many notices that took.
pub(crate) fn tell(env: &Env, now: Timestamp) -> Result<usize> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let coming = env.db().read(|conn| {
        let days: i64 = Settings::at(conn, now)?.get("tariff.told_days_before")?;
        tariffs::coming(conn, today, today.saturating_add(days.days()), HOUSES_AT_ONCE)
    })?;
    let mut told = 0;
    for of in coming {
        let (untold, accounts) = env
            .db()
            .read(|conn| Ok::<_, store::Error>((tariffs::untold(conn, &of)?, tariffs::accounts(conn, &of)?)))?;
        let notices: Vec<_> = accounts.iter().filter_map(|account| notice(env, now, &of, &untold, account)).collect();
        told += env.db().write(|tx| {
            // Told by another run, or changed once more, since it was read: the next run sees to it.
            if tariffs::untold(tx, &of)? != untold {
                return Ok(0);
            }
            tariffs::told(tx, now, &of, &untold)?;
            if notices.is_empty() { Ok(0) } else { notices::add(tx, &notices) }
        })?;
    }
    Ok(told)
}

/// What changes for one account of one person.
fn notice(env: &Env, now: Timestamp, of: &Coming, untold: &[Untold], account: &Account) -> Option<NewNotice> {
    let own: Vec<_> = untold.iter().filter(|one| one.change.touches(one.service, &account.home)).collect();
    if own.is_empty() {
        return None;
    }
    let mut acts: Vec<_> =
        own.iter().filter_map(|one| one.act.as_ref()).map(|(name, act_no)| format!("{name} № {act_no}")).collect();
    acts.sort();
    acts.dedup();
    let reasons = if acts.is_empty() { String::new() } else { format!(" Основание: {}.", acts.join("; ")) };
    let changes: Vec<_> = own.iter().map(|one| in_words(one)).collect();
    let is_price = |one: &&Untold| matches!(one.change, domain::tariff::Change::Price { .. });
    let what = if own.iter().all(is_price) {
        "меняются тарифы"
    } else {
        "меняется расчёт платы"
    };
    let notice_id = fresh_id(env);
    Some(NewNotice {
        // What was told is known by what it said: the same may be told of another time, after it was taken back.
        subject: format!("tariff-change:{notice_id}"),
        notice_id,
        person_id: account.person_id.clone(),
        kind: "tariff-change",
        title: format!("С {} {what}", full_date(of.since)),
        body: format!("{}. {}.{reasons}", account.address, changes.join("; ")),
        link: Some("/tariffs"),
        created_at: now,
    })
}
