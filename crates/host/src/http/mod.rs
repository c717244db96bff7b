//! The HTTP side: a server, the way from a route to a component, and what surrounds both.

pub(crate) mod app;
mod body;
pub(crate) mod headers;
pub(crate) mod instances;
mod problem;
mod request_log;
mod server;
pub(crate) mod static_response;

pub(crate) use app::App;
pub(crate) use server::Server;
