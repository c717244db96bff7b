//! The host against real guests: an ordinary Spin app in `../guests`, built once by the first test.

mod capabilities;
mod commands;
mod cron;
mod grants;
mod limits;
mod own;
mod program;
mod redis;
mod requests;
mod reuse;
mod start;
mod stop;
mod support;
mod tls;
