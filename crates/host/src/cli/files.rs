//! `moydom files`

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::{Args, Subcommand};
use store::{
    Db, MasterKeys,
    sealed::{self, Sealed},
    transfer_acts,
};

use super::state::StateArgs;
use crate::variables::{EnvFile, environment_name};

const KEYS_VARIABLE: &str = "files_key";
/// Few enough for a transaction that nobody notices.
const ROWS_AT_ONCE: u32 = 500;

/// The sealed files.
#[derive(Args)]
pub(super) struct Files {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Rotate(Rotate),
}

/// Wrap the keys of all files, the secrets of second factors, the numbers of persons and the key of acts with the newest master key, while the portal serves.
///
/// The variable files_key holds the master keys, the newest first: put a new one in front of the old one, restart the
/// host, run this, and take the old one out. The files themselves are not touched. Prints one JSON object: how many
/// keys and secrets were wrapped anew.
#[derive(Args)]
struct Rotate {
    #[command(flatten)]
    state: StateArgs,
    /// Variables, one SPIN_VARIABLE_NAME=value a line.
    #[arg(long, value_name = "FILE", default_value = ".env")]
    env_file: PathBuf,
}

impl Files {
    pub(super) fn run(self) -> Result<()> {
        let Command::Rotate(rotate) = self.command;
        rotate.run()
    }
}

impl Rotate {
    fn run(self) -> Result<()> {
        let keys = master_keys(&self.env_file)?;
        let state = self.state.open()?;
        let (files, resealed) = (state.files(), reseal(&state.db(), &keys)?);
        let (mut rewrapped, mut faults, mut after) = (0, Vec::new(), String::new());
        loop {
            let done = files.rewrap(&keys, random()?, &after, ROWS_AT_ONCE)?;
            rewrapped += done.rewrapped;
            faults.extend(done.faults);
            match done.last {
                Some(last) => after = last,
                None => break,
            }
        }
        for (file_id, error) in &faults {
            eprintln!("{file_id}: {error}");
        }
        println!("{}", serde_json::json!({ "rewrapped": rewrapped, "resealed": resealed, "failed": faults.len() }));
        ensure!(faults.is_empty(), "the keys of {} files above stay as they were", faults.len());
        Ok(())
    }
}

/// The operator's master keys.
pub(super) fn master_keys(env_file: &Path) -> Result<MasterKeys> {
    let keys = EnvFile::read(env_file)?.variable(KEYS_VARIABLE);
    let missing = || format!("{} has no value in the environment or the file", environment_name(KEYS_VARIABLE));
    Ok(MasterKeys::parse(&keys.with_context(missing)?)?)
}

/// The secrets of second factors, the numbers of persons and the key of acts lie in the suite's own database.
fn reseal(db: &Db, keys: &MasterKeys) -> Result<u64> {
    let nonce = random()?;
    let is_resealed = db.write(|tx| transfer_acts::reseal(tx, keys, nonce))?;
    let of_persons: u64 = sealed::ALL.into_iter().map(|kind| reseal_all(db, keys, kind)).sum::<Result<_>>()?;
    Ok(of_persons + u64::from(is_resealed))
}

fn reseal_all(db: &Db, keys: &MasterKeys, kind: &Sealed) -> Result<u64> {
    let (mut resealed, mut after) = (0, String::new());
    loop {
        let nonces = (0..ROWS_AT_ONCE).map(|_| random()).collect::<Result<Vec<_>>>()?;
        let mut nonces = nonces.into_iter();
        let fresh = || nonces.next().expect("one for each row");
        let (count, last) = db.write(|tx| kind.reseal(tx, keys, fresh, &after, ROWS_AT_ONCE))?;
        resealed += count;
        match last {
            Some(last) => after = last,
            None => return Ok(resealed),
        }
    }
}

pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}
