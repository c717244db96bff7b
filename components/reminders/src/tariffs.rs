//! Prices that are about to change: who has an account that they touch hears of it once, before they do (function 57).

use domain::russian::{full_date, number};
use domain::tariff::Price;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use store::{
    Result,
    notices::{self, NewNotice},
    settings::Settings,
    tariffs::{self, Change, Untold},
};
use web::{Env, fresh_id};

const AT_ONCE: u32 = 200;

/// Tells of prices that change within some days; answers how many notices that took.
pub(crate) fn tell(env: &Env, now: Timestamp) -> Result<usize> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let notices = env.db().read(|conn| {
        let days: i64 = Settings::at(conn, now)?.get("tariff.told_days_before")?;
        let untold = tariffs::untold(conn, today, today.saturating_add(days.days()), AT_ONCE)?;
        let notices = untold.iter().map(|one| Ok(notice(env, now, one, &tariffs::coming(conn, one)?)));
        notices.collect::<Result<Vec<_>>>()
    })?;
    if notices.is_empty() { Ok(0) } else { env.db().write(|tx| notices::add(tx, &notices)) }
}

fn notice(env: &Env, now: Timestamp, untold: &Untold, changes: &[Change]) -> NewNotice {
    let mut acts: Vec<_> =
        changes.iter().map(|Change { act: (name, act_no), .. }| format!("{name} № {act_no}")).collect();
    acts.dedup();
    let changes: Vec<_> = changes.iter().map(told).collect();
    NewNotice {
        notice_id: fresh_id(env),
        person_id: untold.person_id.clone(),
        subject: untold.subject(),
        kind: "tariff-change",
        title: format!("С {} меняются тарифы", full_date(untold.since)),
        body: format!("{}. {}. Основание: {}.", untold.address, changes.join("; "), acts.join("; ")),
        link: Some("/tariffs"),
        created_at: now,
    }
}

/// «Холодная вода: было 47,91 ₽, будет 50,93 ₽ за м³».
fn told(change: &Change) -> String {
    let rubles = |prices: &[Price]| {
        let prices: Vec<_> = prices.iter().map(|price| number(price.rubles())).collect();
        prices.join(" и ")
    };
    let (title, unit) = (change.service.title(), change.service.unit().symbol());
    format!("{title}: было {} ₽, будет {} ₽ за {unit}", rubles(&change.before), rubles(&change.after))
}
