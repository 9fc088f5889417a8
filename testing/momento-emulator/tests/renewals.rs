//! API keys with an end: what renews them, and how long each of the two is good.
//!
//! Real: the stage and the protocol's auth client. The clock is set by hand.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::time::Duration;

use momento_emulator::{Clock, IssuedKey, Running};
use momento_protos::auth::{RefreshApiTokenRequest, RefreshApiTokenResponse, auth_client::AuthClient};
use momento_protos::permission_messages::CacheRole;
use secrecy::ExposeSecret;
use support::*;
use tonic::{Code, Status};

const DAY: Duration = Duration::from_secs(86_400);

async fn renew(stage: &Running, key: &str, refresh_token: &str) -> Result<RefreshApiTokenResponse, Status> {
    let message = RefreshApiTokenRequest { api_key: key.to_owned(), refresh_token: refresh_token.to_owned() };
    AuthClient::new(channel(stage)).refresh_api_token(message).await.map(tonic::Response::into_inner)
}

/// What becomes of asking for a token by this key.
async fn mints(stage: &Running, key: &str) -> Code {
    let mut request = request(stage, vec![items(CacheRole::CacheReadOnly, None, None)]);
    request.auth_token = key.to_owned();
    generate(stage, request).await.map_or_else(|status| status.code(), |_| Code::Ok)
}

#[tokio::test]
async fn a_renewed_key_is_good_for_as_long_as_the_old_one_was_which_stays_good_until_its_own_end() {
    let (stage, clock) = stage().await;
    let IssuedKey { api_key, refresh_token, valid_until } = stage.issue_key(30 * DAY).unwrap();
    let old = inner(&api_key);
    assert_eq!(valid_until, (clock.now() + 30 * DAY).as_secs());
    clock.advance(20 * DAY);
    let new = renew(&stage, &old, refresh_token.expose_secret()).await.unwrap();
    assert_eq!((new.valid_until, new.endpoint.as_str()), ((clock.now() + 30 * DAY).as_secs(), "localhost"));
    assert_eq!((mints(&stage, &old).await, mints(&stage, &new.api_key).await), (Code::Ok, Code::Ok));
    clock.advance(10 * DAY);
    assert_eq!((mints(&stage, &old).await, mints(&stage, &new.api_key).await), (Code::Unauthenticated, Code::Ok));
    let newer = renew(&stage, &new.api_key, &new.refresh_token).await.unwrap();
    assert_eq!(mints(&stage, &newer.api_key).await, Code::Ok);
}

#[tokio::test]
async fn nothing_but_the_key_itself_and_its_own_unused_refresh_token_renews_a_key() {
    let (stage, clock) = stage().await;
    let [one, other] = [(); 2].map(|()| stage.issue_key(DAY).unwrap());
    let (key, token) = (inner(&one.api_key), one.refresh_token.expose_secret());
    for (key, token, code) in [
        (key.as_str(), other.refresh_token.expose_secret(), Code::InvalidArgument),
        (&key, "", Code::InvalidArgument),
        (&inner_key(&stage), token, Code::InvalidArgument),
        ("nobody's", token, Code::Unauthenticated),
        ("", token, Code::Unauthenticated),
    ] {
        assert_eq!(renew(&stage, key, token).await.unwrap_err().code(), code);
    }
    let disposable = mint(&stage, vec![items(CacheRole::CacheReadOnly, None, None)]).await;
    assert_eq!(renew(&stage, &disposable, token).await.unwrap_err().code(), Code::PermissionDenied);
    renew(&stage, &key, token).await.unwrap();
    assert_eq!(renew(&stage, &key, token).await.unwrap_err().code(), Code::InvalidArgument, "it serves once");
    clock.advance(DAY);
    let late = renew(&stage, &inner(&other.api_key), other.refresh_token.expose_secret()).await;
    assert_eq!(late.unwrap_err().code(), Code::Unauthenticated, "an ended key is not renewed");
}
