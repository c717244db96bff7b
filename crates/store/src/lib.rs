//! The suite's state: SQL and key-value access, one module of functions per feature.
//!
//! Two backends stand behind the same functions: inside a component they are Spin's synchronous interfaces, in a
//! native build (tests, `moydom import`, the benchmark's yardstick) they are `rusqlite` over the same files.
//! A module here owns all writes of its tables; the first line of each migration names the owner.
#![deny(missing_docs)]

pub mod audit;
mod backend;
pub mod billing;
pub mod certificates;
pub mod confirmations;
pub mod consents;
pub mod contact_codes;
mod db;
#[cfg(not(target_arch = "wasm32"))]
pub mod demo;
pub mod electronic_addresses;
pub mod erasures;
mod error;
pub mod events;
pub mod files;
pub mod former_contacts;
pub mod grants;
pub mod hashing_slots;
pub mod homes;
pub mod identities;
mod ids;
pub mod import;
pub mod incoming_sms;
pub mod invitations;
pub mod kv;
pub mod ledger;
pub mod levels;
mod master_keys;
pub mod meter_life;
pub mod notices;
pub mod passkeys;
pub mod pending_sign_ins;
pub mod personal;
pub mod persons;
pub mod production_calendar;
pub mod reading_tokens;
pub mod readings;
pub mod reminders;
pub mod requests;
mod seal;
pub mod sealed;
pub mod second_factors;
pub mod settings;
pub mod sign_in_blocks;
pub mod sign_in_helps;
pub mod sign_in_locks;
pub mod snils;
pub mod state;
pub mod stats;
pub mod status;
pub mod tariffs;
pub mod transfer_acts;
pub mod trusted_devices;
mod value;
pub mod variables;

#[cfg(not(target_arch = "wasm32"))]
pub use backend::Location;
pub use db::{Conn, Db, Tx};
pub use error::{Error, Result};
pub use ids::Ids;
pub use kv::Kv;
pub use master_keys::{BadKeys, MasterKeys};
pub use value::{FromValue, Row, Value};
