//! Two hosts over one Redis and one libSQL server are one portal: whichever a balancer picks, the answer is the same.

use std::{path::Path, process::Command, thread};

use api_tests::{Backends, Client, Cluster, program};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    home::number,
    readings::{confirmed, meters, raised, submit},
};

const AT_ONCE: usize = 4;

fn sign_in(cluster: &Cluster, host: usize, login: &str) -> Client {
    cluster.hosts[host].signed_in(login)
}

/// A submission of every meter of the visitor's account.
fn submission(client: &Client, thousandths: i64) -> Value {
    let account = meters(client);
    let items: Vec<_> = account["meters"]
        .as_array()
        .expect("meters")
        .iter()
        .map(|meter| {
            let values = raised(meter, thousandths);
            let confirmed = confirmed(&values, &["above-usual", "far-above-usual", "unchanged-for-months"]);
            json!({ "meter_id": meter["meter_id"], "values": values, "confirmed": confirmed })
        })
        .collect();
    json!({ "account_id": account["account_id"], "items": items })
}

fn count(backends: &Backends, sql: &str) -> i64 {
    let file = Connection::open(backends.database()).expect("the database");
    file.query_row(sql, [], |row| row.get(0)).expect("a number")
}

#[test]
fn a_session_of_one_host_is_known_and_ended_at_the_other() {
    let Some(cluster) = Cluster::start() else { return };
    let here = sign_in(&cluster, 0, "anna");
    let there = cluster.moved(&here, 1);
    assert_eq!(there.get("/api/auth/session").expect(200), here.get("/api/auth/session").expect(200));
    assert_eq!(here.post("/api/auth/sign-out", &Value::Null).status, 204);
    there.get("/api/auth/session").problem("unauthenticated");
}

#[test]
fn a_reading_given_at_one_host_is_shown_by_the_other() {
    let Some(cluster) = Cluster::start() else { return };
    let here = sign_in(&cluster, 0, "anna");
    let there = cluster.moved(&here, 1);
    let given = submit(&there, "at-the-other", &submission(&here, 1_000)).expect(201);
    for meter in meters(&here)["meters"].as_array().expect("meters") {
        assert_eq!(meter["submitted"]["confirmation_code"], given["confirmation_code"]);
    }
    let again = submit(&here, "at-the-other", &submission(&here, 2_000));
    again.problem("idempotency-key-reused");
}

#[test]
fn the_same_key_at_both_hosts_at_once_is_done_once() {
    let Some(cluster) = Cluster::start() else { return };
    let client = sign_in(&cluster, 0, "anna");
    let body = submission(&client, 1_000);
    let before = count(cluster.backends(), "select count(*) from submission");
    let answers: Vec<_> = thread::scope(|scope| {
        let send = |index: usize| {
            let (client, body) = (cluster.moved(&client, index % 2), &body);
            scope.spawn(move || submit(&client, "once", body))
        };
        let threads: Vec<_> = (0..2 * AT_ONCE).map(send).collect();
        threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (201, &answers[0].text), "{answer:?}");
    }
    assert_eq!(count(cluster.backends(), "select count(*) from submission") - before, 1);
}

#[test]
fn limits_count_what_both_hosts_did() {
    let Some(cluster) = Cluster::start() else { return };
    let here = sign_in(&cluster, 0, "resident07");
    let visits = [cluster.moved(&here, 1), here];
    let body = json!({ "number": number(7) });
    for ask in 0..5 {
        visits[ask % 2].post("/api/homes/links", &body).expect(201);
    }
    for visit in &visits {
        visit.post("/api/homes/links", &body).problem("rate-limited");
    }
}

#[test]
fn the_schedules_of_both_hosts_at_once_tell_a_thing_once() {
    let Some(cluster) = Cluster::start() else { return };
    thread::scope(|scope| {
        for host in &cluster.hosts {
            scope.spawn(|| host.run_jobs());
        }
    });
    let client = sign_in(&cluster, 1, "anna");
    let feed = client.get("/api/notices").expect(200);
    let told = feed["items"].as_array().expect("items").iter();
    let about_the_window = told.filter(|notice| notice["kind"].as_str().is_some_and(|kind| kind.starts_with("window")));
    assert_eq!(about_the_window.count(), 1, "{feed}");
    let doubled = "select count(*) - count(distinct person_id || ' ' || subject) from notice";
    assert_eq!(count(cluster.backends(), doubled), 0);
}

#[test]
fn what_both_hosts_recorded_is_one_unbroken_chain() {
    let Some(cluster) = Cluster::start() else { return };
    thread::scope(|scope| {
        for (index, login) in ["anna", "boris", "resident01", "resident02"].into_iter().enumerate() {
            let host = &cluster.hosts[index % 2];
            scope.spawn(move || host.signed_in(login));
        }
    });
    let verified = moydom(&["audit", "verify"], &cluster.backends().runtime_config_of_file());
    assert_eq!(verified["faults"], json!([]));
    assert!(verified["entries"].as_u64().is_some_and(|entries| entries >= 4), "{verified}");
}

#[test]
fn moydom_migrates_the_database_on_the_server() {
    let backends = Backends::start();
    let first = moydom(&["migrate", "--live"], &backends.runtime_config());
    assert_eq!((&first["kind"], &first["is_empty"]), (&json!("live"), &json!(true)));
    let applied = first["applied"].as_array().expect("names").len();
    assert_eq!(first["version"], applied);
    assert_eq!(moydom(&["migrate"], &backends.runtime_config())["applied"], json!([]));
    assert_eq!(usize::try_from(count(&backends, "select count(*) from schema_migration")), Ok(applied));
}

/// What a command says about the state of this runtime configuration.
fn moydom(arguments: &[&str], runtime_config: &Path) -> Value {
    let output = Command::new(program("moydom"))
        .args(arguments)
        .arg("--runtime-config-file")
        .arg(runtime_config)
        .arg("--state")
        .arg(runtime_config.parent().expect("a folder"))
        .output()
        .expect("moydom runs: build it with `cargo build -p host`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}
