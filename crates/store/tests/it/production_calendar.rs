//! The calendar that ships: the worked vectors of the domain file on days and terms.

use domain::{dated::Dated, penalty::due_on, period::Period, working_days::WorkingDays};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use store::production_calendar::{self, NewDay};

use crate::state::State;

fn calendar() -> WorkingDays {
    let all = (date(2024, 1, 1), date(2027, 12, 31));
    State::empty().db().read(|conn| production_calendar::working_days(conn, all)).unwrap()
}

fn working(calendar: &WorkingDays, year: i16) -> usize {
    let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
    days.filter(|day| calendar.is_working(*day)).count()
}

#[test]
fn a_year_has_as_many_working_days_as_the_government_says() {
    let calendar = calendar();
    assert_eq!([2024, 2025, 2026, 2027].map(|year| working(&calendar, year)), [248, 247, 247, 249]);
}

#[test]
fn a_term_in_working_days_ends_as_in_the_vectors() {
    let calendar = calendar();
    let vectors: [(Date, u32, Date); 12] = [
        (date(2025, 12, 29), 5, date(2026, 1, 15)),
        (date(2026, 1, 12), 5, date(2026, 1, 19)),
        (date(2026, 3, 6), 5, date(2026, 3, 16)),
        (date(2026, 4, 29), 5, date(2026, 5, 7)),
        (date(2026, 11, 3), 5, date(2026, 11, 11)),
        (date(2025, 10, 31), 5, date(2025, 11, 10)),
        (date(2026, 3, 6), 3, date(2026, 3, 12)),
        (date(2026, 4, 30), 3, date(2026, 5, 6)),
        (date(2025, 10, 30), 3, date(2025, 11, 5)),
        (date(2025, 12, 26), 10, date(2026, 1, 21)),
        (date(2026, 4, 27), 10, date(2026, 5, 13)),
        (date(2026, 7, 17), 10, date(2026, 7, 31)),
    ];
    for (from, count, until) in vectors {
        assert_eq!(calendar.after(from, count), until, "{from} + {count}");
    }
    for (raw, moved) in [((2026, 5, 1), (2026, 5, 4)), ((2026, 1, 4), (2026, 1, 12)), ((2026, 8, 16), (2026, 8, 17))] {
        let day = |(year, month, day)| date(year, month, day);
        assert_eq!(calendar.on_or_after(day(raw)), day(moved));
    }
}

#[test]
fn a_month_is_paid_by_a_day_that_is_worked_on() {
    let april = Period::new(2026, 4).unwrap();
    assert_eq!(
        due_on(april, &Dated::always(10), &calendar()).unwrap(),
        date(2026, 5, 12),
        "10 May is a Sunday, the 11th its day off"
    );
}

#[test]
fn a_day_that_the_government_decides_later_takes_the_place_of_the_provisional_one() {
    let state = State::empty();
    let day = date(2027, 11, 5);
    let decided =
        NewDay { day, is_working: false, name: "Перенесённый выходной", act: "ПП РФ" };
    let put = |day: &NewDay<'_>| {
        let now = "2026-11-23T06:00:00Z".parse().unwrap();
        state.db().write(|tx| production_calendar::put(tx, now, std::slice::from_ref(day))).unwrap()
    };
    assert_eq!(put(&decided).added, 1);
    assert!(!put(&decided).is_any(), "the same again changes nothing");
    let known = || state.db().read(|conn| production_calendar::working_days(conn, (day, day))).unwrap();
    assert!(!known().is_working(day));
    assert_eq!(put(&NewDay { is_working: true, ..decided }).changed.len(), 1);
    assert!(known().is_working(day));
}
