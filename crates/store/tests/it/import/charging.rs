//! What a house is charged for and by what: taken from files, corrected by later ones, refused where it contradicts
//! itself.

use domain::import::ImportFile;
use domain::period::Period;
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

/// What the documentation shows makes a house that can be billed, and what changes later corrects the bills.
#[test]
fn the_example_files_make_a_house_whose_month_is_billed_and_corrected_when_they_change() {
    let state = crate::import_examples::filled();
    let house_id = state.rows("select house_id from house").concat();
    let db = &state.db();
    let bill = |period: &str, now: &str| {
        let now = now.parse().unwrap();
        let period = Period::parse(period).unwrap();
        let run = db.write(|tx| billing::open(tx, now, &house_id, period)).unwrap().unwrap();
        while billing::tick(db, now).unwrap().is_some() {}
        assert_eq!(state.rows("select problem from bill where problem is not null"), [""; 0]);
        db.write(|tx| billing::approve(tx, now, run)).unwrap().unwrap();
        while billing::tick(db, now).unwrap().is_some() {}
        assert_eq!(db.read(|conn| billing::run(conn, run)).unwrap().unwrap().state, RunState::Issued);
    };
    bill("2026-06", NOW);
    let lines = "select a.number, l.service, l.payable from charge_line l join bill b using (bill_id) join account a using (account_id) order by 1, 2";
    assert_eq!(
        state.rows(lines),
        ["700001|cold_water|22757", "700001|maintenance|179252", "700002|maintenance|474840"]
    );
    let area = "house_code;premises;service;since\nС7;1;cold_water;2026-06-01\n";
    take_at(&state, LATER, &[("later.csv", area)]).unwrap();
    bill("2026-07", "2026-08-03T09:00:00Z");
    let corrected = "select of_period, service, payable, reason from charge_line where reason is not null";
    assert_eq!(state.rows(corrected), ["2026-06|cold_water|-22757|Данные дома для начислений уточнены"]);
    let changed = households(&["С7;1;2;2026-06-01;"]);
    assert_eq!(
        counts(&take_at(&state, "2026-08-04T09:00:00Z", &[("households.csv", &changed)]).unwrap()),
        [("households", 1, 0, 0)]
    );
}
