//! `tvm logs`: the lines of all functions in one order.
//! Real: the built program and the AWS SDK. Not real: AWS, whose answers are made up here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use support::aws::{Answer, Aws, good, refused};
use support::{command, run};

/// CloudFormation's answer: these resources, each with its type and both of its names.
fn resources(all: &[(&str, &str, &str)]) -> Answer {
    let member = |(kind, logical, physical): &(&str, &str, &str)| {
        format!(
            "<member><ResourceType>{kind}</ResourceType><LogicalResourceId>{logical}</LogicalResourceId>\
             <PhysicalResourceId>{physical}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus>\
             <LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>"
        )
    };
    let members: String = all.iter().map(member).collect();
    let result = format!("<StackResourceSummaries>{members}</StackResourceSummaries>");
    let result = format!("<ListStackResourcesResult>{result}</ListStackResourcesResult>");
    (200, format!("<ListStackResourcesResponse>{result}</ListStackResourcesResponse>"))
}

const STACK: &[(&str, &str, &str)] = &[
    ("AWS::Logs::LogGroup", "VendingLogs", "group-1"),
    ("AWS::Lambda::Function", "Vending", "function-1"),
    ("AWS::Logs::LogGroup", "AuthorizerLogs", "group-2"),
];

/// Two functions, the first with two pages of lines.
async fn aws() -> Aws {
    Aws::answering(|call| {
        if call.action == "ListStackResources" {
            return resources(STACK);
        }
        let line = |timestamp: i64, message: &str| json!({ "timestamp": timestamp, "message": message });
        good(&match (call.body["logGroupName"].as_str().unwrap(), call.body["nextToken"].as_str()) {
            ("group-1", None) => json!({ "events": [line(1000, "{\"level\":\"INFO\"}\n")], "nextToken": "more" }),
            ("group-1", Some("more")) => json!({ "events": [line(3000, "END \u{1b}[2J\n")] }),
            _ => json!({ "events": [line(2000, "START\n")] }),
        })
    })
    .await
}

#[tokio::test]
async fn the_lines_of_all_functions_are_shown_in_one_order() {
    let aws = aws().await;
    let done = run(command(&aws.url, &["logs", "--since", "2h"]), "").await.well();
    assert_eq!(
        done.out,
        "1970-01-01T00:00:01Z  VendingLogs  INFO \n1970-01-01T00:00:02Z  AuthorizerLogs  START\n\
         1970-01-01T00:00:03Z  VendingLogs  END \\u001b[2J\n"
    );
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let from = aws.calls()[1].body["startTime"].as_i64().unwrap();
    assert!((now - 7_260_000..=now - 7_200_000).contains(&from), "{from} at {now}");
}

#[tokio::test]
async fn programs_get_an_object_for_each_line() {
    let aws = aws().await;
    let done = run(command(&aws.url, &["logs", "--json"]), "").await.well();
    let lines: Vec<Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({ "timestamp": 1000, "log": "VendingLogs", "message": { "level": "INFO" } }));
    assert_eq!(lines[1]["message"], "START");
}

/// What a client sent may be in a line: nothing of it moves the cursor, turns the text around or is invisible, as an object or as text, for
/// people or for programs; for these it still means what it did.
#[tokio::test]
async fn what_would_change_how_a_line_looks_is_escaped() {
    let hidden = "a\u{202e}b\u{2066}c\u{200f}d\u{61c}e\u{200b}f\u{7f}g\u{9b}2Jh\u{2028}i\u{feff}j\u{e0041}k\u{3164}l\u{34f}m\u{fe0f}n\u{e0100}o";
    let message = json!({ "user": hidden }).to_string();
    let aws = Aws::answering(move |call| match (call.action.as_str(), call.body["logGroupName"].as_str()) {
        ("ListStackResources", _) => resources(STACK),
        (_, Some("group-1")) => good(&json!({ "events": [
            { "timestamp": 1000, "message": message },
            { "timestamp": 2000, "message": format!("\u{1b}[31m{hidden}\tb\u{e9}") },
        ] })),
        _ => good(&json!({ "events": [] })),
    })
    .await;
    let escaped = "a\\u202eb\\u2066c\\u200fd\\u061ce\\u200bf\\u007fg\\u009b2Jh\\u2028i\\ufeffj\\udb40\\udc41k\\u3164l\\u034fm\\ufe0fn\\udb40\\udd00o";
    let shown = run(command(&aws.url, &["logs"]), "").await.well().out;
    assert_eq!(
        shown,
        format!(
            "1970-01-01T00:00:01Z  VendingLogs  user={escaped}\n\
             1970-01-01T00:00:02Z  VendingLogs  \\u001b[31m{escaped} b\u{e9}\n"
        )
    );
    let printed = run(command(&aws.url, &["logs", "--json"]), "").await.well().out;
    assert!(printed.contains(escaped) && !printed.chars().any(|c| c.is_control() && c != '\n'), "{printed}");
    let first: Value = serde_json::from_str(printed.lines().next().unwrap()).unwrap();
    assert_eq!(first["message"]["user"], hidden);
}

#[tokio::test]
async fn what_keeps_it_from_the_lines_is_said() {
    let aws = Aws::answering(|call| match call.action.as_str() {
        "ListStackResources" => resources(STACK),
        _ => refused("AccessDeniedException", "not authorized to perform: logs:FilterLogEvents"),
    })
    .await;
    let error = run(command(&aws.url, &["logs"]), "").await.error();
    assert!(
        error.contains("the log group group-2 cannot be read") && error.contains("logs:FilterLogEvents"),
        "{error}"
    );
    let other = Aws::answering(|_| resources(&STACK[1..2])).await;
    let error = run(command(&other.url, &["logs"]), "").await.error();
    assert!(error.contains("is not a token vending machine"), "{error}");
    assert_eq!(run(command(&aws.url, &["logs", "--since", "yesterday"]), "").await.code, Some(2));
}

/// Lines as the functions and Lambda write them.
async fn of_two_requests() -> Aws {
    Aws::answering(|call| match (call.action.as_str(), call.body["logGroupName"].as_str()) {
        ("ListStackResources", _) => resources(STACK),
        (_, Some("group-1")) => good(&json!({ "events": [
            { "timestamp": 1000, "message": json!({
                "timestamp": "1970-01-01T00:00:01Z", "level": "WARN", "message": "no token was vended", "requestId": "lambda-1",
                "gatewayRequestId": "gateway-1", "code": "NoGroup", "reason": "no permissions are granted", "count": 2, "target": "tvm",
            }).to_string() },
            { "timestamp": 2000, "message": json!({
                "time": "1970-01-01T00:00:02Z", "type": "platform.report", "record": { "requestId": "lambda-1" },
            }).to_string() },
            { "timestamp": 3000, "message": json!({ "level": "INFO", "message": "a token was vended", "requestId": "lambda-2" }).to_string() },
        ] })),
        _ => good(&json!({ "events": [] })),
    })
    .await
}

#[tokio::test]
async fn a_line_is_said_in_words_and_those_of_one_request_or_level_are_found() {
    let aws = of_two_requests().await;
    let shown = async |arguments: &[&str]| {
        let done = run(command(&aws.url, &[&["logs"], arguments].concat()), "").await.well();
        done.out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = shown(&[]).await;
    assert_eq!(
        all,
        [
            "1970-01-01T00:00:01Z  VendingLogs  WARN   no token was vended  code=NoGroup  count=2  gatewayRequestId=gateway-1  \
             reason=\"no permissions are granted\"  requestId=lambda-1",
            "1970-01-01T00:00:02Z  VendingLogs  platform.report  record={\"requestId\":\"lambda-1\"}",
            "1970-01-01T00:00:03Z  VendingLogs  INFO   a token was vended  requestId=lambda-2",
        ]
    );
    assert_eq!(shown(&["--level", "warn"]).await, all[..1]);
    assert_eq!(shown(&["--request-id", "gateway-1"]).await, all[..1], "what a caller is told");
    assert_eq!(shown(&["--request-id", "lambda-1"]).await, all[..2]);
    assert_eq!(shown(&["--request-id", "nothing"]).await, [""; 0]);
}

#[tokio::test]
async fn who_reads_only_the_first_lines_is_told_of_no_error() {
    let aws = of_two_requests().await;
    let mut command = command(&aws.url, &["logs"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command.stdout(writer).stderr(std::process::Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().await.unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[tokio::test]
async fn a_failure_is_json_where_the_answer_would_be() {
    let aws = Aws::answering(|_| refused("AccessDeniedException", "not authorized")).await;
    for arguments in
        [&["logs"] as &[&str], &["outputs"], &["token", "http://127.0.0.1:9/"], &["user", "list"], &["audit", "ada"]]
    {
        let done = run(command(&aws.url, &[arguments, &["--json"]].concat()), "").await;
        assert_eq!(done.code, Some(1), "{arguments:?}");
        let said: Value =
            serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {done:?}"));
        assert!(done.notes.contains(said["error"].as_str().unwrap()), "{arguments:?}: {done:?}");
    }
}
