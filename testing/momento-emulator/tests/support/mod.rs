//! What the tests of the stage share: clients made as users make them, and permissions written short.
//!
//! The stage is real and in process, on a free port; clients are the official Rust SDK's, and tokens come over
//! `momento-protos`' token client.

#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part; a helper that fails fails its test")]

use std::time::Duration;

use momento::{CacheClient, CredentialProvider, TopicClient};
use momento_emulator::{ManualClock, Running, Stage};
use momento_protos::{
    cache_client::{SetIfNotExistsRequest, SetIfNotExistsResponse, scs_client::ScsClient},
    permission_messages::{
        CacheRole, ExplicitPermissions, FunctionRole, Permissions, PermissionsType, TopicRole, permissions,
        permissions_type::*,
    },
    token::{
        GenerateDisposableTokenRequest, GenerateDisposableTokenResponse, generate_disposable_token_request::Expires,
        token_client::TokenClient,
    },
};
use secrecy::{ExposeSecret, SecretString};
use tonic::{Code, Request, Status, transport::Channel};

pub(crate) const CACHE: &str = "default-cache";
pub(crate) const OTHER_CACHE: &str = "other-cache";

/// A stage with two caches and a clock that stands still.
pub(crate) async fn stage() -> (Running, ManualClock) {
    let clock = ManualClock::starting_now();
    let stage = Stage::builder().cache(CACHE).cache(OTHER_CACHE).clock(clock.clone()).start().await.unwrap();
    (stage, clock)
}

/// What a call carries of a v1 key: the key inside.
pub(crate) fn inner_key(stage: &Running) -> String {
    inner(stage.api_key_v1())
}

pub(crate) fn inner(text: &SecretString) -> String {
    #[expect(deprecated, reason = "the SDK has no other way to read a v1 key")]
    CredentialProvider::from_string(text.expose_secret()).unwrap().auth_token().to_owned()
}

/// A vended token, encoded as a vending machine would for an SDK: base64 of endpoint and key.
pub(crate) fn credentials(stage: &Running, token: &str) -> CredentialProvider {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let json = serde_json::json!({ "endpoint": "localhost", "api_key": token }).to_string();
    CredentialProvider::from_disposable_token(STANDARD.encode(json)).unwrap().insecure_endpoint_override(&stage.url())
}

pub(crate) fn cache_client(credentials: CredentialProvider) -> CacheClient {
    CacheClient::builder()
        .default_ttl(Duration::from_secs(600))
        .configuration(momento::cache::configurations::Laptop::latest())
        .credential_provider(credentials)
        .build()
        .unwrap()
}

pub(crate) fn topic_client(credentials: CredentialProvider) -> TopicClient {
    TopicClient::builder()
        .configuration(momento::topics::configurations::Laptop::latest())
        .credential_provider(credentials)
        .build()
        .unwrap()
}

/// The cache client of whoever holds the stage's API key.
pub(crate) fn key_holder(stage: &Running) -> CacheClient {
    cache_client(credentials(stage, &inner_key(stage)))
}

pub(crate) fn channel(stage: &Running) -> Channel {
    Channel::from_shared(stage.url()).unwrap().connect_lazy()
}

/// The protocol's own cache client, for what the official SDK does not send.
pub(crate) fn scs(stage: &Running) -> ScsClient<Channel> {
    ScsClient::new(channel(stage))
}

/// `message` as a call of [`scs`] to the cache [`CACHE`], by whoever holds `credential`.
pub(crate) fn to_the_cache<T>(credential: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", credential.parse().unwrap());
    request.metadata_mut().insert("cache", CACHE.parse().unwrap());
    request
}

/// Stores `value` under `key` for a time, if nothing is there, as older SDKs say it.
pub(crate) async fn set_if_not_exists(
    stage: &Running,
    credential: &str,
    key: &str,
    value: &str,
    ttl: Duration,
) -> Result<SetIfNotExistsResponse, Status> {
    let message = SetIfNotExistsRequest {
        cache_key: key.into(),
        cache_body: value.into(),
        ttl_milliseconds: ttl.as_millis().try_into().unwrap(),
    };
    #[expect(deprecated, reason = "older SDKs send nothing else")]
    scs(stage).set_if_not_exists(to_the_cache(credential, message)).await.map(tonic::Response::into_inner)
}

/// A token request as an official SDK would send it: an hour, no id.
pub(crate) fn request(stage: &Running, permissions: Vec<PermissionsType>) -> GenerateDisposableTokenRequest {
    GenerateDisposableTokenRequest {
        expires: Some(Expires { valid_for_seconds: 3600 }),
        auth_token: inner_key(stage),
        permissions: Some(explicit(permissions)),
        token_id: String::new(),
    }
}

pub(crate) fn explicit(permissions: Vec<PermissionsType>) -> Permissions {
    Permissions { kind: Some(permissions::Kind::Explicit(ExplicitPermissions { permissions })) }
}

/// Sends a request with its key in the metadata as well.
pub(crate) async fn generate(
    stage: &Running,
    request: GenerateDisposableTokenRequest,
) -> Result<GenerateDisposableTokenResponse, Status> {
    let key = request.auth_token.parse().unwrap();
    let mut request = Request::new(request);
    request.metadata_mut().insert("authorization", key);
    TokenClient::new(channel(stage)).generate_disposable_token(request).await.map(tonic::Response::into_inner)
}

/// A token with these permissions, good for an hour.
pub(crate) async fn mint(stage: &Running, permissions: Vec<PermissionsType>) -> String {
    generate(stage, request(stage, permissions)).await.unwrap().api_key
}

/// How the official SDK says that an operation went: `Ok`, or the status that it was refused with.
pub(crate) fn code<T>(result: Result<T, momento::MomentoError>) -> Code {
    match result {
        Ok(_) => Code::Ok,
        Err(error) => error.details().map_or(Code::Unknown, |details| details.code),
    }
}

pub(crate) fn name(cache: &str) -> CacheSelector {
    CacheSelector { kind: Some(cache_selector::Kind::CacheName(cache.to_owned())) }
}

/// A permission for items; `cache` `None`: all caches.
pub(crate) fn items(role: CacheRole, cache: Option<&str>, item: Option<cache_item_selector::Kind>) -> PermissionsType {
    let permission = CachePermissions {
        role: role.into(),
        cache: Some(match cache {
            None => cache_permissions::Cache::AllCaches(All {}),
            Some(cache) => cache_permissions::Cache::CacheSelector(name(cache)),
        }),
        cache_item: Some(match item {
            None => cache_permissions::CacheItem::AllItems(All {}),
            kind @ Some(_) => cache_permissions::CacheItem::ItemSelector(CacheItemSelector { kind }),
        }),
    };
    PermissionsType { kind: Some(Kind::CachePermissions(permission)) }
}

pub(crate) fn key(key: &str) -> Option<cache_item_selector::Kind> {
    Some(cache_item_selector::Kind::Key(key.into()))
}

pub(crate) fn key_prefix(prefix: &str) -> Option<cache_item_selector::Kind> {
    Some(cache_item_selector::Kind::KeyPrefix(prefix.into()))
}

/// A permission for topics; `cache` `None`: all caches, `topic` `None`: all topics.
pub(crate) fn topics(role: TopicRole, cache: Option<&str>, topic: Option<topic_selector::Kind>) -> PermissionsType {
    let permission = TopicPermissions {
        role: role.into(),
        cache: Some(match cache {
            None => topic_permissions::Cache::AllCaches(All {}),
            Some(cache) => topic_permissions::Cache::CacheSelector(name(cache)),
        }),
        topic: Some(match topic {
            None => topic_permissions::Topic::AllTopics(All {}),
            kind @ Some(_) => topic_permissions::Topic::TopicSelector(TopicSelector { kind }),
        }),
    };
    PermissionsType { kind: Some(Kind::TopicPermissions(permission)) }
}

pub(crate) fn topic_name(name: &str) -> Option<topic_selector::Kind> {
    Some(topic_selector::Kind::TopicName(name.to_owned()))
}

pub(crate) fn topic_prefix(prefix: &str) -> Option<topic_selector::Kind> {
    Some(topic_selector::Kind::TopicNamePrefix(prefix.to_owned()))
}

/// A permission for functions of one cache; `function` `None`: all of them.
pub(crate) fn functions(role: FunctionRole, cache: &str, function: Option<function_selector::Kind>) -> PermissionsType {
    let permission = FunctionPermissions {
        role: role.into(),
        cache: Some(function_permissions::Cache::CacheSelector(name(cache))),
        function: Some(match function {
            None => function_permissions::Function::AllFunctions(All {}),
            kind @ Some(_) => function_permissions::Function::FunctionSelector(FunctionSelector { kind }),
        }),
    };
    PermissionsType { kind: Some(Kind::FunctionPermissions(permission)) }
}
