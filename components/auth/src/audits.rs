//! Entries of the audit log about what a person did before being signed in.

use domain::user_agent;
use store::{Tx, audit};
use web::{Client, Env};

/// Notes what the person did about the own login, in the transaction of the change.
pub(crate) fn of_person(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    person_id: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> store::Result<()> {
    by(tx, env, client, person_id, person_id, action, fields)
}

/// Notes what `actor` did about the person's login.
pub(crate) fn by(
    tx: &Tx<'_>,
    env: &Env,
    client: &Client,
    actor: &str,
    person_id: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> store::Result<()> {
    let browser = user_agent::in_words(&client.user_agent);
    let fields = [&[("address", client.address.as_str()), ("browser", &browser)], fields].concat();
    let object = format!("person:{person_id}");
    let record = audit::Record { actor, action, object: &object, fields: &fields };
    audit::record(tx, env.now(), env.random(), &record)
}
