//! `moydom import`

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::Args;
use domain::access::Scope;
use domain::import::{BadLines, ImportFile};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use store::import::{self, By, Source, Taken};

use super::state::StateArgs;

/// While lines are bad in themselves, none is held against the register: what it says is told in the next round.
const OTHERS_WAIT: &str = "; only then are the other lines held against the register";

/// Take a company's files in: companies, houses, premises, owners, accounts, meters, readings.
///
/// CSV in UTF-8 or Windows-1251, or XLSX, also the form «Сведения о ПУ» of ГИС ЖКХ. The header of a file tells what it
/// holds; docs/operations.md lists the columns. All files are taken in together or not at all: each bad line is named
/// on standard error, first those that are bad in themselves, then those that contradict the register. The same file
/// taken in twice changes nothing. A column that a file does not have stays as it is known; an empty cell clears it.
/// Prints one JSON object: how many rows of each file were added, changed, and left as they were, how many values were
/// cleared, the first hundred changed rows, and whether that was kept; with --check it never is.
#[derive(Args)]
pub(super) struct Import {
    #[command(flatten)]
    state: StateArgs,
    /// Only tell what would be done, and do nothing.
    #[arg(long)]
    check: bool,
    /// The files are made up: without this word nothing is imported into a demo state, whose logins everybody knows.
    #[arg(long)]
    demo: bool,
    /// The files, in any order.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Import {
    pub(super) fn run(self) -> Result<()> {
        let db = self.state.open()?.db();
        let sources = read(&self.files)?;
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
        let (now, by) =
            (Timestamp::now(), By { actor: "operator", fields: &[], reach: &[Scope::Portal], is_for_demo: self.demo });
        let taken = match self.check {
            true => import::rehearse(&db, now, random, &by, sources),
            false => db.write(|tx| import::take(tx, now, random, &by, sources)),
        };
        match taken {
            Ok(taken) => print(&taken, !self.check),
            Err(import::Error::BadLines(bad_lines)) => refuse(&bad_lines, ""),
            Err(import::Error::DemoState) => {
                bail!("this is a demo state: anybody can sign in; say --demo if the files are made up")
            }
            Err(import::Error::Store(error)) => Err(error.into()),
        }
    }
}

/// Reads all files, so that the bad lines of all of them are known at once.
fn read(files: &[PathBuf]) -> Result<Vec<Source>> {
    let (mut sources, mut bad_lines) = (Vec::new(), BadLines::default());
    for file in files {
        let bytes = super::read(file)?;
        let name = name(file);
        match ImportFile::parse(&name, &bytes) {
            Ok(file) => sources.push(Source { name, sha256: format!("{:x}", Sha256::digest(&bytes)), file }),
            Err(bad) => bad_lines.append(bad),
        }
    }
    if bad_lines.is_empty() { Ok(sources) } else { refuse(&bad_lines, OTHERS_WAIT) }
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

fn refuse<T>(bad_lines: &BadLines, others: &str) -> Result<T> {
    for bad in bad_lines.iter() {
        eprintln!("{bad}");
    }
    let (told, total) = (bad_lines.len(), bad_lines.total());
    bail!("nothing was imported: mend the lines above ({told} of {total} faults) and import the files again{others}")
}

fn print(taken: &[Taken], is_kept: bool) -> Result<()> {
    let files: Vec<_> = taken
        .iter()
        .map(|file| {
            serde_json::json!({
                "file": file.name,
                "kind": file.kind,
                "added": file.added,
                "changed": file.changed,
                "unchanged": file.unchanged,
                "cleared": file.cleared,
                "changed_rows": file.changed_rows,
            })
        })
        .collect();
    println!("{}", serde_json::json!({ "kept": is_kept, "files": files }));
    Ok(())
}
