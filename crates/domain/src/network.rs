//! Network addresses: whose one is.

use std::net::{IpAddr, Ipv6Addr};

/// What stands for all addresses of one subscriber: the IPv4 address, or the /64 of IPv6 that each of them has.
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// The proxies of a list as the setting `trusted_proxies` has it, parted by commas or spaces, each in its one spelling.
///
/// # Errors
/// The entry that is no address. Left out silently, everybody behind that proxy would count as one subscriber.
pub fn proxies(list: &str) -> Result<Vec<IpAddr>, &str> {
    let entries = list.split([',', ' ']).filter(|entry| !entry.is_empty());
    entries.map(|entry| entry.parse().map(|address: IpAddr| address.to_canonical()).map_err(|_| entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_addresses_in_any_spelling_and_whatever_is_none_is_named() {
        let expected: [IpAddr; 3] = ["10.0.0.1", "127.0.0.1", "2001:db8::1"].map(|address| address.parse().unwrap());
        assert_eq!(proxies("10.0.0.1, ::ffff:127.0.0.1 2001:DB8:0::1").unwrap(), expected);
        assert_eq!(proxies(""), Ok(vec![]));
        for wrong in ["localhost", "10.0.0.0/8", "127.0.0.1:80"] {
            assert_eq!(proxies(&format!("10.0.0.1,{wrong}")), Err(wrong));
        }
    }

    #[test]
    fn one_subscriber_is_one_ipv4_address_or_one_64th_of_ipv6() {
        let vectors = [
            ("83.1.2.3", "83.1.2.3"),
            ("::ffff:83.1.2.3", "83.1.2.3"),
            ("2001:db8:0:1::1", "2001:db8:0:1::"),
            ("2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::"),
            ("2001:db8:0:2::1", "2001:db8:0:2::"),
            ("::1", "::"),
        ];
        for (address, expected) in vectors {
            assert_eq!(household(address.parse().unwrap()).to_string(), expected, "{address}");
        }
    }
}
