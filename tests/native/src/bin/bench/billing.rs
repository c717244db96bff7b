//! What a month of a city costs: lines per second and bytes per line from a thousand accounts to a hundred thousand, on
//! our host and natively, against plain `INSERT`s of as many rows of the same width.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use domain::period::Period;
use native_suite::houses;
use rusqlite::{Connection as Database, params_from_iter, types::Value};
use store::{Location, billing};
use tempfile::TempDir;

use crate::{
    Arguments,
    load::{Connection, Request},
    report, server,
};

/// Flats of a house: a large one.
const FLATS: u32 = 500;

pub(crate) async fn measure(arguments: &Arguments) -> Result<()> {
    report::billing_head();
    for &accounts in &arguments.accounts {
        let state = city(accounts)?;
        let before = size(state.path())?;
        let native = natively(state.path())?;
        let lines = lines(state.path())?;
        let bytes = (size(state.path())? - before) / lines.max(1);
        report::billing("native", accounts, lines, native, Some(bytes), None);
        let floor = floor(state.path())?;
        report::billing("plain INSERTs", accounts, lines, floor, None, None);
        report::times("  native / plain INSERTs", native, floor);
        drop(state);
        if arguments.programs.join("moydom").is_file() {
            let (wasm, memory_kib) = on_host(arguments, accounts).await?;
            report::billing("moydom", accounts, lines, wasm, None, Some(memory_kib));
            report::times("  moydom / native", wasm, native);
            report::times("  moydom / plain INSERTs", wasm, floor);
        }
    }
    Ok(())
}

fn march() -> Result<Period> {
    Period::new(2026, 3).context("a month")
}

/// Houses with their readings, each with its month opened.
fn city(accounts: u32) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let location = Location::new(folder.path());
    let now = jiff::Timestamp::now();
    let mut database = Database::open(location.database_file())?;
    schema::migrate(&mut database, &now.to_string())?;
    schema::migrate_files(&mut Database::open(location.files_file())?, &now.to_string())?;
    schema::init(&database, schema::Kind::Live, &now.to_string())?;
    let march = march()?;
    let db = location.db();
    for house in 0..accounts.div_ceil(FLATS) {
        let name = format!("h{house}x");
        let flats = FLATS.min(accounts - house * FLATS);
        db.write(|tx| houses::add(tx, &name, flats))?;
        db.write(|tx| billing::open(tx, now, &name, march))?.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    }
    database.execute_batch("pragma wal_checkpoint(truncate)")?;
    Ok(folder)
}

/// From the first preview to the last bill.
fn natively(state: &Path) -> Result<Duration> {
    let (db, now) = (Location::new(state).db(), jiff::Timestamp::now());
    let begun = Instant::now();
    while billing::tick(&db, now)?.is_some() {}
    approve(state)?;
    while billing::tick(&db, now)?.is_some() {}
    Ok(begun.elapsed())
}

fn approve(state: &Path) -> Result<()> {
    let database = Database::open(Location::new(state).database_file())?;
    let approved = database.execute("update billing_run set state = 'approved' where state = 'previewed'", [])?;
    ensure!(approved > 0, "nothing was previewed");
    Ok(())
}

/// The same by the job's route; and the most memory that the program had.
async fn on_host(arguments: &Arguments, accounts: u32) -> Result<(Duration, u64)> {
    let state = city(accounts)?;
    let folder = state.path().to_owned();
    let server = server::suite(&arguments.programs, state)?;
    let mut connection = Connection::open(&server.address).await?;
    let begun = Instant::now();
    for done in ["previewed", "issued"] {
        while !are_all(&folder, done)? {
            let answer = connection.exchange(&Request::job("/api/reminders/run", "unused")).await?;
            ensure!(answer.status == 200, "the job answered {}", answer.status);
        }
        if done == "previewed" {
            approve(&folder)?;
        }
    }
    Ok((begun.elapsed(), server.peak_memory_kib()?))
}

fn are_all(state: &Path, done: &str) -> Result<bool> {
    let database = Database::open(Location::new(state).database_file())?;
    let sql = "select not exists (select 1 from billing_run where state <> ?1)";
    Ok(database.query_row(sql, [done], |row| row.get(0))?)
}

/// As many rows of the same width, one `INSERT` each, a thousand to a transaction.
fn floor(state: &Path) -> Result<Duration> {
    let mut database = Database::open(Location::new(state).database_file())?;
    database.execute_batch(
        "create table floor (bill_id integer, of_period text, service text, method text, volume integer, price text,
                             charged integer, excess integer, recalculated integer, discount integer, payable integer,
                             oddities integer, reason text, explanation text, primary key (bill_id, of_period, service))
         strict, without rowid",
    )?;
    let mut rows: Vec<Vec<Value>> = {
        let mut statement = database.prepare("select * from charge_line limit 100000")?;
        let rows = statement.query_map([], |row| (0..14).map(|index| row.get(index)).collect())?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let lines = lines(state)?;
    let mut took = Duration::ZERO;
    let mut written = 0;
    while written < lines {
        // The same rows once more, under other bills.
        for row in &mut rows {
            if let Some(Value::Integer(bill)) = row.first_mut() {
                *bill += 10_000_000;
            }
        }
        for chunk in rows.chunks(1_000) {
            let begun = Instant::now();
            let transaction = database.transaction()?;
            {
                let sql = "insert into floor values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
                let mut insert = transaction.prepare_cached(sql)?;
                for row in chunk {
                    insert.execute(params_from_iter(row))?;
                }
            }
            transaction.commit()?;
            took += begun.elapsed();
            written += chunk.len() as u64;
        }
    }
    Ok(took)
}

fn lines(state: &Path) -> Result<u64> {
    let database = Database::open(Location::new(state).database_file())?;
    let count: i64 = database.query_row("select count(*) from charge_line", [], |row| row.get(0))?;
    Ok(u64::try_from(count)?)
}

/// The bytes of the database, its log written back.
fn size(state: &Path) -> Result<u64> {
    let file = Location::new(state).database_file();
    Database::open(&file)?.execute_batch("pragma wal_checkpoint(truncate)")?;
    Ok(fs::metadata(file)?.len())
}
