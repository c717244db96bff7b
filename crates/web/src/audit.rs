//! Audit entries of what a signed-in person did.

use domain::user_agent;
use store::{Tx, audit};

use crate::{Actor, Client, Env};

/// Notes what `actor` did, in the transaction of the change.
///
/// # Errors
/// A failing database.
pub fn record(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    action: &str,
    object: &str,
    fields: &[(&str, &str)],
) -> store::Result<()> {
    let browser = user_agent::in_words(&client.user_agent);
    let mut all = vec![("address", client.address.as_str()), ("browser", &browser), ("session", &actor.session_id)];
    all.extend_from_slice(fields);
    let entry = audit::Record { actor: &actor.person_id, action, object, fields: &all };
    audit::record(tx, env.now(), env.random(), &entry)
}
