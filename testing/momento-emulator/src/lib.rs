//! A local Momento for development and tests: tokens, the cache and topics, in memory.
//!
//! It speaks Momento's protocol on one loopback port to the official SDKs: gRPC, and gRPC-web for browsers, with TLS where it
//! is given a certificate. It enforces what Momento documents: who may call, what a disposable token may do, and for how long. It
//! trusts nobody: whatever it lets through, a credential allowed.
//!
//! # In a test
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use momento::{CacheClient, CredentialProvider, cache::configurations::Laptop};
//! use momento_emulator::{Fault, ManualClock, Stage};
//! use secrecy::ExposeSecret;
//!
//! let clock = ManualClock::starting_now();
//! let stage = Stage::builder().cache("sessions").clock(clock.clone()).start().await?;
//!
//! let credentials = CredentialProvider::from_api_key_v2(stage.api_key_v2().expose_secret(), "localhost")?
//!     .insecure_endpoint_override(&stage.url());
//! let cache = CacheClient::builder()
//!     .default_ttl(std::time::Duration::from_secs(60))
//!     .configuration(Laptop::latest())
//!     .credential_provider(credentials)
//!     .build()?;
//! cache.set("sessions", "code", "12345").await?;
//!
//! clock.advance(std::time::Duration::from_secs(60)); // the item is gone, and nobody slept
//! stage.faults().set(Fault::status("Get", tonic::Code::Unavailable));
//! assert_eq!(stage.stats().ended("Set", tonic::Code::Ok), 1);
//! stage.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # What it serves
//!
//! | gRPC service | methods |
//! |---|---|
//! | `token.Token` | `GenerateDisposableToken` |
//! | `auth.Auth` | `RefreshApiToken` |
//! | `control_client.ScsControl` | `CreateCache`, `DeleteCache`, `ListCaches` |
//! | `cache_client.Scs` | items: `Get`, `Set`, `Delete`, `GetBatch`, `SetBatch`, `SetIf`, `SetIfNotExists`, `Increment`, `ItemGetTtl` |
//! | | dictionaries: `DictionaryGet`, `…Fetch`, `…Set`, `…Increment`, `…Delete`, `…Length` |
//! | | lists: `ListPushFront`, `…PushBack`, `…ConcatenateFront`, `…ConcatenateBack`, `…PopFront`, `…PopBack`, `…Fetch`, `…Length`, `…Remove`, `…Retain` |
//! | | sets: `SetUnion`, `…Difference`, `…Fetch`, `…Contains`, `…Sample`, `…Pop`, `…Length` |
//! | | sorted sets: `SortedSetPut`, `…Fetch`, `…GetScore`, `…GetRank`, `…Remove`, `…Increment`, `…Length`, `…LengthByScore`, `…UnionStore` |
//! | `cache_client.pubsub.Pubsub` | `Publish`, `Subscribe` |
//! | `cache_client.Ping` | `Ping` |
//!
//! A key that was made with an end is renewed by its refresh token as Momento has it: the new one is good for as long as the
//! old one was, which stays good until its own end. Whether a refresh token serves twice, Momento does not say: here it does not.
//!
//! A token needs the read-write role for what tells something of the item that is there and writes it, too, as Momento has
//! it: conditional writes, increments, pops, and whatever adds to a list, or takes from a list or a set, since the answer
//! says how long it is then, or that there was one. Each is one step, whatever else is called at the same time. An
//! increment of an item renews its time to live; an addition to a collection does unless it says not to. A batch is
//! refused as a whole to who may not do it to every item.
//!
//! Each is served over gRPC and over gRPC-web (HTTP/1.1 and HTTP/2), which counts and fails alike. A page of any origin
//! may call and read the answers: what counts is the credential. A subscription over HTTP/1.1 takes one of the six
//! connections that a browser opens to one host and port, for all its tabs together; with TLS ([`Stage::tls`]) browsers speak
//! HTTP/2, over which any number fits.
//!
//! A subscription begins with the message that it resumes at; with the latest one, also if that was published before, where
//! it resumes at none.
//!
//! Over plain HTTP, `POST /functions/{cache}/{function}` answers 401, 403 or 404 as Momento would, and 501 to whoever
//! may invoke the function. The administrative interface, HTTP/1.1 with JSON on the same port, has no password and
//! answers under loopback names alone, and to no page:
//!
//! | request | what it does |
//! |---|---|
//! | `GET /_stage/health` | `{"status": "ok", …}` |
//! | `GET /_stage/stats` | calls by method: how many came in, how many ended with which status |
//! | `GET`, `PUT`, `DELETE /_stage/faults` | lists, sets (see [`Fault`] for the JSON), clears (all, or `?rpc=…`) |
//! | `GET`, `PUT /_stage/limits` | `{"tokens_per_second": 5}`, or `null` for no limit |
//! | `PUT /_stage/keys` | `{"add": [key, …], "revoke": [key, …]}`; answers how many are good |
//!
//! # What it does not do
//!
//! * It keeps nothing: caches, items, topics and statistics end with it. (Tokens outlive it where the next stage is
//!   given the same API key.)
//! * Every other method answers UNIMPLEMENTED: writes on the condition of a hash, whether keys exist, the kind of an item,
//!   changing an item's time to live, erasing ranges of a list, leaderboards, storage, signing keys, API keys made at run
//!   time but by renewal.
//! * Under a key is one item of one kind; a call for another kind is refused with `FAILED_PRECONDITION`, which of these
//!   statuses Momento has is not documented.
//! * It is more consistent than Momento, which warns of keys that are written by conditional calls and by others such
//!   as `Set` and `Delete`: here the last write counts, whichever it was.
//! * No protosocket, and no HTTP cache API. It makes no certificate for itself.
//! * Of a topic it keeps the last 1,024 messages, and no more than 16 MiB of them: who resumes farther back, or falls
//!   farther behind, is told of a gap.
//! * No limits but that of tokens a second: not on the size of items and messages, TTLs, subscriptions or traffic.
//! * No roles, no accounts: an API key may do everything. A revoked key ends no subscription that is under way.
//! * It runs no functions.
//! * Where Momento's documentation is silent, it is strict: an empty name, key or prefix in a permission is refused.

mod admin;
mod app_state;
mod browsers;
mod builder;
mod caches;
mod clock;
mod codes;
mod collections;
mod conditions;
mod connections;
mod faults;
mod gate;
mod keys;
mod limiter;
mod log;
mod numbers;
mod refusal;
mod rights;
mod rpc;
mod running;
mod services;
mod stats;
mod token;
mod topics;
mod wire;

pub use builder::{Stage, StartError};
pub use clock::{Clock, ManualClock, SystemClock, Wait};
pub use faults::{Fault, Faults};
pub use keys::{IssuedKey, KeyError, KeyRing};
pub use limiter::Limiter;
pub use running::Running;
pub use stats::Stats;
pub use wire::TlsError;
