//! The figures on standard output.

use std::{fs, path::Path, time::Duration};

use anyhow::Result;

use crate::{
    calls::Counted,
    load::{self, Measured, Request},
};

/// A route of each component that does next to nothing: what it takes is the start of an instance.
const CHEAP: [(&str, &str); 7] = [
    ("auth", "/api/auth/session"),
    ("homes", "/api/homes/accounts"),
    ("readings", "/api/readings/meters"),
    ("billing", "/api/billing/services"),
    ("notices", "/api/notices"),
    ("reminders", "/api/reminders/run"),
    ("site", "/robots.txt"),
];

pub(crate) fn calls(counted: &[Counted]) {
    println!("{:<36} {:>8} {:>8}", "calls per request", "SQL", "KV");
    for Counted { name, calls } in counted {
        println!("{name:<36} {:>8} {:>8}", calls.sql, calls.kv);
    }
    println!("\n{:<36} {:>5} {:>10} {:>10} {:>10}", "", "conns", "req/s", "median", "p99");
}

pub(crate) fn line(name: &str, measured: &Measured) {
    let Measured { connections, rounds, median, p99 } = measured;
    let per_second = load::middle(rounds);
    println!("{name:<36} {connections:>5} {per_second:>10} {:>10} {:>10}", micros(*median), micros(*p99));
}

/// Sign-ins one after another.
pub(crate) fn sign_ins(name: &str, count: usize, median: Duration, p99: Duration, busy: usize) {
    println!("{name:<48} {count:>5} median {:>10} p99 {:>10} busy {busy}", micros(median), micros(p99));
}

/// How many times as long one takes as the other.
pub(crate) fn times(name: &str, one: Duration, other: Duration) {
    let ratio = one.as_micros() * 100 / other.as_micros().max(1);
    println!("{name}: {}", hundredths(u64::try_from(ratio).unwrap_or(u64::MAX)));
}

/// How long one request takes.
pub(crate) fn took(name: &str, median: Duration) {
    println!("{name:<36} median {:>10}", micros(median));
}

fn micros(time: Duration) -> String {
    format!("{}.{:03} ms", time.as_millis(), time.subsec_micros() % 1_000)
}

/// Requests per second of one server for each of another's, at each number of connections: the middle of the rounds'
/// ratios, with the least and the greatest.
pub(crate) fn ratios(name: &str, ours: &[Measured], theirs: &[Measured]) {
    let all = ours.iter().zip(theirs).map(|(ours, theirs)| {
        let rounds = ours.rounds.iter().zip(&theirs.rounds);
        let ratios: Vec<_> = rounds.map(|(ours, theirs)| ours * 100 / theirs.max(&1)).collect();
        let (least, greatest) = (ratios.iter().min().unwrap_or(&0), ratios.iter().max().unwrap_or(&0));
        let (middle, least, greatest) = (hundredths(load::middle(&ratios)), hundredths(*least), hundredths(*greatest));
        format!("{middle} at {} ({least} to {greatest})", ours.connections)
    });
    println!("{name}: {}", all.collect::<Vec<_>>().join(", "));
}

fn hundredths(number: u64) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

pub(crate) async fn components(address: &str, folder: &Path, time: Duration) -> Result<()> {
    println!("\n{:<12} {:>10} {:>26}", "component", "size", "one request, fresh instance");
    for (name, path) in CHEAP {
        let size = fs::metadata(folder.join(format!("{name}.wasm")))?.len();
        let took = load::run(address, &[Request::get(path, None)], 1, time.min(Duration::from_secs(2))).await?;
        println!("{name:<12} {:>7} KB {:>26}", size / 1024, micros(load::middle(&took)));
    }
    Ok(())
}

pub(crate) fn billing_head() {
    println!(
        "{:<16} {:>9} {:>9} {:>12} {:>10} {:>10} {:>12}",
        "", "accounts", "lines", "", "lines/s", "B/line", "peak KiB"
    );
}

/// A month of a city.
pub(crate) fn billing(
    name: &str,
    accounts: u32,
    lines: u64,
    took: Duration,
    bytes: Option<u64>,
    memory_kib: Option<u64>,
) {
    let per_second = u128::from(lines) * 1_000_000 / took.as_micros().max(1);
    let told = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
    println!(
        "{name:<16} {accounts:>9} {lines:>9} {:>12} {per_second:>10} {:>10} {:>12}",
        micros(took),
        told(bytes),
        told(memory_kib)
    );
}
