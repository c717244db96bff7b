//! Which hosts a component may call: its `allowed_outbound_hosts`, by Spin's rules.
//!
//! An entry is `scheme://host[:port]`. `*` stands for any scheme, host or port; `*.example.com`
//! for the domains below one; `10.0.0.0/8` for a network; `8000..9000` for ports without the
//! last; `self` for the application itself. Without a port the scheme's own one is meant.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use http::Uri;

/// The domain under which components call each other by name.
const CHAINING_SUFFIX: &str = ".spin.internal";

/// What one component may call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboundPolicy {
    allowed: Vec<Allowed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Allowed {
    entry: String,
    /// `None` is any.
    scheme: Option<String>,
    host: Host,
    /// `None` is any.
    ports: Option<Range<u32>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Any,
    Itself,
    Domain(String),
    /// With the dot in front.
    Below(String),
    Network(IpAddr, u8),
}

impl OutboundPolicy {
    /// Parses the entries, in which variables have already been replaced.
    ///
    /// An entry that became empty or a mere `https://`, because an optional variable is empty,
    /// allows nothing.
    pub fn parse<S: AsRef<str>>(entries: &[S]) -> Result<Self, String> {
        let entries = entries.iter().map(|entry| entry.as_ref().trim());
        let allowed = entries
            .filter(|entry| !matches!(*entry, "" | "http://" | "https://"))
            .map(|entry| parse_entry(entry).map_err(|what| format!("the allowed outbound host `{entry}` {what}")))
            .collect::<Result<_, _>>()?;
        Ok(Self { allowed })
    }

    /// Whether a request to `uri` may leave the component.
    pub fn allows(&self, uri: &Uri) -> bool {
        let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return false;
        };
        let Some(port) = uri.port_u16().or_else(|| well_known_port(scheme)) else {
            return false;
        };
        self.allowed.iter().any(|allowed| allowed.allows(scheme, host, port))
    }

    /// Whether the component may call its own application, as `http://self` grants.
    pub fn allows_self(&self) -> bool {
        self.allowed.iter().any(|allowed| {
            allowed.scheme.as_deref().is_none_or(|scheme| matches!(scheme, "http" | "https"))
                && matches!(allowed.host, Host::Any | Host::Itself)
        })
    }

    /// The first entry that asks to call a component by name, if there is one.
    pub fn chained(&self) -> Option<&str> {
        let chains = |allowed: &&Allowed| match &allowed.host {
            Host::Domain(domain) => domain.ends_with(CHAINING_SUFFIX),
            Host::Below(suffix) => suffix == CHAINING_SUFFIX,
            Host::Any | Host::Itself | Host::Network(..) => false,
        };
        self.allowed.iter().find(chains).map(|allowed| allowed.entry.as_str())
    }
}

impl Allowed {
    fn allows(&self, scheme: &str, host: &str, port: u16) -> bool {
        self.scheme.as_deref().is_none_or(|allowed| allowed == scheme)
            && self.ports.as_ref().is_none_or(|ports| ports.contains(&port.into()))
            && self.host.allows(host)
    }
}

impl Host {
    fn allows(&self, host: &str) -> bool {
        match (self, address(host)) {
            (Host::Any, _) => true,
            (Host::Network(network, bits), Some(address)) => in_network(address, *network, *bits),
            (Host::Domain(domain), None) => domain.eq_ignore_ascii_case(host),
            (Host::Below(suffix), None) => host.to_ascii_lowercase().ends_with(suffix),
            (Host::Itself | Host::Domain(_) | Host::Below(_), _) | (Host::Network(..), None) => false,
        }
    }
}

fn parse_entry(entry: &str) -> Result<Allowed, &'static str> {
    let (scheme, rest) = entry.split_once("://").ok_or("has no scheme; write scheme://host:port")?;
    let scheme = parse_scheme(scheme)?;
    let (host, port) = split_port(rest.strip_suffix('/').unwrap_or(rest));
    let host = parse_host(host)?;
    let ports = match port {
        "*" => None,
        "" => {
            let port = scheme.as_deref().and_then(well_known_port).ok_or("needs a port; add one, or `:*` for any")?;
            Some(u32::from(port)..u32::from(port) + 1)
        }
        port => Some(parse_ports(port)?),
    };
    Ok(Allowed { entry: entry.to_owned(), scheme, host, ports })
}

fn parse_scheme(scheme: &str) -> Result<Option<String>, &'static str> {
    match scheme {
        "*" => Ok(None),
        _ if !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            Ok(Some(scheme.to_ascii_lowercase()))
        }
        _ => Err("has a scheme that is neither letters nor `*`; correct it"),
    }
}

/// The host and the text after its colon; an IPv6 network has colons of its own.
fn split_port(rest: &str) -> (&str, &str) {
    match rest.rsplit_once(':') {
        Some((host, port)) if network(rest).is_none() => (host, port),
        _ => (rest, ""),
    }
}

fn parse_ports(text: &str) -> Result<Range<u32>, &'static str> {
    let number =
        |text: &str| text.parse::<u16>().map(u32::from).map_err(|_| "has a port that is no number; correct it");
    match text.split_once("..") {
        Some((first, end)) => Ok(number(first)?..number(end)?),
        None => number(text).map(|port| port..port + 1),
    }
}

fn parse_host(host: &str) -> Result<Host, &'static str> {
    match host {
        "*" => return Ok(Host::Any),
        "self" | "self.alt" => return Ok(Host::Itself),
        _ => {}
    }
    if let Some((address, bits)) = network(host).or_else(|| address(host).map(whole)) {
        return Ok(Host::Network(address, bits));
    }
    match host.strip_prefix("*.") {
        Some(domain) => parse_domain(domain).map(|domain| Host::Below(format!(".{domain}"))),
        None => parse_domain(host).map(Host::Domain),
    }
}

fn parse_domain(domain: &str) -> Result<String, &'static str> {
    if domain.contains('/') {
        return Err("has a path; a grant is for a whole host, so remove it");
    }
    if domain.contains('*') {
        return Err("has a `*` inside; it may stand for the whole host or as `*.` before it");
    }
    if !domain.is_ascii() {
        return Err("has letters beyond ASCII; write the domain in its `xn--` form");
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if domain.is_empty() || domain.starts_with('.') || !domain.bytes().all(is_plain) {
        return Err("has no valid host; write scheme://host:port");
    }
    Ok(domain.to_ascii_lowercase())
}

/// An IP address; IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match inner {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

/// A network like `10.0.0.0/8`.
fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (text, bits) = text.split_once('/')?;
    let (address, bits) = (text.parse::<IpAddr>().ok()?, bits.parse().ok()?);
    (bits <= whole(address).1).then_some((address, bits))
}

fn whole(address: IpAddr) -> (IpAddr, u8) {
    (address, if address.is_ipv4() { 32 } else { 128 })
}

fn in_network(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let differing = Ipv4Addr::to_bits(address) ^ Ipv4Addr::to_bits(network);
            differing.leading_zeros() >= bits.into()
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let differing = Ipv6Addr::to_bits(address) ^ Ipv6Addr::to_bits(network);
            differing.leading_zeros() >= bits.into()
        }
        _ => false,
    }
}

fn well_known_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "postgres" => Some(5432),
        "mysql" => Some(3306),
        "redis" => Some(6379),
        "mqtt" => Some(1883),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn allows(entry: &str, uri: &str) -> bool {
        OutboundPolicy::parse(&[entry]).unwrap().allows(&uri.parse().unwrap())
    }

    #[test]
    fn nothing_is_allowed_without_an_entry() {
        let policy = OutboundPolicy::default();
        assert!(!policy.allows(&"http://127.0.0.1/".parse().unwrap()));
        assert!(!policy.allows_self());
    }

    #[test]
    fn scheme_host_and_port_must_all_agree() {
        let entry = "http://api.example.com:8080";
        assert!(allows(entry, "http://api.example.com:8080/path?x"));
        assert!(allows(entry, "http://API.example.com:8080/"));
        assert!(!allows(entry, "https://api.example.com:8080/"));
        assert!(!allows(entry, "http://example.com:8080/"));
        assert!(!allows(entry, "http://api.example.com/"));
        assert!(!allows(entry, "http://api.example.com.evil.test:8080/"));
        assert!(!allows(entry, "/relative"));
    }

    #[test]
    fn without_a_port_the_schemes_own_is_meant() {
        assert!(allows("https://example.com/", "https://example.com/"));
        assert!(allows("https://example.com", "https://example.com:443/"));
        assert!(!allows("https://example.com", "https://example.com:444/"));
    }

    #[test]
    fn stars_stand_for_anything() {
        assert!(allows("*://*:*", "http://example.com:1234/"));
        assert!(allows("http://*:8080", "http://127.0.0.1:8080/"));
        assert!(!allows("http://*", "http://127.0.0.1:8080/"));
        assert!(allows("http://localhost:*", "http://localhost:9/"));
    }

    #[test]
    fn a_star_before_a_domain_stands_for_those_below_it() {
        assert!(allows("https://*.example.com", "https://a.b.example.com/"));
        assert!(!allows("https://*.example.com", "https://example.com/"));
        assert!(!allows("https://*.example.com", "https://badexample.com/"));
    }

    #[test]
    fn networks_and_addresses() {
        assert!(allows("http://10.0.0.0/8:80", "http://10.200.1.1/"));
        assert!(!allows("http://10.0.0.0/8", "http://11.0.0.1/"));
        assert!(allows("http://127.0.0.1", "http://127.0.0.1/"));
        assert!(!allows("http://127.0.0.1", "http://localhost/"));
        assert!(allows("http://[::1]:8080", "http://[::1]:8080/"));
        assert!(allows("http://2001:db8::/32", "http://[2001:db8::7]/"));
        assert!(!allows("http://0.0.0.0/0", "http://[::1]/"));
        assert!(allows("http://0.0.0.0/0", "http://255.255.255.255/"));
    }

    #[test]
    fn ranges_of_ports_end_before_the_last() {
        assert!(allows("http://a:8000..9000", "http://a:8999/"));
        assert!(!allows("http://a:8000..9000", "http://a:9000/"));
        assert!(allows("http://a:65535", "http://a:65535/"));
    }

    #[test]
    fn self_is_the_application_only() {
        let policy = OutboundPolicy::parse(&["http://self"]).unwrap();
        assert!(policy.allows_self());
        assert!(!policy.allows(&"http://self/".parse().unwrap()));
        assert!(OutboundPolicy::parse(&["*://*:*"]).unwrap().allows_self());
        assert!(!OutboundPolicy::parse(&["redis://self"]).unwrap().allows_self());
    }

    #[test]
    fn chaining_is_noticed() {
        let chained = |entry| OutboundPolicy::parse(&[entry]).unwrap().chained().map(ToOwned::to_owned);
        assert_eq!(chained("http://auth.spin.internal").as_deref(), Some("http://auth.spin.internal"));
        assert_eq!(chained("http://*.spin.internal").as_deref(), Some("http://*.spin.internal"));
        assert_eq!(chained("http://*:*"), None);
        assert!(allows("http://*.spin.internal", "http://auth.spin.internal/api"));
    }

    #[test]
    fn an_optional_host_may_be_empty() {
        let policy = OutboundPolicy::parse(&["", "https://", " http:// "]).unwrap();
        assert_eq!(policy, OutboundPolicy::default());
    }

    #[test]
    fn a_bad_entry_is_named() {
        for entry in [
            "example.com",
            "*",
            "insecure:allow-all",
            "ftp://example.com",
            "*://example.com",
            "h2://example.com:1",
            "http://example.com/path",
            "http://example.com:port",
            "http://example.com:70000",
            "http://a.*.com",
            "http://*.*.com",
            "http://почта.рф",
            "http://:80",
            "http://a b",
            "http://.com",
        ] {
            let error = OutboundPolicy::parse(&[entry]).unwrap_err();
            assert!(error.contains(entry), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(entry in any::<String>(), host in "[a-z0-9.:\\[\\]]{1,20}") {
            if let (Ok(policy), Ok(uri)) = (OutboundPolicy::parse(&[entry]), format!("http://{host}/").parse()) {
                policy.allows(&uri);
            }
        }

        #[test]
        fn an_address_is_in_a_network_when_their_first_bits_agree(
            address in any::<u32>(),
            network in any::<u32>(),
            bits in 0..=32u8,
        ) {
            let same = (0..u32::from(bits)).all(|bit| (address >> (31 - bit)) & 1 == (network >> (31 - bit)) & 1);
            let entry = format!("http://{}/{bits}:*", Ipv4Addr::from_bits(network));
            let uri = format!("http://{}/", Ipv4Addr::from_bits(address));
            prop_assert_eq!(allows(&entry, &uri), same);
        }

        #[test]
        fn a_plain_host_allows_itself_and_no_other(host in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}", other in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}") {
            prop_assume!(!matches!(host.as_str(), "self" | "self.alt"));
            let entry = format!("https://{host}");
            prop_assert_eq!(allows(&entry, &format!("https://{other}/")), host == other);
            let own = format!("https://{host}/");
            prop_assert!(allows(&entry, &own));
        }
    }
}
