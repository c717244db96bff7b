//! The embedded host of «Мой дом»: a small Spin-compatible host on wasmtime.
//!
//! It reads `spin.toml`, runs the components on HTTP and cron triggers, and offers the interfaces that the suite uses,
//! nothing more. Start with [`Host::builder`]; the program `moydom` is the same behind a command line.

pub mod archive;
pub mod backup;
pub mod cli;
mod clock;
mod component;
mod cron;
mod cron_counts;
mod disk;
pub mod doctor;
mod engine;
mod guest;
mod host;
mod http;
mod interfaces;
pub mod key_value;
mod limits;
mod linker;
mod log;
pub mod manifest;
mod metrics;
pub mod outbound_policy;
mod output;
mod prepare;
pub mod route;
mod running;
pub mod runtime_config;
pub mod schedule;
mod settings;
mod spin;
pub mod sqlite;
mod state_lock;
mod suite;
pub mod tls;
pub mod variables;

pub use clock::Clock;
pub use host::{Builder, Host};
pub use limits::Limits;
pub use log::Log;
