//! `tvm token` against endpoints: what it sends, what it says of the token, and what it never prints.
//! Real: the built program, and for what is vended a server with the machine in it (`tvm-embed`), beside a local Momento. Not
//! real: endpoints that answer what no test can have ours answer.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::get;
use momento_client::ApiKey;
use momento_client::ServiceAddress;
use momento_emulator::{Running, Stage};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use support::{Done, command, run};
use tokio::net::TcpListener;
use tvm_embed::{Caller, Config, Keys, TokenEndpoint};
use tvm_machine::{Endpoints, Machine};

/// Nobody listens there: this command has no use for AWS.
const NO_AWS: &str = "http://127.0.0.1:9";

async fn token(url: &str, more: &[&str], input: &str) -> Done {
    let arguments: Vec<&str> = ["token", url].into_iter().chain(more.iter().copied()).collect();
    run(command(NO_AWS, &arguments), input).await
}

async fn serve(app: Router) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// The machine by the shipped file in `mode`, where ada signs in with the headers of `LambdaAuthorizer` mode.
async fn machine(mode: &str) -> (Running, String) {
    let momento = Stage::builder().start().await.unwrap();
    let shipped = include_str!("../../../config/tvm.toml");
    let shipped = shipped.replace("auth = \"Open\"", &format!("auth = \"{mode}\""));
    let config = Config::parse("tvm.toml", &shipped).unwrap();
    let key = ApiKey::parse(momento.api_key_v1().expose_secret(), None).unwrap();
    let address = ServiceAddress::parse(&momento.url()).unwrap();
    let places = Endpoints { token: address.clone(), cache: address };
    let machine = Machine::new(config, Keys::from(key), tvm_tls::client_config().unwrap(), places).unwrap();
    let signed_in = |request: &Parts| {
        let header = |name| request.headers.get(name)?.to_str().ok();
        let groups = vec!["ReadOnlyUserGroup".to_owned()];
        (header("password")? == "planted four words").then(|| Caller {
            principal: header("username").unwrap().to_owned(),
            username: header("username").map(str::to_owned),
            groups,
            ..Caller::default()
        })
    };
    let app = match mode {
        "Open" => TokenEndpoint::open(machine).unwrap().into_router(),
        _ => TokenEndpoint::for_sessions(machine, signed_in).unwrap().into_router(),
    };
    (momento, format!("{}/api/momento/token", serve(app).await))
}

/// The headers and the query of a request.
type Asked = Arc<Mutex<(HeaderMap, String)>>;

/// An endpoint that answers every request so, and what the last one was.
async fn answering(status: u16, headers: &'static [(&str, &str)], body: &'static str) -> (String, Asked) {
    let asked = Asked::default();
    let kept = Arc::clone(&asked);
    let handler = async move |uri: Uri, sent: HeaderMap| {
        *kept.lock().unwrap() = (sent, uri.query().unwrap_or_default().to_owned());
        let mut answer = HeaderMap::new();
        for (name, value) in headers {
            answer.insert(*name, value.parse().unwrap());
        }
        (StatusCode::from_u16(status).unwrap(), answer, body)
    };
    (serve(Router::new().route("/prod/", get(handler))).await + "/prod/", asked)
}

#[tokio::test]
async fn in_open_mode_it_says_what_the_token_may_do_and_not_the_token() {
    let (momento, url) = machine("Open").await;
    let done = token(&url, &["--name", "Zoë & co"], "").await.well();
    let lines: Vec<&str> = done.out.lines().collect();
    // Momento cuts off parts of a second.
    let left = ["Z (3600 s from now)", "Z (3599 s from now)"];
    assert!(lines[0].starts_with("A token until 20") && left.iter().any(|end| lines[0].ends_with(end)), "{}", done.out);
    assert_eq!(
        lines[1..],
        [
            "  id: \"Zoë & co\"",
            "  permissions:",
            "    { cache = \"default-cache\", role = \"ReadWrite\" }",
            "    { cache = \"default-cache\", topic = \"*\", role = \"PublishSubscribe\" }",
        ]
    );
    let shown = token(&url, &["--show"], "").await.well();
    assert_eq!((shown.out.lines().count(), shown.notes.as_str()), (1, ""));
    let token = ApiKey::parse(&shown.out, None).unwrap();
    assert!(!done.printed().contains(token.secret().expose_secret()));
    momento.shutdown().await;
}

#[tokio::test]
async fn a_user_sends_a_password_from_standard_input() {
    let (_momento, url) = machine("LambdaAuthorizer").await;
    let done = token(&url, &["--username", "ada", "--json"], "planted four words\n").await.well();
    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["id"], "ada");
    assert_eq!(report["permissions"], json!([{ "cache": "default-cache", "topic": "*", "role": "SubscribeOnly" }]));
    assert!((3590..=3600).contains(&report["expires_in"].as_u64().unwrap()), "{report}");
    assert!(report.get("authToken").is_none() && report.get("token").is_none());
    let error = token(&url, &["--username", "ada"], "planted wrong one").await.error();
    assert!(error.contains("401 Unauthorized") && error.contains("--bearer"), "{error}");
    let error = token(&url, &["--username", "ada", "--usergroup", "Admins"], "planted four words").await.error();
    assert!(error.contains("403 GroupNotAllowed") && error.contains("leave out --usergroup"), "{error}");
    assert!(error.contains("the request is "), "{error}");
    assert!(!error.contains("planted"));
}

const VENDED: &str = r#"{"authToken":"planted-token","expiresAt":4102444800}"#;

#[tokio::test]
async fn it_says_what_it_is_for_firewalls_that_want_to_know() {
    let (url, asked) = answering(200, &[], VENDED).await;
    token(&url, &[], "").await.well();
    let (headers, _) = asked.lock().unwrap().clone();
    assert!(headers["user-agent"].to_str().unwrap().starts_with("tvm/"), "{headers:?}");
}

#[tokio::test]
async fn each_way_to_say_who_asks_is_sent_as_the_endpoint_reads_it() {
    let basic = "Basic YWRhOnBsYW50ZWQgw6Q="; // ada:planted ä
    for (more, input, expected) in [
        (&[] as &[&str], "", &[] as &[(&str, &str)]),
        (&["--username", "ada"], "planted a\r\nb", &[("username", "ada"), ("password", "planted a")]),
        (&["--username", "ada", "--basic"], "planted ä\n", &[("authorization", basic)]),
        (&["--bearer"], " planted.jwt.x \n", &[("authorization", "Bearer planted.jwt.x")]),
        (&["--usergroup", "A", "--cachename", "b"], "", &[("usergroup", "A"), ("cachename", "b")]),
    ] {
        let (url, asked) = answering(200, &[], VENDED).await;
        let done = token(&format!("{url}?x=1"), &[more, &["--name", "a b&c"]].concat(), input).await.well();
        let (headers, query) = asked.lock().unwrap().clone();
        assert_eq!(query, "x=1&name=a+b%26c");
        let sent = ["username", "password", "authorization", "usergroup", "cachename"].into_iter();
        let sent: Vec<_> = sent.filter_map(|name| Some((name, headers.get(name)?.to_str().unwrap()))).collect();
        assert_eq!(sent, expected, "{more:?}");
        assert!(!done.printed().contains("planted"), "{}", done.printed());
        assert!(done.out.starts_with("A token until 2100-01-01T00:00:00Z ("), "{}", done.out);
        assert!(done.out.contains("does not say what it may do"), "{}", done.out);
    }
}

#[tokio::test]
async fn a_refusal_is_told_with_when_and_what_to_do_next() {
    let (url, _) = answering(
        429,
        &[("retry-after", "7")],
        r#"{"message":"Slow\u001b[2J down.","code":"TooSoon","requestId":"r-1"}"#,
    )
    .await;
    let error = token(&url, &[], "").await;
    assert_eq!(
        (error.code, error.notes.as_str()),
        (
            Some(1),
            "error: the endpoint answered 429 TooSoon: Slow[2J down.\nerror: try again after 7 s\n\
             error: the request is r-1, in the log of the function too\n"
        )
    );
    for (status, body, expected) in [
        (502, r#"{"code":"KeyRefused"}"#, "`tvm key set` gives the machine another API key"),
        (404, "<html>planted", "check the URL: it is the stack's output Endpoint"),
        (302, "", "the endpoint answered 302\nerror: next: check the URL"),
        (200, r#"{"authToken":"planted"}"#, "200 without a token"),
    ] {
        let (url, _) = answering(status, &[("location", "http://127.0.0.1:9/")], body).await;
        let error = token(&url, &[], "").await.error();
        assert!(error.contains(expected) && !error.contains("planted"), "{error}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_or_reached_is_said_with_what_to_do() {
    let error = token("http://127.0.0.1:9/", &[], "").await.error();
    assert!(error.contains("cannot be reached (") && error.contains("output Endpoint"), "{error}");
    let error = token("https://127.0.0.1:9/", &["--username", "ada"], "planted ä").await.error();
    assert!(error.contains("--basic") && !error.contains("planted"), "{error}");
    let error = token("https://127.0.0.1:9/", &["--bearer"], "").await.error();
    assert!(error.contains("standard input holds no token"), "{error}");
    for url in ["http://example.com/", "example.com", "https://ada:secret@example.com/", "ftp://127.0.0.1/"] {
        assert_eq!(token(url, &[], "").await.code, Some(2), "{url}");
    }
    for more in [&["--basic"] as &[&str], &["--username", "a", "--bearer"], &["--show", "--json"]] {
        assert_eq!(token(NO_AWS, more, "").await.code, Some(2), "{more:?}");
    }
}
