//! `cargo xtask`: everything one does in this repository, in the project's own language.

mod build;
mod commands;
mod contract;
mod debian;
mod env_file;
mod fresh;
mod manifest;
mod node;
mod process;
mod python;
mod run;
mod service;
mod suite;
mod supply_chain;
mod terminal;
mod third_party;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::failure(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
