//! Events told in feeds.

use jiff::{SignedDuration, Timestamp};
use store::events::{self, Event};

use crate::suite::Suite;

const NOW: &str = "2026-07-20T09:00:00Z";

fn linked() -> Event {
    Event::AccountLinked { number: "0000000015".to_owned(), address: "г. Рязань, д. 10, кв. 15".to_owned() }
}

fn submitted(code: &str, meters: usize) -> Event {
    Event::ReadingSubmitted {
        confirmation_code: code.to_owned(),
        address: "г. Рязань, д. 10, кв. 15".to_owned(),
        meters,
        names: Vec::new(),
    }
}

fn person(suite: &Suite, login: &str) -> String {
    suite.rows(&format!("select person_id from person where login = '{login}'"))[0][0].clone()
}

fn emit(suite: &Suite, at: Timestamp, login: &str, event: &Event) {
    let person_id = person(suite, login);
    suite.env.db().write(|tx| events::emit(tx, at, &person_id, event)).unwrap();
}

fn run(suite: &Suite) -> usize {
    reminders::run(&suite.env, suite.env.now()).unwrap().events_handled
}

/// Boris has no account, so his feed holds events alone.
fn told(suite: &Suite, columns: &str) -> Vec<Vec<String>> {
    let boris = person(suite, "boris");
    suite.rows(&format!("select {columns} from notice where person_id = '{boris}' order by created_at, notice_id"))
}

#[test]
fn an_event_is_told_once_to_the_person_whom_it_concerns() {
    let suite = Suite::demo(NOW);
    emit(&suite, suite.env.now(), "boris", &linked());
    assert_eq!((run(&suite), run(&suite)), (1, 0));
    assert_eq!(told(&suite, "subject, kind, link"), [["event:1", "account-linked", "/readings"]]);
    assert!(suite.rows("select 1 from event where handled_at is null").is_empty());
}

#[test]
fn an_account_that_somebody_else_linked_is_told_with_what_to_do_about_a_stranger() {
    let suite = Suite::demo(NOW);
    let shared = Event::AccountShared { number: "0000000015".to_owned(), address: "кв. 15".to_owned() };
    emit(&suite, suite.env.now(), "boris", &shared);
    assert_eq!(run(&suite), 1);
    assert_eq!(told(&suite, "kind, link"), [["account-shared", "/accounts"]]);
    let body = told(&suite, "body").concat().concat();
    assert!(body.contains("0000000015") && body.contains("позвоните в управляющую организацию"), "{body}");
}

#[test]
fn a_submission_is_told_with_its_code_and_the_number_of_meters() {
    let suite = Suite::demo(NOW);
    emit(&suite, suite.env.now(), "boris", &submitted("7K3Q-92XF", 1));
    emit(&suite, suite.env.now(), "boris", &submitted("8M4R-03YG", 4));
    assert_eq!(run(&suite), 2);
    let bodies = told(&suite, "title || ': ' || body").concat();
    let named = |code: &str, count: &str| {
        bodies.iter().any(|body| body.contains("кв. 15") && body.contains(code) && body.contains(count))
    };
    assert!(named("7K3Q-92XF", "1 счётчика"), "{bodies:?}");
    assert!(named("8M4R-03YG", "4 счётчиков"), "{bodies:?}");
}

#[test]
fn a_feed_keeps_the_order_in_which_things_happened() {
    let suite = Suite::demo(NOW);
    let earlier = suite.env.now() - SignedDuration::from_mins(4);
    for (minute, code) in [(0, "AAAA-0000"), (1, "BBBB-1111"), (2, "CCCC-2222")] {
        emit(&suite, earlier + SignedDuration::from_mins(minute), "boris", &submitted(code, 2));
    }
    assert_eq!(run(&suite), 3);
    assert_eq!(told(&suite, "subject").concat(), ["event:1", "event:2", "event:3"]);
}

#[test]
fn an_event_of_an_unknown_kind_waits_and_holds_up_nobody() {
    let suite = Suite::demo(NOW);
    for index in 0..3 {
        let sql = "insert into event (kind, person_id, payload, created_at) values (?1, ?2, ?3, ?4)";
        let (kind, payload) = [("vote.counted", "{}"), ("account.linked", "{}"), ("account.linked", "no JSON")][index];
        let values = store::params![kind, person(&suite, "boris"), payload, suite.env.now()];
        suite.env.db().write(|tx| tx.execute(sql, values)).unwrap();
    }
    emit(&suite, suite.env.now(), "boris", &linked());
    assert_eq!(run(&suite), 1);
    assert_eq!(told(&suite, "subject").concat(), ["event:4"]);
    assert_eq!(suite.rows("select event_id from event where handled_at is null").concat(), ["1", "2", "3"]);
}

#[test]
fn many_events_are_told_in_one_run() {
    let suite = Suite::demo(NOW);
    let (boris, now) = (person(&suite, "boris"), suite.env.now());
    suite.env.db().write(|tx| (0..450).try_for_each(|_| events::emit(tx, now, &boris, &linked()))).unwrap();
    assert_eq!((run(&suite), run(&suite)), (450, 0));
    assert_eq!(told(&suite, "count(*)").concat(), ["450"]);
}
