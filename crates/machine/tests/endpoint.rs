//! An endpoint that the check of the configuration accepts is one that the functions can use, and the other way round. Real: both
//! rules, of `tvm-config` and of `momento-client`.

use momento_client::ApiKey;
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
use tvm_config::Config;

/// A v2 key, which takes the endpoint of the configuration: a JWT with the claim `{"t":"g"}`.
const V2_KEY: &str = "e30.eyJ0IjoiZyJ9.c2ln";

fn is_accepted_by_the_check(endpoint: &str) -> bool {
    let text = format!(
        "auth = \"Open\"\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]\n[momento]\nendpoint = \"{endpoint}\"\n"
    );
    Config::parse("f", &text).is_ok()
}

fn is_usable(endpoint: &str) -> bool {
    ApiKey::parse(V2_KEY, Some(endpoint)).is_ok()
}

#[test]
fn what_looks_like_an_endpoint_is_accepted_by_both_or_by_neither() {
    let long = format!("{}.example", "a".repeat(64));
    for (endpoint, expected) in [
        ("cell.example", true),
        ("cell.example:443", true),
        ("127.0.0.1:8980", true),
        ("cell.example:0", false),
        ("cell.example:+80", false),
        ("cell.example:65536", false),
        ("cell.example:", false),
        ("-cell.example", false),
        ("cell..example", false),
        ("cell_1.example", false),
        ("https://cell.example", false),
        (&long, false),
    ] {
        assert_eq!((is_accepted_by_the_check(endpoint), is_usable(endpoint)), (expected, expected), "{endpoint}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_two_rules_are_one(endpoint in "([a-zA-Z0-9.:_/+-]{1,24}|[a-z.]{1,6}:[+0-9]{0,6})") {
        prop_assert_eq!(is_accepted_by_the_check(&endpoint), is_usable(&endpoint));
    }
}
