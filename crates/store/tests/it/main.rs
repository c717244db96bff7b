//! The store over a real, migrated SQLite file.

mod demo;
mod notices;
mod state;
