//! Tokens that instances share in a Momento cache: how often Momento mints, and what the cache can do wrong.
//!
//! Real: the vendors, gRPC, the official SDK. Momento is the local one of `momento-emulator`. An "instance" is a vendor of its
//! own, with connections of its own.
#![allow(clippy::unwrap_used, reason = "what cannot be had fails the test")]
#![allow(clippy::arithmetic_side_effects, reason = "small numbers")]

mod support;

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;
use momento::cache::GetResponse;
use momento::cache::configurations::Laptop;
use momento::{CacheClient, CredentialProvider};
use momento_client::ApiKey;
use momento_client::{Deadline, ServiceAddress};
use momento_emulator::{Fault, ManualClock, Running, Stage};
use proptest::prelude::*;
use secrecy::ExposeSecret;
use support::grants::any_grant;
use support::{OneKey, Scripted, any_tls, grant, must_be_for, service_at};
use tonic::Code;
use tvm_issuer::MinRemaining;
use tvm_issuer::shared_store::Claim;
use tvm_issuer::{
    IssueError, IssuedToken, MomentoCache, Origin, Settings, SharedStore, SharedTokens, StoreError, TokenError,
    TokenIssuer, TokenService,
};
use tvm_policy::Grant;

const CACHE: &str = "tokens";
const MINT: &str = "GenerateDisposableToken";
const ITEMS: &str = "cache_client.Scs";

/// The cache, which also remembers what was put into it: names and values.
#[derive(Debug, Clone)]
struct Recorded(Arc<MomentoCache>, Arc<Mutex<Vec<(Bytes, Bytes)>>>);

impl SharedStore for Recorded {
    async fn get(&self, key: &ApiKey, name: Bytes, deadline: Deadline) -> Result<Option<Bytes>, StoreError> {
        self.0.get(key, name, deadline).await
    }

    async fn set(
        &self,
        key: &ApiKey,
        name: Bytes,
        value: Bytes,
        life: Duration,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        self.1.lock().unwrap().push((name.clone(), value.clone()));
        self.0.set(key, name, value, life, deadline).await
    }

    async fn claim(
        &self,
        key: &ApiKey,
        name: Bytes,
        mark: Bytes,
        life: Duration,
        deadline: Deadline,
    ) -> Result<Claim, StoreError> {
        self.0.claim(key, name, mark, life, deadline).await
    }

    async fn count(&self, key: &ApiKey, name: Bytes, life: Duration, by: Deadline) -> Result<u64, StoreError> {
        self.0.count(key, name, life, by).await
    }

    async fn release(&self, key: &ApiKey, name: Bytes, mark: Bytes, deadline: Deadline) -> Result<(), StoreError> {
        self.0.release(key, name, mark, deadline).await
    }
}

type Instance = TokenIssuer<OneKey, TokenService, Recorded>;

/// A Momento with instances that share its cache [`CACHE`].
struct World {
    momento: Running,
    entries: Arc<Mutex<Vec<(Bytes, Bytes)>>>,
}

impl World {
    async fn new(stage: Stage) -> Self {
        Self { momento: stage.start().await.unwrap(), entries: Arc::default() }
    }

    fn key(&self) -> Arc<ApiKey> {
        Arc::new(ApiKey::parse(self.momento.api_key_v1().expose_secret(), None).unwrap())
    }

    fn cache(&self) -> Recorded {
        let address = ServiceAddress::parse(&self.momento.url()).unwrap();
        let cache = MomentoCache::new(any_tls(), address, CACHE).unwrap();
        Recorded(Arc::new(cache), Arc::clone(&self.entries))
    }

    fn settings(&self) -> Settings<Recorded> {
        let shared = SharedTokens { store: self.cache(), budget: Duration::from_secs(5) };
        Settings {
            reuse: Some(MinRemaining::Percent(50)),
            shared: Some(shared),
            tokens_per_second: NonZeroU32::new(1_000),
            identity_interval: None,
        }
    }

    fn instance(&self) -> Instance {
        TokenIssuer::new(OneKey(self.key()), service_at(self.momento.addr()), self.settings())
    }

    fn mints(&self) -> u64 {
        self.momento.stats().started(MINT)
    }

    /// The names and values of tokens that were put into the cache.
    fn entries(&self) -> Vec<(Bytes, Bytes)> {
        self.entries.lock().unwrap().clone()
    }

    /// The official client, with the operator's own key.
    fn official(&self) -> CacheClient {
        let credentials = CredentialProvider::from_disposable_token(self.momento.api_key_v1().expose_secret()).unwrap();
        CacheClient::builder()
            .default_ttl(Duration::from_secs(60))
            .configuration(Laptop::latest())
            .credential_provider(credentials.insecure_endpoint_override(&self.momento.url()))
            .build()
            .unwrap()
    }
}

async fn vend(instance: &Instance, grant: &Grant) -> IssuedToken {
    instance.vend(grant, None, Deadline::default()).await.unwrap()
}

fn another() -> Grant {
    Grant { token_id: Some("user-2".into()), ..grant() }
}

#[tokio::test]
async fn many_instances_that_start_together_mint_once_and_make_the_cache() {
    let world = World::new(Stage::builder()).await;
    let instances: Vec<_> = (0..50).map(|_| world.instance()).collect();
    let grant = grant();
    let vended = join_all(instances.iter().map(|instance| vend(instance, &grant))).await;
    assert_eq!(world.mints(), 1);
    let tokens: std::collections::HashSet<_> =
        vended.iter().map(|vended| vended.token.auth_token().expose_secret().to_owned()).collect();
    assert_eq!(tokens.len(), 1);
    let origins = |origin| vended.iter().filter(|vended| vended.origin == origin).count();
    assert_eq!((origins(Origin::Minted), origins(Origin::Shared)), (1, 49));
    // And who was not born then finds it.
    assert_eq!(vend(&world.instance(), &grant).await.origin, Origin::Shared);
    assert_eq!(world.mints(), 1);
    // What an instance was given it keeps: the cache is not asked again.
    let asked = world.momento.stats().started("Get");
    assert_eq!(vend(&instances[0], &grant).await.origin, Origin::Reused);
    assert_eq!(world.momento.stats().started("Get"), asked);
}

#[tokio::test]
async fn who_can_read_the_cache_learns_nothing() {
    let world = World::new(Stage::builder()).await;
    let minted = vend(&world.instance(), &Grant { token_id: Some("planted-id".into()), ..grant() }).await.token;
    let [(name, value)] = &world.entries()[..] else { panic!("one entry") };
    // The official client sees the same item: it is one like any other.
    let seen = world.official().get(CACHE, name.to_vec()).await.unwrap();
    assert_eq!(seen, GetResponse::from(value.to_vec()));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let both = text(name) + &text(value);
    for secret in ["planted-id", "default-cache", minted.auth_token().expose_secret()] {
        assert!(!both.contains(secret), "{secret} in {both}");
    }
}

#[tokio::test]
async fn an_entry_that_was_moved_or_changed_is_no_token() {
    let clock = ManualClock::starting_now();
    let world = World::new(Stage::builder().clock(clock.clone())).await;
    vend(&world.instance(), &grant()).await;
    vend(&world.instance(), &another()).await;
    let [(name, _), (_, of_another)] = &world.entries()[..] else { panic!("two entries") };
    let mut changed = of_another.to_vec();
    changed[0] ^= 1;
    let nonsense = [of_another.to_vec(), changed, of_another[..20].to_vec(), b"x".to_vec(), vec![0; 100_000]];
    for (round, value) in (3..).zip(nonsense) {
        world.official().set(CACHE, name.to_vec(), value).await.unwrap();
        // By then nobody has the word to mint any more.
        clock.advance(Duration::from_secs(4));
        let vended = vend(&world.instance(), &grant()).await;
        assert_ne!(vended.origin, Origin::LastResort);
        assert_eq!(world.mints(), round, "{vended:?}");
    }
}

#[tokio::test]
async fn a_token_of_another_api_key_is_not_found() {
    let world = World::new(Stage::builder()).await;
    vend(&world.instance(), &grant()).await;
    let other = ApiKey::parse(world.momento.api_key_v2().expose_secret(), Some("localhost")).unwrap();
    let instance = TokenIssuer::new(OneKey(Arc::new(other)), service_at(world.momento.addr()), world.settings());
    assert_eq!(vend(&instance, &grant()).await.origin, Origin::Minted);
    assert_eq!(world.mints(), 2);
}

#[tokio::test]
async fn a_cache_in_trouble_costs_no_request_and_is_left_alone_for_a_while() {
    for fault in [
        Fault::status(ITEMS, Code::Unavailable),
        Fault::status(ITEMS, Code::PermissionDenied),
        Fault::status(ITEMS, Code::Internal),
        Fault::status(ITEMS, Code::ResourceExhausted),
        Fault::reset(ITEMS),
    ] {
        let world = World::new(Stage::builder()).await;
        world.momento.faults().set(fault);
        let instance = world.instance();
        assert_eq!(vend(&instance, &grant()).await.origin, Origin::Minted);
        let asked = world.momento.stats().started("Get");
        assert!((1..=2).contains(&asked), "{asked} calls");
        assert_eq!(vend(&instance, &another()).await.origin, Origin::Minted);
        assert_eq!(world.momento.stats().started("Get"), asked, "it was to be left alone");
    }
}

#[tokio::test]
async fn a_cache_that_hangs_costs_the_budget_and_no_more() {
    let world = World::new(Stage::builder()).await;
    world.momento.faults().set(Fault::hang(ITEMS));
    let shared = SharedTokens { store: world.cache(), budget: Duration::from_millis(100) };
    let settings = Settings { shared: Some(shared), ..world.settings() };
    let instance = TokenIssuer::new(OneKey(world.key()), service_at(world.momento.addr()), settings);
    let begun = Instant::now();
    assert_eq!(vend(&instance, &grant()).await.origin, Origin::Minted);
    let took = begun.elapsed();
    // Far from the deadline, which is what it would take without a budget.
    assert!((75..2_500).contains(&took.as_millis()), "{took:?}");
}

#[tokio::test]
async fn a_cache_that_cannot_be_made_costs_no_request() {
    let world = World::new(Stage::builder().fault(Fault::status("CreateCache", Code::PermissionDenied))).await;
    let instance = world.instance();
    assert_eq!(vend(&instance, &grant()).await.origin, Origin::Minted);
    assert_eq!(world.momento.stats().started("CreateCache"), 1);
}

#[tokio::test]
async fn a_token_that_another_left_is_a_last_resort_too() {
    let world = World::new(Stage::builder()).await;
    let short = Grant { lifetime: Duration::from_secs(60), ..grant() };
    vend(&world.instance(), &short).await;
    // An instance that wants nearly all of a token's life finds too little of it.
    let choosy = Settings { reuse: Some(MinRemaining::Time(Duration::from_secs(120))), ..world.settings() };
    let instance = TokenIssuer::new(OneKey(world.key()), service_at(world.momento.addr()), choosy);
    world.momento.faults().set(Fault::status(MINT, Code::Unavailable));
    assert_eq!(vend(&instance, &short).await.origin, Origin::LastResort);
    world.momento.faults().set(Fault::status(MINT, Code::PermissionDenied));
    let refused = instance.vend(&Grant { token_id: None, ..short }, None, Deadline::default()).await.unwrap_err();
    assert_eq!(refused, IssueError::Token(TokenError::Refused { code: Code::PermissionDenied }));
}

#[tokio::test]
async fn an_identity_waits_for_its_interval_whichever_instance_it_asks() {
    let world = World::new(Stage::builder()).await;
    let instance = || {
        let settings = Settings { identity_interval: Some(Duration::from_secs(60)), ..world.settings() };
        TokenIssuer::new(OneKey(world.key()), service_at(world.momento.addr()), settings)
    };
    let (one, other) = (instance(), instance());
    let ask = |instance, grant, who| async move {
        let instance: &Instance = instance;
        instance.vend(&grant, Some(who), Deadline::default()).await.map(|vended| vended.origin)
    };
    // A mint that fails does not count.
    world.momento.faults().set(Fault::status(MINT, Code::Internal).times(NonZeroU32::MIN));
    ask(&one, grant(), "ada").await.unwrap_err();
    assert_eq!(ask(&one, grant(), "ada").await, Ok(Origin::Minted));
    for instance in [&one, &other] {
        let Err(IssueError::Token(TokenError::TooSoon { retry_after })) = ask(instance, another(), "ada").await else {
            panic!("a second token at once");
        };
        assert!((1..=60).contains(&retry_after.as_secs()), "{retry_after:?}");
        // What need not be minted is theirs, and others are not concerned.
        assert!(ask(instance, grant(), "ada").await.is_ok());
    }
    assert_eq!(ask(&other, another(), "bob").await, Ok(Origin::Minted));
    assert_eq!(world.momento.stats().ended(MINT, Code::Ok), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whichever instance asked before: a token was minted for exactly this caller's permissions, id and lifetime.
    #[test]
    fn no_instance_ever_finds_a_token_of_another_grant(asked in prop::collection::vec((any_grant(), 0..3_usize), 1..16)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(Stage::builder()).await;
            let (service, address) = Scripted::start(vec![]).await;
            service.name_tokens_after_their_requests();
            let key = world.key();
            let instances: Vec<_> = (0..3)
                .map(|_| TokenIssuer::new(OneKey(Arc::clone(&key)), service_at(address), world.settings()))
                .collect();
            let mut grants = Vec::new();
            for (grant, instance) in &asked {
                let vended = vend(&instances[*instance], grant).await;
                must_be_for(&vended.token, grant, key.secret().expose_secret());
                grants.push(grant);
            }
            grants.sort_by_key(|grant| format!("{grant:?}"));
            grants.dedup();
            assert_eq!(service.asked().len(), grants.len(), "one mint for each grant");
        });
    }
}
