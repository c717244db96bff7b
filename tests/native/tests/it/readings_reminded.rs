//! Reminders of readings, whatever the sequence of days, runs and readings.

use std::{collections::BTreeSet, thread};

use domain::reminder::due;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use store::homes::{self, Right, addresses, preferences};

use crate::world::{House, World};

/// `reminder.days_before_close` as the migrations set it.
const DAYS_BEFORE_CLOSE: i32 = 3;

const RYAZAN: House = House { from_day: 15, to_day: 25, time_zone: "Europe/Moscow" };

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// One person with one home in a house whose window is the 15th to the 25th.
fn one_home(now: &str) -> World {
    let world = World::new(moment(now), &[RYAZAN], 1);
    world.link(0, 0);
    world
}

fn subjects(world: &World) -> Vec<String> {
    world.told().into_iter().map(|(_, subject)| subject).collect()
}

#[test]
fn a_window_is_told_when_it_opens_and_again_before_it_closes() {
    let world = one_home("2026-07-14T12:00:00Z");
    let mut reminded = Vec::new();
    for day in 14..=27 {
        world.suite.set_clock(moment(&format!("2026-07-{day}T12:00:00Z")));
        let (first, again) = (world.tick(), world.tick());
        reminded.push((day, first));
        assert_eq!(again, 0, "day {day}");
    }
    let told: Vec<_> = reminded.into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(told, [(15, 1), (22, 1)]);
    assert_eq!(subjects(&world), ["window-closing:home-0:2026-07", "window-open:home-0:2026-07"]);
    let notice = world.suite.rows("select title, body, link from notice where kind = 'window-open'").concat();
    assert_eq!(notice[0].replace('\u{a0}', " "), "Передайте показания до 25 июля");
    assert!(notice[1].starts_with("г. Рязань, д. 10, кв. 15: "), "{notice:?}");
    assert_eq!(notice[2], "/readings");
}

#[test]
fn a_suspended_account_is_not_reminded_of_and_a_resumed_one_is() {
    let world = one_home("2026-07-15T12:00:00Z");
    let link = world.suite.rows("select account_link_id from account_link").concat().concat();
    let (db, now) = (world.suite.env.db().clone(), world.suite.env.now());
    assert!(db.write(|tx| preferences::suspend(tx, now, &link)).unwrap());
    assert_eq!(world.tick(), 0);
    assert!(db.write(|tx| preferences::resume(tx, &link)).unwrap());
    assert_eq!(world.tick(), 1);
}

#[test]
fn a_run_takes_houses_into_the_search_that_are_older_than_it() {
    let world = one_home("2026-07-15T12:00:00Z");
    let db = world.suite.env.db();
    db.write(|tx| tx.execute("delete from address_word", &[])).unwrap();
    assert!(db.read(addresses::any_missing).unwrap());
    world.tick();
    assert!(!db.read(addresses::any_missing).unwrap());
}

#[test]
fn a_window_opens_by_the_clock_of_its_house() {
    let eastern = House { time_zone: "Asia/Vladivostok", ..RYAZAN };
    let world = World::new(moment("2026-07-14T14:30:00Z"), &[RYAZAN, eastern], 1);
    world.link(0, 0);
    world.link(0, 1);
    assert_eq!(world.tick(), 1);
    assert_eq!(subjects(&world), ["window-open:home-1:2026-07"]);
}

#[test]
fn whoever_gave_the_readings_hears_no_more_of_that_window() {
    let world = one_home("2026-07-16T12:00:00Z");
    assert_eq!(world.tick(), 1);
    world.give_reading(0);
    world.suite.set_clock(moment("2026-07-24T12:00:00Z"));
    assert_eq!(world.tick(), 0);
    world.suite.set_clock(moment("2026-08-15T12:00:00Z"));
    assert_eq!(world.tick(), 1);
}

#[test]
fn a_reading_of_last_month_is_none_of_this_one() {
    let world = one_home("2026-06-20T12:00:00Z");
    world.give_reading(0);
    world.suite.set_clock(moment("2026-07-16T12:00:00Z"));
    assert_eq!(world.tick(), 1);
}

#[test]
fn one_meter_without_a_reading_is_enough_and_the_reminder_names_it_alone() {
    let world = one_home("2026-07-24T12:00:00Z");
    world.give_reading(0);
    let sql = "insert into meter select 'second', premises_id, 'hot_water', serial, place, rates, digits_integer,
               digits_fraction, installed_on, verified_on, verification_interval_years, removed_on, created_at
               from meter";
    world.write(|tx| tx.execute(sql, &[]));
    assert_eq!(world.tick(), 1);
    let body = world.suite.rows("select body from notice").concat().concat().replace('\u{a0}', " ");
    assert!(body.contains("осталось передать показания 1 счётчика: Горячая вода № home-0."), "{body}");
}

#[test]
fn removed_meters_ended_links_and_closed_accounts_remind_nobody() {
    for sql in [
        "update meter set removed_on = '2026-07-01'",
        "update account_link set ended_at = '2026-07-01T00:00:00.000Z'",
        "update account set closed_on = '2026-07-16'",
        "delete from account_link",
    ] {
        let world = one_home("2026-07-16T12:00:00Z");
        world.write(|tx| tx.execute(sql, &[]));
        assert_eq!(world.tick(), 0, "{sql}");
    }
}

#[test]
fn everybody_of_a_home_is_reminded_and_nobody_twice_for_two_accounts() {
    let world = World::new(moment("2026-07-16T12:00:00Z"), &[RYAZAN], 2);
    world.link(0, 0);
    world.link(1, 0);
    let second = "insert into account (account_id, number, premises_id, holder, opened_on, created_at)
                  values ('second', 'second', 'home-0', '', '2020-01-01', '')";
    world.write(|tx| tx.execute(second, &[]));
    let now = world.suite.env.now();
    world.write(|tx| homes::add_link(tx, now, "l", &world.persons[0], "second", Right::Owner).map(drop));
    assert_eq!(world.tick(), 2);
}

#[test]
fn a_house_whose_zone_is_unknown_hinders_no_other() {
    let world = World::new(moment("2026-07-16T12:00:00Z"), &[RYAZAN, RYAZAN], 1);
    world.link(0, 0);
    world.link(0, 1);
    world.write(|tx| tx.execute("update house set time_zone = 'Europe/Nowhere' where house_id = 'home-0'", &[]));
    assert_eq!(world.tick(), 1);
    assert_eq!(subjects(&world), ["window-open:home-1:2026-07"]);
}

#[test]
fn two_runs_at_once_remind_once() {
    let world = World::new(moment("2026-07-16T12:00:00Z"), &[RYAZAN; 4], 50);
    (0..200).for_each(|index| world.link(index / 4, index % 4));
    let run = || reminders::run(&world.suite.env, world.suite.env.now()).unwrap().reminded;
    let reminded: usize = thread::scope(|scope| {
        let runs = [(); 4].map(|()| scope.spawn(run));
        runs.map(|run| run.join().unwrap()).into_iter().sum()
    });
    assert_eq!((reminded, world.told().len()), (200, 200));
}

#[test]
fn more_people_than_one_batch_are_reminded_in_one_run() {
    let world = World::new(moment("2026-07-16T12:00:00Z"), &[RYAZAN], 1_100);
    world.write(|tx| {
        let sql = "insert into account_link (account_link_id, person_id, account_id, right, linked_at)
                   select person_id, person_id, 'home-0', 'tenant', '' from person";
        tx.execute(sql, &[])
    });
    let before = store::stats::calls();
    assert_eq!(world.tick(), 1_100);
    let calls = store::stats::calls() - before;
    assert!(calls.sql < 78, "{calls:?}: not a statement per person");
}

#[test]
fn a_run_that_finds_nothing_to_do_costs_a_handful_of_statements() {
    let world = World::new(moment("2026-07-16T12:00:00Z"), &[RYAZAN; 20], 20);
    (0..20).for_each(|index| world.link(index, index));
    world.tick();
    let before = store::stats::calls();
    assert_eq!(world.tick(), 0);
    let calls = store::stats::calls() - before;
    // One or two for each kind of work and each table that is swept, none for a house or a person.
    assert!(calls.sql <= 59, "{calls:?}");
}

/// What may happen in a world.
#[derive(Clone, Debug)]
enum Step {
    Wait { hours: i64 },
    Tick,
    Read { home: usize },
    Link { person: usize, home: usize },
}

fn any_step(homes: usize, persons: usize) -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_i64..=120).prop_map(|hours| Step::Wait { hours }),
        3 => Just(Step::Tick),
        1 => (0..homes).prop_map(|home| Step::Read { home }),
        1 => (0..persons, 0..homes).prop_map(|(person, home)| Step::Link { person, home }),
    ]
}

fn any_house() -> impl Strategy<Value = House> {
    let zone = prop_oneof![Just("Europe/Moscow"), Just("Asia/Vladivostok"), Just("Europe/Kaliningrad")];
    (1_i8..=31, 1_i8..=31, zone).prop_map(|(from_day, to_day, time_zone)| House { from_day, to_day, time_zone })
}

/// What ought to be: the same rule told once more, over plain sets.
#[derive(Default)]
struct Expected {
    links: BTreeSet<(usize, usize)>,
    given: BTreeSet<(usize, String)>,
    told: BTreeSet<(String, String)>,
}

impl Expected {
    fn tick(&mut self, world: &World) {
        let now = world.suite.env.now();
        for &(person, home) in &self.links {
            let house = world.homes[home].house;
            let window = house.window(now);
            let Some(phase) = due(&window, house.today(now), DAYS_BEFORE_CLOSE) else { continue };
            if !self.given.contains(&(home, window.period.to_string())) {
                let subject = format!("{}:{}:{}", phase.as_str(), world.homes[home].id, window.period);
                self.told.insert((world.persons[person].clone(), subject));
            }
        }
    }

    fn step(&mut self, world: &World, step: &Step) {
        let now = world.suite.env.now();
        match *step {
            Step::Wait { hours } => world.suite.set_clock(now + SignedDuration::from_hours(hours)),
            Step::Tick => {
                self.tick(world);
                world.tick();
            }
            Step::Read { home } => {
                self.given.insert((home, world.homes[home].house.window(now).period.to_string()));
                world.give_reading(home);
            }
            Step::Link { person, home } => {
                self.links.insert((person, home));
                world.link(person, home);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn each_phase_is_told_exactly_once_to_whoever_it_concerns(
        houses in prop::collection::vec(any_house(), 2),
        steps in prop::collection::vec(any_step(2, 2), 0..40),
        start in 0_i64..700,
    ) {
        let now = moment("2026-01-20T21:30:00Z") + SignedDuration::from_hours(start);
        let world = World::new(now, &houses, 3);
        // The third person never links anything.
        let mut expected = Expected::default();
        for step in &steps {
            expected.step(&world, step);
            let told = world.told();
            prop_assert_eq!(&told.iter().cloned().collect::<BTreeSet<_>>(), &expected.told);
            prop_assert_eq!(told.len(), expected.told.len());
        }
    }
}
