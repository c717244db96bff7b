//! Which accounts a person acts for: own ones, and those that somebody lets the person act for, who reads in the journal
//! on which days the person looked.

use std::collections::BTreeSet;

use domain::access::{Action, Relation};
use store::{
    Conn,
    homes::{self, Delegation, Reach},
    readings::Place,
};
use web::{Actor, Client, Env, Problem, audit};

/// Who asks, to do what.
pub(crate) fn of<'a>(env: &Env, actor: &'a Actor, action: Action) -> Reach<'a> {
    Reach { person_id: &actor.person_id, action, today: env.day() }
}

/// What the place is to whoever reached it.
pub(crate) fn relation(place: &Place) -> Relation {
    if place.delegation_id.is_some() { Relation::Delegated } else { Relation::Own }
}

/// By which the person acts in an owner's place; nothing where the account is the person's own.
pub(crate) fn delegation(
    conn: &Conn<'_>,
    env: &Env,
    actor: &Actor,
    place: &Place,
) -> store::Result<Option<Delegation>> {
    let Some(delegation_id) = &place.delegation_id else { return Ok(None) };
    let held = homes::held(conn, &actor.person_id, env.day())?;
    Ok(held.into_iter().find(|one| one.delegation_id == *delegation_id))
}

/// Keeps that a delegate looks, for those whose data these are: the first time on each day. Answering comes after it.
///
/// # Errors
/// A failing database.
pub(crate) fn note_look<'a>(
    env: &Env,
    actor: &Actor,
    client: &Client,
    delegation_ids: impl IntoIterator<Item = &'a String>,
) -> Result<(), Problem> {
    let ids: BTreeSet<_> = delegation_ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let today = env.day();
    let held = env.db().read(|conn| homes::held(conn, &actor.person_id, today))?;
    let is_first = |one: &&Delegation| ids.contains(&one.delegation_id) && one.looked_on.is_none_or(|day| day < today);
    for Delegation { delegation_id, name, .. } in held.iter().filter(is_first) {
        env.db().write(|tx| {
            let account_ids = homes::first_look(tx, today, delegation_id)?;
            let objects: Vec<_> = account_ids.iter().map(|account_id| format!("account:{account_id}")).collect();
            audit::record_each(tx, env, actor, client, "delegation.look", &objects, &[("delegate", name)])
        })?;
    }
    Ok(())
}
