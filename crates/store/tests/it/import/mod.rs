//! A company's files taken into the state.

mod acknowledgements;
mod changes;
mod charging;
mod late;
mod openings;
mod prices;

use domain::{
    access::Scope,
    import::{BadLine, BadLines, ImportFile},
    period::Period,
};
use jiff::Timestamp;
use schema::Kind;
use store::{
    audit,
    import::{self, By, Error, Source, Taken},
    readings,
};

use crate::state::State;

const COMPANIES: &str = "inn;name;phone\n7707083893;УК Двор;+7 900 000-01-00\n";
const HOUSES: &str = "code;company_inn;municipality;address;time_zone;window_from_day;window_to_day\n\
                      Л10;7707083893;Рязань;г. Рязань, д. 10;Europe/Moscow;15;25\n";
const PREMISES: &str = "house_code;number;kind;area\nЛ10;1;residential;45,3\nЛ10;Н1;non_residential;120\n";
const OWNERS: &str = "house_code;premises;name;share;since\n\
                      Л10;1;Иволгин Олег Петрович;1/2;2015-03-01\n\
                      Л10;1;Иволгина Вера Павловна;1/2;2015-03-01\n";
const ACCOUNTS: &str = "number;unified_number;house_code;premises;holder;contact_phone;opened_on\n\
                        100;62тд000001;Л10;1;Иволгин Олег Петрович;89000000001;2015-03-01\n\
                        200;62тд000002;Л10;Н1;ООО «Лавка»;;2019-01-01\n";
const METERS: &str = "kind;serial;house_code;premises;rates;digits_integer;digits_fraction;installed_on\n\
                      cold_water;777;Л10;1;1;5;3;2024-01-10\n\
                      electricity;888;Л10;1;2;6;2;2024-01-10\n";
const READINGS: &str = "meter_kind;meter_serial;source;period;taken_on;value_1;value_2\n\
                        cold_water;777;company;2026-05;2026-05-20;10,5;\n\
                        cold_water;777;company;2026-06;2026-06-20;13,25;\n\
                        electricity;888;company;2026-06;2026-06-20;1500;700,5\n";

pub(crate) const BY: By<'_> = By { actor: "operator", fields: &[], reach: &[Scope::Portal], is_for_demo: false };
pub(crate) const MADE_UP: By<'_> = By { is_for_demo: true, ..BY };

pub(crate) fn all() -> Vec<(&'static str, &'static str)> {
    vec![
        ("readings.csv", READINGS),
        ("meters.csv", METERS),
        ("accounts.csv", ACCOUNTS),
        ("owners.csv", OWNERS),
        ("premises.csv", PREMISES),
        ("houses.csv", HOUSES),
        ("companies.csv", COMPANIES),
    ]
}

pub(crate) fn take_by(state: &State, by: &By<'_>, moment: &str, files: &[(&str, &str)]) -> Result<Vec<Taken>, Error> {
    let sources = files.iter().map(|(name, text)| Source {
        name: (*name).to_owned(),
        sha256: format!("sha256 of {name}"),
        file: ImportFile::parse(name, text.as_bytes()).expect("a well-formed file"),
    });
    let sources = sources.collect();
    let now: Timestamp = moment.parse().unwrap();
    state.db().write(|tx| import::take(tx, now, [7; 32], by, sources))
}

fn take_at(state: &State, moment: &str, files: &[(&str, &str)]) -> Result<Vec<Taken>, Error> {
    take_by(state, &BY, moment, files)
}

pub(crate) fn take(state: &State, files: &[(&str, &str)]) -> Result<Vec<Taken>, Error> {
    take_at(state, "2026-07-20T09:00:00Z", files)
}

/// A live state in which all the files were taken.
fn filled() -> State {
    let state = State::empty();
    take(&state, &all()).unwrap();
    state
}

#[track_caller]
fn bad_lines(result: Result<Vec<Taken>, Error>) -> BadLines {
    match result {
        Err(Error::BadLines(bad_lines)) => bad_lines,
        other => panic!("not refused: {other:?}"),
    }
}

/// The one bad line: its number, its column, its reason.
#[track_caller]
fn bad_line(result: Result<Vec<Taken>, Error>) -> (u64, String, String) {
    let [bad] = <[BadLine; 1]>::try_from(bad_lines(result).to_vec()).expect("one bad line");
    (bad.line, bad.column.unwrap_or_default(), bad.reason)
}

pub(crate) fn counts(taken: &[Taken]) -> Vec<(&str, u64, u64, u64)> {
    taken.iter().map(|file| (file.kind.as_str(), file.added, file.changed, file.unchanged)).collect()
}

#[test]
fn files_are_taken_in_together_whatever_their_order() {
    let state = State::empty();
    let taken = take(&state, &all()).unwrap();
    let expected = [
        ("companies", 1, 0, 0),
        ("houses", 1, 0, 0),
        ("premises", 2, 0, 0),
        ("owners", 2, 0, 0),
        ("accounts", 2, 0, 0),
        ("meters", 2, 0, 0),
        ("readings", 3, 0, 0),
    ];
    assert_eq!(counts(&taken), expected);
    assert_eq!(state.rows("select area_hundredths from premises order by number"), ["4530", "12000"]);
    assert_eq!(state.rows("select contact_phone from account order by number"), ["+79000000001", "Null"]);
    let values = "select value_1, value_2 from reading where period = '2026-06' order by value_1";
    assert_eq!(state.rows(values), ["13.250|Null", "1500.00|700.50"]);
}

#[test]
fn the_same_files_taken_twice_change_nothing() {
    let state = filled();
    let tables = ["company", "house", "premises", "owner", "account", "meter", "reading", "audit_entry"];
    let dump = || tables.map(|table| state.rows(&format!("select * from {table} order by 1")));
    let before = dump();
    let again = take_at(&state, "2026-07-21T09:00:00Z", &all()).unwrap();
    assert!(again.iter().all(|file| (file.added, file.changed) == (0, 0) && file.unchanged > 0), "{again:?}");
    assert_eq!(dump(), before);
}

#[test]
fn a_row_that_says_something_new_replaces_what_was_known() {
    let state = filled();
    let accounts = ACCOUNTS.replace("89000000001", "89000000009").replace("2015-03-01\n", "2015-03-02\n");
    let premises = format!("{PREMISES}Л10;2;residential;31\n");
    let taken = take(&state, &[("accounts.csv", &accounts), ("premises.csv", &premises)]).unwrap();
    assert_eq!(counts(&taken), [("premises", 1, 0, 2), ("accounts", 0, 1, 1)]);
    let account = "select contact_phone, opened_on from account where number = '100'";
    assert_eq!(state.rows(account), ["+79000000009|2015-03-02"]);
}

#[test]
fn what_a_line_names_must_be_there_and_every_bad_line_is_named() {
    let state = State::empty();
    take(&state, &[("companies.csv", COMPANIES), ("houses.csv", HOUSES), ("premises.csv", PREMISES)]).unwrap();
    let houses = HOUSES.replace("7707083893", "7830002293").replace("Л10", "Л11");
    let meters = METERS.replace("777;Л10;1", "777;Л99;1").replace("888;Л10;1", "888;Л10;77");
    let files = [("houses.csv", houses.as_str()), ("meters.csv", &meters), ("readings.csv", READINGS)];
    let bad = bad_lines(take(&state, &files));
    let named: Vec<_> = bad.iter().map(|bad| (bad.file.as_str(), bad.line, bad.column.as_deref().unwrap())).collect();
    let expected = [
        ("houses.csv", 2, "company_inn"),
        ("meters.csv", 2, "house_code"),
        ("meters.csv", 3, "premises"),
        ("readings.csv", 2, "meter_serial"),
        ("readings.csv", 3, "meter_serial"),
        ("readings.csv", 4, "meter_serial"),
    ];
    assert_eq!(named, expected);
}

#[test]
fn a_bad_line_leaves_nothing_of_any_file() {
    let state = State::empty();
    let readings = READINGS.replace("13,25", "113456,25");
    let mut files = all();
    files[0] = ("readings.csv", &readings);
    assert_eq!(bad_line(take(&state, &files)).1, "value_1");
    for table in ["state", "company", "house", "meter", "reading", "audit_entry"] {
        assert_eq!(state.number(&format!("select count(*) from {table}")), 0, "{table}");
    }
}

#[test]
fn an_account_never_moves_to_other_premises() {
    let state = filled();
    let accounts = ACCOUNTS.replace("Л10;1;Иволгин", "Л10;Н1;Иволгин");
    assert_eq!(bad_line(take(&state, &[("accounts.csv", &accounts)])).1, "premises");
}

#[test]
fn a_unified_number_belongs_to_one_account() {
    let state = filled();
    let accounts = "number;unified_number;house_code;premises;holder;opened_on\n\
                    300;62тд000001;Л10;1;Иволгин Олег Петрович;2020-01-01\n";
    assert_eq!(bad_line(take(&state, &[("accounts.csv", accounts)])).1, "unified_number");
}

#[test]
fn a_meter_never_moves() {
    let state = filled();
    let meters = METERS.replace("777;Л10;1;", "777;Л10;Н1;");
    assert_eq!(bad_line(take(&state, &[("meters.csv", &meters)])).1, "premises");
}

#[test]
fn the_face_of_a_meter_may_be_mended_until_it_was_read() {
    let unread = State::empty();
    let but_readings = &all()[1..];
    take(&unread, but_readings).unwrap();
    let meters = METERS.replace("777;Л10;1;1;5;3", "777;Л10;1;1;6;3").replace("888;Л10;1;2", "888;Л10;1;3");
    let taken = take(&unread, &[("meters.csv", &meters)]).unwrap();
    assert_eq!(counts(&taken), [("meters", 0, 2, 0)]);

    let columns: Vec<_> =
        bad_lines(take(&filled(), &[("meters.csv", &meters)])).into_iter().filter_map(|bad| bad.column).collect();
    assert_eq!(columns, ["digits_integer", "rates"]);
}

#[test]
fn the_rates_that_a_form_leaves_empty_stay_as_they_are_known_and_a_new_meter_has_one() {
    let state = filled();
    let meters = METERS.replace(";888;", ";999;").replace(";777;", ";888;").replace("cold_water", "electricity");
    let mut file = ImportFile::parse("form.csv", meters.as_bytes()).unwrap();
    let ImportFile::Meters(lines) = &mut file else { panic!("not meters") };
    for line in lines.iter_mut() {
        (line.row.rates, line.row.dial, line.row.is_partial) = (None, None, true);
    }
    let source = Source { name: "form.xlsx".to_owned(), sha256: String::new(), file };
    let now: Timestamp = "2026-07-21T09:00:00Z".parse().unwrap();
    let taken = state.db().write(|tx| import::take(tx, now, [7; 32], &BY, vec![source])).unwrap();
    assert_eq!(counts(&taken), [("meters", 1, 0, 1)]);
    assert_eq!(state.rows("select serial, rates from meter order by serial"), ["777|1", "888|2", "999|1"]);
}

#[test]
fn the_past_of_a_share_is_never_rewritten() {
    let state = filled();
    let owners = OWNERS.replacen("1/2", "1/3", 1);
    assert_eq!(bad_line(take(&state, &[("owners.csv", &owners)])).1, "share");
}

#[test]
fn owners_never_have_more_than_the_whole() {
    let state = filled();
    let owners = "house_code;premises;name;share;since\nЛ10;1;Рощин Глеб Юрьевич;1/2;2026-07-01\n";
    let (line, column, reason) = bad_line(take(&state, &[("owners.csv", owners)]));
    assert_eq!((line, column.as_str()), (2, "share"));
    assert!(reason.contains("2026-07-01") && reason.contains("Иволгина Вера Павловна 1/2"), "{reason}");
}

#[test]
fn a_share_is_sold_by_ending_one_and_beginning_another() {
    let state = filled();
    let owners = "house_code;premises;name;share;since;until\n\
                  Л10;1;Рощин Глеб Юрьевич;1/2;2026-07-01;\n\
                  Л10;1;Иволгина Вера Павловна;1/2;2015-03-01;2026-07-01\n";
    let taken = take(&state, &[("owners.csv", owners)]).unwrap();
    assert_eq!(counts(&taken), [("owners", 1, 1, 0)]);
}

#[test]
fn a_reading_that_can_t_be_is_refused() {
    let state = filled();
    let header = "meter_kind;meter_serial;source;period;taken_on;value_1;value_2\n";
    let cases = [
        ("cold_water;777;company;2026-07;2026-07-18;14;15", "value_1"), // two values, one rate
        ("cold_water;777;company;2026-07;2026-07-18;14,1234;", "value_1"),
        ("electricity;888;company;2026-07;2026-07-18;1600;7000000", "value_2"),
        ("cold_water;777;company;2026-07;2026-07-21;14;", "taken_on"), // tomorrow
        ("cold_water;777;company;2024-01;2024-01-09;14;", "taken_on"), // before the meter was there
    ];
    for (line, column) in cases {
        let readings = format!("{header}{line}\n");
        assert_eq!(bad_line(take(&state, &[("readings.csv", &readings)])).1, column, "{line}");
    }
}

#[test]
fn a_mended_reading_is_added_and_holds() {
    let state = filled();
    let readings = READINGS.replace("13,25", "13,75");
    let taken = take_at(&state, "2026-07-21T09:00:00Z", &[("readings.csv", &readings)]).unwrap();
    assert_eq!(counts(&taken), [("readings", 1, 0, 2)]);
    assert_eq!(june(&state), "13.750");
    assert_eq!(state.number("select count(*) from reading"), 4);
}

#[test]
fn of_two_readings_of_a_month_the_later_day_holds() {
    let state = State::empty();
    take(&state, &all()[1..]).unwrap();
    let readings = "meter_kind;meter_serial;source;period;taken_on;value_1\n\
                    cold_water;777;control;2026-06;2026-06-28;14,5\n\
                    cold_water;777;company;2026-06;2026-06-20;13,25\n";
    take(&state, &[("readings.csv", readings)]).unwrap();
    assert_eq!(june(&state), "14.500");
}

const READINGS_HEADER: &str = "meter_kind;meter_serial;source;period;taken_on;value_1;value_2;rolled_over\n";

/// Takes lines of readings at this hour: of one moment the drawn ids would be the same.
fn take_readings_at(state: &State, hour: u8, lines: &[&str]) -> Result<Vec<Taken>, Error> {
    let text = format!("{READINGS_HEADER}{}\n", lines.join("\n"));
    take_at(state, &format!("2026-07-21T{hour:02}:00:00Z"), &[("readings.csv", &text)])
}

fn take_readings(state: &State, lines: &[&str]) -> Result<Vec<Taken>, Error> {
    take_readings_at(state, 9, lines)
}

#[test]
fn a_reading_below_the_one_before_it_is_refused_unless_a_rollover_is_confirmed() {
    let state = filled();
    for source in ["company", "resident", "control", "verification"] {
        let line = format!("cold_water;777;{source};2026-07;2026-07-18;13,249;;");
        let (number, column, reason) = bad_line(take_readings(&state, &[&line]));
        assert_eq!((number, column.as_str()), (2, "value_1"));
        assert!(reason.contains("меньше прежнего показания 13.250 за 2026-06 от 2026-06-20"), "{reason}");
        assert!(reason.contains("rolled_over"), "{reason}");
    }
    let second_rate = "electricity;888;company;2026-07;2026-07-18;1500;700,49;";
    assert_eq!(bad_line(take_readings(&state, &[second_rate])).1, "value_2");
    let equal = "electricity;888;company;2026-07;2026-07-17;1500;700,5;";
    take_readings(&state, &[equal, "cold_water;777;company;2026-07;2026-07-18;3;;yes"]).unwrap();
    let july = "select value_1, rolled_over from reading where period = '2026-07' order by taken_on";
    assert_eq!(state.rows(july), ["1500.00|0", "3.000|1"]);
}

#[test]
fn a_reading_between_two_known_ones_is_not_above_the_later() {
    let state = filled();
    let between =
        |value: &str| take_readings(&state, &[&format!("cold_water;777;control;2026-05;2026-05-28;{value};;")]);
    let (_, column, reason) = bad_line(between("13,251"));
    assert_eq!(column, "value_1");
    assert!(reason.contains("больше следующего показания 13.250 за 2026-06 от 2026-06-20"), "{reason}");
    assert_eq!(counts(&between("13,25").unwrap()), [("readings", 1, 0, 0)]);
}

#[test]
fn the_lines_of_a_file_are_held_against_each_other_too() {
    let state = filled();
    let lines = ["cold_water;777;company;2026-07;2026-07-18;14;;", "cold_water;777;control;2026-07;2026-07-16;15;;"];
    assert_eq!(bad_line(take_readings(&state, &lines)).0, 2);
}

#[test]
fn what_a_resident_gave_for_the_month_only_a_resident_or_a_line_of_its_day_replaces() {
    let state = filled();
    let line = |source: &str, day: u8, value: &str| format!("cold_water;777;{source};2026-07;2026-07-{day};{value};;");
    take_readings(&state, &[&line("resident", 16, "1400"), &line("resident", 17, "15")]).unwrap();
    assert_eq!(bad_line(take_readings_at(&state, 10, &[&line("company", 18, "14")])).1, "value_1");
    let mended = take_readings_at(&state, 10, &[&line("resident", 17, "13,5"), &line("company", 18, "14")]);
    assert_eq!(counts(&mended.unwrap()), [("readings", 2, 0, 0)]);
}

#[test]
fn several_readings_are_mended_at_once_up_and_down() {
    let state = filled();
    let mended = |hour: u8, may: &str, june: &str| {
        let line = |month: &str, value: &str| format!("cold_water;777;company;2026-{month};2026-{month}-20;{value};;");
        take_readings_at(&state, hour, &[&line("05", may), &line("06", june)]).unwrap()
    };
    assert_eq!(counts(&mended(9, "100", "110")), [("readings", 2, 0, 0)]);
    assert_eq!(counts(&mended(10, "1", "2")), [("readings", 2, 0, 0)]);
    assert_eq!(june(&state), "2.000");
}

#[test]
fn a_rollover_may_be_confirmed_after_the_reading_was_known() {
    let state = filled();
    let june = "cold_water;777;company;2026-06;2026-06-20;13,25;;";
    assert_eq!(counts(&take_readings(&state, &[june]).unwrap()), [("readings", 0, 0, 1)]);
    let confirmed = [format!("{june}yes"), "cold_water;777;control;2026-05;2026-05-28;99999;;".to_owned()];
    let lines = confirmed.each_ref().map(String::as_str);
    assert_eq!(counts(&take_readings(&state, &lines).unwrap()), [("readings", 2, 0, 0)]);
    assert_eq!(counts(&take_readings(&state, &[june]).unwrap()), [("readings", 0, 0, 1)]);
}

#[test]
fn a_day_has_come_where_the_house_stands() {
    let state = filled();
    let line = format!("{READINGS_HEADER}cold_water;777;company;2026-07;2026-07-21;14;;\n");
    let taken = |moment: &str| take_at(&state, moment, &[("readings.csv", &line)]);
    assert_eq!(bad_line(taken("2026-07-20T20:59:59Z")).1, "taken_on");
    assert_eq!(counts(&taken("2026-07-20T21:00:00Z").unwrap()), [("readings", 1, 0, 0)]);
}

/// What holds in June for the cold water.
fn june(state: &State) -> String {
    let meter_id = state.rows("select meter_id from meter where serial = '777'").remove(0);
    let june = Period::parse("2026-06").unwrap();
    let held = state.db().read(|conn| readings::in_period(conn, "nobody", &[&meter_id], june)).unwrap();
    held[0].what.values[0].to_string()
}

#[test]
fn an_import_settles_an_undecided_state_as_a_live_one() {
    assert_eq!(filled().rows("select kind from state"), ["live"]);
}

#[test]
fn each_file_that_changed_something_stands_in_the_audit_log() {
    let state = filled();
    take(&state, &[("meters.csv", METERS)]).unwrap();
    assert_eq!(state.number("select count(*) from audit_entry"), 7);
    let of_meters = "select actor, action from audit_entry where object = 'file:sha256 of meters.csv'";
    assert_eq!(state.rows(of_meters), ["operator|file.import"]);
    assert_eq!(state.db().read(audit::verify).unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_rehearsal_says_what_the_import_does_and_leaves_no_trace() {
    let state = State::empty();
    let now: Timestamp = "2026-07-20T09:00:00Z".parse().unwrap();
    let sources = || {
        let source = |(name, text): (&str, &str)| Source {
            name: name.to_owned(),
            sha256: String::new(),
            file: ImportFile::parse(name, text.as_bytes()).unwrap(),
        };
        all().into_iter().map(source).collect::<Vec<_>>()
    };
    let promised = import::rehearse(&state.db(), now, [7; 32], &BY, sources()).unwrap();
    for table in ["company", "house", "premises", "account", "meter", "reading", "audit_entry", "state"] {
        assert_eq!(state.rows(&format!("select count(*) from {table}")), ["0"], "{table}");
    }
    assert_eq!(state.db().write(|tx| import::take(tx, now, [7; 32], &BY, sources())).unwrap(), promised);
    assert_eq!(state.rows("select count(*) from reading"), ["3"]);
}

#[test]
fn a_failure_in_the_middle_leaves_nothing_of_any_file() {
    let state = State::empty();
    // More lines than are put at once, the bad one among the last.
    let header = METERS.lines().next().unwrap();
    let line = |serial: usize| {
        format!("cold_water;{serial};Л10;{};1;5;3;2024-01-10\n", if serial == 1_400 { "99" } else { "1" })
    };
    let meters: String = std::iter::once(format!("{header}\n")).chain((0..1_450).map(line)).collect();
    let mut files = all();
    files.retain(|(name, _)| !["meters.csv", "readings.csv"].contains(name));
    files.push(("meters.csv", &meters));
    assert_eq!(
        bad_line(take(&state, &files)),
        (1_402, "premises".to_owned(), "помещения 99 в доме Л10 ещё нет".to_owned())
    );
    for table in ["company", "premises", "account", "meter", "audit_entry"] {
        assert_eq!(state.rows(&format!("select count(*) from {table}")), ["0"], "{table}");
    }
}

#[test]
fn many_meters_are_put_and_put_again_by_batches() {
    let state = filled();
    let header = METERS.lines().next().unwrap();
    let file = |rates: &str| {
        let line = |serial: usize| format!("electricity;Э{serial};Л10;1;{rates};6;2;2024-01-10\n");
        std::iter::once(format!("{header}\n")).chain((0..1_200).map(line)).collect::<String>()
    };
    assert_eq!(
        counts(&take_at(&state, "2026-07-21T09:00:00Z", &[("m.csv", &file("1"))]).unwrap()),
        [("meters", 1_200, 0, 0)]
    );
    assert_eq!(
        counts(&take_at(&state, "2026-07-22T09:00:00Z", &[("m.csv", &file("1"))]).unwrap()),
        [("meters", 0, 0, 1_200)]
    );
    assert_eq!(
        counts(&take_at(&state, "2026-07-23T09:00:00Z", &[("m.csv", &file("2"))]).unwrap()),
        [("meters", 0, 1_200, 0)]
    );
    assert_eq!(state.rows("select count(distinct meter_id) from meter where rates = 2 and serial like 'Э%'"), ["1200"]);
}

#[test]
fn a_demo_state_takes_only_files_that_are_called_made_up() {
    let state = State::new(Kind::Demo);
    assert!(matches!(take(&state, &all()), Err(Error::DemoState)));
    take_by(&state, &MADE_UP, "2026-07-20T09:00:00Z", &[("c.csv", COMPANIES)]).unwrap();
    assert_eq!(state.rows("select count(*) from company"), ["1"]);
    assert_eq!(state.rows("select kind from state"), ["demo"]);
}
