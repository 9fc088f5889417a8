//! Faults: what goes wrong when the stage is told so, and the administrative interface that tells it.
//!
//! Real: the stage, the official Rust SDK, plain HTTP/1.1. The clock is set by hand.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{num::NonZeroU32, time::Duration};

use momento_emulator::{Fault, Running};
use momento_protos::permission_messages::{CacheRole, TopicRole};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use support::*;
use tonic::Code;

/// Asks the administrative interface; the status and the JSON of its answer.
async fn admin(stage: &Running, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let mut request = reqwest::Client::new().request(method, format!("{}/_stage/{path}", stage.url()));
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_status_is_answered_for_as_many_calls_as_were_asked_for() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    stage.faults().set(Fault::status("Get", Code::Internal).times(NonZeroU32::new(2).unwrap()));
    assert_eq!(code(client.get(CACHE, "key").await), Code::Internal);
    assert_eq!(code(client.set(CACHE, "key", "value").await), Code::Ok);
    assert_eq!(code(client.get(CACHE, "key").await), Code::Internal);
    assert_eq!(code(client.get(CACHE, "key").await), Code::Ok);
    assert_eq!(stage.stats().ended("Get", Code::Internal), 2);
    assert_eq!(stage.stats().started("cache_client.Scs/Get"), 3);
}

#[tokio::test]
async fn a_whole_service_can_be_gone_while_the_others_answer() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    let gone = json!({ "rpc": "cache_client.Scs", "status": "UNAVAILABLE" });
    let (status, listed) = admin(&stage, Method::PUT, "faults", Some(gone.clone())).await;
    assert_eq!((status, listed), (StatusCode::OK, json!({ "faults": [gone] })));
    for refused in [
        code(client.get(CACHE, "key").await),
        code(client.set(CACHE, "key", "value").await),
        code(client.set_if_absent(CACHE, "key", "value").await),
        code(client.increment(CACHE, "key", 1).await),
        code(client.list_length(CACHE, "list").await),
    ] {
        assert_eq!(refused, Code::Unavailable);
    }
    assert_eq!(stage.stats().ended("cache_client.Scs", Code::Unavailable), stage.stats().started("cache_client.Scs"));

    // The services for tokens, topics and caches, one of them of the same package as the one that is gone.
    let token = mint(&stage, vec![topics(TopicRole::TopicWriteOnly, None, None)]).await;
    let publisher = topic_client(credentials(&stage, &token));
    assert_eq!(code(publisher.publish(CACHE, "topic", "hello").await), Code::Ok);
    assert_eq!(code(client.create_cache("new").await), Code::Ok);

    admin(&stage, Method::DELETE, "faults?rpc=cache_client.Scs", None).await;
    assert_eq!(code(client.get(CACHE, "key").await), Code::Ok);
}

#[tokio::test]
async fn a_delay_passes_by_the_clock_and_the_call_is_then_carried_out() {
    let (stage, clock) = stage().await;
    stage.faults().set(Fault::delay("Set", Duration::from_secs(3)));
    let client = key_holder(&stage);
    let call = tokio::spawn(async move { code(client.set(CACHE, "key", "value").await) });
    while stage.stats().started("Set") == 0 {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_millis(2_999));
    tokio::task::yield_now().await;
    assert!(!call.is_finished());
    clock.advance(Duration::from_millis(1));
    assert_eq!(call.await.unwrap(), Code::Ok);
}

#[tokio::test]
async fn a_hanging_call_ends_when_its_client_gives_up_or_the_stage_ends() {
    let (stage, _) = stage().await;
    stage.faults().set(Fault::hang("GenerateDisposableToken"));
    let patient = request(&stage, vec![]);
    let mut impatient = tonic::Request::new(patient.clone());
    impatient.set_timeout(Duration::from_millis(50));
    let mut client = momento_protos::token::token_client::TokenClient::new(channel(&stage));
    let gave_up = client.generate_disposable_token(impatient).await.unwrap_err();
    assert!(matches!(gave_up.code(), Code::Cancelled | Code::DeadlineExceeded), "{gave_up:?}");

    let call = tokio::spawn(async move { client.generate_disposable_token(patient).await.unwrap_err().code() });
    while stage.stats().started("GenerateDisposableToken") < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.stats().ended("GenerateDisposableToken", Code::Cancelled), 1);
    stage.shutdown().await;
    assert_eq!(call.await.unwrap(), Code::Unavailable);
}

#[tokio::test]
async fn a_reset_takes_the_connection_with_every_call_on_it_and_the_next_call_gets_through() {
    let (stage, _) = stage().await;
    stage.faults().set(Fault::hang("GenerateDisposableToken").times(NonZeroU32::MIN));
    let mut client = momento_protos::token::token_client::TokenClient::new(channel(&stage));
    let (mut other, message) = (client.clone(), request(&stage, vec![]));
    let hanging = tokio::spawn(async move { other.generate_disposable_token(message).await.unwrap_err() });
    while stage.stats().started("GenerateDisposableToken") < 1 {
        tokio::task::yield_now().await;
    }
    let (status, listed) = admin(
        &stage,
        Method::PUT,
        "faults",
        Some(json!({ "rpc": "GenerateDisposableToken", "reset": true, "count": 1 })),
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{listed}");
    let reset = client.generate_disposable_token(request(&stage, vec![])).await.unwrap_err();
    // No status came: what is known of it is made up on this side.
    assert!(reset.metadata().is_empty() && broken(&reset), "{reset:?}");
    assert!(broken(&hanging.await.unwrap()));

    // Carried out, and refused for what it asks for.
    let answered = client.generate_disposable_token(request(&stage, vec![])).await.unwrap_err();
    assert_eq!(answered.code(), Code::InvalidArgument);
    assert_eq!(stage.stats().ended("GenerateDisposableToken", Code::Cancelled), 2);
}

#[tokio::test]
async fn every_connection_can_be_cut_at_once() {
    let (stage, _) = stage().await;
    stage.faults().set(Fault::hang("GenerateDisposableToken"));
    let calls = [(); 2].map(|()| {
        let mut client = momento_protos::token::token_client::TokenClient::new(channel(&stage));
        let message = request(&stage, vec![]);
        tokio::spawn(async move { client.generate_disposable_token(message).await.unwrap_err() })
    });
    while stage.stats().started("GenerateDisposableToken") < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.cut_connections(), 2);
    for call in calls {
        assert!(broken(&call.await.unwrap()));
    }
    assert_eq!(stage.cut_connections(), 0);
}

/// Whether the failure is that of a connection, found on this side of it.
fn broken(failure: &tonic::Status) -> bool {
    std::error::Error::source(failure).is_some()
}

#[tokio::test]
async fn a_fault_never_lets_a_refused_call_through() {
    let (stage, clock) = stage().await;
    stage.faults().set(Fault::delay("*", Duration::from_millis(1)));
    let stranger = cache_client(credentials(&stage, "sesame"));
    let call = tokio::spawn(async move { code(stranger.get(CACHE, "key").await) });
    while !call.is_finished() {
        clock.advance(Duration::from_millis(1));
        tokio::task::yield_now().await;
    }
    assert_eq!(call.await.unwrap(), Code::Unauthenticated);
}

#[tokio::test]
async fn faults_are_set_listed_and_cleared_over_http() {
    let (stage, _) = stage().await;
    let client = key_holder(&stage);
    let fault = json!({ "rpc": "Get", "status": "PERMISSION_DENIED" });
    let (status, listed) = admin(&stage, Method::PUT, "faults", Some(fault.clone())).await;
    assert_eq!((status, listed), (StatusCode::OK, json!({ "faults": [fault] })));
    assert_eq!(code(client.get(CACHE, "key").await), Code::PermissionDenied);

    admin(&stage, Method::PUT, "faults", Some(json!({ "rpc": "Set", "hang": true }))).await;
    let (_, left) = admin(&stage, Method::DELETE, "faults?rpc=Get", None).await;
    assert_eq!(left, json!({ "faults": [{ "rpc": "Set", "hang": true }] }));
    assert_eq!(code(client.get(CACHE, "key").await), Code::Ok);
    let (_, none) = admin(&stage, Method::DELETE, "faults", None).await;
    assert_eq!(none, json!({ "faults": [] }));

    let (status, complaint) = admin(&stage, Method::PUT, "faults", Some(json!({ "rpc": "Get" }))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(complaint["message"].as_str().unwrap().contains("delay_ms"));
}

#[tokio::test]
async fn health_limits_and_statistics_are_told_over_http() {
    let (stage, _) = stage().await;
    let (status, health) = admin(&stage, Method::GET, "health", None).await;
    assert_eq!((status, &health["status"]), (StatusCode::OK, &json!("ok")));

    let limit = json!({ "tokens_per_second": 1 });
    assert_eq!(admin(&stage, Method::PUT, "limits", Some(limit.clone())).await, (StatusCode::OK, limit.clone()));
    assert_eq!(admin(&stage, Method::GET, "limits", None).await.1, limit);
    let read = || vec![items(CacheRole::CacheReadOnly, None, None)];
    mint(&stage, read()).await;
    assert!(generate(&stage, request(&stage, read())).await.is_err());

    let (_, stats) = admin(&stage, Method::GET, "stats", None).await;
    let expected = json!({ "started": 2, "ended": { "OK": 1, "RESOURCE_EXHAUSTED": 1 } });
    assert_eq!(stats["calls"]["token.Token/GenerateDisposableToken"], expected);

    let (status, _) = admin(&stage, Method::GET, "nothing", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _) = admin(&stage, Method::POST, "health", None).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn keys_are_added_and_revoked_over_http_and_never_repeated() {
    let (stage, _) = stage().await;
    let (elsewhere, _) = support::stage().await;
    let key = elsewhere.api_key_v1().expose_secret();
    let client = cache_client(credentials(&stage, &inner_key(&elsewhere)));
    assert_eq!(code(client.get(CACHE, "key").await), Code::Unauthenticated);

    let (status, answer) = admin(&stage, Method::PUT, "keys", Some(json!({ "add": [key] }))).await;
    assert_eq!((status, answer), (StatusCode::OK, json!({ "keys": 3 })));
    assert_eq!(code(client.get(CACHE, "key").await), Code::Ok);
    admin(&stage, Method::PUT, "keys", Some(json!({ "revoke": [key] }))).await;
    assert_eq!(code(client.get(CACHE, "key").await), Code::Unauthenticated);

    for body in
        [json!({ "add": ["planted-secret"] }), json!({ "planted-secret": 1 }), json!({ "add": "planted-secret" })]
    {
        let (status, answer) = admin(&stage, Method::PUT, "keys", Some(body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(!answer.to_string().contains("planted-secret"), "{answer}");
    }
}

#[tokio::test]
async fn a_page_that_calls_the_stage_by_another_name_gets_nothing() {
    let (stage, _) = stage().await;
    for (host, expected) in [
        ("localhost:8980", StatusCode::OK),
        ("[::1]:8980", StatusCode::OK),
        ("attacker.example", StatusCode::FORBIDDEN),
        ("localhost.attacker.example", StatusCode::FORBIDDEN),
    ] {
        let request = reqwest::Client::new().get(format!("{}/_stage/health", stage.url())).header("host", host);
        assert_eq!(request.send().await.unwrap().status(), expected, "{host}");
    }
}
