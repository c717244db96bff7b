//! A cron component: every tick leaves a row, and does what the variable `task` says.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code)]

mod outgoing;

use std::time::{SystemTime, UNIX_EPOCH};

mod state {
    wit_bindgen::generate!({
        path: "../../../../../wit",
        world: "moydom:suite/state",
        generate_all,
    });
}

wit_bindgen::generate!({
    path: "../../../../../wit",
    world: "moydom:suite/scheduled",
    generate_all,
});

use state::fermyon::spin::variables;
use state::spin::sqlite::sqlite::{Connection, Value};

struct Tick;

export!(Tick);

impl Guest for Tick {
    fn handle_cron_event(metadata: Metadata) -> Result<(), Error> {
        let task = variables::get("task").unwrap_or_default();
        note(&metadata, &task).map_err(|error| Error::Other(format!("{error:?}")))?;
        match task.split_once(' ').unwrap_or((&task, "")) {
            ("fail", _) => Err(Error::Other("asked to".into())),
            ("trap", _) => panic!("asked to"),
            ("loop", _) => loop {
                std::hint::spin_loop();
            },
            ("fetch", address) => outgoing::get(address).map(|body| println!("{body}")).map_err(Error::Other),
            _ => Ok(()),
        }
    }
}

/// Notes the tick; the number is how many ticks this instance has had.
fn note(metadata: &Metadata, task: &str) -> Result<(), state::spin::sqlite::sqlite::Error> {
    let database = Connection::open("default")?;
    database.execute("CREATE TABLE IF NOT EXISTS tick (at INTEGER, clock INTEGER, task TEXT)", &[])?;
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let integer = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let row = [integer(metadata.timestamp), integer(clock), Value::Text(task.into())];
    database.execute("INSERT INTO tick VALUES (?, ?, ?)", &row)?;
    Ok(())
}
