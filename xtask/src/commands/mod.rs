//! The commands, one file each.

mod backup;
mod bench;
mod build;
mod check;
mod dist;
mod doctor;
mod kube;
mod migrate;
mod new;
mod openapi;
mod spin;
mod test;
mod up;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Builds, runs, tests and checks «Мой дом». Two commands are enough to begin: `up` and `test`.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Up(up::Up),
    Test(test::Test),
    Check(check::Check),
    Build(build::Build),
    Spin(spin::Spin),
    Migrate(migrate::Migrate),
    Openapi(openapi::Openapi),
    Bench(bench::Bench),
    Backup(backup::Backup),
    Dist(dist::Dist),
    Doctor(doctor::Doctor),
    Kube(kube::Kube),
    New(new::New),
}

impl Cli {
    pub(crate) fn run(self) -> Result<()> {
        match self.command {
            Command::Up(command) => command.run(),
            Command::Test(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Build(command) => command.run(),
            Command::Spin(command) => command.run(),
            Command::Migrate(command) => command.run(),
            Command::Openapi(command) => command.run(),
            Command::Bench(command) => command.run(),
            Command::Backup(command) => command.run(),
            Command::Dist(command) => command.run(),
            Command::Doctor(command) => command.run(),
            Command::Kube(command) => command.run(),
            Command::New(command) => command.run(),
        }
    }
}
