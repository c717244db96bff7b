//! The demo: one made-up house of 60 flats with two years of readings, a small one of another company, and logins to
//! look around with.
//!
//! The same moment gives the same rows. Names, numbers and addresses are made up and belong to nobody: the company's
//! ИНН and ОГРН have right check digits, but of a tax office and a year that never issued any.

mod billing;
mod chance;
mod flats;
mod house;
mod meters;
mod names;
mod people;
mod readings;
mod tariffs;

use domain::calendar::date_at;
use jiff::{Timestamp, civil::Date};

use crate::{Ids, Tx, audit, state};
pub use billing::{Billed, bill};
use chance::Chance;

/// The password of every demo login.
pub const PASSWORD: &str = "moydom-demo-2026";

/// Its Argon2id hash. It is no secret, so it is kept ready: the state is seeded at once, and the same way each time.
pub const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bW95ZG9tLWRlbW8tc2FsdA$m/CutoZkZQtIaSxbG34GIX3SWqA3pFVLHwRQWtMLd3k";

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The state serves people, or its kind is not decided.
    #[error("this state is not a demo one; make another with `moydom migrate --demo --state DIR`")]
    NotDemo,
    /// Somebody is in already.
    #[error("this state holds houses or people already; a demo goes only into an empty one, so name another --state")]
    NotEmpty,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::Error),
}

/// How many rows were made.
#[derive(Debug, PartialEq, Eq)]
pub struct Filled {
    /// Flats of the house.
    pub flats: usize,
    /// Meters in them.
    pub meters: usize,
    /// Readings of these.
    pub readings: usize,
    /// Logins.
    pub people: usize,
}

/// What all parts of the demo need.
struct Making<'a> {
    tx: &'a Tx<'a>,
    at: Timestamp,
    today: Date,
    ids: Ids,
    chance: Chance,
}

/// Fills an empty demo state as of the moment `at`.
///
/// # Errors
/// [`Error::NotDemo`] or [`Error::NotEmpty`] where a demo has no place; the database's failures.
pub fn fill(tx: &Tx<'_>, at: Timestamp) -> Result<Filled, Error> {
    if !state::is_demo(tx)? {
        return Err(Error::NotDemo);
    }
    if tx.query_first("select 1 where exists (select 1 from person) or exists (select 1 from house)", &[])?.is_some() {
        return Err(Error::NotEmpty);
    }
    let today = date_at(at, house::TIME_ZONE).map_err(|error| crate::Error::BadData(error.to_string()))?;
    let mut making = Making { tx, at, today, ids: Ids::new(at, [62; 32]), chance: Chance::new(62) };
    Ok(make(&mut making)?)
}

fn make(making: &mut Making<'_>) -> crate::Result<Filled> {
    let (company_id, house_id) = house::add(making)?;
    let flats = flats::add(making, &house_id)?;
    let meters = meters::add(making, &flats)?;
    let readings = readings::add(making, &meters)?;
    let (neighbours, their_house) = house::add_neighbours(making)?;
    billing::add_absence(making, &house_id, &flats)?;
    let people = people::add(making, &flats, [company_id, neighbours])?;
    tariffs::add(making, &[&house_id, &their_house])?;
    billing::add(making, &house_id, &flats)?;
    let filled = Filled { flats: flats.len(), meters: meters.len(), readings, people };
    note(making, &filled)?;
    Ok(filled)
}

fn note(making: &Making<'_>, filled: &Filled) -> crate::Result<()> {
    let (flats, meters, readings) = (filled.flats.to_string(), filled.meters.to_string(), filled.readings.to_string());
    let fields = [("flats", flats.as_str()), ("meters", &meters), ("readings", &readings)];
    let record = audit::Record { actor: "operator", action: "demo.seed", object: "state:demo", fields: &fields };
    audit::record(making.tx, making.at, [0; 32], &record)
}
