//! The monthly run: a month of a house goes from a preview over its approval to issued bills, in bounded steps that
//! can be stopped anywhere (decision 0025).

pub mod absences;
pub mod benefits;
mod book;
mod corrections;
pub mod desk;
mod facts;
mod house;
pub mod interruptions;
mod issue;
mod medians;
mod parties;
mod penalties;
mod preview;
pub mod questions;
mod read;
pub mod requests;
mod rules;
mod runs;

use jiff::Timestamp;

use crate::{Conn, Db, Error, Result, params, value::json_text};

pub use book::ways;
pub use house::{
    NewArea, NewHousehold, NewNotSupplied, NewService, NewVolume, Series, overlaps, put_areas, put_households,
    put_not_supplied, put_services, put_volumes,
};
pub use medians::medians;
pub use parties::{CitedReading, Issuer, Parties, cited_readings, parties};
pub use penalties::{BillPenalty, penalties_of};
pub use read::{
    BillRow, Explained, LineRow, bill, bill_of, bills_of, figures_of, last_due_on, lines_of, periods_before, years,
};
pub use rules::absence_rules;
pub use runs::{
    NewRecalculation, Refusal, Run, State, all_became_known, approve, became_known, open, open_due, recalculate, run,
    to_preview,
};

/// How many premises a step takes.
const PREMISES_AT_ONCE: u32 = 100;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many bills more have their preview.
    Previewed(usize),
    /// The preview of a house is complete.
    Ready,
    /// So many bills more are issued.
    Issued(usize),
    /// All bills of a house are issued.
    Done,
    /// Another one took the step.
    Lost,
}

/// Takes one step of the oldest run that has one to take; none if no run has.
///
/// # Errors
/// A failing database.
pub fn tick(db: &Db, now: Timestamp) -> Result<Option<Step>> {
    let Some(run) = db.read(|conn| due(conn, &[]))? else { return Ok(None) };
    step(db, now, &run)
}

/// How far [`go_on`] came.
#[derive(Debug, Default)]
pub struct Progress {
    /// How many steps were taken.
    pub steps: usize,
    /// The runs whose step failed, by their numbers, and why.
    pub failed: Vec<(i64, Error)>,
}

/// Takes the next steps of the runs, the oldest first, at most `count`. A run whose step fails holds up none of the
/// others: they go on, and it is tried again next time. The schedule and the route may both take steps, and at once.
///
/// # Errors
/// A database that does not tell which runs there are.
pub fn go_on(db: &Db, now: Timestamp, count: usize) -> Result<Progress> {
    let mut progress = Progress::default();
    for _ in 0..count {
        let passed_over: Vec<_> = progress.failed.iter().map(|(run_id, _)| *run_id).collect();
        let Some(run) = db.read(|conn| due(conn, &passed_over))? else { break };
        match step(db, now, &run) {
            Ok(_) => progress.steps += 1,
            Err(error) => progress.failed.push((run.run_id, error)),
        }
    }
    Ok(progress)
}

/// Takes the next step of this run; none if it has none to take.
///
/// # Errors
/// A failing database.
pub fn step(db: &Db, now: Timestamp, run: &Run) -> Result<Option<Step>> {
    let step = match run.state {
        State::Open => preview::step(db, run)?,
        State::Approved => issue::step(db, now, run)?,
        State::Previewed | State::Issued => return Ok(None),
    };
    Ok(Some(step))
}

/// The oldest run that has a step to take, but none of these.
fn due(conn: &Conn<'_>, passed_over: &[i64]) -> Result<Option<Run>> {
    let sql = concat!(
        "select ",
        runs::run_columns!(),
        " from billing_run r join house h using (house_id)
          where r.state in ('open', 'approved') and r.billing_run_id not in (select value from json_each(?1))
          order by r.billing_run_id limit 1"
    );
    conn.query_first(sql, params![json_text(&passed_over)?])?.as_ref().map(runs::read).transpose()
}
