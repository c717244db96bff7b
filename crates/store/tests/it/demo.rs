//! The demo house.

use jiff::{Timestamp, civil::date};
use schema::Kind;
use store::{audit, demo, homes, params, persons};

use crate::state::State;

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn person_of(state: &State, login: &str) -> String {
    let known = state.db().read(|conn| persons::credentials(conn, persons::Key::Login(login))).unwrap();
    known.unwrap().person_id
}

#[test]
fn the_same_moment_gives_the_same_rows() {
    let (one, other) = (State::seeded("2026-07-20T06:00:00Z"), State::seeded("2026-07-20T06:00:00Z"));
    let tables = "select name from sqlite_schema where type = 'table' and name not like 'schema%' order by name";
    for table in one.rows(tables) {
        let all = format!("select * from {table} order by 1, 2");
        assert_eq!(one.rows(&all), other.rows(&all), "{table}");
    }
}

#[test]
fn the_house_is_whole() {
    let state = State::seeded("2026-11-21T18:00:00Z");
    assert_eq!(state.number("select count(*) from premises"), 61);
    assert_eq!(state.number("select count(*) from account"), 60);
    assert_eq!(state.number("select count(distinct kind) from meter"), 5);
    assert_eq!(state.number("select count(distinct rates) from meter where kind = 'electricity'"), 3);
    assert_eq!(state.number("select min(n) from (select count(*) n from meter group by premises_id)"), 4);
    let shares = "select count(*) from (select sum(12 * share_numerator / share_denominator) twelfths
                  from owner where until is null group by premises_id) where twelfths <> 12";
    assert_eq!(state.number(shares), 0);
    assert_eq!(state.rows("pragma foreign_key_check"), [""; 0]);
}

#[test]
fn readings_cover_the_two_years_before_the_month_of_the_seed() {
    let state = State::seeded("2026-03-31T21:30:00Z"); // in Ryazan it is April already
    let months = "select count(*), min(period), max(period) from reading group by meter_id";
    assert!(state.rows(months).iter().all(|row| row == "24|2024-04|2026-03"));
    let odd = "select count(*) from reading join meter using (meter_id)
               where taken_on <= installed_on or substr(taken_on, 1, 7) <> period";
    assert_eq!(state.number(odd), 0);
}

#[test]
fn no_dial_ever_turns_back_or_overflows() {
    let state = State::seeded("2026-11-21T18:00:00Z");
    let back = "select count(*) from (
                    select value_1 + 0 v1, lag(value_1 + 0) over months p1, value_2 + 0 v2, lag(value_2 + 0) over months p2
                    from reading window months as (partition by meter_id order by period))
                where v1 < p1 or v2 < p2";
    assert_eq!(state.number(back), 0);
    let long = "select count(*) from reading join meter using (meter_id)
                where instr(value_1 || '.', '.') - 1 > digits_integer";
    assert_eq!(state.number(long), 0);
    let rates = "select count(*) from reading join meter using (meter_id)
                 where rates <> 1 + (value_2 is not null) + (value_3 is not null)";
    assert_eq!(state.number(rates), 0);
}

#[test]
fn anna_has_flat_15_and_boris_can_link_flat_27() {
    let state = State::seeded("2026-11-21T18:00:00Z");
    let anna = state.db().read(|conn| homes::linked_accounts(conn, &person_of(&state, "anna"))).unwrap();
    assert_eq!(anna.len(), 1);
    assert_eq!(anna[0].number, "0000000015");
    assert_eq!(anna[0].address, "г. Рязань, ул. Ленина, д. 10, кв. 15");
    assert_eq!(anna[0].right, "owner");

    let boris = person_of(&state, "boris");
    assert_eq!(state.db().read(|conn| homes::linked_accounts(conn, &boris)).unwrap(), []);
    let candidate =
        state.db().read(|conn| homes::candidate(conn, &boris, "0000000027", date(2026, 11, 21))).unwrap().unwrap();
    assert_eq!(candidate.contact_phone.as_deref(), Some("+79000000027"));
}

#[test]
fn each_numbered_resident_has_the_phone_that_the_company_holds() {
    let state = State::seeded("2026-11-21T18:00:00Z");
    let pairs = "select p.login, a.number from person p join account a on a.contact_phone = p.phone
                 where p.login like 'resident%' order by p.login";
    let pairs = state.rows(pairs);
    assert_eq!(pairs.len(), 20);
    assert_eq!(pairs[0], "resident01|0000000031");
    assert_eq!(pairs[19], "resident20|0000000050");
}

#[test]
fn there_is_one_login_of_each_role_of_the_staff_two_of_the_support_and_an_administrator_of_the_neighbours() {
    let state = State::seeded("2026-11-21T18:00:00Z");
    let staff = state.rows("select role from person join role_grant using (person_id) where role <> 'resident'");
    let mut roles: Vec<_> = domain::access::Role::ALL.iter().map(|role| role.as_str().to_owned()).collect();
    roles.retain(|role| role != "resident");
    roles.extend(["support".to_owned(), "admin".to_owned()]);
    let mut staff: Vec<_> = staff;
    staff.sort();
    roles.sort();
    assert_eq!(staff, roles);
}

#[test]
fn the_seed_stands_in_an_audit_chain_that_verifies() {
    let state = State::seeded("2026-11-21T18:00:00Z");
    let verdict = state.db().read(audit::verify).unwrap();
    assert_eq!((verdict.entries, verdict.faults), (1, vec![]));
}

#[test]
fn a_live_state_takes_no_demo() {
    let state = State::new(Kind::Live);
    let refusal = state.db().write(|tx| demo::fill(tx, at("2026-11-21T18:00:00Z"))).unwrap_err();
    assert!(matches!(refusal, demo::Error::NotDemo));
    assert_eq!(state.number("select count(*) from house"), 0);
}

#[test]
fn a_state_with_somebody_in_it_takes_no_demo() {
    let state = State::seeded("2026-11-21T18:00:00Z");
    let again = state.db().write(|tx| demo::fill(tx, at("2026-11-21T18:00:00Z"))).unwrap_err();
    assert!(matches!(again, demo::Error::NotEmpty));
    assert_eq!(state.number("select count(*) from premises"), 61);

    let state = State::new(Kind::Demo);
    let person = persons::NewPerson {
        person_id: "p",
        login: Some("somebody"),
        phone: None,
        email: None,
        password_hash: "-",
        name: "Кто-то",
        roles: &[],
        is_demo: false,
    };
    state.db().write(|tx| persons::add(tx, at("2026-11-21T18:00:00Z"), &person)).unwrap();
    let refusal = state.db().write(|tx| demo::fill(tx, at("2026-11-21T18:00:00Z"))).unwrap_err();
    assert!(matches!(refusal, demo::Error::NotEmpty));
}

#[test]
fn the_company_s_numbers_are_well_formed() {
    let state = State::seeded("2026-11-21T18:00:00Z");
    assert_eq!(state.rows("select inn, ogrn from company where ogrn is not null"), ["6299999997|1996200999991"]);
    let unified = state.rows("select unified_number from account");
    assert!(unified.iter().all(|number| number.chars().count() == 10));
    let rows = state.db().read(|conn| conn.query("select 1 from account where number = ?1", params!["0000000060"]));
    assert_eq!(rows.unwrap().len(), 1);
}
