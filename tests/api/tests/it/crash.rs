//! `kill -9` in the middle of work: what was confirmed is there, and the audit chain verifies.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use api_tests::{Client, Ground, Suite, moydom, program, root};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::readings::{self, meters, raised};

const WRITERS: usize = 8;
/// The host is killed when so many submissions were confirmed.
const CONFIRMED_BEFORE_KILL: usize = 60;

struct Server<'g> {
    process: Child,
    base_url: String,
    ground: &'g Ground,
}

impl<'g> Server<'g> {
    fn start(state: &Path, ground: &'g Ground) -> Self {
        let mut process = Command::new(program("moydom"))
            .args(["serve", "--listen", "127.0.0.1:0", "--at", "2026-07-20T06:00:00Z", "--manifest"])
            .arg(root().join("spin.toml"))
            .arg("--state")
            .arg(state)
            .args(ground.arguments())
            .env("SPIN_VARIABLE_GATEWAY_TOKEN", "unused")
            .env("SPIN_VARIABLE_JOBS_TOKEN", "unused")
            .env("SPIN_VARIABLE_FILES_KEY", "0f".repeat(32))
            .stderr(Stdio::piped())
            .spawn()
            .expect("moydom runs: build it with `cargo build -p host`");
        let mut lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        let base_url = lines
            .by_ref()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find(|line| line["event"] == "host.listening")
            .and_then(|line| line["address"].as_str().map(str::to_owned))
            .expect("the host tells where it listens");
        // Nobody reads on: a full pipe would stop the host.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, base_url, ground }
    }

    fn client(&self, session: Option<&str>) -> Client {
        let client = self.ground.client(&self.base_url);
        if let Some(session) = session {
            client.set_cookie("__Host-session", session);
        }
        client
    }
}

impl Drop for Server<'_> {
    /// `Child::kill` is SIGKILL.
    fn drop(&mut self) {
        let _already_dead = self.process.kill();
        let _already_reaped = self.process.wait();
    }
}

/// Submits until the host is gone; gives the codes that it confirmed.
fn submit_until_killed(server: &Server<'_>, session: &str, writer: usize, confirmed: &std::sync::mpsc::Sender<String>) {
    let client = server.client(Some(session));
    let account = meters(&client);
    let meter = account["meters"].as_array().and_then(|meters| meters.first()).expect("a meter").clone();
    for number in 0.. {
        let values = raised(&meter, 1_000 + number % 500);
        let answers = readings::confirmed(&values, &["above-usual", "far-above-usual"]);
        let item = json!({ "meter_id": meter["meter_id"], "values": values, "confirmed": answers });
        let body = json!({ "account_id": account["account_id"], "items": [item] }).to_string();
        let headers = [("content-type", "application/json"), ("idempotency-key", &format!("crash-{writer}-{number}"))];
        let Ok(answer) = client.try_send("POST", "/api/readings/submissions", &headers, Some(&body)) else { return };
        let code = answer.expect(201)["confirmation_code"].as_str().expect("a code").to_owned();
        if confirmed.send(code).is_err() {
            return;
        }
    }
}

#[test]
fn what_was_confirmed_survives_a_kill_in_the_middle_of_work() {
    kill_in_the_middle_of_work(Ground::default);
}

#[test]
fn so_it_does_through_tls_and_with_redis() {
    kill_in_the_middle_of_work(Ground::of_tls_and_redis);
}

fn kill_in_the_middle_of_work(ground: fn() -> Ground) {
    let Some(suite) = Suite::start_with_clock() else { return };
    let (state, ground) = (suite.into_state(), ground());
    let state = state.path();
    Connection::open(state.join("sqlite_db.db"))
        .and_then(|database| database.execute("update setting set value = '1000000' where name like 'limit.%'", []))
        .expect("the limits");
    let mut server = Server::start(state, &ground);
    let visitor = server.client(None);
    visitor.sign_in("anna");
    let session = visitor.cookie("__Host-session").expect("a session");

    let (sender, receiver) = std::sync::mpsc::channel();
    let confirmed: Vec<String> = std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (server, session, sender) = (&server, &session, sender.clone());
            scope.spawn(move || submit_until_killed(server, session, writer, &sender));
        }
        drop(sender);
        let mut confirmed: Vec<_> = receiver.iter().take(CONFIRMED_BEFORE_KILL).collect();
        let killed = Command::new("kill").args(["-9", &server.process.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
        confirmed.extend(receiver.iter());
        confirmed
    });
    server.process.wait().expect("the host is gone");

    let server = Server::start(state, &ground);
    server.client(Some(&session)).get("/api/auth/session").expect(200);
    let database = Connection::open(state.join("sqlite_db.db")).expect("the database");
    let mut statement = database.prepare("select confirmation_code from submission").expect("the table");
    let kept: HashSet<String> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(confirmed.len() >= CONFIRMED_BEFORE_KILL);
    let lost: Vec<_> = confirmed.iter().filter(|code| !kept.contains(*code)).collect();
    assert!(lost.is_empty(), "confirmed but lost: {lost:?}");
    let orphans: u32 = database
        .query_row("select count(*) from submission s where not exists (select 1 from reading r where r.submission_id = s.submission_id)", [], |row| row.get(0))
        .unwrap();
    assert_eq!(orphans, 0, "a submission without its reading");
    moydom(&["audit", "verify"], state);
}
