//! Prices that overlap or leave days out are refused with the line, the house, the service and the days.

use store::import::Error;

use super::{bad_line, counts, filled, take, take_at};

const LATER: &str = "2026-07-21T09:00:00Z";
const HEADER: &str = "house_code;service;supplier_inn;supplier;price_1;act;act_number;act_date;since;until\n";

fn cold(since: &str, until: &str, price: &str) -> String {
    format!("Л10;cold_water;7707083893;УК Двор;{price};Приказ;1;2025-12-01;{since};{until}\n")
}

fn file(lines: &[String]) -> String {
    format!("{HEADER}{}", lines.concat())
}

#[test]
fn a_price_without_an_end_holds_until_the_next_one_in_the_same_file_or_a_later_one() {
    let state = filled();
    let first = file(&[cold("2026-01-01", "", "47,91"), cold("2026-10-01", "", "50,93")]);
    assert_eq!(counts(&take(&state, &[("tariffs.csv", &first)]).unwrap()), [("tariffs", 2, 0, 0)]);
    let next = file(&[cold("2027-01-01", "", "52")]);
    take_at(&state, LATER, &[("tariffs.csv", &next)]).unwrap();
    let rows = "select prices, until from tariff where withdrawn_at is null order by since";
    let expected = [r#"["47.91"]|2026-09-30"#, r#"["50.93"]|2026-12-31"#, r#"["52"]|Null"#];
    assert_eq!(state.rows(rows), expected);
    assert_eq!(counts(&take(&state, &[("tariffs.csv", &first)]).unwrap()), [("tariffs", 0, 0, 2)]);
    assert_eq!(state.rows(rows), expected);
}

#[test]
fn days_without_a_price_are_refused_and_named() {
    let state = filled();
    let gap = file(&[cold("2026-01-01", "2026-06-30", "47,91"), cold("2026-10-01", "", "50,93")]);
    let (line, column, reason) = bad_line(take(&state, &[("tariffs.csv", &gap)]));
    assert_eq!((line, column.as_str()), (3, "since"));
    let days = "с 1\u{a0}июля 2026 года по 30\u{a0}сентября 2026 года";
    assert_eq!(reason, format!("дом Л10, холодная вода: нет значения {days}"));
    assert_eq!(state.rows("select count(*) from tariff"), ["0"]);
}

#[test]
fn days_with_two_prices_are_refused_also_where_the_other_one_is_known_already() {
    let state = filled();
    take(&state, &[("tariffs.csv", &file(&[cold("2026-01-01", "2026-12-31", "47,91")]))]).unwrap();
    let (line, _, reason) =
        bad_line(take_at(&state, LATER, &[("tariffs.csv", &file(&[cold("2026-12-01", "", "52")]))]));
    assert_eq!(line, 2);
    assert!(reason.starts_with("дом Л10, холодная вода: два значения действуют сразу с 1\u{a0}декабря"), "{reason}");
}

#[test]
fn a_supplier_of_one_number_has_one_name() {
    let state = filled();
    let renamed = cold("2026-10-01", "", "50,93").replace("УК Двор", "Водоканал");
    let lines = file(&[cold("2026-01-01", "", "47,91"), renamed]);
    let result = take(&state, &[("tariffs.csv", &lines)]);
    assert!(matches!(&result, Err(Error::BadLines(_))));
    let (line, column, _) = bad_line(result);
    assert_eq!((line, column.as_str()), (3, "supplier"));
}
