//! The metrics in the log lines, as CloudWatch would read them.
//! Real: the built function and the local Momento. Not real: Secrets Manager, API Gateway, and CloudWatch, whose rules are
//! written down in `lambda_emulator::emf`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use lambda_emulator::Trouble;
use lambda_emulator::emf::{self, Datum};
use momento_emulator::Fault;
use serde_json::{Value, json};
use support::Deployed;
use tonic::Code;

const MEASURED: &str = "[monitoring]\nmetrics = true";

/// One line of the log for each request, and the data that it holds.
async fn lines(deployed: Deployed) -> Vec<(Value, BTreeMap<String, Datum>)> {
    let log = deployed.function.stop().await;
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")));
    let lines = lines.filter(|line: &Value| line["requestId"].is_string());
    lines.map(|line| (line.clone(), emf::data(&line).unwrap_or_else(|broken| panic!("{broken}: {line}")))).collect()
}

fn values(data: &BTreeMap<String, Datum>) -> BTreeMap<&str, f64> {
    data.iter().map(|(name, datum)| (name.as_str(), datum.value)).collect()
}

#[tokio::test]
async fn each_request_is_counted_once_by_what_came_of_it() {
    let mut deployed = Deployed::start(&support::environments::config(MEASURED), &[]).await;
    deployed.secrets.set_age(Duration::from_secs(90 * 86_400));
    deployed.answer("{}").await;
    deployed.answer("{}").await;
    deployed.answer(&json!({ "headers": { "cachename": "other" } }).to_string()).await;
    deployed.momento.faults().set(Fault::status("GenerateDisposableToken", Code::Unauthenticated));
    deployed.answer(&json!({ "queryStringParameters": { "name": "another" } }).to_string()).await;
    // Last: the function asks for nothing for a while then.
    deployed.momento.faults().set(Fault::status("GenerateDisposableToken", Code::ResourceExhausted));
    deployed.answer(&json!({ "queryStringParameters": { "name": "a third" } }).to_string()).await;

    let lines = lines(deployed).await;
    let outcomes: Vec<_> = lines
        .iter()
        .map(|(line, data)| {
            let values = values(data);
            assert_eq!(data["Limited"].dimensions.keys().collect::<Vec<_>>(), ["function", "mode"]);
            assert!(data.values().all(|datum| datum.namespace == "TokenVendingMachine"), "{line}");
            assert!(data.values().all(|datum| datum.dimensions["mode"] == "Open"), "{line}");
            (
                line["origin"].as_str().or(line["code"].as_str()).unwrap().to_owned(),
                values.get("Vended").copied(),
                values.get("Refused").copied(),
                (values["Limited"], values["KeyTrouble"]),
                values.contains_key("MomentoLatency"),
            )
        })
        .collect();
    let row = |by: &str, vended: bool, limited, key_trouble, minted| {
        (by.to_owned(), vended.then_some(1.0), (!vended).then_some(1.0), (limited, key_trouble), minted)
    };
    let expected = [
        row("minted", true, 0.0, 0.0, true),
        row("reused", true, 0.0, 0.0, false),
        row("CacheNotAllowed", false, 0.0, 0.0, false),
        row("KeyRefused", false, 0.0, 1.0, false),
        row("TooManyRequests", false, 1.0, 0.0, false),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(lines[0].1["Vended"].dimensions["origin"], "minted");
    assert_eq!(lines[2].1["Refused"].dimensions["code"], "CacheNotAllowed");
    let latency = &lines[0].1["MomentoLatency"];
    assert!(latency.unit == "Milliseconds" && latency.value > 0.0 && latency.value < 10_000.0, "{latency:?}");
}

/// Else one caller in a loop sets off the alarm, while everybody else gets their tokens.
#[tokio::test]
async fn a_caller_who_asks_too_soon_again_is_no_part_of_the_share_that_the_limit_refuses() {
    let shipped = include_str!("../../../config/tvm.toml").replace("auth = \"Open\"", "auth = \"AmazonCognito\"");
    let config = format!("{shipped}\n[limits]\nidentity_interval = \"60s\"\n[reuse]\nmode = \"off\"\n{MEASURED}");
    let mut deployed = Deployed::start(&config, &[]).await;
    let claims =
        json!({ "sub": "s-1", "token_use": "id", "cognito:username": "ada", "cognito:groups": "ReadOnlyUserGroup" });
    let event = json!({ "requestContext": { "authorizer": { "claims": claims } } }).to_string();
    let codes = [deployed.answer(&event).await, deployed.answer(&event).await];
    assert_eq!([codes[0].code(), codes[1].code()], ["", "TooSoon"], "{codes:?}");
    let lines = lines(deployed).await;
    let counted: Vec<_> =
        lines.iter().map(|(_, data)| (values(data)["Limited"], data.contains_key("Refused"))).collect();
    assert_eq!(counted, [(0.0, false), (0.0, true)]);
}

#[tokio::test]
async fn the_age_of_the_key_is_that_of_the_version_in_its_secret() {
    let mut deployed = Deployed::start(&support::environments::config(MEASURED), &[]).await;
    // The function may have read the key ahead by now; one that Momento refuses is read again.
    deployed.answer("{}").await;
    deployed.secrets.set_age(Duration::from_secs(100 * 86_400));
    deployed.momento.faults().set(Fault::status("GenerateDisposableToken", Code::Unauthenticated));
    deployed.answer(&json!({ "queryStringParameters": { "name": "another" } }).to_string()).await;
    deployed.momento.faults().clear();
    deployed.answer(&json!({ "queryStringParameters": { "name": "another" } }).to_string()).await;
    let lines = lines(deployed).await;
    let ages: Vec<_> = lines.iter().map(|(_, data)| data.get("KeyAge").map(|age| age.value)).collect();
    assert_eq!(ages, [Some(0.0), None, Some(100.0)]);
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_trouble_with_the_key() {
    for trouble in [Trouble::AccessDenied, Trouble::Kms] {
        let mut deployed =
            Deployed::start(&support::environments::config(MEASURED), &[("MOMENTO_API_KEY_SECRET_ID", "absent")]).await;
        deployed.secrets.trouble(trouble);
        assert_eq!(deployed.answer("{}").await.code(), "SecretUnavailable");
        let lines = lines(deployed).await;
        assert_eq!(values(&lines[0].1)["KeyTrouble"], 1.0, "{trouble:?}");
    }
}

#[tokio::test]
async fn without_metrics_there_are_none_and_as_text_they_are_the_same() {
    let mut deployed = Deployed::shipped("Open").await;
    deployed.answer("{}").await;
    let lines_without = lines(deployed).await;
    assert_eq!(lines_without.len(), 1);
    assert!(lines_without[0].0.get("_aws").is_none() && lines_without[0].0.get("function").is_none());

    let as_text = [("AWS_LAMBDA_LOG_FORMAT", "Text")];
    let mut deployed = Deployed::start(&support::environments::config(MEASURED), &as_text).await;
    deployed.answer("{}").await;
    let lines = lines(deployed).await;
    assert_eq!(values(&lines[0].1)["Vended"], 1.0);
}

#[tokio::test]
async fn a_level_above_the_line_silences_it_with_its_metrics() {
    let mut deployed =
        Deployed::start(&support::environments::config(MEASURED), &[("AWS_LAMBDA_LOG_LEVEL", "ERROR")]).await;
    deployed.answer("{}").await;
    deployed.answer(&json!({ "headers": { "cachename": "other" } }).to_string()).await;
    deployed.momento.faults().set(Fault::status("GenerateDisposableToken", Code::Internal));
    deployed.answer(&json!({ "queryStringParameters": { "name": "another" } }).to_string()).await;
    let lines = lines(deployed).await;
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].0["code"], "MomentoUnavailable");
}
