//! The store over a real, migrated SQLite file.

mod demo;
mod import;
mod notices;
mod state;
