//! How quickly a company's meters are taken in, against plain `insert`s of rows as wide, on fresh files:
//! `cargo run --release -p native-suite --bin import -- --lines 100000`. Prints one JSON object.

mod files;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use domain::{access::Scope, import::ImportFile};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde_json::json;
use store::{
    Location,
    import::{self, By, Source},
};

const BY: By<'_> = By { actor: "operator", fields: &[], reach: &[Scope::Portal], is_for_demo: false };
const SEED: [u8; 32] = [7; 32];

#[derive(Parser)]
struct Options {
    /// How many meters.
    #[arg(long, default_value_t = 100_000)]
    lines: usize,
}

fn main() -> Result<()> {
    let lines = Options::parse().lines;
    let (ours, plain) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let setup = files::homes(lines);
    for folder in [ours.path(), plain.path()] {
        let connection = &mut Connection::open(Location::new(folder).database_file())?;
        schema::migrate(connection, "2026-07-20T09:00:00Z")?;
        take(folder, 0, &setup)?;
    }
    let meters = files::meters(lines);
    let size_bytes = meters.len();

    let started = Instant::now();
    let source = parse("meters.csv", &meters)?;
    let parsed = started.elapsed();
    let started = Instant::now();
    let added = take_sources(ours.path(), 1, vec![source])?;
    let taken = started.elapsed();
    ensure!(added == lines as u64, "{added} of {lines} meters were added");

    let again = Instant::now();
    ensure!(take_sources(ours.path(), 2, vec![parse("meters.csv", &meters)?])? == 0, "the same file added something");
    let again = again.elapsed();
    let inserted = insert_plainly(plain.path(), lines)?;
    let report = json!({
        "lines": lines,
        "size_bytes": size_bytes,
        "parse_ms": millis(parsed),
        "take_ms": millis(taken),
        "again_ms": millis(again),
        "rows_per_second": per_second(lines, parsed + taken),
        "plain_insert_ms": millis(inserted),
        "plain_rows_per_second": per_second(lines, inserted),
        "peak_memory_kib": peak_memory_kib()?,
    });
    println!("{report:#}");
    Ok(())
}

fn take(folder: &Path, seed: u8, texts: &[(&str, String)]) -> Result<u64> {
    let sources = texts.iter().map(|(name, text)| parse(name, text)).collect::<Result<_>>()?;
    take_sources(folder, seed, sources)
}

fn parse(name: &str, text: &str) -> Result<Source> {
    let file = ImportFile::parse(name, text.as_bytes()).map_err(|bad| anyhow::anyhow!("{}", bad[0]))?;
    Ok(Source { name: name.to_owned(), sha256: String::new(), file })
}

/// How many rows were added.
fn take_sources(folder: &Path, seed: u8, sources: Vec<Source>) -> Result<u64> {
    let seed = std::array::from_fn(|index| SEED[index] ^ seed);
    let taken = Location::new(folder).db().write(|tx| import::take(tx, Timestamp::UNIX_EPOCH, seed, &BY, sources))?;
    Ok(taken.iter().map(|file| file.added).sum())
}

/// The same rows by one prepared statement in one transaction: what the database itself takes.
fn insert_plainly(folder: &Path, lines: usize) -> Result<Duration> {
    let mut connection = Connection::open(Location::new(folder).database_file())?;
    connection.execute_batch("pragma foreign_keys = on; pragma synchronous = full")?;
    let premises: Vec<String> = {
        let mut select = connection.prepare("select premises_id from premises order by premises_id")?;
        select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    let mut ids = store::Ids::new(Timestamp::UNIX_EPOCH, [9; 32]);
    let started = Instant::now();
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare(
            "insert into meter (meter_id, premises_id, kind, serial, place, rates, digits_integer, digits_fraction,
                                installed_on, verified_on, verification_interval_years, removed_on, created_at)
             values (?1, ?2, 'cold_water', ?3, 'кухня', 1, 5, 3, '2020-02-01', '2020-01-15', 6, null,
                     '1970-01-01T00:00:00.000Z')",
        )?;
        for line in 0..lines {
            insert.execute(params![ids.draw(), premises[line % premises.len()], files::serial(line)])?;
        }
    }
    transaction.commit()?;
    Ok(started.elapsed())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn per_second(lines: usize, time: Duration) -> u64 {
    let nanos = time.as_nanos().max(1);
    u64::try_from(lines as u128 * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
}

fn peak_memory_kib() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("only Linux tells the peak of memory")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(peak.trim().trim_end_matches(" kB").parse()?)
}
