//! Naming calls: what a text such as `Get`, `cache_client.Scs` or `*` means by them.
//!
//! Faults and statistics name calls in the same way, and in no other.

/// Whether `name` means the call of `path` (`service/method`): by its method, its service, both, or as `*`.
pub(crate) fn means(name: &str, path: &str) -> bool {
    let part = |(service, method)| name == service || name == method;
    name == "*" || name == path || path.rsplit_once('/').is_some_and(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_meant_by_its_method_its_service_its_full_name_or_a_star_and_by_no_part_of_them() {
        const GET: &str = "cache_client.Scs/Get";
        for name in ["Get", "cache_client.Scs", GET, "*"] {
            assert!(means(name, GET), "{name}");
        }
        for name in ["", "Set", "et", "Scs", "cache_client", "cache_client.Scs/", "/Get", "cache_client.Ping"] {
            assert!(!means(name, GET), "{name}");
        }
        assert!(!means("cache_client.Scs", "cache_client.pubsub.Pubsub/Publish"));
    }
}
