//! The shape of the suite's one SQLite database, and the only way it changes.
//!
//! `migrations/NNNN_name.sql` are numbered and never edited once merged: a ledger in the database keeps the checksum
//! of each, and a file that no longer matches stops the run. [`migrate`] applies what is missing, before anything
//! serves; components never run DDL. `current.sql` shows what all of them add up to.
//!
//! A new migration: write the next number's file (its first line names the `store` module that owns the tables),
//! list it in `src/migrations.rs`, and run `cargo xtask migrate --write-current`.

#![deny(missing_docs)]

mod dump;
mod error;
mod files;
mod ledger;
mod migrate;
mod migrations;
pub mod sql;
mod state;

pub use dump::dump;
pub use error::Error;
pub use files::{FILES_MIGRATIONS, migrate_files};
pub use ledger::{Entry, missing};
pub use migrate::{Applied, apply, migrate};
pub use migrations::{MIGRATIONS, Migration};
pub use state::{Kind, init, is_empty, kind};
