//! The table `[limits]`: what API Gateway is told to let through.
//! Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

use serde_json::{Value, json};
use tvm_config::Config;

fn parse(limits: &str) -> Result<Config, String> {
    let base = "permissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
    Config::parse("f", &format!("auth = \"Open\"\n{base}\n[limits]\n{limits}")).map_err(|errors| errors.to_string())
}

/// Rate and burst.
fn throttle(limits: &str) -> [Value; 2] {
    let canonical: Value = serde_json::from_str(&parse(limits).unwrap().render_json()).unwrap();
    ["/limits/requests_per_second", "/limits/request_burst"].map(|key| canonical.pointer(key).unwrap().clone())
}

#[test]
fn a_file_without_a_limit_has_one_and_may_turn_it_off() {
    for (limits, expected) in [
        ("", [json!(100), json!(200)]),
        ("requests_per_second = 50", [json!(50), json!(100)]),
        ("requests_per_second = 4000", [json!(4_000), json!(5_000)]),
        ("request_burst = 7", [json!(100), json!(7)]),
        ("requests_per_second = 50\nrequest_burst = 60", [json!(50), json!(60)]),
        ("requests_per_second = 4294967295", [json!(u32::MAX), json!(5_000)]),
        ("requests_per_second = \"off\"", [json!("off"), json!("off")]),
        ("requests_per_second = \"off\"\nrequest_burst = 60", [json!("off"), json!(60)]),
        ("request_burst = \"off\"", [json!(100), json!("off")]),
    ] {
        assert_eq!(throttle(limits), expected, "{limits}");
    }
}

#[test]
fn what_is_no_limit_is_refused_with_what_may_be_written() {
    for no_limit in ["0", "-1", "4294967296", "\"none\"", "1.5", "true"] {
        for key in ["requests_per_second", "request_burst"] {
            let error = parse(&format!("{key} = {no_limit}")).unwrap_err();
            assert!(error.starts_with(&format!("f:4: `limits.{key}`")), "{error}");
            assert!(error.contains("a number of requests from 1, or \"off\""), "{error}");
        }
    }
}
