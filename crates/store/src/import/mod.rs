//! A company's files taken into the state: all of them in one transaction, or nothing.
//!
//! `domain::import` has read the files and held their lines against each other; here they are held against what is
//! known already. Rows are put by their natural keys, so the same file taken twice changes nothing.

/// Gives the value, or lets the line go with its fault.
macro_rules! or_fault {
    ($outcome:expr) => {
        match $outcome? {
            Ok(value) => value,
            Err(fault) => return Ok(Err(fault)),
        }
    };
}

mod accounting;
mod acknowledgements;
mod charging;
mod index;
mod late;
mod meters;
mod owners;
mod prices;
mod readings;
mod register;
mod replaced;
mod staging;

use std::convert::Infallible;

use domain::{
    access::Scope,
    import::{BadLine, BadLines, ImportFile, Line},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::index::Index;
pub use self::staging::{
    NewImport, NewPart, Stage, Staged, StagedFile, add_part, create, file_bytes, find, forget, keep_report, sweep,
};
use crate::{Db, Ids, Tx, audit, homes::register::Changes, state};

/// How many lines are looked up and put by one statement.
const LINES_AT_ONCE: usize = 500;
/// Nobody looks at more: of the changed rows of a file the first are told one by one.
const ROWS_TOLD: usize = 100;

/// A file that was read.
#[derive(Debug)]
pub struct Source {
    /// What it is called.
    pub name: String,
    /// Hex SHA-256 of its bytes.
    pub sha256: String,
    /// Its lines.
    pub file: ImportFile,
}

/// What taking a file in did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What it is called.
    pub name: String,
    /// `companies`, `houses`, `premises`, `owners`, `accounts`, `meters`, `readings`, `tariffs`, `norms`,
    /// `benefits`, `production_days`, `openings`, `house_services`, `house_areas`, `households`, `not_supplied`,
    /// `house_volumes` or `acknowledgements`.
    pub kind: String,
    /// Rows that were not there.
    pub added: u64,
    /// Rows that said something else.
    pub changed: u64,
    /// Rows that said the same.
    pub unchanged: u64,
    /// Values of changed rows that were there and are empty now.
    pub cleared: u64,
    /// The first hundred changed rows.
    pub changed_rows: Vec<ChangedRow>,
}

/// A row that said something else before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedRow {
    /// The number of its line, the header being 1.
    pub line: u64,
    /// What it is known by; no name of a person.
    pub key: String,
    /// The columns that said something else.
    pub columns: Vec<String>,
}

impl Taken {
    fn new(source: &Source) -> Self {
        Self {
            name: source.name.clone(),
            kind: source.file.kind().to_owned(),
            added: 0,
            changed: 0,
            unchanged: 0,
            cleared: 0,
            changed_rows: Vec::new(),
        }
    }

    /// Counts what putting these lines did; `key` tells what one is known by.
    fn count<T>(&mut self, changes: &Changes, lines: &[&Line<T>], key: impl Fn(&T) -> String) {
        let changed = changes.changed.len() as u64;
        self.added += changes.added;
        self.changed += changed;
        self.unchanged += lines.len() as u64 - changes.added - changed;
        self.cleared += changes.changed.iter().map(|row| row.cleared).sum::<u64>();
        let room = ROWS_TOLD - self.changed_rows.len();
        self.changed_rows.extend(changes.changed.iter().take(room).map(|row| ChangedRow {
            line: lines[row.at].number,
            key: key(&lines[row.at].row),
            columns: row.columns.iter().map(ToString::to_string).collect(),
        }));
    }
}

/// Who takes files in, and where to.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// A `person_id`, or `operator`.
    pub actor: &'a str,
    /// What else the audit log notes: where from.
    pub fields: &'a [(&'a str, &'a str)],
    /// Whose houses they may be about; a line about another one is bad.
    pub reach: &'a [Scope],
    /// Whether the files are made up and may go into a demo state.
    pub is_for_demo: bool,
}

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Lines that contradict what is known, in the order of the files and lines.
    #[error("nothing was taken in: {} bad lines", .0.total())]
    BadLines(BadLines),
    /// The state is a demo, whose logins everybody knows, and nobody said that the files are made up.
    #[error("the state is a demo")]
    DemoState,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::Error),
}

/// Takes files in, whatever order they come in: a house before its flats, a meter before its readings.
///
/// `random` are 32 fresh random bytes, from which ids and the salts of the audit log are drawn.
///
/// # Errors
/// [`Error::BadLines`] where a line contradicts the state: then the transaction must be rolled back.
pub fn take(
    tx: &Tx<'_>,
    now: Timestamp,
    random: [u8; 32],
    by: &By<'_>,
    mut sources: Vec<Source>,
) -> Result<Vec<Taken>, Error> {
    if state::is_demo(tx)? && !by.is_for_demo {
        return Err(Error::DemoState);
    }
    state::settle(tx, now)?;
    sources.sort_by_key(|source| source.file.rank());
    let (ids, index) = (Ids::new(now, random), Index::new(by.reach));
    let mut taking = Taking { tx, now, by, ids, index, bad_lines: BadLines::default() };
    let mut all = Vec::with_capacity(sources.len());
    for source in &sources {
        let taken = taking.take(source)?;
        taking.note(source, &taken)?;
        all.push(taken);
    }
    if taking.bad_lines.is_empty() { Ok(all) } else { Err(Error::BadLines(taking.bad_lines)) }
}

/// Does all that [`take`] does and takes it back: what it would say, it says. Meanwhile other writers wait, as they do
/// for a real import.
///
/// # Errors
/// As [`take`].
pub fn rehearse(
    db: &Db,
    now: Timestamp,
    random: [u8; 32],
    by: &By<'_>,
    sources: Vec<Source>,
) -> Result<Vec<Taken>, Error> {
    let rehearsal: Result<Infallible, _> = db.write(|tx| match take(tx, now, random, by, sources) {
        Ok(taken) => Err(Rehearsal::Over(taken)),
        Err(error) => Err(Rehearsal::Failed(error)),
    });
    match rehearsal {
        Err(Rehearsal::Over(taken)) => Ok(taken),
        Err(Rehearsal::Failed(error)) => Err(error),
        Ok(never) => match never {},
    }
}

/// Why a rehearsal is rolled back.
enum Rehearsal {
    Over(Vec<Taken>),
    Failed(Error),
}

impl From<crate::Error> for Rehearsal {
    fn from(error: crate::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// What all files share while they are taken in.
struct Taking<'a> {
    tx: &'a Tx<'a>,
    now: Timestamp,
    by: &'a By<'a>,
    ids: Ids,
    index: Index<'a>,
    bad_lines: BadLines,
}

/// Why a line contradicts what is known.
struct Fault {
    column: &'static str,
    reason: String,
}

impl Fault {
    fn new(column: &'static str, reason: impl Into<String>) -> Self {
        Self { column, reason: reason.into() }
    }
}

impl Taking<'_> {
    fn take(&mut self, source: &Source) -> crate::Result<Taken> {
        let (mut taken, first_bad) = (Taken::new(source), self.bad_lines.len());
        match &source.file {
            ImportFile::Companies(lines) => self.companies(&mut taken, lines),
            ImportFile::Houses(lines) => self.houses(&mut taken, lines),
            ImportFile::Premises(lines) => self.premises(&mut taken, lines),
            ImportFile::Owners(lines) => self.owners(&mut taken, lines),
            ImportFile::Accounts(lines) => self.accounts(&mut taken, lines),
            ImportFile::Meters(lines) => self.meters(&mut taken, lines),
            ImportFile::Readings(lines) => self.readings(&mut taken, lines),
            ImportFile::Tariffs(lines) => self.tariffs(&mut taken, lines),
            ImportFile::Norms(lines) => self.norms(&mut taken, lines),
            ImportFile::Benefits(lines) => self.benefits(&mut taken, lines),
            ImportFile::ProductionDays(lines) => self.production_days(&mut taken, lines),
            ImportFile::Openings(lines) => self.openings(&mut taken, lines),
            ImportFile::HouseServices(lines) => self.house_services(&mut taken, lines),
            ImportFile::HouseAreas(lines) => self.house_areas(&mut taken, lines),
            ImportFile::Households(lines) => self.households(&mut taken, lines),
            ImportFile::NotSupplied(lines) => self.not_supplied(&mut taken, lines),
            ImportFile::HouseVolumes(lines) => self.house_volumes(&mut taken, lines),
            ImportFile::Acknowledgements(lines) => self.acknowledgements(&mut taken, lines),
        }?;
        if matches!(source.file, ImportFile::Houses(_) | ImportFile::Premises(_)) {
            self.index.clear();
        }
        self.bad_lines.sort_from(first_bad);
        Ok(taken)
    }

    fn refuse(&mut self, taken: &Taken, line: u64, fault: Fault) {
        let (file, column) = (taken.name.clone(), Some(fault.column.to_owned()));
        self.bad_lines.push(BadLine { file, line, column, reason: fault.reason });
    }

    /// A file that changed nothing leaves no trace.
    fn note(&mut self, source: &Source, taken: &Taken) -> crate::Result<()> {
        if taken.added + taken.changed == 0 {
            return Ok(());
        }
        let (added, changed) = (taken.added.to_string(), taken.changed.to_string());
        let own = [("name", source.name.as_str()), ("kind", &taken.kind), ("added", &added), ("changed", &changed)];
        let fields = [self.by.fields, &own].concat();
        let object = format!("file:{}", source.sha256);
        let record = audit::Record { actor: self.by.actor, action: "file.import", object: &object, fields: &fields };
        let seed = self.ids.draw_bytes();
        audit::record(self.tx, self.now, seed, &record)
    }
}
