//! The suite in one native process, over real files.

mod access;
mod document;
mod events;
mod key_value;
mod notices;
mod readings_reminded;
mod runs;
mod sign_in;
mod suite;
mod sweep;
mod world;
