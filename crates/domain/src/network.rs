//! Network addresses: whose one is.

use std::net::{IpAddr, Ipv6Addr};

/// What stands for all addresses of one subscriber: the IPv4 address, or the /64 of IPv6 that each of them has.
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
