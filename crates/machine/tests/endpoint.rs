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

/// What the functions make of it.
fn used(endpoint: &str) -> Option<String> {
    ApiKey::parse(V2_KEY, Some(endpoint)).ok().map(|key| key.endpoint().to_owned())
}

/// What the check says in place of it.
fn suggested(endpoint: &str) -> Option<String> {
    let text = format!(
        "auth = \"Open\"\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]\n[momento]\nendpoint = \"{endpoint}\"\n"
    );
    let error = Config::parse("f", &text).err()?.to_string();
    error.split_once("did you mean `").and_then(|(_, rest)| Some(rest.split_once('`')?.0.to_owned()))
}

#[test]
fn what_looks_like_an_endpoint_is_accepted_by_both_or_by_neither() {
    let long = format!("{}.example", "a".repeat(64));
    for (endpoint, expected) in [
        ("cell.example", true),
        ("cell.example:443", true),
        ("127.0.0.1:8980", true),
        ("cell-4-us-west-2-1.prod.a.momentohq.com", true),
        ("cache.example", true),
        ("cell.example:0", false),
        ("cell.example:+80", false),
        ("cell.example:65536", false),
        ("cell.example:", false),
        ("-cell.example", false),
        ("cell..example", false),
        ("cell_1.example", false),
        ("http://cell.example", false),
        ("us-west-2", false),
        ("ca-west-1", false),
        ("cell-4-us-west-2-1", false),
        (&long, false),
    ] {
        assert_eq!((is_accepted_by_the_check(endpoint), used(endpoint).is_some()), (expected, expected), "{endpoint}");
    }
}

/// A secret may hold the endpoint as Momento's documents print it; the file, which others read, says the host name.
#[test]
fn what_the_functions_make_of_an_address_is_what_the_check_suggests() {
    for host in ["cell-4-us-west-2-1.prod.a.momentohq.com", "cell-us-east-1-1.prod.a.momentohq.com"] {
        for address in [
            format!("https://api.cache.{host}"),
            format!("https://api.cache.{host}/"),
            format!("https://{host}"),
            format!("api.cache.{host}"),
            format!("cache.{host}"),
            format!("control.{host}"),
            format!(" {host} "),
        ] {
            assert!(!is_accepted_by_the_check(&address), "{address}");
            assert_eq!(used(&address).as_deref(), Some(host), "{address}");
            assert_eq!(suggested(&address).as_deref(), Some(host), "{address}");
        }
    }
    for (endpoint, host) in [
        ("us-west-2", "cell-4-us-west-2-1.prod.a.momentohq.com"),
        ("us-east-1", "cell-us-east-1-1.prod.a.momentohq.com"),
        ("cell-4-us-west-2-1", "cell-4-us-west-2-1.prod.a.momentohq.com"),
        ("cell-4-us-west-2-1.prod.a", "cell-4-us-west-2-1.prod.a.momentohq.com"),
        ("http://cell.example/x", "cell.example"),
    ] {
        assert_eq!((used(endpoint), suggested(endpoint).as_deref()), (None, Some(host)), "{endpoint}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_check_accepts_the_functions_use_as_it_is_and_what_they_change_it_suggests(
        endpoint in "((https://)?(api\\.|cache\\.)?[a-zA-Z0-9.:_/+-]{1,24}|[a-z.]{1,6}:[+0-9]{0,6}|(https://)?(api.cache.|cache.)?cell-[1-9]-[a-z]{2}-west-1-1(.prod|.example)?(.a.momentohq.com)?/?)"
    ) {
        let used = used(&endpoint);
        if is_accepted_by_the_check(&endpoint) {
            prop_assert_eq!(used, Some(endpoint.to_ascii_lowercase()));
        } else if let Some(used) = used {
            prop_assert_eq!(suggested(&endpoint), Some(used));
        }
    }
}
