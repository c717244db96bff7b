//! What of a person goes, table by table. Each table's own module does it.

use jiff::Timestamp;

use super::{Erasure, add_count};
use crate::{
    Result, Tx, audit, certificates, confirmations, consents, contact_codes, electronic_addresses, events,
    former_contacts, grants, homes, identities, import, invitations, levels, notices, passkeys, pending_sign_ins,
    persons, reading_tokens, requests, second_factors, sign_in_blocks, sign_in_helps, sign_in_locks, snils,
    trusted_devices,
};

/// Destroys at most so many rows of a person; answers how many those were.
type Destroyer = fn(&Tx<'_>, Timestamp, &str, u32) -> Result<usize>;

/// In this order: first of all nobody can sign in any more, so that nothing new comes to be.
const TABLES: &[(&str, Destroyer)] = &[
    ("person", |tx, _, person_id, _| persons::forget(tx, person_id)),
    ("role_grant", |tx, _, person_id, _| grants::forget(tx, person_id)),
    ("session", persons::sessions::forget),
    ("identity", |tx, _, person_id, _| identities::forget(tx, person_id)),
    ("person_level", |tx, _, person_id, _| levels::forget(tx, person_id)),
    ("level_request", |tx, now, person_id, _| levels::requests::forget(tx, now, person_id)),
    ("passkey", |tx, _, person_id, _| passkeys::forget(tx, person_id)),
    ("signing_certificate", |tx, _, person_id, _| certificates::forget(tx, person_id)),
    ("electronic_address", |tx, _, person_id, _| electronic_addresses::forget(tx, person_id)),
    ("former_contact", |tx, _, person_id, _| former_contacts::forget(tx, person_id)),
    ("person_snils", |tx, _, person_id, _| snils::forget(tx, person_id)),
    ("totp", |tx, _, person_id, _| second_factors::forget(tx, person_id)),
    ("trusted_device", |tx, _, person_id, _| trusted_devices::forget(tx, person_id)),
    ("pending_sign_in", |tx, _, person_id, _| pending_sign_ins::forget(tx, person_id)),
    ("sign_in_block", |tx, _, person_id, _| sign_in_blocks::forget(tx, person_id)),
    ("sign_in_help", |tx, _, person_id, _| sign_in_helps::forget(tx, person_id)),
    ("known_device", |tx, _, person_id, _| sign_in_locks::forget_devices(tx, person_id)),
    ("sign_in_failure", |tx, _, person_id, _| sign_in_locks::forget_failures(tx, person_id)),
    ("confirmation", |tx, _, person_id, count| confirmations::forget(tx, person_id, count)),
    ("contact_code", |tx, _, person_id, count| contact_codes::forget(tx, person_id, count)),
    ("account_code", |tx, _, person_id, count| homes::forget_codes_of(tx, person_id, count)),
    ("link_request", |tx, _, person_id, count| homes::forget_requests_of(tx, person_id, count)),
    ("reading_token", |tx, _, person_id, _| reading_tokens::forget(tx, person_id)),
    ("account_link", |tx, now, person_id, _| homes::preferences::unlink_all(tx, now, person_id)),
    ("delegation", |tx, now, person_id, _| homes::forget_delegations(tx, now, person_id)),
    ("consent_act", |tx, _, person_id, count| consents::forget_addresses(tx, person_id, count)),
    ("notice", |tx, _, person_id, count| notices::forget(tx, person_id, count)),
    ("event", |tx, _, person_id, count| events::forget(tx, person_id, count)),
    ("invitation", |tx, now, person_id, _| invitations::forget(tx, now, person_id)),
    ("import", |tx, _, person_id, _| import::forget(tx, person_id)),
    ("idempotency", |tx, _, person_id, count| requests::forget(tx, person_id, count)),
    ("audit_detail", |tx, _, person_id, count| audit::forget(tx, person_id, count)),
];

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It destroyed so many rows; there may be more.
    Destroyed(usize),
    /// There was nothing left.
    Done,
}

/// Destroys at most `count` rows, or one table's few.
///
/// # Errors
/// A failing database.
pub fn step(tx: &Tx<'_>, now: Timestamp, erasure: &Erasure, count: u32) -> Result<Step> {
    for (table, destroy) in TABLES {
        let rows = destroy(tx, now, &erasure.person_id, count)?;
        if rows > 0 {
            add_count(tx, &erasure.erasure_id, table, rows)?;
            return Ok(Step::Destroyed(rows));
        }
    }
    Ok(Step::Done)
}
