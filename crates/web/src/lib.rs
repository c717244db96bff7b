//! What every HTTP component shares: who asks, how a body is read, how an answer and a problem look, what keeps a
//! repeated or forged request harmless.
//!
//! A component's handler is: who (`Actor`) → what (parsed into a domain type) → load → decide (`domain`) → save and
//! answer. Everything around that is here.
#![deny(missing_docs)]

mod around;
pub mod audit;
pub mod bearer;
mod capital;
mod client;
pub mod confirmation;
pub mod consent;
mod env;
mod file;
pub mod gateway;
mod guessing;
mod headers;
mod hint;
mod id;
mod idempotency;
mod json;
pub mod level;
pub mod limit;
mod log;
pub mod one_time_code;
mod openapi;
mod origin;
mod page;
mod problem;
pub mod session;

pub use around::app;
pub use capital::capital_time;
pub use client::{Client, cookies};
pub use domain::hex::hex;
pub use env::{Env, Unreachable, stateless_id};
#[cfg(not(target_arch = "wasm32"))]
pub use env::{Native, Pause, Transport};
pub use file::{Csv, TableFormat, attachment, table, untrusted};
pub use headers::secure;
pub use hint::{Confirm, Hint, Suggestion};
pub use id::{fresh_id, sha256};
pub use idempotency::{IdempotencyKey, Idempotent};
pub use json::{Body, Form, Path, Query, Reply};
pub use openapi::document;
pub use page::{Cursor, Page, PageQuery};
pub use problem::{FieldError, Problem, SecondFactor, Slug};
pub use session::Actor;
