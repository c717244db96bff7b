//! The gateways that send one-time codes: is somebody there?

use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use http::Uri;

use super::Finding;

/// Where `cargo xtask up` lets the sandbox listen, and the default of both variables.
const SANDBOX: &str = "http://127.0.0.1:3001";

/// A gateway that does not take a connection in that time makes people wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// Connects, and sends nothing. One that is down may be up when people come: no fault.
pub(super) fn examine(what: &'static str, origin: &str) -> Finding {
    if origin == SANDBOX {
        let words = "is the sandbox's address: no code will reach anybody; name the real gateway";
        return Finding::warning(what, format!("{origin} {words}"));
    }
    match connect(origin) {
        Ok(()) => Finding::good(what, format!("{origin} takes connections")),
        Err(error) => Finding::warning(what, format!("{origin} does not answer ({error}); start it, or correct it")),
    }
}

fn connect(origin: &str) -> io::Result<()> {
    let uri: Uri = origin.parse().map_err(io::Error::other)?;
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let mut last = io::Error::other("its name leads to no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => return Ok(()),
            Err(error) => last = error,
        }
    }
    Err(last)
}
