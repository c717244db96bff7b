//! What consents a person needs before new data are taken.
//!
//! Who took the consent to the processing of personal data back gives no new data (ФЗ-152, ст. 21 ч. 5).

use store::{Conn, consents};

use crate::{Actor, Env, Problem, Slug};

/// Refuses to take new data of a person who withdrew the consent to the login itself. What is there can still be seen.
///
/// # Errors
/// `consent-withdrawn`.
pub fn require(conn: &Conn<'_>, actor: &Actor) -> Result<(), Problem> {
    if !consents::is_withdrawn(conn, &actor.person_id, consents::PORTAL)? {
        return Ok(());
    }
    let detail = "Поэтому новых данных от вас мы не принимаем. Чтобы продолжить, дайте его снова на \
                  странице «Согласия».";
    Err(Problem::new(Slug::ConsentWithdrawn, detail))
}

/// Refuses to take what has a consent of its own, and the person has not given the one in force.
///
/// # Errors
/// `consent-required`, or `consent-outdated` where it was given to an earlier text.
pub fn require_given(conn: &Conn<'_>, env: &Env, actor: &Actor, purpose: &str) -> Result<(), Problem> {
    let acts = consents::last_acts(conn, &actor.person_id)?.into_iter();
    let given = acts.filter(|act| !act.is_withdrawal).find(|act| act.text.purpose == purpose);
    let Some(given) = given else {
        let detail =
            "Для этого нужно отдельное согласие. Прочитайте его на странице «Подтверждение личности» и решите.";
        return Err(Problem::new(Slug::ConsentRequired, detail));
    };
    if consents::in_force(conn, env.now())?.contains(&given.text) {
        return Ok(());
    }
    Err(Problem::new(Slug::ConsentOutdated, "Прочитайте новый текст согласия и решите ещё раз."))
}
