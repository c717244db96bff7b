//! The HTTP side: a server, the way from a route to a component, and what surrounds both.

pub(crate) mod app;
mod app_metrics;
mod body;
pub(crate) mod counts;
pub(crate) mod headers;
pub(crate) mod instances;
pub(crate) mod own;
mod problem;
mod request_id;
mod request_log;
mod server;
pub(crate) mod share;
pub(crate) mod static_response;

pub(crate) use app::App;
pub(crate) use server::Server;
