//! What the host takes from a request's head and what it adds, as Spin does.
//!
//! Components trust the `spin-*` headers, so whatever a client sent under such a name goes first.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use http::header::{CONNECTION, HOST, STRICT_TRANSPORT_SECURITY};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};

use super::problem::Problem;

const PATH_INFO: HeaderName = HeaderName::from_static("spin-path-info");
const FULL_URL: HeaderName = HeaderName::from_static("spin-full-url");
const MATCHED_ROUTE: HeaderName = HeaderName::from_static("spin-matched-route");
const BASE_PATH: HeaderName = HeaderName::from_static("spin-base-path");
const RAW_COMPONENT_ROUTE: HeaderName = HeaderName::from_static("spin-raw-component-route");
const COMPONENT_ROUTE: HeaderName = HeaderName::from_static("spin-component-route");
const CLIENT_ADDR: HeaderName = HeaderName::from_static("spin-client-addr");

/// As the components say it (`crates/web/src/headers.rs`).
const HTTPS_FOR_A_YEAR: &str = "max-age=31536000";

/// Who is at the other end of a connection.
#[derive(Clone)]
pub(crate) struct Peer {
    address: HeaderValue,
    /// None for a component of this host.
    ip: Option<IpAddr>,
    scheme: Scheme,
}

impl Peer {
    pub(crate) fn new(address: SocketAddr, scheme: Scheme) -> Self {
        Self { address: value(address.to_string()), ip: Some(address.ip()), scheme }
    }

    /// A component of this host that calls another one; Spin gives it this address.
    pub(crate) fn component() -> Self {
        Self { address: HeaderValue::from_static("0.0.0.0:0"), ip: None, scheme: Scheme::HTTP }
    }

    /// The address on the network.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.ip
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }
}

/// The headers that are the same for every request of a route.
pub(crate) struct RouteHeaders {
    matched: HeaderValue,
    component: HeaderValue,
}

impl RouteHeaders {
    pub(crate) fn new(pattern: &str) -> Self {
        let prefix = pattern.strip_suffix("/...").unwrap_or(pattern);
        Self { matched: value(pattern.to_owned()), component: value(prefix.to_owned()) }
    }

    /// A component that is called by its name serves every path.
    pub(crate) fn chained() -> Self {
        Self::new("/...")
    }
}

/// Tells browsers to come back over HTTPS only, where the answer does not say so yet.
pub(crate) fn keep_to_https(headers: &mut HeaderMap) {
    headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(HTTPS_FOR_A_YEAR));
}

/// How many bytes of a request's head the client chose: the address and the headers.
pub(crate) fn size<B>(request: &Request<B>) -> usize {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    request.headers().iter().fold(address, |size, (name, value)| size + name.as_str().len() + value.len())
}

/// Completes the request's address and replaces what the client may not say.
pub(crate) fn prepare<'a, B>(
    request: &mut Request<B>,
    route: &RouteHeaders,
    path_info: &str,
    segments: impl IntoIterator<Item = (&'a str, &'a str)>,
    peer: &Peer,
) -> Result<(), Problem> {
    complete_address(request, &peer.scheme)?;
    let full_url = value(request.uri().to_string());
    let headers = request.headers_mut();
    strip(headers);
    headers.insert(PATH_INFO, value(path_info.to_owned()));
    headers.insert(FULL_URL, full_url);
    headers.insert(MATCHED_ROUTE, route.matched.clone());
    headers.insert(BASE_PATH, HeaderValue::from_static("/"));
    headers.insert(RAW_COMPONENT_ROUTE, route.matched.clone());
    headers.insert(COMPONENT_ROUTE, route.component.clone());
    headers.insert(CLIENT_ADDR, peer.address.clone());
    for (name, found) in segments {
        let name = format!("spin-path-match-{}", name.replace('_', "-").to_ascii_lowercase());
        if let Ok(name) = HeaderName::try_from(name) {
            headers.insert(name, value(found.to_owned()));
        }
    }
    Ok(())
}

/// `Connection` concerns the server alone; a `Host` inside `spin.internal` is no host.
fn strip(headers: &mut HeaderMap) {
    headers.remove(CONNECTION);
    if headers.get(HOST).and_then(|host| host.to_str().ok()).is_some_and(is_internal) {
        headers.remove(HOST);
    }
    let forged: Vec<HeaderName> = headers.keys().filter(|name| name.as_str().starts_with("spin-")).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
}

fn is_internal(host: &str) -> bool {
    host.split(':').next().is_some_and(|name| name.ends_with(".spin.internal"))
}

/// A request names only a path; guests get the whole address, with the authority that the client believes to speak to.
fn complete_address<B>(request: &mut Request<B>, scheme: &Scheme) -> Result<(), Problem> {
    let named = named_host(request.headers())?;
    let mut address = std::mem::take(request.uri_mut()).into_parts();
    address.authority = Some(certain_authority(named, address.authority)?);
    address.scheme = Some(scheme.clone());
    *request.uri_mut() = Uri::from_parts(address).map_err(|_| Problem::BadAddress)?;
    Ok(())
}

fn certain_authority(named: Option<Authority>, addressed: Option<Authority>) -> Result<Authority, Problem> {
    let authority = match (named, addressed) {
        (Some(named), Some(addressed)) if named != addressed => return Err(Problem::BadAddress),
        (Some(authority), _) | (None, Some(authority)) => authority,
        (None, None) => return Err(Problem::BadAddress),
    };
    // A user's name before the host is no part of it: who reads the whole may take one for the other.
    if authority.as_str().contains('@') { Err(Problem::BadAddress) } else { Ok(authority) }
}

/// The host that the headers name. Two of them are none (RFC 9112, section 3.2): a proxy may have read the other one.
fn named_host(headers: &HeaderMap) -> Result<Option<Authority>, Problem> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return if headers.contains_key(HOST) { Err(Problem::BadAddress) } else { Ok(None) };
    };
    let host = Authority::from_maybe_shared(Bytes::copy_from_slice(host.as_bytes()));
    host.map(Some).map_err(|_| Problem::BadAddress)
}

/// Text of an address or a route; what cannot stand in a header becomes empty.
fn value(text: String) -> HeaderValue {
    HeaderValue::from_maybe_shared(Bytes::from(text)).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer() -> Peer {
        Peer::new("192.0.2.7:4711".parse().expect("an address"), Scheme::HTTP)
    }

    fn prepared(request: http::request::Builder) -> Result<Request<()>, Problem> {
        let mut request = request.body(()).expect("a request");
        prepare(&mut request, &RouteHeaders::new("/api/:house/..."), "/meters", [("house", "12")], &peer())?;
        Ok(request)
    }

    #[test]
    fn forged_headers_are_replaced() {
        let request = Request::get("/api/12/meters")
            .header("host", "dom.example")
            .header("spin-client-addr", "198.51.100.1:1")
            .header("Spin-Path-Match-House", "13")
            .header("spin-invented", "1")
            .header("connection", "close");
        let request = prepared(request).expect("an address");
        let addresses: Vec<_> = request.headers().get_all("spin-client-addr").iter().collect();
        assert_eq!(addresses, ["192.0.2.7:4711"]);
        assert_eq!(request.headers()["spin-path-match-house"], "12");
        assert!(!request.headers().contains_key("spin-invented"));
        assert!(!request.headers().contains_key("connection"));
    }

    #[test]
    fn guests_see_the_route_and_the_whole_address() {
        let request = prepared(Request::get("/api/12/meters?a=b").header("host", "dom.example:3000"));
        let request = request.expect("an address");
        let header = |name: &str| request.headers()[name].to_str().expect("text").to_owned();
        assert_eq!(header("spin-full-url"), "http://dom.example:3000/api/12/meters?a=b");
        assert_eq!(header("spin-path-info"), "/meters");
        assert_eq!(header("spin-matched-route"), "/api/:house/...");
        assert_eq!(header("spin-raw-component-route"), "/api/:house/...");
        assert_eq!(header("spin-component-route"), "/api/:house");
        assert_eq!(header("spin-base-path"), "/");
    }

    #[test]
    fn host_and_components_bind_browsers_to_https_in_the_same_words() {
        let of_components = include_str!("../../../web/src/headers.rs");
        assert!(of_components.contains(&format!("from_static({HTTPS_FOR_A_YEAR:?})")));
    }

    #[test]
    fn a_request_without_one_certain_host_is_refused() {
        assert!(prepared(Request::get("/")).is_err());
        assert!(prepared(Request::get("/").header("host", "a b")).is_err());
        assert!(prepared(Request::get("http://one.example/").header("host", "two.example")).is_err());
        for second in ["one.example", "two.example"] {
            let request = Request::get("/").header("host", "one.example").header("host", second);
            assert!(prepared(request).is_err(), "{second}");
        }
        assert!(prepared(Request::get("/").header("host", "a@one.example:1")).is_err());
        assert!(prepared(Request::get("http://a@one.example/")).is_err());
    }
}
