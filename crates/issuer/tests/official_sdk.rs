//! A vended token in the hands of the official Momento SDK: it may do what was granted, and nothing else.
//!
//! Real: vendor, gRPC, the SDK `momento`. Momento itself is the local one of `momento-emulator`, which enforces permissions
//! as Momento documents them.
#![allow(clippy::unwrap_used, reason = "a client that cannot be made fails the test")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use momento::cache::GetResponse;
use momento::cache::configurations::Laptop;
use momento::{CacheClient, CredentialProvider, MomentoErrorCode};
use momento_client::ApiKey;
use momento_client::Deadline;
use momento_emulator::{Fault, ManualClock, Running, Stage};
use secrecy::ExposeSecret;
use support::{OneKey, service_at};
use tonic::Code;
use tvm_issuer::{DisposableToken, IssueError, Settings, TokenError, TokenIssuer};
use tvm_policy::{CacheRole, CacheSelector, Grant, ItemSelector, Permission, TopicRole, TopicSelector};

fn vendor_for(stage: &Running) -> TokenIssuer<OneKey> {
    let key = ApiKey::parse(stage.api_key_v1().expose_secret(), None).unwrap();
    TokenIssuer::new(OneKey(Arc::new(key)), service_at(stage.addr()), Settings::new())
}

fn cache_client(stage: &Running, token: &DisposableToken) -> CacheClient {
    let credentials = CredentialProvider::from_disposable_token(token.auth_token().expose_secret()).unwrap();
    CacheClient::builder()
        .default_ttl(Duration::from_secs(60))
        .configuration(Laptop::latest())
        .credential_provider(credentials.insecure_endpoint_override(&stage.url()))
        .build()
        .unwrap()
}

fn granting(permissions: impl Into<Vec<Permission>>) -> Grant {
    Grant { permissions: permissions.into(), ..support::grant() }
}

fn named(cache: &str) -> CacheSelector {
    CacheSelector::Name(cache.into())
}

#[tokio::test]
async fn a_token_for_a_cache_reads_and_writes_there_and_nowhere_else() {
    let stage = Stage::builder().cache("mine").cache("other").start().await.unwrap();
    let grant = granting([Permission::Cache { role: CacheRole::ReadWrite, cache: named("mine") }]);
    let token = vendor_for(&stage).vend(&grant, None, Deadline::default()).await.unwrap().token;

    let client = cache_client(&stage, &token);
    client.set("mine", "code", "12345").await.unwrap();
    let GetResponse::Hit { value } = client.get("mine", "code").await.unwrap() else { panic!("a miss") };
    assert_eq!(String::try_from(value).unwrap(), "12345");
    let refused = client.get("other", "code").await.unwrap_err();
    assert_eq!(refused.error_code, MomentoErrorCode::PermissionError);
}

#[tokio::test]
async fn a_token_for_a_key_prefix_beside_a_topic_is_not_a_token_for_the_cache() {
    let stage = Stage::builder().cache("mine").start().await.unwrap();
    let item = ItemSelector::KeyPrefix("user-1/".into());
    let grant = granting([
        Permission::Item { role: CacheRole::ReadWrite, cache: named("mine"), item },
        Permission::Topic { role: TopicRole::PublishSubscribe, cache: named("mine"), topic: TopicSelector::All },
    ]);
    let token = vendor_for(&stage).vend(&grant, None, Deadline::default()).await.unwrap().token;

    let client = cache_client(&stage, &token);
    client.set("mine", "user-1/a", "1").await.unwrap();
    let refused = client.set("mine", "user-2/a", "1").await.unwrap_err();
    assert_eq!(refused.error_code, MomentoErrorCode::PermissionError);
}

#[tokio::test]
async fn a_token_ends_when_its_lifetime_does() {
    let clock = ManualClock::starting_now();
    let stage = Stage::builder().cache("mine").clock(clock.clone()).start().await.unwrap();
    let grant = granting([Permission::Cache { role: CacheRole::ReadOnly, cache: named("mine") }]);
    let token = vendor_for(&stage).vend(&grant, None, Deadline::default()).await.unwrap().token;
    let client = cache_client(&stage, &token);
    assert!(matches!(client.get("mine", "k").await.unwrap(), GetResponse::Miss));
    clock.advance(Duration::from_secs(3_601));
    assert_eq!(client.get("mine", "k").await.unwrap_err().error_code, MomentoErrorCode::AuthenticationError);
}

#[tokio::test]
async fn a_limit_of_momento_and_a_revoked_key_are_told_apart() {
    let stage = Stage::builder().start().await.unwrap();
    let vendor = vendor_for(&stage);
    let grant = support::grant();
    let vend = || vendor.vend(&grant, None, Deadline::default());
    stage.faults().set(Fault::status("GenerateDisposableToken", Code::ResourceExhausted));
    let error = vend().await.unwrap_err();
    assert!(matches!(error, IssueError::Token(TokenError::RateLimited { .. })), "{error:?}");

    stage.faults().clear();
    stage.keys().revoke(stage.api_key_v1().expose_secret()).unwrap();
    let error = vend().await.unwrap_err();
    assert!(matches!(error, IssueError::Token(TokenError::Refused { .. })), "{error:?}");
}
