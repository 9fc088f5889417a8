//! Renewing an API key by its refresh token. Real: the call and the local Momento, which knows keys that end.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a call that fails fails its test")]

use std::time::Duration;

use momento_client::ApiKey;
use momento_client::{AuthService, Deadline, RefreshError, RefreshedKey, ServiceAddress, wire::auth as ours};
use momento_emulator::{Fault, Running, Stage};
use momento_protos::auth as official;
use prost::Message;
use secrecy::{ExposeSecret, SecretString};
use tonic::Code;

const RENEW: &str = "RefreshApiToken";

async fn renew(momento: &Running, key: &SecretString, refresh: &SecretString) -> Result<RefreshedKey, RefreshError> {
    let address = ServiceAddress::parse(&momento.url()).unwrap();
    let service = AuthService::new(tvm_tls::client_config().unwrap(), address);
    let key = ApiKey::parse(key.expose_secret(), None).unwrap();
    service.refresh(&key, refresh, Deadline::after(Duration::from_secs(2))).await
}

#[tokio::test]
async fn a_key_is_renewed_again_and_again() {
    let momento = Stage::builder().start().await.unwrap();
    let first = momento.issue_key(Duration::from_secs(3_600)).unwrap();
    let second = renew(&momento, &first.api_key, &first.refresh_token).await.unwrap();
    let third = renew(&momento, &second.api_key, &second.refresh_token).await.unwrap();
    assert!(third.valid_until >= second.valid_until && second.valid_until >= first.valid_until);
    let keys = [&first.api_key, &second.api_key, &third.api_key].map(ExposeSecret::expose_secret);
    assert!(keys[0] != keys[1] && keys[1] != keys[2]);
    let again = renew(&momento, &first.api_key, &first.refresh_token).await.unwrap_err();
    assert_eq!(again, RefreshError::Refused { code: Code::InvalidArgument });
}

#[tokio::test]
async fn what_goes_wrong_is_told_apart_and_quotes_nothing() {
    let momento = Stage::builder().start().await.unwrap();
    let key = momento.issue_key(Duration::from_secs(3_600)).unwrap();
    for (fault, expected) in [
        (Fault::status(RENEW, Code::Unauthenticated), RefreshError::Refused { code: Code::Unauthenticated }),
        (Fault::status(RENEW, Code::ResourceExhausted), RefreshError::RateLimited),
        (Fault::status(RENEW, Code::Internal), RefreshError::Unavailable { code: Code::Internal }),
        (Fault::reset(RENEW), RefreshError::Unavailable { code: Code::Unavailable }),
        (Fault::hang(RENEW), RefreshError::Timeout),
    ] {
        momento.faults().set(fault);
        let error = renew(&momento, &key.api_key, &key.refresh_token).await.unwrap_err();
        assert_eq!(error, expected);
        assert!(!format!("{error} {error:?}").contains(key.refresh_token.expose_secret()));
    }
    momento.faults().clear();
    renew(&momento, &key.api_key, &key.refresh_token).await.expect("none of these had spent the refresh token");
}

#[test]
fn the_messages_are_momentos_own() {
    let asked = ours::RefreshApiTokenRequest { api_key: "k".into(), refresh_token: "r".into() };
    let read = official::RefreshApiTokenRequest::decode(&asked.encode_to_vec()[..]).unwrap();
    assert_eq!((read.api_key.as_str(), read.refresh_token.as_str()), ("k", "r"));
    let (api_key, refresh_token, endpoint) = ("k".into(), "r".into(), "e".into());
    let said = official::RefreshApiTokenResponse { api_key, refresh_token, endpoint, valid_until: 5 };
    let read = ours::RefreshApiTokenResponse::decode(&said.encode_to_vec()[..]).unwrap();
    assert_eq!((read.api_key.as_str(), read.refresh_token.as_str(), read.endpoint.as_str()), ("k", "r", "e"));
    assert_eq!(read.valid_until, 5);
    assert!(!format!("{asked:?} {read:?}").contains("\"r\""));
}
