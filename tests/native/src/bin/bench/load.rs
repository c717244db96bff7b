//! A load generator: keep-alive connections, each sending its next request when the last is answered.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::{CONNECTIONS, report};

/// A request to be sent over and over.
#[derive(Clone)]
pub(crate) struct Request {
    head: String,
    body: String,
    /// A submission needs a new `Idempotency-Key` each time.
    is_keyed: bool,
}

/// What rounds with so many connections gave.
pub(crate) struct Measured {
    pub(crate) connections: usize,
    /// Requests per second in each round.
    pub(crate) rounds: Vec<u64>,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
}

/// A server that is asked for the same as others, in turn with them.
pub(crate) struct Contestant<'a> {
    name: &'static str,
    address: &'a str,
    requests: Vec<Request>,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new(name: &'static str, address: &'a str, requests: Vec<Request>) -> Self {
        Self { name, address, requests }
    }
}

/// Of which a measurement is made; odd, so that one is in the middle.
const ROUNDS: u32 = 5;
const WARMING_UP: Duration = Duration::from_millis(300);

static NEXT_KEY: AtomicU64 = AtomicU64::new(0);

impl Request {
    pub(crate) fn get(path: &str, session: Option<&str>) -> Self {
        Self { head: head("GET", path, session), body: String::new(), is_keyed: false }
    }

    pub(crate) fn post(path: &str, session: Option<&str>, body: &serde_json::Value) -> Self {
        Self { head: head("POST", path, session), body: body.to_string(), is_keyed: session.is_some() }
    }

    /// A request of whoever has the jobs' token.
    pub(crate) fn job(path: &str, token: &str) -> Self {
        let head = format!("{}authorization: Bearer {token}\r\ncontent-length: 0\r\n", head("POST", path, None));
        Self { head, body: String::new(), is_keyed: false }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut text = self.head.clone();
        if self.is_keyed {
            let key = NEXT_KEY.fetch_add(1, Ordering::Relaxed);
            text.push_str(&format!("idempotency-key: bench-{key}\r\n"));
        }
        if !self.body.is_empty() {
            text.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n", self.body.len()));
        }
        text.push_str("\r\n");
        text.push_str(&self.body);
        text.into_bytes()
    }
}

fn head(method: &str, path: &str, session: Option<&str>) -> String {
    let cookie = session.map(|session| format!("cookie: {session}\r\n")).unwrap_or_default();
    format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n{cookie}")
}

/// Runs with each number of connections, in short rounds in which the servers take turns: a machine whose speed changes
/// from minute to minute is then the same for all. For each server what it did with each number of connections.
pub(crate) async fn in_turns(contestants: &[Contestant<'_>], time: Duration) -> Result<Vec<Vec<Measured>>> {
    let mut all: Vec<Vec<Measured>> = contestants.iter().map(|_| Vec::new()).collect();
    for connections in CONNECTIONS {
        let mut rounds: Vec<Vec<Vec<Duration>>> = contestants.iter().map(|_| Vec::new()).collect();
        for _ in 0..ROUNDS {
            for (one, rounds) in contestants.iter().zip(&mut rounds) {
                let round = run(one.address, &one.requests, connections, time / ROUNDS).await;
                rounds.push(round.with_context(|| one.name.to_owned())?);
            }
        }
        for ((one, rounds), all) in contestants.iter().zip(rounds).zip(&mut all) {
            let measured = Measured::of(connections, &rounds, time / ROUNDS);
            report::line(one.name, &measured);
            all.push(measured);
        }
    }
    Ok(all)
}

impl Measured {
    fn of(connections: usize, rounds: &[Vec<Duration>], time: Duration) -> Self {
        let mut latencies = rounds.concat();
        latencies.sort_unstable();
        Self {
            connections,
            rounds: rounds.iter().map(|round| round.len() as u64 * 1_000 / time.as_millis() as u64).collect(),
            median: latencies[latencies.len() / 2],
            p99: latencies[latencies.len() * 99 / 100],
        }
    }
}

/// The middle one of some numbers.
pub(crate) fn middle<T: Copy + Ord>(numbers: &[T]) -> T {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

/// A moment of warming up, then `time` that counts; each connection sends one of the requests, in turn. How long each
/// answer took.
pub(crate) async fn run(
    address: &str,
    requests: &[Request],
    connections: usize,
    time: Duration,
) -> Result<Vec<Duration>> {
    let begin = Instant::now() + WARMING_UP;
    let end = begin + time;
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        let connection = Connection::open(address).await?;
        tasks.spawn(connection.repeat(requests[number % requests.len()].clone(), begin, end));
    }
    let mut latencies = Vec::new();
    while let Some(finished) = tasks.join_next().await {
        latencies.extend(finished??);
    }
    ensure!(!latencies.is_empty(), "no request was answered in time");
    Ok(latencies)
}

/// The value of a header.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// One exchange.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    async fn repeat(mut self, request: Request, begin: Instant, end: Instant) -> Result<Vec<Duration>> {
        let mut latencies = Vec::new();
        loop {
            let started = Instant::now();
            if started >= end {
                return Ok(latencies);
            }
            let answer = self.exchange(&request).await?;
            if !(200..500).contains(&answer.status) || answer.status == 429 {
                bail!("answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
            }
            if started >= begin {
                latencies.push(started.elapsed());
            }
        }
    }

    pub(crate) async fn exchange(&mut self, request: &Request) -> Result<Answer> {
        self.stream.write_all(&request.bytes()).await?;
        let head_end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        self.buffer.drain(..head_end);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status line")?;
        let body = match header(&head, "transfer-encoding") {
            Some(_) => self.read_chunks().await?,
            None => self.read_exactly(header(&head, "content-length").map_or(Ok(0), str::parse)?).await?,
        };
        Ok(Answer { status, head, body })
    }

    async fn read_chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line_end = loop {
                if let Some(at) = self.buffer.windows(2).position(|two| two == b"\r\n") {
                    break at;
                }
                self.read_more().await?;
            };
            let length = usize::from_str_radix(std::str::from_utf8(&self.buffer[..line_end])?.trim(), 16)?;
            self.buffer.drain(..line_end + 2);
            body.extend(self.read_exactly(length).await?);
            self.read_exactly(2).await?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    async fn read_exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.read_more().await?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    async fn read_more(&mut self) -> Result<()> {
        ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server closed the connection");
        Ok(())
    }
}
