//! The two ways to the same files.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
pub use native::Location;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{Connection, Database, KeyValue};
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm::{Connection, Database, KeyValue, LABEL, variable};
