//! Who works for the portal.

use domain::access::{Role, Scope};
use jiff::{SignedDuration, Timestamp};
use store::{
    grants::{self, Staff},
    persons::sessions,
};

use crate::state::State;

fn staff(state: &State) -> Vec<Staff> {
    state.db().read(|conn| grants::staff(conn, &[Scope::Portal])).expect("the staff")
}

#[test]
fn whoever_has_a_role_beside_a_residents_is_staff_and_the_last_sign_in_is_told() {
    let state = State::seeded("2026-07-20T09:00:00Z");
    let listed = staff(&state);
    let of = |login: &str| listed.iter().find(|person| person.login.as_deref() == Some(login));
    assert!(of("anna").is_none(), "she lives there");
    let support = of("support").expect("one of the staff");
    let roles: Vec<_> = support.held.iter().map(|held| held.grant.role).collect();
    assert_eq!((&roles[..], &support.signed_in_at), (&[Role::Support][..], &None));

    let person_id = state.rows("select person_id from person where login = 'support'").remove(0);
    let now: Timestamp = "2026-07-21T06:00:00Z".parse().expect("a moment");
    for (session_id, at) in [("a", now), ("b", now - SignedDuration::from_hours(1))] {
        let expires_at = at + SignedDuration::from_hours(12);
        let new = sessions::NewSession { session_id, person_id: &person_id, expires_at, user_agent: "", address: "" };
        state.db().write(|tx| sessions::open(tx, at, &new)).expect("a session");
    }
    let listed = staff(&state);
    let support = listed.iter().find(|person| person.login.as_deref() == Some("support"));
    assert_eq!(support.and_then(|support| support.signed_in_at.as_deref()), Some("2026-07-21T06:00:00.000Z"));
}
