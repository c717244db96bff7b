//! What a house is charged for and by what: taken from files, corrected by later ones, refused where it contradicts
//! itself.

use domain::import::ImportFile;
use domain::period::Period;
use jiff::Timestamp;
use store::billing::{self, State as RunState};
use store::import::Taken;

use super::{bad_line, counts, filled, take_at};
use crate::state::State;

const NOW: &str = "2026-07-03T09:00:00Z";
const LATER: &str = "2026-07-21T09:00:00Z";

fn services_at(state: &State, moment: &str, lines: &[&str]) -> Result<Vec<Taken>, store::import::Error> {
    let file = format!("house_code;service;way;since;until\n{}\n", lines.join("\n"));
    take_at(state, moment, &[("services.csv", &file)])
}

fn services(state: &State, lines: &[&str]) -> Result<Vec<Taken>, store::import::Error> {
    services_at(state, NOW, lines)
}

fn households(lines: &[&str]) -> String {
    format!("house_code;premises;registered;since;until\n{}\n", lines.join("\n"))
}

#[test]
fn what_has_no_end_holds_until_the_next_line_and_the_same_once_more_changes_nothing() {
    let state = filled();
    let lines = ["Л10;heating;heating_norm;2026-01-01;", "Л10;heating;paused;2026-05-01;2026-09-30"];
    assert_eq!(counts(&services(&state, &lines).unwrap()), [("house_services", 2, 0, 0)]);
    assert_eq!(counts(&services(&state, &lines).unwrap()), [("house_services", 0, 0, 2)]);
    let corrected = ["Л10;heating;heating_meter;2026-01-01;"];
    let taken = services(&state, &corrected).unwrap();
    assert_eq!(counts(&taken), [("house_services", 0, 1, 0)]);
    assert_eq!(
        (taken[0].changed_rows[0].key.as_str(), taken[0].changed_rows[0].columns[0].as_str()),
        ("Л10, heating, с 2026-01-01", "way")
    );
}

#[test]
fn two_lines_that_hold_on_one_day_are_refused_also_where_the_other_one_is_known_already() {
    let state = filled();
    services(&state, &["Л10;heating;heating_norm;2026-01-01;2026-12-31"]).unwrap();
    let (line, column, reason) =
        bad_line(services_at(&state, LATER, &["Л10;gas;meter;2026-01-01;", "Л10;heating;paused;2026-05-01;"]));
    assert_eq!((line, column.as_str()), (3, "until"));
    assert_eq!(reason, "1\u{a0}мая 2026 года действуют две записи сразу: закончите прежнюю днём раньше");
    assert_eq!(state.rows("select count(*) from house_service"), ["1"]);
}

#[test]
fn a_way_that_the_service_has_not_is_refused_with_those_that_it_has() {
    let text = "house_code;service;way;since\nЛ10;solid_waste;meter;2026-01-01\n";
    let bad_lines = ImportFile::parse("services.csv", text.as_bytes()).unwrap_err();
    let reason = "эта услуга считается одним из способов: area, person, paused";
    assert_eq!(bad_lines.first().unwrap().reason, reason);
}

/// Previews, approves and issues a month of the only house.
pub(super) fn bill(state: &State, period: &str, now: &str) {
    let house_id = state.rows("select house_id from house").concat();
    let (db, now, period) = (state.db(), now.parse().unwrap(), Period::parse(period).unwrap());
    let run = db.write(|tx| billing::open(tx, now, &house_id, period)).unwrap().unwrap();
    preview(state, now);
    let drafts = drafts(state);
    db.write(|tx| billing::to_preview(tx, run)).unwrap().unwrap();
    preview(state, now);
    assert_eq!(self::drafts(state), drafts, "a preview that is computed anew is the same");
    db.write(|tx| billing::approve(tx, now, run)).unwrap().unwrap();
    while billing::tick(&db, now).unwrap().is_some() {}
    assert_eq!(db.read(|conn| billing::run(conn, run)).unwrap().unwrap().state, RunState::Issued);
}

fn preview(state: &State, now: Timestamp) {
    while billing::tick(&state.db(), now).unwrap().is_some() {}
    assert_eq!(state.rows("select problem from bill where problem is not null"), [""; 0]);
    let sums = "select count(*) from bill b
                where charged + corrected <> (select sum(payable) from charge_line l where l.bill_id = b.bill_id)";
    assert_eq!(state.number(sums), 0);
}

fn drafts(state: &State) -> Vec<String> {
    state.rows("select account_id, of_period, service, volume, payable from charge_line join bill using (bill_id) order by 1, 2, 3")
}

/// What the documentation shows makes a house that can be billed, and what changes later corrects the bills.
#[test]
fn the_example_files_make_a_house_whose_month_is_billed_and_corrected_when_they_change() {
    let state = crate::import_examples::filled();
    bill(&state, "2026-06", NOW);
    let lines = "select a.number, l.service, l.payable from charge_line l join bill b using (bill_id) join account a using (account_id) order by 1, 2";
    assert_eq!(
        state.rows(lines),
        ["700001|cold_water|22757", "700001|maintenance|179252", "700002|maintenance|474840"]
    );
    let area = "house_code;premises;service;since\nС7;1;cold_water;2026-06-01\n";
    take_at(&state, LATER, &[("later.csv", area)]).unwrap();
    bill(&state, "2026-07", "2026-08-03T09:00:00Z");
    let corrected = "select of_period, service, payable, reason from charge_line where reason is not null";
    assert_eq!(state.rows(corrected), ["2026-06|cold_water|-22757|Данные дома для начислений уточнены"]);
    let changed = households(&["С7;1;2;2026-06-01;"]);
    assert_eq!(
        counts(&take_at(&state, "2026-08-04T09:00:00Z", &[("households.csv", &changed)]).unwrap()),
        [("households", 1, 0, 0)]
    );
}

/// The rest of the meter of the house: 5.1 m³ less 4.75 m³ of the only flat that has water.
#[test]
fn what_is_left_of_the_meter_of_a_house_is_divided_when_all_of_it_is_computed() {
    let state = crate::import_examples::filled();
    let common = "house_code;service;supplier_inn;supplier;price_1;act;act_number;act_date;since
С7;common_cold_water;7707083893;МП «Водоканал»;47,91;Постановление РЭК о тарифах;214;2025-12-18;2026-01-01\n";
    let way = "house_code;service;way;since\nС7;common_cold_water;common_meter_whole;2026-01-01\n";
    take_at(&state, NOW, &[("tariffs.csv", common), ("services.csv", way)]).unwrap();
    bill(&state, "2026-06", NOW);
    let of_common = "select a.number, l.of_period, l.method, l.payable from charge_line l join bill b using (bill_id)
                     join account a using (account_id) where l.service = 'common_cold_water' order by 1, b.period";
    // 0.35 m³ × 47.91 = 16.77: 45.3 and 120 of 165.3 m².
    assert_eq!(state.rows(of_common), ["700001|2026-06|M|460", "700002|2026-06|M|1217"]);
    assert_eq!(
        state.rows("select service, non_residential, by_norm, by_meter from used_inside"),
        ["cold_water|0|0|47500000"]
    );

    // A reading that comes late leaves less of the house, 0.10 m³ of 0.35; what its meter told later makes it 0.35 again.
    let late = "meter_kind;meter_serial;source;period;taken_on;value_1;rolled_over
cold_water;4500123;company;2026-06;2026-06-20;3,5;yes\n";
    let volume = "house_code;service;period;volume\nС7;cold_water;2026-06;5,35\n";
    let nothing = "house_code;service;period;volume
С7;cold_water;2026-07;0\nС7;cold_water;2026-08;0\nС7;cold_water;2026-09;0\n";
    take_at(&state, LATER, &[("late.csv", late), ("volumes.csv", nothing)]).unwrap();
    bill(&state, "2026-07", "2026-08-03T09:00:00Z");
    let corrected = "select a.number, l.service, l.payable from charge_line l join bill b using (bill_id)
                     join account a using (account_id) where l.reason is not null order by 1, 2";
    let returned = ["700001|cold_water|1198", "700001|common_cold_water|-329", "700002|common_cold_water|-869"];
    assert_eq!(state.rows(corrected), returned);
    take_at(&state, "2026-08-04T09:00:00Z", &[("volumes.csv", volume)]).unwrap();
    bill(&state, "2026-08", "2026-09-03T09:00:00Z");
    let corrected = format!("{corrected}, 3 desc");
    assert_eq!(
        state.rows(&corrected),
        [
            "700001|cold_water|1198",
            "700001|common_cold_water|329",
            "700001|common_cold_water|-329",
            "700002|common_cold_water|869",
            "700002|common_cold_water|-869",
        ]
    );

    // A shop that pays the supplier itself used 0.25 m³ of it.
    let direct = "house_code;service;period;volume;direct_volume\nС7;cold_water;2026-06;5,35;0,25\n";
    take_at(&state, "2026-09-04T09:00:00Z", &[("volumes.csv", direct)]).unwrap();
    bill(&state, "2026-09", "2026-10-03T09:00:00Z");
    let of_june = "select a.number, sum(l.payable) from charge_line l join bill b using (bill_id)
                   join account a using (account_id)
                   where l.service = 'common_cold_water' and l.of_period = '2026-06' group by 1 order by 1";
    assert_eq!(state.rows(of_june), ["700001|131", "700002|348"]);
    let more = "house_code;service;period;volume;direct_volume\nС7;cold_water;2026-06;5,35;5,36\n";
    let bad_lines = ImportFile::parse("volumes.csv", more.as_bytes()).unwrap_err();
    assert_eq!(bad_lines.first().unwrap().reason, "больше, чем показал счётчик дома");
}
