//! Browsers: calls over gRPC-web, as a page's requests say them, and what a page may read of the answers.
//!
//! Real: the stage, plain HTTP/1.1, the protocol's messages. Not real: the page. The official web SDK, in a page, is in
//! tests/web-sdk.test.ts. The clock is set by hand.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use momento_emulator::{Fault, Running};
use momento_protos::{
    cache_client::{
        GetRequest, GetResponse, KeysExistRequest, SetRequest,
        pubsub::{SubscriptionItem, SubscriptionRequest, subscription_item::Kind},
    },
    permission_messages::TopicRole,
};
use prost::Message;
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use support::*;
use tonic::Code;

const BINARY: &str = "application/grpc-web+proto";
/// What the official web SDK sends: base64, which a page can read while it comes in.
const TEXT: &str = "application/grpc-web-text";
const ORIGIN: &str = "https://chat.example";

/// What came back of one call.
#[derive(Debug, Default)]
struct Answer {
    headers: HeaderMap,
    messages: Vec<Vec<u8>>,
    /// The last frame of the body; empty where the status is in the headers.
    trailers: BTreeMap<String, String>,
}

impl Answer {
    /// The status, from where a client looks for it: the body's last frame, or the headers.
    fn code(&self) -> Code {
        let in_body = self.trailers.get("grpc-status").map(String::as_bytes);
        let in_headers = self.headers.get("grpc-status").map(HeaderValue::as_bytes);
        assert!(in_body.is_some() != in_headers.is_some(), "a status, once: {self:?}");
        Code::from_bytes(in_body.or(in_headers).unwrap())
    }
}

/// A request as a page at [`ORIGIN`] would send it, to be `format`ted as one of the two.
fn call(stage: &Running, format: &str, path: &str, credential: &str, message: &impl Message) -> RequestBuilder {
    let message = message.encode_to_vec();
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    body.extend(message);
    reqwest::Client::new()
        .post(format!("{}/{path}", stage.url()))
        .header("origin", ORIGIN)
        .header("content-type", format)
        .header("accept", format)
        .header("x-grpc-web", "1")
        .header("authorization", credential)
        .header("cache", CACHE)
        .body(if format == TEXT { STANDARD.encode(body).into_bytes() } else { body })
}

async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut answer = Answer { headers: response.headers().clone(), ..Answer::default() };
    let format = answer.headers.get("content-type").unwrap().to_str().unwrap().to_owned();
    let body = response.bytes().await.unwrap();
    let body = if format.starts_with(TEXT) { text(&body) } else { body.to_vec() };
    for (flag, frame) in frames(&body) {
        if flag == 0 {
            answer.messages.push(frame);
        } else {
            let lines = String::from_utf8(frame).unwrap();
            let pairs = lines.lines().map(|line| line.split_once(':').unwrap());
            answer.trailers.extend(pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())));
        }
    }
    answer
}

/// Each piece that was sent is base64 of its own, with padding.
fn text(body: &[u8]) -> Vec<u8> {
    body.chunks(4).flat_map(|four| STANDARD.decode(four).unwrap()).collect()
}

fn frames(mut body: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [flag, a, b, c, d, rest @ ..] = body {
        let (frame, rest) = rest.split_at(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
        frames.push((*flag, frame.to_vec()));
        body = rest;
    }
    frames
}

fn get(stage: &Running, format: &str, credential: &str) -> RequestBuilder {
    call(stage, format, "cache_client.Scs/Get", credential, &GetRequest { cache_key: b"code".to_vec() })
}

#[tokio::test]
async fn a_call_over_grpc_web_is_a_call_like_any_other_in_binary_and_in_text() {
    let (stage, _) = stage().await;
    let key = inner_key(&stage);
    for format in [BINARY, TEXT] {
        let value = format.as_bytes().to_vec();
        let set = SetRequest { cache_key: b"code".to_vec(), cache_body: value.clone(), ttl_milliseconds: 60_000 };
        assert_eq!(answer(call(&stage, format, "cache_client.Scs/Set", &key, &set)).await.code(), Code::Ok);
        let got = answer(get(&stage, format, &key)).await;
        assert!(got.headers["content-type"].to_str().unwrap().starts_with(format), "{got:?}");
        assert_eq!(got.trailers["grpc-status"], "0");
        assert_eq!(GetResponse::decode(got.messages[0].as_slice()).unwrap().cache_body, value);
    }
    assert_eq!(stage.stats().ended("Get", Code::Ok), 2);
    assert_eq!(stage.stats().started("*"), 4);
}

#[tokio::test]
async fn a_page_of_any_origin_may_ask_with_its_credential_and_asking_whether_is_no_call() {
    let (stage, _) = stage().await;
    stage.faults().set(Fault::status("*", Code::Unavailable));
    for path in ["cache_client.Scs/Get", "functions/default-cache/greet"] {
        let preflight = reqwest::Client::new()
            .request(Method::OPTIONS, format!("{}/{path}", stage.url()))
            .header("origin", ORIGIN)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,cache,content-type,x-grpc-web,x-user-agent");
        let allowed = preflight.send().await.unwrap();
        assert_eq!(allowed.status(), StatusCode::OK);
        assert_eq!(allowed.headers()["access-control-allow-origin"], "*");
        assert_eq!(allowed.headers()["access-control-allow-methods"], "POST");
        let headers = allowed.headers()["access-control-allow-headers"].to_str().unwrap();
        assert!(headers.contains("authorization") && headers.contains("x-grpc-web"), "{headers}");
    }
    assert_eq!(stage.stats().started("*"), 0);
}

#[tokio::test]
async fn a_page_can_read_why_it_was_refused() {
    let (stage, _) = stage().await;
    let key = inner_key(&stage);
    let stranger = answer(get(&stage, TEXT, "sesame")).await;
    assert_eq!(stranger.code(), Code::Unauthenticated);

    let nowhere = HeaderMap::from_iter([(HeaderName::from_static("cache"), HeaderValue::from_static("no-such-cache"))]);
    let nowhere = answer(get(&stage, TEXT, &key).headers(nowhere)).await;
    assert_eq!(
        (nowhere.code(), &nowhere.headers["err"]),
        (Code::NotFound, &HeaderValue::from_static("cache_not_found"))
    );
    let exposed = nowhere.headers["access-control-expose-headers"].to_str().unwrap();
    for name in ["grpc-status", "grpc-message", "grpc-status-details-bin", "err"] {
        assert!(exposed.split(',').any(|header| header.trim() == name), "{name} is not in {exposed}");
    }

    let keys = KeysExistRequest { cache_keys: vec![b"code".to_vec()] };
    let unserved = answer(call(&stage, TEXT, "cache_client.Scs/KeysExist", &key, &keys)).await;
    assert_eq!(unserved.code(), Code::Unimplemented);
    assert!(unserved.headers["grpc-message"].to_str().unwrap().contains("cache_client.Scs/KeysExist"));
    let unknown = answer(call(&stage, TEXT, "auth.Auth/Login", &key, &keys)).await;
    assert_eq!(unknown.code(), Code::Unimplemented);
    assert_eq!(stage.stats().ended("*", Code::Unimplemented), 2);
}

#[tokio::test]
async fn faults_happen_to_pages_as_to_anybody() {
    let (stage, _) = stage().await;
    let key = inner_key(&stage);
    let once = NonZeroU32::MIN;
    stage.faults().set(Fault::status("Get", Code::ResourceExhausted).times(once));
    let exhausted = answer(get(&stage, TEXT, &key)).await;
    assert_eq!(exhausted.code(), Code::ResourceExhausted);
    assert!(exhausted.headers["content-type"].to_str().unwrap().starts_with(TEXT));
    assert_eq!(exhausted.headers["access-control-allow-origin"], "*");

    stage.faults().set(Fault::reset("Get").times(once));
    assert!(get(&stage, TEXT, &key).send().await.is_err(), "a status, in place of a reset");

    stage.faults().set(Fault::hang("Get").times(once));
    let gave_up = get(&stage, TEXT, &key).timeout(Duration::from_millis(50)).send().await.unwrap_err();
    assert!(gave_up.is_timeout());
    while stage.stats().ended("Get", Code::Cancelled) < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(answer(get(&stage, TEXT, &key)).await.code(), Code::Ok);
    assert_eq!(stage.stats().ended("Get", Code::ResourceExhausted), 1);
}

/// The next message of a subscription. One is sent at a time, so that each comes as a piece of its own.
async fn next(subscription: &mut Response) -> (u8, Vec<u8>) {
    frames(&text(&subscription.chunk().await.unwrap().unwrap())).remove(0)
}

fn item((flag, message): (u8, Vec<u8>)) -> Kind {
    assert_eq!(flag, 0);
    SubscriptionItem::decode(message.as_slice()).unwrap().kind.unwrap()
}

#[tokio::test]
async fn a_page_hears_a_heartbeat_at_once_then_each_message_and_the_end_of_its_token() {
    let (stage, clock) = stage().await;
    let token = mint(&stage, vec![topics(TopicRole::TopicReadWrite, Some(CACHE), None)]).await;
    let room = SubscriptionRequest { cache_name: CACHE.to_owned(), topic: "room".to_owned(), ..Default::default() };
    let subscribe = call(&stage, TEXT, "cache_client.pubsub.Pubsub/Subscribe", &token, &room);
    let mut subscription = subscribe.send().await.unwrap();
    assert!(matches!(item(next(&mut subscription).await), Kind::Heartbeat(_)));
    topic_client(credentials(&stage, &token)).publish(CACHE, "room", "hello").await.unwrap();
    assert!(matches!(item(next(&mut subscription).await), Kind::Item(item) if item.topic_sequence_number == 1));

    clock.advance(Duration::from_secs(3600));
    let (flag, trailers) = next(&mut subscription).await;
    assert_eq!(flag, 0x80);
    assert!(String::from_utf8(trailers).unwrap().contains("grpc-status:16"));
    assert_eq!(stage.stats().ended("Subscribe", Code::Unauthenticated), 1);
}

#[tokio::test]
async fn the_administrative_interface_is_for_no_page() {
    let (stage, _) = stage().await;
    let ask =
        |method: Method, path: &str| reqwest::Client::new().request(method, format!("{}/_stage/{path}", stage.url()));
    for (header, value) in [("origin", ORIGIN), ("origin", "http://127.0.0.1:1"), ("sec-fetch-site", "cross-site")] {
        for (method, path) in [(Method::GET, "health"), (Method::PUT, "keys"), (Method::DELETE, "faults")] {
            let answer = ask(method, path).header(header, value).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{header}: {value}, {path}");
            assert!(!answer.headers().contains_key("access-control-allow-origin"));
        }
    }
    let preflight =
        ask(Method::OPTIONS, "faults").header("origin", ORIGIN).header("access-control-request-method", "PUT");
    assert!(!preflight.send().await.unwrap().headers().contains_key("access-control-allow-origin"));
    let opened = ask(Method::GET, "health").header("sec-fetch-site", "none").send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::OK);
}
