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
    let all = told(actor, client, &browser, fields);
    let entry = audit::Record { actor: &actor.person_id, action, object, fields: &all };
    audit::record(tx, env.now(), env.random(), &entry)
}

/// Notes that `actor` did the same to several objects, or looked at them in a list: an entry each, in two statements.
///
/// # Errors
/// A failing database.
pub fn record_each(
    tx: &Tx<'_>,
    env: &Env,
    actor: &Actor,
    client: &Client,
    action: &str,
    objects: &[String],
    fields: &[(&str, &str)],
) -> store::Result<()> {
    if objects.is_empty() {
        return Ok(());
    }
    let browser = user_agent::in_words(&client.user_agent);
    let all = told(actor, client, &browser, fields);
    let record = |object| audit::Record { actor: &actor.person_id, action, object, fields: &all };
    let records: Vec<_> = objects.iter().map(|object| (env.random(), record(object))).collect();
    audit::record_all(tx, env.now(), &records)
}

fn told<'a>(
    actor: &'a Actor,
    client: &'a Client,
    browser: &'a str,
    fields: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("address", client.address.as_str()), ("browser", browser), ("session", &actor.session_id)];
    all.extend_from_slice(fields);
    all
}
