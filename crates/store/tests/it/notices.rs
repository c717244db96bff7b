//! The feed over a real migrated file.

use domain::access::Role;
use jiff::{Timestamp, ToSpan};
use schema::Kind;
use store::{
    Db,
    notices::{self, NewNotice, Notice},
    persons::{self, NewPerson},
};

use crate::state::State;

const NOON: &str = "2026-07-20T09:00:00.000Z";

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

/// A state with two persons, `anna` and `boris`.
fn state() -> (State, Db) {
    let state = State::new(Kind::Live);
    let db = state.db();
    db.write(|tx| ["anna", "boris"].iter().try_for_each(|login| persons::add(tx, noon(), &person(login)))).unwrap();
    (state, db)
}

fn person(login: &str) -> NewPerson<'_> {
    NewPerson {
        person_id: login,
        login: Some(login),
        phone: None,
        email: None,
        password_hash: "",
        name: login,
        roles: &[Role::Resident],
        is_demo: false,
    }
}

fn notice(person_id: &str, subject: &str, minute: i64) -> NewNotice {
    NewNotice {
        notice_id: format!("{person_id}-{subject}"),
        person_id: person_id.to_owned(),
        subject: subject.to_owned(),
        kind: "window-open",
        title: "Передайте показания".to_owned(),
        body: "До 25 июля.".to_owned(),
        link: Some("/readings"),
        created_at: noon() + minute.minutes(),
    }
}

fn add(db: &Db, notices: &[NewNotice]) -> usize {
    db.write(|tx| notices::add(tx, notices)).unwrap()
}

fn feed(db: &Db, person_id: &str, after: Option<&Notice>, count: u32) -> Vec<Notice> {
    let place = after.map(Notice::place);
    db.read(|conn| notices::list(conn, person_id, place.as_ref(), count)).unwrap()
}

fn unread(db: &Db, person_id: &str) -> u32 {
    db.read(|conn| notices::unread_count(conn, person_id)).unwrap()
}

#[test]
fn a_subject_is_told_to_a_person_once() {
    let (_state, db) = state();
    assert_eq!(add(&db, &[notice("anna", "july", 0), notice("boris", "july", 0)]), 2);
    let mut again = notice("anna", "july", 5);
    again.notice_id = "another".to_owned();
    assert_eq!(add(&db, &[again, notice("anna", "august", 5)]), 1);
    let ids: Vec<_> = feed(&db, "anna", None, 10).into_iter().map(|notice| notice.notice_id).collect();
    assert_eq!(ids, ["anna-august", "anna-july"]);
}

#[test]
fn a_notice_comes_back_as_it_was_told() {
    let (_state, db) = state();
    let mut told = notice("anna", "july", 0);
    told.link = None;
    told.body = "«Код» — \"A\\B\"\nи ещё строка".to_owned();
    add(&db, &[told]);
    let [kept] = &feed(&db, "anna", None, 10)[..] else { panic!("one notice") };
    assert_eq!(kept.body, "«Код» — \"A\\B\"\nи ещё строка");
    assert_eq!((kept.title.as_str(), kept.kind.as_str()), ("Передайте показания", "window-open"));
    assert_eq!((kept.created_at.as_str(), &kept.link, &kept.read_at), (NOON, &None, &None));
}

#[test]
fn pages_of_a_feed_join_without_a_gap_or_an_overlap() {
    let (_state, db) = state();
    // Three of them tell of the same moment.
    let moments = [0, 1, 1, 1, 2, 3, 4];
    let all: Vec<_> = moments.iter().enumerate().map(|(i, at)| notice("anna", &format!("s{i}"), *at)).collect();
    add(&db, &all);
    add(&db, &[notice("boris", "s0", 1)]);
    for size in 1..=8 {
        let mut seen: Vec<Notice> = Vec::new();
        loop {
            let page = feed(&db, "anna", seen.last(), size);
            if page.is_empty() {
                break;
            }
            seen.extend(page);
        }
        let ids: Vec<_> = seen.iter().map(|notice| notice.notice_id.as_str()).collect();
        assert_eq!(
            ids,
            ["anna-s6", "anna-s5", "anna-s4", "anna-s3", "anna-s2", "anna-s1", "anna-s0"],
            "pages of {size}"
        );
    }
}

#[test]
fn a_notice_that_comes_while_somebody_pages_shifts_nothing() {
    let (_state, db) = state();
    add(&db, &[notice("anna", "a", 0), notice("anna", "b", 1), notice("anna", "c", 2)]);
    let first = feed(&db, "anna", None, 2);
    add(&db, &[notice("anna", "d", 3)]);
    let second = feed(&db, "anna", first.last(), 2);
    assert_eq!(second.iter().map(|notice| notice.notice_id.as_str()).collect::<Vec<_>>(), ["anna-a"]);
}

#[test]
fn reading_a_notice_twice_keeps_the_first_moment() {
    let (_state, db) = state();
    add(&db, &[notice("anna", "july", 0), notice("anna", "august", 1)]);
    assert_eq!(unread(&db, "anna"), 2);
    for minute in [10, 20] {
        let at = noon() + i64::from(minute).minutes();
        assert!(db.write(|tx| notices::mark_read(tx, at, "anna", "anna-july")).unwrap());
    }
    assert_eq!(unread(&db, "anna"), 1);
    let kept = feed(&db, "anna", None, 10).pop().unwrap();
    assert_eq!(kept.read_at.as_deref(), Some("2026-07-20T09:10:00.000Z"));
}

#[test]
fn nobody_reads_a_notice_of_somebody_else() {
    let (_state, db) = state();
    add(&db, &[notice("anna", "july", 0)]);
    assert!(!db.write(|tx| notices::mark_read(tx, noon(), "boris", "anna-july")).unwrap());
    assert!(!db.write(|tx| notices::mark_read(tx, noon(), "anna", "no-such")).unwrap());
    assert_eq!((unread(&db, "anna"), unread(&db, "boris")), (1, 0));
    assert!(feed(&db, "boris", None, 10).is_empty());
}
