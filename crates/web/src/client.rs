//! Where a request comes from: network address, device, browser.

use std::{convert::Infallible, net::IpAddr};

use axum::extract::FromRequestParts;
use domain::network;
use http::{HeaderMap, header, request::Parts};

use crate::Env;

/// The cookie that tells one device from another, so that limits need not punish a whole network.
pub(crate) const DEVICE_COOKIE: &str = "__Host-device";

/// The sender of a request.
#[derive(Clone, Debug)]
pub struct Client {
    /// The network address in its one spelling, without a port; empty where the host told none.
    pub address: String,
    /// What the device's cookie says; absent on its first visit.
    pub device: Option<String>,
    /// What the browser calls itself, cut to a sane length.
    pub user_agent: String,
}

impl Client {
    /// Whom limits by address count: one subscriber of IPv6 has 2⁶⁴ addresses to come from. What is no address stands
    /// for itself.
    pub fn household(&self) -> String {
        let address = self.address.parse();
        address.map_or_else(|_| self.address.clone(), |address| network::household(address).to_string())
    }
}

impl FromRequestParts<Env> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, env: &Env) -> Result<Self, Infallible> {
        let trusted = env.config().map(|config| config.trusted_proxies.as_slice()).unwrap_or_default();
        Ok(Self {
            address: address(&parts.headers, trusted),
            device: device(&parts.headers),
            user_agent: text(&parts.headers, header::USER_AGENT.as_str()).chars().take(200).collect(),
        })
    }
}

fn device(headers: &HeaderMap) -> Option<String> {
    cookies(headers, DEVICE_COOKIE).find(|device| is_device(device)).map(str::to_owned)
}

/// What the cookies of this name say, in their order: a browser sends one at most, others may send anything.
pub fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter_map(move |(found, value)| (found == name).then_some(value))
}

fn is_device(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The host's word is the last `spin-client-addr`: earlier ones may be forged. Behind a trusted proxy the address is
/// the last one of `x-forwarded-for` that is not itself such a proxy.
fn address(headers: &HeaderMap, trusted: &[IpAddr]) -> String {
    let told = headers.get_all("spin-client-addr").iter().next_back().and_then(|value| value.to_str().ok());
    let told = told.unwrap_or_default();
    let Some(peer) = ip(told) else { return without_port(told).to_owned() };
    if !trusted.contains(&peer) {
        return peer.to_string();
    }
    // A proxy may add a line of its own instead of lengthening the client's: all lines are one list.
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let forwarded = lines.collect::<Vec<_>>().join(",");
    let client =
        forwarded.rsplit(',').map(|hop| ip(hop.trim())).find(|hop| hop.is_none_or(|hop| !trusted.contains(&hop)));
    client.flatten().unwrap_or(peer).to_string()
}

/// The address in its one spelling: a host that listens on `[::]` calls 127.0.0.1 `::ffff:127.0.0.1`.
fn ip(text: &str) -> Option<IpAddr> {
    without_port(text).parse().ok().map(|address: IpAddr| address.to_canonical())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn without_port(address: &str) -> &str {
    if address.parse::<IpAddr>().is_ok() {
        return address;
    }
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn seen(headers: &[(&'static str, &'static str)], trusted: &[&str]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        address(&map, &network::proxies(&trusted.join(",")).unwrap())
    }

    #[test]
    fn only_the_host_s_own_word_about_the_peer_counts() {
        let headers = [("spin-client-addr", "6.6.6.6:1"), ("spin-client-addr", "10.0.0.7:50123")];
        assert_eq!(seen(&headers, &[]), "10.0.0.7");
        assert_eq!(seen(&[("spin-client-addr", "[2a02::1]:443")], &[]), "2a02::1");
    }

    #[test]
    fn a_forwarded_address_counts_only_behind_a_trusted_proxy() {
        let headers = [("spin-client-addr", "10.0.0.1:50123"), ("x-forwarded-for", "6.6.6.6, 83.1.2.3, 10.0.0.2")];
        assert_eq!(seen(&headers, &[]), "10.0.0.1");
        assert_eq!(seen(&headers, &["10.0.0.1", "10.0.0.2"]), "83.1.2.3");
    }

    #[test]
    fn a_proxy_is_known_however_its_address_is_spelt() {
        for (peer, trusted) in [
            ("[::ffff:127.0.0.1]:5", "127.0.0.1"),
            ("127.0.0.1:5", "::ffff:127.0.0.1"),
            ("[2001:db8::1]:5", "2001:DB8::1"),
            ("[2001:db8::1]:5", "2001:db8:0:0:0:0:0:1"),
        ] {
            assert_eq!(seen(&[("spin-client-addr", peer), ("x-forwarded-for", "83.1.2.3")], &[trusted]), "83.1.2.3");
        }
    }

    #[test]
    fn an_address_is_kept_in_its_one_spelling() {
        assert_eq!(seen(&[("spin-client-addr", "[::ffff:83.1.2.3]:5")], &[]), "83.1.2.3");
        let headers = [("spin-client-addr", "10.0.0.1:5"), ("x-forwarded-for", "2001:DB8:0::1")];
        assert_eq!(seen(&headers, &["10.0.0.1"]), "2001:db8::1");
    }

    #[test]
    fn a_line_that_the_proxy_added_outweighs_the_client_s_own() {
        let headers =
            [("spin-client-addr", "10.0.0.1:5"), ("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "83.1.2.3")];
        assert_eq!(seen(&headers, &["10.0.0.1"]), "83.1.2.3");
    }

    #[test]
    fn a_trusted_proxy_that_forwards_nonsense_is_taken_as_the_client() {
        let headers = [("spin-client-addr", "10.0.0.1:5"), ("x-forwarded-for", "<script>")];
        assert_eq!(seen(&headers, &["10.0.0.1"]), "10.0.0.1");
    }

    #[test]
    fn limits_see_one_subscriber_behind_all_addresses_of_a_64() {
        let vectors = [("83.1.2.3", "83.1.2.3"), ("2001:DB8::f00:1", "2001:db8::"), ("", "")];
        for (address, expected) in vectors {
            let client = Client { address: address.to_owned(), device: None, user_agent: String::new() };
            assert_eq!(client.household(), expected, "{address}");
        }
    }

    fn device_of(cookies: &str) -> Option<String> {
        device(&HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookies).unwrap())]))
    }

    fn behind_a_proxy(forwarded: &[&str]) -> String {
        let mut map = HeaderMap::new();
        map.append("spin-client-addr", HeaderValue::from_static("10.0.0.1:5"));
        for line in forwarded {
            map.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        address(&map, &network::proxies("10.0.0.1").unwrap())
    }

    #[test]
    fn a_device_is_32_hex_digits_and_nothing_else() {
        let device = "0123456789abcdef0123456789ABCDEF";
        assert_eq!(device_of(&format!("{DEVICE_COOKIE}={device}")).as_deref(), Some(device));
        let long = format!("{device}0");
        for wrong in ["", &device[1..], &long, "0123456789abcdef0123456789abcdeg", "\"0123456789abcdef0123456789abcd\""]
        {
            assert_eq!(device_of(&format!("{DEVICE_COOKIE}={wrong}")), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_cookies_are_read_and_only_a_device_is_a_device(cookies in "[ -~]{0,200}") {
            prop_assert!(device_of(&cookies).is_none_or(|device| is_device(&device)));
        }

        #[test]
        fn other_cookies_never_hide_the_device(
            before in proptest::collection::vec("[a-z]{1,8}=[!#-+--:<-~]{0,20}", 0..4),
            device in "[0-9a-f]{32}",
            after in proptest::collection::vec("[a-z]{1,8}=[!#-+--:<-~]{0,20}", 0..4),
        ) {
            let cookies = [before, vec![format!("{DEVICE_COOKIE}={device}")], after].concat().join("; ");
            prop_assert_eq!(device_of(&cookies), Some(device));
        }

        #[test]
        fn whatever_a_client_forges_the_proxy_s_own_word_holds(
            forged in proptest::collection::vec("[ -~]{0,60}", 0..4), real in any::<IpAddr>(),
        ) {
            let real = real.to_canonical().to_string();
            prop_assume!(real != "10.0.0.1");
            let in_one_line = [forged.clone(), vec![real.clone()]].concat().join(", ");
            prop_assert_eq!(behind_a_proxy(&[&in_one_line]), real.clone());
            let lines: Vec<_> = forged.iter().map(String::as_str).chain([real.as_str()]).collect();
            prop_assert_eq!(behind_a_proxy(&lines), real);
        }

        #[test]
        fn an_address_is_always_one_of_the_network(lines in proptest::collection::vec("[ -~]{0,80}", 0..4)) {
            let lines: Vec<_> = lines.iter().map(String::as_str).collect();
            prop_assert!(behind_a_proxy(&lines).parse::<IpAddr>().is_ok());
        }
    }
}
