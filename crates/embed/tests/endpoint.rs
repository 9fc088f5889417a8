//! The route of a server, asked over HTTP. Real: axum, the machine, gRPC, a local Momento that says what its tokens are for.
#![allow(clippy::unwrap_used, reason = "what cannot be had fails the test")]

mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use http::request::Parts;
use momento_emulator::Fault;
use serde_json::{Value, json};
use support::{Server, claims, config, endpoint, machine_of, open};
use tonic::Code;
use tvm_embed::{Caller, Config, Format, ModeMismatch, PATH, Sessions, SessionsUnavailable, TokenEndpoint};

/// A session that a test types, as no server may believe it.
fn typed(request: &Parts) -> Option<Caller> {
    let of = |name| request.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let username = of("x-session")?;
    let groups = of("x-groups").map(|groups| groups.split(',').map(str::to_owned).collect()).unwrap_or_default();
    Some(Caller { principal: username.clone(), username: Some(username), groups, ..Caller::default() })
}

#[tokio::test]
async fn anybody_gets_a_token_of_the_base_where_the_configuration_is_open() {
    let server = open(Format::Json).await;
    let answer = server.get(&format!("{PATH}?name=Taylor"), &[]).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let body = answer.json();
    let token = claims(body["authToken"].as_str().unwrap());
    assert_eq!(token["id"], "Taylor");
    assert_eq!(body["expiresAt"], token["exp"]);
}

#[tokio::test]
async fn pages_of_the_nextjs_example_get_the_token_as_text() {
    let server = open(Format::PlainText).await;
    let answer = server.get(&format!("{PATH}?username=Taylor&name=somebody"), &[]).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(claims(&answer.body)["id"], "Taylor");
}

#[tokio::test]
async fn who_has_a_session_gets_what_their_groups_may_do_and_nobody_else_anything() {
    let server = Server::start(|momento| {
        endpoint(config("LambdaAuthorizer"), momento, |machine| TokenEndpoint::for_sessions(machine, typed))
    })
    .await;
    let of = |session: &'static [(&'static str, &'static str)]| server.get(PATH, session);
    let reader = of(&[("x-session", "ada"), ("x-groups", "ReadOnlyUserGroup")]).await;
    let writer = of(&[("x-session", "ada"), ("x-groups", "ReadOnlyUserGroup,ReadWriteUserGroup")]).await;
    let permissions = |answer: &support::Answer| claims(answer.json()["authToken"].as_str().unwrap())["p"].clone();
    assert_ne!(permissions(&reader), permissions(&writer));
    for (session, status, code) in [
        (&[] as &[(&str, &str)], 401, "Unauthorized"),
        (&[("x-session", "ada")], 403, "NoGroup"),
        (&[("x-session", "ada"), ("x-groups", "Strangers")], 403, "NoGroup"),
        (
            &[("x-session", "ada"), ("x-groups", "ReadOnlyUserGroup"), ("usergroup", "ReadWriteUserGroup")],
            403,
            "GroupNotAllowed",
        ),
        (&[("x-session", "ada"), ("x-groups", "ReadOnlyUserGroup"), ("cachename", "other")], 403, "CacheNotAllowed"),
    ] {
        let answer = server.get(PATH, session).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{session:?}");
        assert_eq!(answer.json()["requestId"].as_str().map(str::len), Some(16));
    }
    assert_eq!(server.momento.stats().ended("GenerateDisposableToken", Code::Ok), 2, "nobody else reached Momento");
}

#[tokio::test]
async fn a_session_that_says_its_end_gets_no_token_beyond_it() {
    let now = SystemTime::now();
    let ending = move |request: &Parts| {
        let left: u64 = request.headers.get("x-left")?.to_str().ok()?.parse().ok()?;
        Some(typed(request)?.until(now.checked_add(Duration::from_secs(left))?))
    };
    let server = Server::start(|momento| {
        endpoint(config("LambdaAuthorizer"), momento, |machine| TokenEndpoint::for_sessions(machine, ending))
    })
    .await;
    let now = now.duration_since(UNIX_EPOCH).unwrap().as_secs();
    for (left, life) in [("600", 400..=600), ("7200", 3_590..=3_605)] {
        let answer =
            server.get(PATH, &[("x-session", "ada"), ("x-groups", "ReadOnlyUserGroup"), ("x-left", left)]).await;
        let expires_at = answer.json()["expiresAt"].as_u64().unwrap();
        assert!(life.contains(&expires_at.saturating_sub(now)), "{left}: {expires_at} from {now}");
    }
    let ended = server.get(PATH, &[("x-session", "ada"), ("x-groups", "ReadOnlyUserGroup"), ("x-left", "0")]).await;
    assert_eq!((ended.status, ended.json()["code"].as_str()), (401, Some("Unauthorized")));
}

/// What a reader and a writer of topics are told that their token may do.
fn grant_of(name: &str, role: &str) -> Value {
    json!({ "id": name, "permissions": [{ "cache": "default-cache", "topic": "*", "role": role }] })
}

#[tokio::test]
async fn beside_a_token_is_said_what_it_may_do_and_nothing_of_the_token() {
    for format in [Format::Json, Format::PlainText] {
        let server = Server::start(|momento| {
            endpoint(config("LambdaAuthorizer"), momento, |machine| {
                Ok(TokenEndpoint::for_sessions(machine, typed)?.format(format))
            })
        })
        .await;
        // The second time the token is a kept one.
        for _ in 0..2 {
            for (group, role) in [("ReadOnlyUserGroup", "SubscribeOnly"), ("ReadWriteUserGroup", "PublishSubscribe")] {
                let answer = server.get(PATH, &[("x-session", "ada"), ("x-groups", group)]).await;
                assert_eq!(answer.status, 200, "{}", answer.body);
                assert_eq!(answer.granted(), Some(grant_of("ada", role)));
                let header = answer.header("token-grant").unwrap();
                assert!(!header.contains("eyJ") && !header.contains("api_key") && header.len() < 200, "{header}");
            }
        }
        assert_eq!(server.momento.stats().ended("GenerateDisposableToken", Code::Ok), 2);
        assert_eq!(server.get(PATH, &[]).await.granted(), None);
    }
}

#[tokio::test]
async fn a_shared_token_comes_with_its_grant_too() {
    let server = Server::start(|momento| {
        let shared = || {
            let text = include_str!("../../../config/tvm.toml");
            let config = Config::parse("f", &format!("{text}\n[reuse]\nmode = \"shared\"\n")).unwrap();
            TokenEndpoint::open(machine_of(config, momento)).unwrap()
        };
        // Two machines, that know of each other by the cache alone.
        Router::new().route_service("/one", shared()).route_service("/two", shared())
    })
    .await;
    let (one, two) = (server.get("/one?name=Taylor", &[]).await, server.get("/two?name=Taylor", &[]).await);
    assert_eq!((one.status, &one.body), (200, &two.body), "{}", two.body);
    assert_eq!(server.momento.stats().ended("GenerateDisposableToken", Code::Ok), 1);
    assert_eq!(one.granted().unwrap()["id"], "Taylor");
    assert_eq!(one.granted(), two.granted());
    assert!(server.get("/one", &[]).await.granted().unwrap().get("id").is_none());
}

#[tokio::test]
async fn callers_with_the_same_grant_share_one_token() {
    let server = open(Format::Json).await;
    let asked = (0..20).map(|_| server.get(PATH, &[]));
    let answers = futures_util::future::join_all(asked).await;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body == answers[0].body));
    assert_eq!(server.momento.stats().ended("GenerateDisposableToken", Code::Ok), 1);
}

#[tokio::test]
async fn what_can_be_read_in_two_ways_is_refused() {
    let server = open(Format::Json).await;
    for (path, headers) in [
        (format!("{PATH}?name=a&name=b"), vec![]),
        (PATH.to_owned(), vec![("usergroup", "A"), ("usergroup", "B")]),
        (PATH.to_owned(), vec![("cachename", "A"), ("cachename", "B")]),
    ] {
        let answer = server.get(&path, &headers).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("MalformedRequest")), "{path}");
    }
    assert_eq!(server.momento.stats().ended("GenerateDisposableToken", Code::Ok), 0);
}

/// RFC 9110, section 15.5.6: a 405 names the methods that there are.
#[tokio::test]
async fn every_other_method_is_told_so_in_the_documented_form_and_mints_nothing() {
    let server = open(Format::Json).await;
    for method in ["POST", "PUT", "DELETE", "PATCH", "HEAD", "QUERY"] {
        let answer = server.ask(reqwest::Method::from_bytes(method.as_bytes()).unwrap(), PATH, &[]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, OPTIONS")), "{method}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{method}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{method}");
        if method == "HEAD" {
            assert_eq!(answer.body, "");
        } else {
            let body = answer.json();
            assert_eq!(body["code"], "MethodNotAllowed", "{method}");
            assert_eq!(body["requestId"].as_str().map(str::len), Some(16), "{method}");
            assert!(body["message"].is_string(), "{method}");
        }
    }
    let asked = server.ask(reqwest::Method::OPTIONS, PATH, &[]).await;
    assert_eq!((asked.status, asked.header("allow"), &*asked.body), (204, Some("GET, OPTIONS"), ""));
    assert_eq!(asked.header("access-control-allow-origin"), None, "that is the server's to say");
    assert_eq!(server.momento.stats().ended("GenerateDisposableToken", Code::Ok), 0);
}

#[tokio::test]
async fn it_is_a_tower_service_for_any_other_path() {
    let server = Server::start(|momento| {
        let endpoint = TokenEndpoint::open(machine_of(config("Open"), momento)).unwrap();
        Router::new().route_service("/token", endpoint)
    })
    .await;
    assert_eq!(server.get("/token", &[]).await.status, 200);
    let posted = server.ask(reqwest::Method::POST, "/token", &[]).await;
    assert_eq!((posted.status, posted.json()["code"].as_str()), (405, Some("MethodNotAllowed")));
}

#[tokio::test]
async fn a_refusal_of_momentos_is_answered_as_the_deployed_machine_does() {
    let server = open(Format::PlainText).await;
    server.momento.faults().set(Fault::status("GenerateDisposableToken", Code::ResourceExhausted));
    let answer = server.get(PATH, &[]).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (429, Some("TooManyRequests")));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(wait >= 1);
}

/// Sessions whose database is away.
struct Away;

impl Sessions for Away {
    async fn caller(&self, _: &Parts) -> Result<Option<Caller>, SessionsUnavailable> {
        Err(SessionsUnavailable("the database does not answer".to_owned()))
    }
}

#[tokio::test]
async fn sessions_that_cannot_be_looked_up_are_no_reason_to_sign_in_again() {
    let server = Server::start(|momento| {
        endpoint(config("AmazonCognito"), momento, |machine| TokenEndpoint::for_sessions(machine, Away))
    })
    .await;
    let answer = server.get(PATH, &[]).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (503, Some("SessionsUnavailable")));
    assert!(!answer.body.contains("database"));
}

#[tokio::test]
async fn a_configuration_of_another_mode_is_refused_at_once() {
    let momento = momento_emulator::Stage::builder().start().await.unwrap();
    let open = machine_of(config("Open"), &momento);
    assert_eq!(TokenEndpoint::for_sessions(open, typed).unwrap_err(), ModeMismatch::Open);
    for mode in ["LambdaAuthorizer", "AmazonCognito"] {
        let error = TokenEndpoint::open(machine_of(config(mode), &momento)).unwrap_err();
        assert!(error.to_string().contains(mode), "{error}");
    }
}
