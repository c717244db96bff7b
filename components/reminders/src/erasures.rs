//! Persons who asked to be forgotten: the day before they are told once more, then their data go, in batches.

use jiff::{SignedDuration, Timestamp};
use store::{
    Result,
    audit::{self, Record},
    erasures::{self, Erasure, Step},
    notices::{self, NewNotice},
};
use web::{Env, fresh_id};

const PERSONS_AT_ONCE: u32 = 20;
const ROWS_AT_ONCE: u32 = 1_000;
/// Enough for years of a busy person; whoever has more is finished at the next run.
const BATCHES_MAX: usize = 200;
const TOLD_BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// Tells those who are erased within a day; each hears of it once.
pub(crate) fn warn(env: &Env, now: Timestamp) -> Result<usize> {
    let near = env.db().read(|conn| erasures::due_between(conn, now, now + TOLD_BEFORE, 1_000))?;
    let notices: Vec<_> = near.iter().map(|erasure| warning(env, now, erasure)).collect();
    if notices.is_empty() {
        return Ok(0);
    }
    env.db().write(|tx| notices::add(tx, &notices))
}

fn warning(env: &Env, now: Timestamp, erasure: &Erasure) -> NewNotice {
    NewNotice {
        notice_id: fresh_id(env),
        person_id: erasure.person_id.clone(),
        subject: format!("erasure-near:{}", erasure.erasure_id),
        kind: "erasure-near",
        title: "Завтра мы сотрём ваш вход".to_owned(),
        body: "После этого войти и посмотреть историю будет нельзя. Передумали — отмените сегодня; нужна история — \
               скачайте её там же."
            .to_owned(),
        link: Some("/my-data"),
        created_at: now,
    }
}

/// Destroys what is due; answers how many persons are done.
pub(crate) fn destroy(env: &Env, now: Timestamp) -> Result<usize> {
    let due = env.db().read(|conn| erasures::due(conn, now, PERSONS_AT_ONCE))?;
    let (mut done, mut batches) = (0, 0);
    for erasure in &due {
        while batches < BATCHES_MAX {
            batches += 1;
            match env.db().write(|tx| batch(tx, env, now, erasure))? {
                Some(Step::Destroyed(_)) => continue,
                Some(Step::Done) => done += 1,
                None => {}
            }
            break;
        }
    }
    Ok(done)
}

/// The last batch finds nothing left and writes the act, with its entry in the audit log. Nothing is done where the
/// person has just changed their mind.
fn batch(tx: &store::Tx<'_>, env: &Env, now: Timestamp, erasure: &Erasure) -> Result<Option<Step>> {
    if !erasures::begin(tx, now, &erasure.erasure_id)? {
        return Ok(None);
    }
    let step = erasures::step(tx, now, erasure, ROWS_AT_ONCE)?;
    if step == Step::Done && erasures::finish(tx, now, &erasure.erasure_id)? {
        let object = format!("person:{}", erasure.person_id);
        let fields = [("erasure", erasure.erasure_id.as_str()), ("reason", erasure.reason.as_str())];
        let record = Record { actor: "system", action: erasures::ACTION, object: &object, fields: &fields };
        audit::record(tx, now, env.random(), &record)?;
    }
    Ok(Some(step))
}
