//! The table `[functions]` in the canonical form, which is what the CDK app deploys by.
//! Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the answer wanted")]

use serde_json::{Value, json};
use tvm_config::Config;

fn canonical(table: &str) -> Value {
    let text =
        format!("auth = \"Open\"\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]\n[functions]\n{table}");
    let rendered = Config::parse("f", &text).unwrap().render_json();
    serde_json::from_str::<Value>(&rendered).unwrap()["functions"].take()
}

#[test]
fn what_is_left_out_is_as_deployments_were_before_there_was_the_table() {
    let before = json!({
        "memory": 128, "architecture": "x86_64", "timeout": 10, "tracing": false, "log_retention": 30 * 86_400,
    });
    assert_eq!(canonical(""), before);
}

#[test]
fn what_is_said_is_passed_on() {
    let said = "memory = 10240\narchitecture = \"arm64\"\ntimeout = \"28s\"\nreserved_concurrency = 1\ntracing = true";
    let expected = json!({
        "memory": 10_240, "architecture": "arm64", "timeout": 28, "reserved_concurrency": 1, "tracing": true,
        "log_retention": 30 * 86_400,
    });
    assert_eq!(canonical(said), expected);
}

#[test]
fn logs_are_kept_for_a_number_of_days_that_cloud_watch_has_a_setting_for() {
    for days in [1_u32, 30, 365, 3_653] {
        assert_eq!(canonical(&format!("log_retention = \"{days}d\""))["log_retention"], json!(days * 86_400));
    }
    // An hour more than a day is not a day.
    for not in ["\"2d\"", "\"31d\"", "\"1d1h\"", "86401"] {
        let base = "permissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
        let text = format!("auth = \"Open\"\n{base}\n[functions]\nlog_retention = {not}");
        let error = Config::parse("f", &text).unwrap_err().to_string();
        assert!(error.contains("f:4: `functions.log_retention`") && error.contains("1, 3, 5, 7"), "{not}: {error}");
    }
}
