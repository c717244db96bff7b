//! The black box: the running suite as another program sees it, over HTTP.
//!
//! Without `BASE_URL` each test starts its own suite: the embedded host in this process, over a fresh copy of a demo
//! state, with a clock that the test moves. With `BASE_URL` (and `SANDBOX_URL`, `JOBS_TOKEN`) the same tests aim at a
//! suite that runs elsewhere, under Spin for example, over a freshly seeded demo state; the cases that need a moved
//! clock tell so and are left out.

mod client;
mod cluster;
mod ground;
mod process;
mod suite;

pub use client::{Answer, Client};
pub use cluster::{Backends, Cluster};
pub use ground::Ground;
pub use suite::{Suite, moydom, program, root};

/// The password of every demo login.
pub const PASSWORD: &str = "moydom-demo-2026";
