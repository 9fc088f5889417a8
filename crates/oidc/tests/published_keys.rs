//! An issuer's keys: how often they are fetched, what serves while it is down, and what is no set of keys.
//!
//! Real: TCP, HTTP, the key set. The issuer answers as it is told, and the clock is set by hand.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "what cannot be had fails the test")]

#[path = "support/clock.rs"]
mod clock;

use std::sync::Arc;
use std::time::Duration;

use clock::ManualClock;
use futures_util::future::join_all;
use lambda_emulator::{Answer, Issuer};
use tvm_oidc::{Counts, FetchError, KeySet, Place, PublishedKeys};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const DISCOVERY: &str = Issuer::DISCOVERY;

/// A key set of so many Ed25519 keys, each of a point of the curve (RFC 8037, A.2).
fn key_set(count: usize) -> String {
    let keys: Vec<_> = (0..count)
        .map(|kid| {
            format!(
                r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#
            )
        })
        .collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

fn published(place: Place) -> (PublishedKeys, ManualClock) {
    let clock = ManualClock::new();
    let tls = tvm_tls::client_config_trusting(None).unwrap();
    let counts = Counts { lifetime: HOUR, max_stale: DAY };
    (PublishedKeys::by_clock(tls, place, counts, Arc::new(clock.clone())), clock)
}

fn at(issuer: &Issuer) -> Place {
    Place::KeySet(format!("{}/keys", issuer.url()).parse().unwrap())
}

#[tokio::test]
async fn all_who_ask_share_one_fetch_until_its_lifetime_is_over() {
    let issuer = Issuer::start().await.unwrap();
    issuer.publish("/keys", key_set(1));
    let (published, clock) = published(at(&issuer));
    let keys = join_all((0..50).map(|_| published.keys())).await;
    assert!(keys.iter().all(|keys| keys.as_ref().unwrap().len() == 1));
    clock.pass(HOUR / 2);
    published.keys().await.unwrap();
    assert_eq!(issuer.asked("/keys"), 1);
    issuer.publish("/keys", key_set(2));
    clock.pass(HOUR);
    assert_eq!(published.keys().await.unwrap().len(), 2);
    assert_eq!(issuer.asked("/keys"), 2);
}

#[tokio::test]
async fn while_the_issuer_is_down_or_talks_nonsense_the_keys_known_last_serve_on() {
    let issuer = Issuer::start().await.unwrap();
    issuer.publish("/keys", key_set(1));
    let (published, clock) = published(at(&issuer));
    published.keys().await.unwrap();
    for trouble in [Answer::Closed, Answer::Body(500, String::new()), Answer::Body(200, "<html>".into())] {
        issuer.answer("/keys", trouble);
        clock.pass(HOUR * 2);
        assert_eq!(published.keys().await.unwrap().len(), 1);
    }
    issuer.publish("/keys", key_set(3));
    clock.pass(HOUR * 2);
    assert_eq!(published.keys().await.unwrap().len(), 3);
}

/// Who took a key from the issuer, or bought one there, and can keep its address from being reached, is let in by it no longer than
/// that.
#[tokio::test]
async fn keys_do_not_count_for_as_long_as_the_issuer_is_out_of_reach() {
    let issuer = Issuer::start().await.unwrap();
    issuer.publish("/keys", key_set(1));
    let (published, clock) = published(at(&issuer));
    published.keys().await.unwrap();
    issuer.answer("/keys", Answer::Closed);
    // A lifetime is varied by a tenth either way.
    clock.pass(DAY + HOUR - HOUR / 5);
    assert_eq!(published.keys().await.unwrap().len(), 1);
    clock.pass(HOUR / 5 * 2);
    for _ in 0..2 {
        assert_eq!(published.keys().await.unwrap_err(), FetchError::Unreachable);
        assert!(published.refresh_unless(&Arc::new(KeySet::parse(key_set(1).as_bytes()).unwrap())).await.is_none());
    }
    // Not a moment longer than the issuer is.
    issuer.publish("/keys", key_set(2));
    assert_eq!(published.keys().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_that_is_new_is_found_at_once_and_one_that_nobody_has_is_no_burden() {
    let issuer = Issuer::start().await.unwrap();
    issuer.publish("/keys", key_set(1));
    let (published, clock) = published(at(&issuer));
    let first = published.keys().await.unwrap();
    issuer.publish("/keys", key_set(2));
    let second = published.refresh_unless(&first).await.unwrap();
    assert_eq!((second.len(), issuer.asked("/keys")), (2, 2));
    // Who still has the first is given the second, without a fetch.
    assert_eq!(published.refresh_unless(&first).await.unwrap().len(), 2);
    // A flood of tokens by keys that nobody has: one fetch in half a minute.
    for _ in 0..100 {
        assert!(published.refresh_unless(&second).await.is_none());
    }
    assert_eq!(issuer.asked("/keys"), 2);
    clock.pass(Duration::from_secs(30));
    assert!(published.refresh_unless(&second).await.is_some());
    assert_eq!(issuer.asked("/keys"), 3);
}

#[tokio::test]
async fn the_discovery_document_says_where_the_keys_are_if_it_is_the_issuers_own() {
    for path in ["", "/", "/realms/chat", "/realms/chat/"] {
        let server = Issuer::start().await.unwrap();
        let issuer = format!("{}{path}", server.url());
        let document = |issuer: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"{}/keys"}}"#, server.url());
        let place = format!("{}{DISCOVERY}", path.trim_end_matches('/'));
        server.publish("/keys", key_set(1));
        server.publish(&place, document(&issuer));
        let (published, _) = published(Place::Discovery { issuer: issuer.clone() });
        assert_eq!(published.keys().await.unwrap().len(), 1, "{issuer}");

        let other = format!("{issuer}x");
        server.publish(&place, document(&other));
        let (published, _) = self::published(Place::Discovery { issuer });
        let error = published.keys().await.unwrap_err();
        assert!(matches!(error, FetchError::AnotherIssuer(_)), "{error}");
        assert!(error.to_string().contains(&format!("of the issuer `{other}`")), "{error}");
    }
}

#[tokio::test]
async fn what_is_no_set_of_keys_is_an_error_that_says_what_to_look_at() {
    let large = "x".repeat(300_000);
    let rows = [
        (Answer::Body(404, String::new()), "answered 404"),
        (Answer::Body(503, key_set(1)), "answered 503"),
        // Nothing that answers there may send us elsewhere.
        (Answer::Moved("/elsewhere"), "answered 302"),
        (Answer::Body(200, large), "larger than 256 kB"),
        (Answer::Closed, "cannot be reached"),
        (Answer::Body(200, "<html>".into()), ""),
        (Answer::Body(200, "[]".into()), ""),
        (Answer::Body(200, r#"{"issuer":"x","jwks_uri":"y"}"#.into()), "is a discovery document"),
    ];
    for (answer, said) in rows {
        let issuer = Issuer::start().await.unwrap();
        issuer.publish("/elsewhere", key_set(1));
        issuer.answer("/keys", answer.clone());
        let (published, _) = published(at(&issuer));
        let error = published.keys().await.unwrap_err().to_string();
        assert!(error.contains(said), "{answer:?}: {error}");
        assert_eq!(issuer.asked("/elsewhere"), 0);
        // It is not remembered.
        issuer.publish("/keys", key_set(1));
        assert_eq!(published.keys().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_is_waited_for_two_seconds() {
    let issuer = Issuer::start().await.unwrap();
    issuer.answer("/keys", Answer::Silence);
    let (published, _) = published(at(&issuer));
    assert_eq!(published.keys().await.unwrap_err(), FetchError::Late);
}

#[tokio::test]
async fn a_document_that_leads_away_from_https_or_nowhere_is_refused() {
    let server = Issuer::start().await.unwrap();
    let (published, _) = published(Place::Discovery { issuer: server.url().to_owned() });
    for document in [
        format!(r#"{{"issuer":"{}","jwks_uri":"ftp://127.0.0.1/keys"}}"#, server.url()),
        format!(r#"{{"issuer":"{}","jwks_uri":"/keys"}}"#, server.url()),
    ] {
        server.publish(DISCOVERY, document.clone());
        assert_eq!(published.keys().await.unwrap_err(), FetchError::Address, "{document}");
    }
    for document in ["{}", "[]", "", r#"{"issuer":"x"}"#] {
        server.publish(DISCOVERY, document);
        assert_eq!(published.keys().await.unwrap_err(), FetchError::NoDocument, "{document}");
    }
}
