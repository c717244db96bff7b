//! Prices that are about to change: who has an account that they touch hears of it once, before they do (function 57).

use domain::russian::{full_date, number};
use domain::tariff::Price;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use store::{
    Result,
    notices::{self, NewNotice},
    settings::Settings,
    tariffs::{self, Change, Coming},
};
use web::{Env, fresh_id};

/// How many houses are told in one run of the job.
const HOUSES_AT_ONCE: u32 = 20;

/// Tells of prices that change within some days, house by house; answers how many notices that took.
pub(crate) fn tell(env: &Env, now: Timestamp) -> Result<usize> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let coming = env.db().read(|conn| {
        let days: i64 = Settings::at(conn, now)?.get("tariff.told_days_before")?;
        tariffs::coming(conn, today, today.saturating_add(days.days()), HOUSES_AT_ONCE)
    })?;
    let mut told = 0;
    for of in coming {
        let changes = env.db().read(|conn| tariffs::changes(conn, &of))?;
        let same =
            |one: &Change, other: &Change| (&one.person_id, &one.account_id) == (&other.person_id, &other.account_id);
        let notices: Vec<_> = changes.chunk_by(same).filter_map(|own| notice(env, now, &of, own)).collect();
        told += env.db().write(|tx| {
            tariffs::told(tx, now, &of)?;
            if notices.is_empty() { Ok(0) } else { notices::add(tx, &notices) }
        })?;
    }
    Ok(told)
}

/// What changes for one account of one person.
fn notice(env: &Env, now: Timestamp, of: &Coming, own: &[Change]) -> Option<NewNotice> {
    let Change { person_id, account_id, address, .. } = own.first()?;
    let mut acts: Vec<_> = own.iter().map(|Change { act: (name, act_no), .. }| format!("{name} № {act_no}")).collect();
    acts.dedup();
    let changes: Vec<_> = own.iter().map(in_words).collect();
    Some(NewNotice {
        notice_id: fresh_id(env),
        person_id: person_id.clone(),
        subject: format!("tariff-change:{account_id}:{}:{}", of.since, of.recorded_at),
        kind: "tariff-change",
        title: format!("С {} меняются тарифы", full_date(of.since)),
        body: format!("{address}. {}. Основание: {}.", changes.join("; "), acts.join("; ")),
        link: Some("/tariffs"),
        created_at: now,
    })
}

/// «Холодная вода: было 47,91 ₽, будет 50,93 ₽ за м³».
fn in_words(change: &Change) -> String {
    let rubles = |prices: &[Price]| {
        let prices: Vec<_> = prices.iter().map(|price| number(price.rubles())).collect();
        prices.join(" и ")
    };
    let (title, unit) = (change.service.title(), change.service.unit().symbol());
    if change.before == change.after {
        return format!("{title}: меняются доплаты, подробности на странице тарифов");
    }
    format!("{title}: было {} ₽, будет {} ₽ за {unit}", rubles(&change.before), rubles(&change.after))
}
