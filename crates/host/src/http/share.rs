//! A fair share of the places for requests: bodies that are still coming in may not take all of them.
//!
//! A request occupies a place from its head to its answer. Whoever sends many bodies slowly would keep everybody else
//! out, so one address may have only so many bodies on their way at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::network::household;

/// Counts the bodies that are on their way, by the address that they come from.
#[derive(Clone)]
pub(crate) struct Shares {
    most: usize,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One body on its way; dropping it frees its place.
pub(crate) struct Share {
    shares: Shares,
    address: IpAddr,
}

impl Shares {
    /// At most `most` bodies of one address at the same time.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, by_address: Arc::default() }
    }

    /// A place for a body of `address`; `None` when it has its share.
    pub(crate) fn take(&self, address: IpAddr) -> Option<Share> {
        let address = household(address);
        let mut by_address = self.lock();
        let taken = by_address.entry(address).or_default();
        if *taken >= self.most {
            return None;
        }
        *taken += 1;
        drop(by_address);
        Some(Share { shares: self.clone(), address })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.by_address.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut by_address = self.shares.lock();
        if let Some(taken) = by_address.get_mut(&self.address) {
            *taken -= 1;
            if *taken == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_gets_its_share_and_no_more_until_one_is_done() {
        let shares = Shares::new(2);
        let here = address("192.0.2.1");
        let first = shares.take(here).expect("a place");
        let _second = shares.take(here).expect("a place");
        assert!(shares.take(here).is_none());
        assert!(shares.take(address("192.0.2.2")).is_some(), "others have a share of their own");
        drop(first);
        assert!(shares.take(here).is_some());
    }

    #[test]
    fn the_addresses_of_one_subscriber_share_one_share() {
        let shares = Shares::new(1);
        let _held = shares.take(address("2001:db8::1")).expect("a place");
        assert!(shares.take(address("2001:db8::2")).is_none());
        assert!(shares.take(address("2001:db8:0:1::1")).is_some());
        let _mapped = shares.take(address("::ffff:192.0.2.1")).expect("a place");
        assert!(shares.take(address("192.0.2.1")).is_none());
    }

    #[test]
    fn nothing_is_kept_of_those_who_are_done() {
        let shares = Shares::new(1);
        drop(shares.take(address("192.0.2.1")));
        assert!(shares.lock().is_empty());
    }
}
