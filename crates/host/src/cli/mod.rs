//! The commands of `moydom`, one file each.

mod acts;
mod admin;
mod app;
mod audit;
mod backup;
mod consent;
mod doctor;
mod files;
mod import;
mod ledger;
mod migrate;
mod restore;
mod secrets;
mod seed_demo;
mod serve;
mod state;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};
use rustix::fs::Mode;
use rustix::process::umask;

/// Runs the components of «Мой дом» on one machine.
#[derive(Parser)]
#[command(name = "moydom", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(Box<serve::Serve>),
    Migrate(migrate::Migrate),
    SeedDemo(seed_demo::SeedDemo),
    Import(import::Import),
    Admin(admin::Admin),
    Consent(consent::Consent),
    Audit(audit::Audit),
    Ledger(ledger::Ledger),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Secrets(secrets::Secrets),
    Doctor(doctor::Doctor),
    Files(files::Files),
    VerifyAct(acts::VerifyAct),
    RotateActKey(acts::RotateActKey),
}

/// Runs the command that the arguments name. What stops it is told in one line.
pub fn run() -> ExitCode {
    // Whatever a command makes, be it a database, its log or a backup, is for its owner alone.
    umask(Mode::RWXG | Mode::RWXO);
    let result = match Cli::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::SeedDemo(seed) => seed.run(),
        Command::Import(import) => import.run(),
        Command::Admin(admin) => admin.run(),
        Command::Consent(consent) => consent.run(),
        Command::Audit(audit) => audit.run(),
        Command::Ledger(ledger) => ledger.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Secrets(secrets) => secrets.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Files(files) => files.run(),
        Command::VerifyAct(verify) => verify.run(),
        Command::RotateActKey(rotate) => rotate.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("moydom: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A file that was named on the command line.
fn read(file: &Path) -> Result<Vec<u8>> {
    let shown = file.display();
    ensure!(!file.is_dir(), "{shown} is a folder; name the files in it, such as {shown}/*.csv");
    fs::read(file).with_context(|| format!("cannot read {shown}"))
}
