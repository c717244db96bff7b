//! What an event becomes in a feed.

use domain::russian::plural;
use store::{
    events::{Event, Waiting},
    notices::NewNotice,
};
use web::{Env, fresh_id};

struct Words {
    kind: &'static str,
    title: &'static str,
    body: String,
    link: &'static str,
}

/// The notice of an event; none where the event is of a kind that this version does not know.
pub(crate) fn notice(env: &Env, waiting: &Waiting) -> Option<NewNotice> {
    let words = words(waiting.event.as_ref()?);
    Some(NewNotice {
        notice_id: fresh_id(env),
        person_id: waiting.person_id.clone(),
        subject: format!("event:{}", waiting.event_id),
        kind: words.kind,
        title: words.title.to_owned(),
        body: words.body,
        link: Some(words.link),
        created_at: waiting.created_at,
    })
}

fn words(event: &Event) -> Words {
    match event {
        Event::AccountLinked { number, address } => Words {
            kind: "account-linked",
            title: "Счёт привязан",
            body: format!(
                "{address}: лицевой счёт {number} теперь в вашем кабинете. \
                 Передавайте показания и смотрите их историю, когда удобно."
            ),
            link: "/readings",
        },
        Event::ReadingSubmitted { confirmation_code, address, meters } => Words {
            kind: "reading-submitted",
            title: "Показания приняты",
            body: format!(
                "{address}: приняли показания {meters} {}. Код подтверждения — {confirmation_code}. \
                 Заметили ошибку? Передайте показания ещё раз, пока идёт приём.",
                plural(*meters as u64, "счётчика", "счётчиков", "счётчиков"),
            ),
            link: "/history",
        },
    }
}
