//! Delegations that are about to end: both sides hear of it once, so that it can be renewed in time.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use store::{
    Result,
    homes::{self, Delegation},
    notices::{self, NewNotice},
    settings::Settings,
};
use web::{Env, fresh_id};

const AT_ONCE: u32 = 500;

/// Tells of what ends within some days; answers how many notices that took.
pub(crate) fn warn(env: &Env, now: Timestamp) -> Result<usize> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let ending = env.db().read(|conn| {
        let days: i64 = Settings::at(conn, now)?.get("delegation.told_days_before")?;
        homes::ending(conn, today, today.saturating_add(days.days()), AT_ONCE)
    })?;
    let notices: Vec<_> = ending.iter().flat_map(|one| both(env, now, one)).collect();
    if notices.is_empty() { Ok(0) } else { env.db().write(|tx| notices::add(tx, &notices)) }
}

fn both(env: &Env, now: Timestamp, one: &Delegation) -> Vec<NewNotice> {
    let until = domain::russian::day_and_month(one.until);
    let granter = format!("«{}»: последний день — {until}. Доверьте снова, если нужно.", one.name);
    let delegate = format!("{}: последний день — {until}.", one.granter_name);
    let to = |person_id: &str, body: String| NewNotice {
        notice_id: fresh_id(env),
        person_id: person_id.to_owned(),
        subject: format!("delegation-near:{}", one.delegation_id),
        kind: "delegation-near",
        title: "Доверие скоро закончится".to_owned(),
        body,
        link: Some("/delegates"),
        created_at: now,
    };
    let delegate = one.person_id.as_deref().map(|person_id| to(person_id, delegate));
    [to(&one.granted_by, granter)].into_iter().chain(delegate).collect()
}
