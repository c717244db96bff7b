//! A link that one of the staff made holds no longer than the right by which it was made, and is that one's alone.

use domain::access::Role;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    door::Browser,
    factors::person_id,
    scopes::{FIRST, INVITATIONS, NEIGHBOURS, STAFF, give, hire, places, wish},
    staff::accept,
    suite::{Answer, Suite},
};

const NOW: &str = "2026-07-20T09:00:00Z";

async fn reset(admin: &mut Browser<'_>, staff_id: &str) -> Answer {
    admin.ask_surely("POST", &format!("{STAFF}/{staff_id}/reset"), None).await
}

async fn view(suite: &Suite, link: &Value) -> Answer {
    let token = link.as_str().unwrap().split_once('#').unwrap().1;
    suite.ask("POST", "/api/auth/invitations/view", &[], Some(json!({ "token": token }))).await
}

fn change(suite: &Suite, sql: &str) {
    assert_eq!(rusqlite::Connection::open(suite.location.database_file()).unwrap().execute(sql, []).unwrap(), 1);
}

/// A moment later: the last moment of a term belongs to it.
fn later(suite: &Suite) {
    suite.set_clock(suite.env.now() + SignedDuration::from_secs(1));
}

#[tokio::test]
async fn a_new_password_is_set_by_no_link_whose_maker_reaches_the_person_no_more() {
    let suite = Suite::demo(NOW);
    let ([first, _], [neighbours, _]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    let [rises, stays, works] =
        ["rises", "stays", "works"].map(|login| hire(&suite, login, Role::Executor, &neighbours));
    let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    let links = [reset(&mut admin, &rises).await, reset(&mut admin, &stays).await, reset(&mut admin, &works).await];
    let [of_rises, of_stays, of_works] = links.map(|made| made.body["link"].clone());
    give(&suite, &rises, Role::Accountant, &first);
    assert_eq!(view(&suite, &of_rises).await.problem(), "invitation-expired");
    assert_eq!(accept(&suite, &of_rises).await.problem(), "invitation-expired", "it would open another company");
    assert_eq!(accept(&suite, &of_works).await.status, StatusCode::CREATED);
    change(&suite, "update role_grant set taken_at = '2026-07-20' where role = 'admin' and company_id is not null");
    assert_eq!(accept(&suite, &of_stays).await.problem(), "invitation-expired", "who made it is none any more");
}

#[tokio::test]
async fn with_a_house_the_invitations_of_its_staff_before_are_over() {
    let suite = Suite::demo(NOW);
    let ([first, _], [_, house]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    let made = admin.ask_surely("POST", INVITATIONS, wish("maria", &house)).await;
    let (first, house) = (first.id().unwrap(), house.id().unwrap());
    change(&suite, &format!("update house set company_id = '{first}' where house_id = '{house}'"));
    assert_eq!(accept(&suite, &made.body["link"]).await.problem(), "invitation-expired");
}

#[tokio::test]
async fn an_invitation_ends_the_earlier_one_of_its_company_and_none_of_another() {
    let suite = Suite::demo(NOW);
    let ([first, of_first], [neighbours, _]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    hire(&suite, "first-admin", Role::Admin, &first);
    let mut ours = Browser::signed_in(&suite, "10.0.0.6:1", "first-admin").await;
    let mut theirs = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    let mistaken = ours.ask_surely("POST", INVITATIONS, wish("maria", &first)).await.body;
    let meant = ours.ask_surely("POST", INVITATIONS, wish("maria", &of_first)).await.body;
    theirs.ask_surely("POST", INVITATIONS, wish("maria", &neighbours)).await;
    later(&suite);
    assert_eq!(view(&suite, &mistaken["link"]).await.problem(), "invitation-expired");
    assert_eq!(view(&suite, &meant["link"]).await.status, StatusCode::OK);
    let mut portal = Browser::signed_in(&suite, "10.0.0.8:1", "admin").await;
    portal.ask_surely("POST", INVITATIONS, wish("maria", &neighbours)).await;
    later(&suite);
    assert_eq!(view(&suite, &meant["link"]).await.problem(), "invitation-expired", "the portal's reach is all");
}

#[tokio::test]
async fn with_a_role_end_the_invitations_that_it_alone_allowed() {
    let suite = Suite::demo(NOW);
    let ([first, _], [neighbours, _]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    let admin_id = person_id(&suite, "admin2");
    give(&suite, &admin_id, Role::Admin, &first);
    give(&suite, &admin_id, Role::Dispatcher, &neighbours);
    let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    let there = admin.ask_surely("POST", INVITATIONS, wish("maria", &first)).await.body;
    let here = admin.ask_surely("POST", INVITATIONS, wish("petr", &neighbours)).await.body;
    let mut portal = Browser::signed_in(&suite, "10.0.0.6:1", "admin").await;
    for (role, company, is_left) in [("dispatcher", &neighbours, true), ("admin", &first, false)] {
        let sql = format!(
            "select role_grant_id from role_grant where role = '{role}' and person_id = '{admin_id}'
                               and company_id = '{}'",
            company.id().unwrap()
        );
        let path = format!("{STAFF}/{admin_id}/roles/{}", suite.rows(&sql).concat().concat());
        assert_eq!(portal.ask_surely("DELETE", &path, None).await.status, StatusCode::OK);
        later(&suite);
        let invited = portal.ask("GET", STAFF, None).await.body["invited"].as_array().unwrap().len();
        assert_eq!(invited, if is_left { 2 } else { 1 }, "{role}");
    }
    assert_eq!(view(&suite, &there["link"]).await.problem(), "invitation-expired");
    assert_eq!(view(&suite, &here["link"]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_role_that_goes_at_that_very_moment_makes_no_link_for_a_new_password() {
    let suite = Suite::demo(NOW);
    let ([first, _], [neighbours, _]) = (places(&suite, FIRST), places(&suite, NEIGHBOURS));
    let (admin_id, both) = (person_id(&suite, "admin2"), hire(&suite, "both", Role::Executor, &neighbours));
    give(&suite, &admin_id, Role::Admin, &first);
    give(&suite, &both, Role::Executor, &first);
    let mut admin = Browser::signed_in(&suite, "10.0.0.7:1", "admin2").await;
    let deed = format!(
        "update role_grant set taken_at = '2026-07-20' where person_id = '{admin_id}' and company_id = '{}'",
        first.id().unwrap()
    );
    suite.on("update of used_at on confirmation", &deed);
    assert_eq!(reset(&mut admin, &both).await.problem(), "forbidden");
    assert!(suite.rows("select 1 from invitation").is_empty());
}
