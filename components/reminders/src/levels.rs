//! Confirmed identities: documents that nobody needs any more go, and whose confirmation is over hears of it.

use jiff::{SignedDuration, Timestamp};
use store::{
    Error, Result,
    levels::{
        self, documents,
        requests::{self, Undecided},
    },
    notices::{self, NewNotice},
    settings::Settings,
};
use web::{Env, fresh_id};

const ROWS_AT_ONCE: u32 = 1_000;
const FILES_AT_ONCE: u32 = 200;

/// Deletes the files that are let go; answers how many. Whose request the company never decided on hears of it. Each file goes before the row that names it: a run that stops in
/// between is made up for by the next one.
pub(crate) fn forget_documents(env: &Env, now: Timestamp) -> Result<usize> {
    env.db().write(|tx| {
        let days: i64 = Settings::at(tx, now)?.get("level.documents_kept_days")?;
        let until = now - SignedDuration::from_hours(24 * days);
        let undecided = requests::give_up_undecided(tx, now, until, ROWS_AT_ONCE)?;
        if !undecided.is_empty() {
            notices::add(tx, &undecided.into_iter().map(|one| given_up(env, now, one)).collect::<Vec<_>>())?;
        }
        requests::sweep(tx, now, until, ROWS_AT_ONCE)
    })?;
    let doomed = env.db().read(|conn| documents::doomed(conn, now, FILES_AT_ONCE))?;
    for file_id in &doomed {
        env.files().delete(file_id).map_err(|error| Error::Other(error.to_string()))?;
        env.db().write(|tx| documents::forget(tx, file_id))?;
    }
    Ok(doomed.len())
}

fn given_up(env: &Env, now: Timestamp, undecided: Undecided) -> NewNotice {
    NewNotice {
        notice_id: fresh_id(env),
        person_id: undecided.person_id,
        subject: format!("level-undecided:{}", undecided.level_request_id),
        kind: "level-undecided",
        title: "Заявка закрыта без решения".to_owned(),
        body:
            "По вашей заявке на подтверждение личности так и не решили. Мы закрыли её и удаляем документы. Отправьте \
               новую или подтвердите личность через сервис, который проверял ваши документы."
                .to_owned(),
        link: Some("/level"),
        created_at: now,
    }
}

/// Tells those whose confirmation by the company is over, once; answers how many notices that took.
pub(crate) fn warn(env: &Env, now: Timestamp) -> Result<usize> {
    let over = env.db().read(|conn| {
        let days: i64 = Settings::at(conn, now)?.get("level.valid_days")?;
        if days == 0 {
            Ok(Vec::new())
        } else {
            levels::over(conn, now - SignedDuration::from_hours(24 * days), ROWS_AT_ONCE)
        }
    })?;
    let notices: Vec<_> = over.into_iter().map(|(person_id, at)| notice(env, now, person_id, at)).collect();
    if notices.is_empty() { Ok(0) } else { env.db().write(|tx| notices::add(tx, &notices)) }
}

fn notice(env: &Env, now: Timestamp, person_id: String, confirmed_at: Timestamp) -> NewNotice {
    NewNotice {
        notice_id: fresh_id(env),
        person_id,
        subject: format!("level-over:{confirmed_at:.3}"),
        kind: "level-over",
        title: "Подтвердите личность заново".to_owned(),
        body: "Срок подтверждения закончился, и то, что его требует, закрыто. Подтвердите личность ещё раз: через сервис, \
               который проверял ваши документы, или заявкой."
            .to_owned(),
        link: Some("/level"),
        created_at: now,
    }
}
