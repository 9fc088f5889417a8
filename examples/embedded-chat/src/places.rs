//! Places for sign-ins under way: a number of them in all, and a share for each address.
//!
//! Without the share, a single address that always asks for more than there is room for keeps everybody else out.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use http::HeaderMap;
use parking_lot::Mutex;

/// How many sign-ins may be under way. At some 20 ms for a hash, the last waits less than a second.
const MOST: usize = 32;

/// How many of them may be of one address: as many people of one office as sign in within a tenth of a second.
pub(crate) const MOST_OF_ONE: usize = 4;

/// An IPv4 address, or the 64 bits of an IPv6 one that its network has: whoever has one, has all addresses of that network (RFC 4291,
/// section 2.5.4).
type Network = IpAddr;

/// What is taken, by whom.
#[derive(Default, Clone)]
pub(crate) struct Endpoints(Arc<Mutex<HashMap<Network, usize>>>);

/// One of the places, until it is dropped.
pub(crate) struct Place {
    places: Endpoints,
    network: Network,
}

impl Endpoints {
    /// A place for somebody at this address; `None` where they have their share, or all are taken.
    pub(crate) fn take(&self, address: IpAddr) -> Option<Place> {
        let network = network(address);
        let mut taken = self.0.lock();
        let all: usize = taken.values().sum();
        let own = taken.entry(network).or_default();
        if all >= MOST || *own >= MOST_OF_ONE {
            if *own == 0 {
                taken.remove(&network);
            }
            return None;
        }
        *own = own.saturating_add(1);
        Some(Place { places: self.clone(), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock();
        match taken.get_mut(&self.network) {
            Some(own) if *own > 1 => *own = own.saturating_sub(1),
            _ => drop(taken.remove(&self.network)),
        }
    }
}

fn network(address: IpAddr) -> Network {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// The address of who asks: of the one who is connected, or, where that is the proxy, the one that the proxy wrote down, which is the last.
/// Whatever stands before it, the caller may have sent.
pub(crate) fn caller_address(peer: IpAddr, proxy: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    if proxy.map(|proxy| proxy.to_canonical()) != Some(peer.to_canonical()) {
        return peer;
    }
    let last = headers.get_all("x-forwarded-for").into_iter().next_back();
    let address = last.and_then(|line| line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    address.unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_and_leaves_the_rest_to_others() {
        let places = Endpoints::default();
        let mut taken: Vec<Place> = (0..40).filter_map(|_| places.take(address("203.0.113.7"))).collect();
        assert_eq!(taken.len(), MOST_OF_ONE);
        let other = places.take(address("203.0.113.8"));
        assert!(other.is_some());
        taken.pop();
        assert!(places.take(address("203.0.113.7")).is_some());
        drop((taken, other));
        assert!(places.0.lock().is_empty(), "what is given back takes no memory");
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_an_ipv4_one_is_the_same_in_both_forms() {
        for (one, other, same) in [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("::ffff:203.0.113.7", "203.0.113.7", true),
            ("::ffff:203.0.113.7", "::ffff:203.0.113.8", false),
        ] {
            assert_eq!(network(address(one)) == network(address(other)), same, "{one} {other}");
        }
    }

    #[test]
    fn there_are_no_more_places_than_in_all_and_who_gets_none_is_not_remembered() {
        let places = Endpoints::default();
        let taken: Vec<Place> = (0..=255).filter_map(|last| places.take(IpAddr::from([203, 0, 113, last]))).collect();
        assert_eq!((taken.len(), places.0.lock().len()), (MOST, MOST));
        drop(taken);
        assert!(places.take(address("203.0.113.7")).is_some());
    }

    #[test]
    fn the_address_is_the_one_that_the_proxy_wrote_down_and_nobody_elses_word() {
        let (proxy, stranger) = (address("10.0.0.1"), address("203.0.113.7"));
        let forwarded = |lines: &[&'static str]| -> HeaderMap {
            lines.iter().map(|line| (http::HeaderName::from_static("x-forwarded-for"), line.parse().unwrap())).collect()
        };
        let by = |peer, proxy, lines: &[&'static str]| caller_address(peer, proxy, &forwarded(lines));
        assert_eq!(by(proxy, Some(proxy), &["198.51.100.1, 203.0.113.7"]), stranger);
        assert_eq!(by(proxy, Some(proxy), &["198.51.100.1", "203.0.113.7"]), stranger);
        assert_eq!(by(address("::ffff:10.0.0.1"), Some(proxy), &["203.0.113.7"]), stranger);
        for none in [&[] as &[_], &[""], &["unknown"], &["203.0.113.7, "]] {
            assert_eq!(by(proxy, Some(proxy), none), proxy, "{none:?}");
        }
        assert_eq!(by(stranger, Some(proxy), &["198.51.100.1"]), stranger);
        assert_eq!(by(stranger, None, &["198.51.100.1"]), stranger);
    }
}
