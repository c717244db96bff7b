//! Who took the consent to the processing of personal data back gives no new data (ФЗ-152, ст. 21 ч. 5).

use store::{Tx, consents};

use crate::{Actor, Problem, Slug};

/// Refuses to take new data of a person who withdrew the consent to the login itself. What is there can still be seen.
///
/// # Errors
/// `consent-withdrawn`.
pub fn require(tx: &Tx<'_>, actor: &Actor) -> Result<(), Problem> {
    if !consents::is_withdrawn(tx, &actor.person_id, consents::PORTAL)? {
        return Ok(());
    }
    let detail = "Вы отозвали согласие, поэтому новых данных от вас мы не принимаем. Чтобы продолжить, дайте его снова на \
                  странице «Согласия».";
    Err(Problem::new(Slug::ConsentWithdrawn, detail))
}
