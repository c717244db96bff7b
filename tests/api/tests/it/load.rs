//! Many at once: nothing is lost, nothing is doubled, nobody hears of a busy database.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use api_tests::{Ground, Suite, moydom};
use rusqlite::Connection;
use serde_json::json;

use crate::{
    home::linked,
    readings::{self, meters, raised, submit},
};

const CLIENTS: usize = 64;
const HOMES: u32 = 8;

/// How long the clients submit: long enough to meet each other, or as long as `LOAD_SECONDS` says.
fn duration() -> Duration {
    let seconds = std::env::var("LOAD_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(5))
}

fn lift_limits(suite: &Suite) {
    let database = Connection::open(suite.state().join("sqlite_db.db")).expect("the database");
    database.execute("update setting set value = '1000000' where name like 'limit.%'", []).expect("the limits");
}

/// Each client submits under a key of its own, every key twice, as a phone with a bad network does.
fn submit_until(suite: &Suite, client_number: usize, session: &str, end: Instant) -> Vec<String> {
    let client = suite.client();
    client.set_cookie("__Host-session", session);
    let account = meters(&client);
    let meter = account["meters"].as_array().and_then(|meters| meters.first()).expect("a meter").clone();
    let mut codes = Vec::new();
    for number in 0.. {
        if Instant::now() >= end {
            break;
        }
        let values = raised(&meter, 1_000 + number % 500);
        let confirmed = readings::confirmed(&values, &["above-usual", "far-above-usual"]);
        let item = json!({ "meter_id": meter["meter_id"], "values": values, "confirmed": confirmed });
        let body = json!({ "account_id": account["account_id"], "items": [item] });
        let key = format!("load-{client_number}-{number}");
        let [first, second] = [(); 2].map(|()| submit(&client, &key, &body).expect(201));
        assert_eq!(first, second);
        codes.push(first["confirmation_code"].as_str().expect("a code").to_owned());
    }
    codes
}

#[test]
fn sixty_four_clients_lose_nothing_double_nothing_and_never_hear_of_a_busy_database() {
    submit_from_sixty_four_clients(Ground::default);
}

#[test]
fn neither_do_they_through_tls_and_with_redis() {
    submit_from_sixty_four_clients(Ground::of_tls_and_redis);
}

fn submit_from_sixty_four_clients(ground: fn() -> Ground) {
    let Some(suite) = Suite::start_on(ground) else { return };
    lift_limits(&suite);
    let sessions: Vec<_> =
        (1..=HOMES).map(|resident| linked(&suite, resident).0.cookie("__Host-session").expect("a session")).collect();
    let end = Instant::now() + duration();
    let codes: Vec<String> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (suite, session) = (&suite, &sessions[number % sessions.len()]);
                scope.spawn(move || submit_until(suite, number, session, end))
            })
            .collect();
        tasks.into_iter().flat_map(|task| task.join().expect("every answer was 201")).collect()
    });
    let database = Connection::open(suite.state().join("sqlite_db.db")).expect("the database");
    let mut statement = database.prepare("select confirmation_code from submission").expect("the table");
    let kept: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let confirmed: HashSet<_> = codes.iter().collect();
    assert_eq!(confirmed.len(), codes.len(), "a code was given twice");
    assert_eq!(kept.iter().collect::<HashSet<_>>(), confirmed);
    let readings: u32 =
        database.query_row("select count(*) from reading where source = 'resident'", [], |row| row.get(0)).unwrap();
    assert_eq!(readings as usize, codes.len());
    println!("{} submissions by {CLIENTS} clients in {:?}", codes.len(), duration());
    moydom(&["audit", "verify"], suite.state());
}
