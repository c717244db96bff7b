//! The HTTP side: a server, the way from a route to a component, and what surrounds both.

pub(crate) mod app;
mod body;
mod headers;
mod instances;
mod problem;
mod request_log;
mod server;
mod static_response;

pub(crate) use server::Server;
