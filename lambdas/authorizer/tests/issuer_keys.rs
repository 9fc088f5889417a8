//! What becomes of callers when their issuer's keys change, or cannot be had.
//! Real: the built function, HTTP to the issuer, its keys and signatures, the time. Not real: TLS to the issuer, and API
//! Gateway, whose events are written here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::time::Duration;

use lambda_emulator::{Answer, Issuer, SignedBy};
use serde_json::json;
use support::event;
use support::tokens::{DeployedByToken, asked};

#[tokio::test]
async fn the_keys_are_there_before_the_first_caller() {
    let mut deployed = DeployedByToken::start("").await;
    deployed.function.idle().await.unwrap();
    assert_eq!(asked(&deployed.issuer), (1, 1));
    assert_eq!(deployed.present_one(&json!({})).await.effect(), "Allow");
    assert_eq!(asked(&deployed.issuer), (1, 1));
}

#[tokio::test]
async fn a_token_by_a_new_key_is_let_in_at_once() {
    let mut deployed = DeployedByToken::start("").await;
    let before = deployed.token(&json!({}));
    assert_eq!(deployed.present(&before).await.effect(), "Allow");
    deployed.issuer.rotate().unwrap();
    let after = deployed.token(&json!({}));
    for token in [&after, &before, &after] {
        assert_eq!(deployed.present(token).await.effect(), "Allow");
    }
    assert_eq!(asked(&deployed.issuer), (2, 2));
}

#[tokio::test]
async fn a_flood_of_tokens_by_keys_that_nobody_has_is_one_more_fetch() {
    let mut deployed = DeployedByToken::start("").await;
    let claims = deployed.claims(&json!({}));
    for number in 0..100 {
        let header = json!({ "alg": "ES256", "kid": format!("nobodys-{number}") });
        let token = deployed.issuer.token_saying(SignedBy::ES256, &header, &claims).unwrap();
        assert_eq!(deployed.present(&token).await.effect(), "Unauthorized");
    }
    assert_eq!(asked(&deployed.issuer), (2, 2));
    assert_eq!(deployed.present_one(&json!({})).await.effect(), "Allow");
}

#[tokio::test]
async fn without_its_issuers_keys_nobody_is_let_in_until_the_issuer_is_back() {
    let another = json!({ "issuer": "https://planted.example", "jwks_uri": "https://planted.example" });
    for trouble in [
        Answer::Closed,
        Answer::Body(503, String::new()),
        Answer::Moved("/elsewhere"),
        Answer::Body(200, "<html>".to_owned()),
        Answer::Body(200, another.to_string()),
    ] {
        let issuer = Issuer::start().await.unwrap();
        issuer.trouble(trouble.clone());
        let mut deployed = DeployedByToken::start_with(issuer, "", &[]).await;
        let token = deployed.token(&json!({}));
        for _ in 0..2 {
            assert_eq!(deployed.present(&token).await.effect(), "IssuerUnavailable", "{trouble:?}");
        }
        assert_eq!(deployed.decide(&event(&json!({}))).await.effect(), "Unauthorized", "{trouble:?}");
        deployed.issuer.recover();
        assert_eq!(deployed.present(&token).await.effect(), "Allow", "{trouble:?}");
        let log = deployed.function.stop().await;
        assert!(log.contains("no caller can be authorized"), "{log}");
    }
}

#[tokio::test]
async fn an_issuer_that_goes_away_later_locks_nobody_out() {
    let mut deployed = DeployedByToken::start("jwks_ttl = \"1s\"").await;
    assert_eq!(deployed.present_one(&json!({})).await.effect(), "Allow");
    deployed.issuer.trouble(Answer::Closed);
    let fetched = asked(&deployed.issuer).0;
    // Until their second is over, and the function has asked for them in vain.
    let in_vain = async {
        while asked(&deployed.issuer).0 == fetched {
            assert_eq!(deployed.present_one(&json!({})).await.effect(), "Allow");
        }
    };
    tokio::time::timeout(Duration::from_secs(30), in_vain).await.unwrap();
    assert_eq!(deployed.present_one(&json!({})).await.effect(), "Allow");
    assert_eq!(deployed.present_one(&json!({ "aud": "planted" })).await.effect(), "Unauthorized");
    deployed.issuer.rotate().unwrap();
    assert_eq!(deployed.present_one(&json!({})).await.effect(), "Unauthorized", "by a key that cannot be had");
}

#[tokio::test]
async fn an_issuer_that_stays_away_locks_everybody_out_once_its_keys_are_too_old() {
    let mut deployed = DeployedByToken::start("jwks_ttl = \"1s\"\njwks_max_stale = \"0s\"").await;
    assert_eq!(deployed.present_one(&json!({})).await.effect(), "Allow");
    deployed.issuer.trouble(Answer::Closed);
    let until_too_old = async { while deployed.present_one(&json!({})).await.effect() == "Allow" {} };
    tokio::time::timeout(Duration::from_secs(30), until_too_old).await.unwrap();
    assert_eq!(deployed.present_one(&json!({})).await.effect(), "IssuerUnavailable");
    let log = deployed.function.stop().await;
    assert!(log.contains("too old to serve on"), "{log}");
}
