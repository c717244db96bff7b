//! What a session, a password and somebody who guesses cost: figures and ratios of one run, none of them asserted.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use domain::session::SessionToken;
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    Arguments, CONNECTIONS, calls,
    load::{self, Connection, Contestant, Request},
    report,
    scene::{self, PASSWORD, Scene},
    server::{self, Server},
};

const SIGN_IN: &str = "/api/auth/sign-in";
/// People who sign in again and again, each on a device that the portal knows.
const PEOPLE: usize = 8;

pub(crate) async fn measure(arguments: &Arguments, time: Duration) -> Result<()> {
    let scene = Scene::prepare(&arguments.programs)?;
    report::calls(&calls::of_session(&scene).await?);
    session(arguments, &scene, time).await?;
    hashing(arguments, &scene, time).await?;
    guessing(arguments, &scene, time).await
}

/// The same request with a session and without: what it takes to know who asks.
async fn session(arguments: &Arguments, scene: &Scene, time: Duration) -> Result<()> {
    let server = server::suite(&arguments.programs, scene.copy()?)?;
    let answer = Connection::open(&server.address).await?.exchange(&sign_in("resident01", None)).await?;
    let cookie = scene::cookie(&answer.head, "__Host-session")?;
    let get = |session| vec![Request::get("/api/auth/session", session)];
    let measured = load::in_turns(
        &[
            Contestant::new("GET session, signed in", &server.address, get(Some(&cookie))),
            Contestant::new("GET session, nobody", &server.address, get(None)),
        ],
        time,
    )
    .await?;
    report::ratios("GET session: signed in / nobody", &measured[0], &measured[1]);
    Ok(())
}

/// A sign-in at the cost that a portal begins with and at the one of the arguments.
async fn hashing(arguments: &Arguments, scene: &Scene, time: Duration) -> Result<()> {
    let mut medians = Vec::new();
    for (memory_kib, passes) in [(19_456, 2), (arguments.memory_kib, arguments.passes)] {
        let state = scene.copy()?;
        scene::set(state.path(), &[("hashing.memory_kib", memory_kib), ("hashing.passes", passes)])?;
        let server = server::suite(&arguments.programs, state)?;
        let signed = Signed::of(&server.address, &known(&server).await?, time).await?;
        signed.tell(&format!("sign-in, {memory_kib} KiB, {passes} passes"));
        medians.push(signed.median());
    }
    report::times("sign-in: at the cost of the arguments / at first", medians[1], medians[0]);
    Ok(())
}

/// How long others wait to sign in while 64 connections guess from their address: passwords, with the limits that hold at
/// first and with none, when every guess is hashed; codes; names of sessions.
async fn guessing(arguments: &Arguments, scene: &Scene, time: Duration) -> Result<()> {
    let at_first = [("limit.sign_in_per_device", 20), ("limit.sign_in_per_address", 300)];
    let guesses: [(&str, &[_], Guess); 4] = [
        ("passwords", &at_first, password),
        ("passwords without limits", &[], password),
        ("codes", &[], code),
        ("sessions", &[], session_name),
    ];
    for (name, limits, guess_of) in guesses {
        let state = scene.copy()?;
        scene::set(state.path(), limits)?;
        let server = server::suite(&arguments.programs, state)?;
        let people = known(&server).await?;
        let quiet = Signed::of(&server.address, &people, time).await?;
        let mut guessers = JoinSet::new();
        for number in 0..CONNECTIONS[2] {
            guessers.spawn(guess(Connection::open(&server.address).await?, number, guess_of));
        }
        let beside = Signed::of(&server.address, &people, time).await?;
        guessers.shutdown().await;
        quiet.tell("sign-in, quiet");
        beside.tell(&format!("sign-in beside guesses at {name}"));
        report::times(&format!("sign-in: beside guesses at {name} / quiet"), beside.median(), quiet.median());
    }
    Ok(())
}

/// The guess of a connection in a round.
type Guess = fn(usize, u64) -> Request;

/// Guesses again and again until it is stopped.
async fn guess(mut connection: Connection, number: usize, guess_of: Guess) -> Result<()> {
    for round in 0_u64.. {
        connection.exchange(&guess_of(number, round)).await?;
    }
    Ok(())
}

/// At one login after another.
fn password(number: usize, round: u64) -> Request {
    let body = json!({ "identifier": format!("nobody-{number}-{round}"), "password": "guessed-password" });
    Request::post(SIGN_IN, None, &body)
}

/// At the second step of a sign-in that does not wait for one.
fn code(number: usize, round: u64) -> Request {
    let body = json!({ "method": "totp", "answer": format!("{:06}", round % 1_000_000), "trust_device": false });
    Request::post(&format!("/api/auth/sign-ins/00000000-0000-7000-8000-{number:012}/answers"), None, &body)
}

/// At the name of a session.
fn session_name(number: usize, round: u64) -> Request {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&round.to_be_bytes());
    bytes[8..16].copy_from_slice(&number.to_be_bytes());
    let token = SessionToken::from_random(bytes);
    Request::get("/api/auth/session", Some(&format!("__Host-session={}", token.expose())))
}

/// Signs people in once, so that their devices are known and their hashes cost what those of today do.
async fn known(server: &Server) -> Result<Vec<Request>> {
    let mut connection = Connection::open(&server.address).await?;
    let mut requests = Vec::new();
    for number in 1..=PEOPLE {
        let login = format!("resident{number:02}");
        let answer = connection.exchange(&sign_in(&login, None)).await?;
        ensure!(answer.status == 200, "sign-in answered {}", answer.status);
        requests.push(sign_in(&login, Some(&scene::cookie(&answer.head, "__Host-device")?)));
    }
    Ok(requests)
}

fn sign_in(login: &str, device: Option<&str>) -> Request {
    Request::post(SIGN_IN, device, &json!({ "identifier": login, "password": PASSWORD }))
}

/// Sign-ins one after another.
struct Signed {
    latencies: Vec<Duration>,
    /// How many were asked to come again: all places for hashing were taken.
    busy: usize,
}

impl Signed {
    async fn of(address: &str, people: &[Request], time: Duration) -> Result<Self> {
        let mut connection = Connection::open(address).await?;
        let (mut signed, end) = (Self { latencies: Vec::new(), busy: 0 }, Instant::now() + time);
        for request in people.iter().cycle() {
            let started = Instant::now();
            if started >= end {
                break;
            }
            match connection.exchange(request).await?.status {
                200 => signed.latencies.push(started.elapsed()),
                503 => signed.busy += 1,
                status => anyhow::bail!("sign-in answered {status}"),
            }
        }
        signed.latencies.sort_unstable();
        signed.latencies.first().context("nobody signed in in time")?;
        Ok(signed)
    }

    fn median(&self) -> Duration {
        self.latencies[self.latencies.len() / 2]
    }

    fn tell(&self, name: &str) {
        let p99 = self.latencies[self.latencies.len() * 99 / 100];
        report::sign_ins(name, self.latencies.len(), self.median(), p99, self.busy);
    }
}
