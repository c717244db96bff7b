//! Which accounts a person acts for: own ones, and those that somebody lets the person act for.

use domain::access::{Action, Relation};
use store::{
    Conn,
    homes::{self, Delegation, Reach},
    readings::Place,
};
use web::{Actor, Env};

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
