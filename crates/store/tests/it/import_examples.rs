//! What docs/operations.md shows of imports to whoever begins: example files, and the way of readings back out.

use domain::import::ImportFile;
use store::import::{self, Source};

use crate::{
    import::{BY, MADE_UP, counts, take, take_by},
    state::State,
};

const GUIDE: &str = include_str!("../../../../docs/operations.md");
const FORM: &[u8] = include_bytes!("../../../../docs/examples/gis-zhkh-meters.xlsx");
const MOMENT: &str = "2026-07-20T09:00:00Z";

/// Names and texts of the CSV files.
fn examples() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "csv"));
    files.map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())).collect()
}

/// A live state in which all of them were taken.
pub(crate) fn filled() -> State {
    let (state, files) = (State::empty(), examples());
    take(&state, &borrowed(&files)).unwrap();
    state
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

#[test]
fn the_example_files_are_taken_into_a_fresh_state_and_into_a_demo_in_one_call() {
    let files = examples();
    let expected = [
        ("companies", 1, 0, 0),
        ("houses", 1, 0, 0),
        ("premises", 2, 0, 0),
        ("owners", 2, 0, 0),
        ("accounts", 2, 0, 0),
        ("meters", 2, 0, 0),
        ("readings", 3, 0, 0),
        ("tariffs", 5, 0, 0),
        ("norms", 2, 0, 0),
        ("benefits", 1, 0, 0),
        ("production_days", 1, 0, 0),
        ("openings", 3, 0, 0),
        ("house_services", 2, 0, 0),
        ("house_areas", 1, 0, 0),
        ("households", 2, 0, 0),
        ("not_supplied", 1, 0, 0),
        ("house_volumes", 1, 0, 0),
        ("acknowledgements", 2, 0, 0),
    ];
    assert_eq!(counts(&take(&State::empty(), &borrowed(&files)).unwrap()), expected);
    let demo = State::seeded("2026-07-20T06:00:00Z");
    assert_eq!(counts(&take_by(&demo, &MADE_UP, MOMENT, &borrowed(&files)).unwrap()), expected);
}

#[test]
fn the_example_of_the_form_tells_of_a_meter_that_is_known_and_of_a_new_one() {
    let state = filled();
    let file = ImportFile::parse("form.xlsx", FORM).unwrap();
    let source = Source { name: "form.xlsx".to_owned(), sha256: String::new(), file };
    let taken = state.db().write(|tx| import::take(tx, MOMENT.parse().unwrap(), [8; 32], &BY, vec![source])).unwrap();
    assert_eq!(counts(&taken), [("meters", 1, 0, 1)]);
    let new = "select kind, rates, digits_integer, installed_on from meter where serial = '4500999'";
    assert_eq!(state.rows(new), ["gas|1|5|2024-02-01"]);
}

#[test]
fn the_readings_that_the_guides_query_prints_are_a_file_that_changes_nothing() {
    let (state, fence) = (filled(), "```sql\n");
    let query = GUIDE.split(fence).nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let rows = state.rows(&query.replace("2026-11", "2026-06"));
    let lines: Vec<_> = rows.iter().map(|row| row.replace("Null", "").replace('|', ";")).collect();
    let header = "meter_kind;meter_serial;source;period;taken_on;value_1;value_2;value_3;rolled_over";
    let text = format!("{header}\n{}\n", lines.join("\n"));
    assert_eq!(counts(&take(&state, &[("readings.csv", &text)]).unwrap()), [("readings", 0, 0, 2)]);
}
