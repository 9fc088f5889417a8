//! The table `[monitoring]`, and the permissions of a grant as the file has them, which the log is to say.
//! Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the answer wanted")]

use serde_json::{Value, json};
use tvm_config::{Audit, Config};
use tvm_policy::{Caller, Identity, Request};

const BASE: &str = "auth = \"Open\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]\n";

fn parse(table: &str) -> Result<Config, String> {
    Config::parse("f", &format!("{BASE}[monitoring]\n{table}")).map_err(|errors| errors.to_string())
}

#[test]
fn what_is_left_out_costs_nothing_and_names_nobody() {
    let config = parse("").unwrap();
    let table = serde_json::from_str::<Value>(&config.render_json()).unwrap()["monitoring"].take();
    let expected = json!({
        "audit": "hashed", "metrics": false, "dashboard": false, "alarms": false, "alarm_errors_percent": 5,
        "alarm_limited_percent": 5, "alarm_latency_ms": 3_000, "key_max_age": 90 * 86_400,
    });
    assert_eq!(table, expected);
    assert_eq!((config.audit(), config.metrics()), (Audit::Hashed, false));
}

#[test]
fn what_is_said_counts() {
    let topic = "alarm_topic = \"arn:aws:sns:eu-central-1:111122223333:on-call_1\"";
    for (table, audit, metrics) in [
        ("audit = \"plain\"", Audit::Plain, false),
        ("audit = \"off\"\nmetrics = true", Audit::Off, true),
        ("metrics = true\nalarms = true\nalarm_email = \"on-call@example.com\"", Audit::Hashed, true),
        (&format!("metrics = true\nalarms = true\nkey_max_age = \"365d\"\n{topic}"), Audit::Hashed, true),
    ] {
        let config = parse(table).unwrap();
        assert_eq!((config.audit(), config.metrics()), (audit, metrics), "{table}");
    }
}

#[test]
fn an_alarm_that_could_never_sound_is_an_error() {
    let with = |line: &str| format!("metrics = true\nalarms = true\n{line}");
    for (table, key, advice) in [
        ("alarms = true".to_owned(), "alarms", "metrics = true"),
        ("alarm_email = \"a@example.com\"".to_owned(), "alarm_email", "alarms = true"),
        (with("alarm_topic = \"on-call\""), "alarm_topic", "arn:aws:sns:"),
        (with("alarm_topic = \"arn:aws:sns:eu-central-1:111122223333:a.fifo\""), "alarm_topic", "FIFO"),
        (with("alarm_topic = \"arn:aws:sqs:eu-central-1:111122223333:a\""), "alarm_topic", "arn:aws:sns:"),
        (with("alarm_email = \"nobody\""), "alarm_email", "operators@example.com"),
        (with("alarm_email = \"a b@example.com\""), "alarm_email", "operators@example.com"),
        (
            with("alarm_topic = \"arn:aws:sns:eu-central-1:1:a\"\nalarm_email = \"a@example.com\""),
            "alarm_email",
            "subscribe",
        ),
        (with("alarm_errors_percent = 0"), "alarm_errors_percent", "1 to 100"),
        (with("alarm_limited_percent = 101"), "alarm_limited_percent", "1 to 100"),
        (with("alarm_latency_ms = 29001"), "alarm_latency_ms", "1 to 29000"),
        (with("key_max_age = \"23h\""), "key_max_age", "1d to 3650d"),
    ] {
        let error = parse(&table).unwrap_err();
        assert!(error.contains(&format!("monitoring.{key}`")) && error.contains(advice), "{table}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

/// Two groups and a base, with what must not be said filled in.
const GROUPS: &str = r#"
auth = "AmazonCognito"
ungrouped = "base"
permissions = [{ cache = "{username}", role = "ReadOnly" }]
[groups.a]
permissions = [
    { cache = "c", key = { prefix = "{sub}/" }, role = "ReadWrite" },
    { cache = "c", topic = { name = "*" }, role = "SubscribeOnly" },
]
[groups.b]
permissions = [{ cache = "c", topic = "t{{1}}", role = "PublishOnly" }]
"#;

/// What the log has of the permissions that `identity` is granted; `None` where nothing is granted.
fn as_written<'c>(
    config: &'c Config,
    identity: &Identity,
    request: Request<'_>,
) -> Option<tvm_config::Permissions<'c>> {
    let decision = config.policy().decide(identity, request).ok()?;
    config.permissions_as_written(&decision.grant, &decision.origins())
}

#[test]
fn permissions_as_written_are_those_of_the_grant_before_anything_was_filled_in() {
    let config = Config::parse("f", GROUPS).unwrap();
    let a = [
        json!({ "cache": "c", "key": { "prefix": "{sub}/" }, "role": "ReadWrite" }),
        json!({ "cache": "c", "topic": { "name": "*" }, "role": "SubscribeOnly" }),
    ];
    let b = json!({ "cache": "c", "topic": "t{{1}}", "role": "PublishOnly" });
    for (groups, chosen, expected) in [
        (&["a"] as &[&str], None, json!(a)),
        (&["b", "a"], None, json!([a[0], a[1], b])),
        (&["b", "a"], Some("b"), json!([b])),
        (&["stranger"], None, json!([{ "cache": "{username}", "role": "ReadOnly" }])),
    ] {
        let caller = Caller {
            principal: "planted".into(),
            sub: Some("planted".into()),
            username: Some("planted".into()),
            groups: groups.iter().map(ToString::to_string).collect(),
            ..Caller::default()
        };
        let identity = Identity::Verified(caller);
        let request = Request { group: chosen, ..Request::default() };
        let written = serde_json::to_value(as_written(&config, &identity, request)).unwrap();
        assert_eq!(written, expected, "{groups:?}");
        let grant = config.grant(&identity, request).unwrap();
        assert_eq!(grant.permissions.len(), written.as_array().unwrap().len(), "{groups:?}");
        let filled = serde_json::to_string(&tvm_config::render_permissions(&grant)).unwrap();
        assert!(tvm_config::render_grant(&grant).unwrap().contains(&filled), "{filled}");
    }
    let not_theirs = Request { group: Some("a"), ..Request::default() };
    let refused = as_written(&config, &Identity::Verified(Caller::default()), not_theirs);
    assert!(refused.is_none());
}
