//! How the portal knows who a person is.

use super::{Fate, ID, Part, WHILE_LOGIN, field};

const CONFIRMATION: &str = "подтверждение личности для действий, которые его требуют";

/// The tables of it.
pub(super) const PARTS: &[Part] = &[Part {
    table: "person_level",
    title: "Подтверждение личности",
    purpose: CONFIRMATION,
    kept: WHILE_LOGIN,
    fate: Fate::Goes,
    fields: &[
        field("confirmed_at", "когда организация подтвердила"),
        field("asked_again_at", "когда попросила подтвердить заново"),
        field("asked_again_reason", "почему"),
    ],
    withheld: &[ID],
    source: "person_level where person_id = ?1",
}];
