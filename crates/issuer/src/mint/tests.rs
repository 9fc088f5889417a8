//! Instances that share a store, by tokio's paused clock: a leader that dies, fails, or is slow.

mod fairness;

use std::convert::Infallible;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::settings::MinRemaining;
use bytes::Bytes;
use tvm_policy::{CacheRole, CacheSelector, Permission};

use super::*;
use crate::issuer::{IssuedToken, TokenIssuer};
use crate::model::{ModelStore, key};
use crate::settings::{Settings, SharedTokens};
use crate::token_cipher::TokenCipher;
use momento_client::wire::GenerateDisposableTokenResponse;

const SECOND: Duration = Duration::from_secs(1);

/// What the token service does with the next calls; after these it answers at once.
#[derive(Debug, Clone, Copy)]
enum Next {
    Token(Duration),
    Fail,
    Hang,
}

#[derive(Clone)]
struct Model {
    start: Instant,
    next: Arc<Mutex<Vec<Next>>>,
    calls: Arc<AtomicUsize>,
}

impl Model {
    fn new(next: &[Next]) -> Self {
        let mut next = next.to_vec();
        next.reverse();
        Self { start: Instant::now(), next: Arc::new(Mutex::new(next)), calls: Arc::default() }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

impl Minter for Model {
    async fn mint(&self, _: &ApiKey, grant: &Grant, deadline: Deadline) -> Result<DisposableToken, TokenError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let next = self.next.lock().unwrap().pop().unwrap_or(Next::Token(Duration::ZERO));
        match next {
            Next::Token(after) => until(Instant::now() + after).await,
            Next::Fail => return Err(TokenError::Unavailable { code: tonic::Code::Unavailable }),
            Next::Hang => {
                tokio::time::sleep(deadline.remaining()).await;
                return Err(TokenError::Timeout);
            }
        }
        let valid_until = (self.now() + grant.lifetime).duration_since(UNIX_EPOCH).unwrap().as_secs();
        let answer = GenerateDisposableTokenResponse { api_key: "token".into(), endpoint: "cell".into(), valid_until };
        Ok(DisposableToken::from_response(&answer, grant.lifetime, self.now())?)
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_780_000_000) + self.start.elapsed()
    }
}

struct OneKey;

impl KeySource for OneKey {
    type Error = Infallible;

    async fn key(&self) -> Result<Arc<ApiKey>, Infallible> {
        Ok(key("key"))
    }
}

fn instance(model: &Model, store: &ModelStore) -> TokenIssuer<OneKey, Model, ModelStore> {
    let settings = Settings {
        reuse: Some(MinRemaining::Percent(50)),
        shared: Some(SharedTokens { store: store.clone(), budget: SECOND }),
        tokens_per_second: NonZeroU32::new(5),
        identity_interval: None,
    };
    TokenIssuer::new(OneKey, model.clone(), settings)
}

fn grant() -> Grant {
    let cache = CacheSelector::Name("default-cache".into());
    let permissions = vec![Permission::Cache { role: CacheRole::ReadWrite, cache }];
    Grant { permissions, token_id: None, lifetime: Duration::from_secs(3_600), not_after: None }
}

async fn vend(instance: &TokenIssuer<OneKey, Model, ModelStore>) -> Result<IssuedToken, IssueError<Infallible>> {
    instance.vend(&grant(), None, Deadline::default()).await
}

/// When the second of two instances has its token, and from where, where the first meets `first`.
async fn second_after(first: Next, leaves_after: Duration) -> (Duration, Origin, usize) {
    let (model, store) = (Model::new(&[first]), ModelStore::default());
    let (one, other) = (instance(&model, &store), instance(&model, &store));
    let begun = Instant::now();
    let (_, vended) = tokio::join!(tokio::time::timeout(leaves_after, vend(&one)), async {
        // The first has the word by then.
        tokio::time::sleep(Duration::from_millis(10)).await;
        let vended = vend(&other).await.unwrap();
        (begun.elapsed(), vended.origin)
    });
    (vended.0, vended.1, model.calls())
}

#[tokio::test(start_paused = true)]
async fn who_waits_has_the_token_soon_after_it_is_there() {
    let (took, origin, calls) = second_after(Next::Token(SECOND), SECOND * 5).await;
    assert_eq!((origin, calls), (Origin::Shared, 1));
    assert!((1_000..1_400).contains(&took.as_millis()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_one_that_fails_takes_over_at_once() {
    let (took, origin, calls) = second_after(Next::Fail, SECOND * 5).await;
    assert_eq!((origin, calls), (Origin::Minted, 2));
    assert!(took < SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_one_that_is_gone_or_hangs_takes_over_in_time() {
    for leaves_after in [SECOND / 10, SECOND * 5] {
        let (took, origin, calls) = second_after(Next::Hang, leaves_after).await;
        assert_eq!((origin, calls), (Origin::Minted, 2));
        assert!(took < SECOND * 3, "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_instances_that_start_together_mint_once() {
    let model = Model::new(&[Next::Token(SECOND / 5)]);
    let store = ModelStore::slow(SECOND / 500);
    let instances: Vec<_> = (0..1_000).map(|_| instance(&model, &store)).collect();
    let begun = Instant::now();
    let vended = futures_util::future::join_all(instances.iter().map(vend)).await;
    assert!(vended.iter().all(Result::is_ok));
    assert_eq!(model.calls(), 1);
    assert!(begun.elapsed() < SECOND, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_slow_store_costs_its_budget_and_the_request_has_its_token() {
    let model = Model::new(&[]);
    let store = ModelStore::slow(SECOND * 30);
    let instance = instance(&model, &store);
    let begun = Instant::now();
    assert_eq!(vend(&instance).await.unwrap().origin, Origin::Minted);
    // All but what is kept back for leaving the token to others.
    assert_eq!((begun.elapsed(), store.asked()), (SECOND / 4 * 3, 1));
    // A while later somebody looks whether it is back.
    tokio::time::sleep(SECOND * 6).await;
    let another = Grant { token_id: Some("another".into()), ..grant() };
    let begun = Instant::now();
    instance.vend(&another, None, Deadline::default()).await.unwrap();
    assert_eq!((begun.elapsed(), store.asked()), (SECOND / 4 * 3, 2));
}

#[tokio::test(start_paused = true)]
async fn who_waits_by_a_store_that_is_far_away_has_the_token_too() {
    let model = Model::new(&[Next::Token(SECOND)]);
    let store = ModelStore::slow(SECOND / 5);
    let instances: Vec<_> = (0..20).map(|_| instance(&model, &store)).collect();
    let vended = futures_util::future::join_all(instances.iter().map(vend)).await;
    assert!(vended.iter().all(Result::is_ok));
    assert_eq!(model.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_far_away_is_left_the_token_all_the_same() {
    let model = Model::new(&[]);
    // Each of looking, claiming, taking a turn and keeping takes a fifth of the budget.
    let store = ModelStore::slow(SECOND / 5);
    assert_eq!(vend(&instance(&model, &store)).await.unwrap().origin, Origin::Minted);
    assert_eq!(vend(&instance(&model, &store)).await.unwrap().origin, Origin::Shared);
}

#[tokio::test(start_paused = true)]
async fn whose_tokens_are_soon_of_no_use_is_not_kept_waiting_for_the_next() {
    let (model, store) = (Model::new(&[]), ModelStore::default());
    let short = Grant { lifetime: SECOND * 4, ..grant() };
    let (one, other) = (instance(&model, &store), instance(&model, &store));
    one.vend(&short, None, Deadline::default()).await.unwrap();
    // Half of its life is over, and what was claimed then has ended as well.
    tokio::time::sleep(SECOND * 2 + SECOND / 10).await;
    let begun = Instant::now();
    assert_eq!(other.vend(&short, None, Deadline::default()).await.unwrap().origin, Origin::Minted);
    assert!(begun.elapsed() < SECOND / 10, "{:?}", begun.elapsed());
}

/// tokio's timer counts whole milliseconds and rounds up: a sleep until now, between two of its ticks, lasts until the next.
#[tokio::test(start_paused = true)]
async fn a_mint_whose_turn_is_now_waits_for_nothing() {
    let shared = |store| Some(SharedTokens { store, budget: SECOND });
    for shared in [None, shared(ModelStore::default())] {
        let tokens_per_second = NonZeroU32::new(5);
        let reuse = Some(MinRemaining::Percent(50));
        let settings = Settings { reuse, shared, tokens_per_second, identity_interval: Some(SECOND) };
        let vendor = TokenIssuer::new(OneKey, Model::new(&[]), settings);
        for (start, identity) in [("cold", "ada"), ("warm", "bob"), ("warm", "eve")] {
            // Another second's permits, and no whole millisecond.
            tokio::time::advance(SECOND + Duration::from_micros(300)).await;
            let begun = Instant::now();
            let own = Grant { token_id: Some(identity.to_owned()), ..grant() };
            assert_eq!(vendor.vend(&own, Some(identity), Deadline::default()).await.unwrap().origin, Origin::Minted);
            assert_eq!(begun.elapsed(), Duration::ZERO, "{start}");
        }
    }
}

/// A server, that is: what one caller is refused must not be lost to the next.
#[tokio::test(start_paused = true)]
async fn a_crowd_of_strangers_in_one_process_uses_every_turn() {
    let model = Model::new(&[]);
    let server = Arc::new(instance(&model, &ModelStore::slow(SECOND / 500)));
    for number in 0..1_000 {
        let (server, grant) = (Arc::clone(&server), Grant { token_id: Some(number.to_string()), ..grant() });
        tokio::spawn(async move { drop(server.vend(&grant, None, Deadline::default()).await) });
        tokio::time::sleep(SECOND / 100).await;
    }
    // Ten seconds, five a second.
    assert!((49..=56).contains(&model.calls()), "{}", model.calls());
}

/// What somebody can do who may write to the cache: once knowing the counters' names from this code alone, once the names that the
/// instances really use.
#[tokio::test(start_paused = true)]
async fn nobody_who_writes_huge_counters_stops_a_mint() {
    let computable = |slot: u64| Bytes::from(format!("tvm/1/turns/5/{slot}"));
    let sealed = |slot: u64| TokenCipher::of(&key("key")).unwrap().name("turns", format!("5/{slot}").as_bytes());
    for (known, name) in [("computable", &computable as &dyn Fn(u64) -> Bytes), ("sealed", &sealed)] {
        for count in ["100000000", "9223372036854775806"] {
            let (model, store) = (Model::new(&[]), ModelStore::default());
            let first = u64::try_from(model.now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap() / 200;
            for slot in first..first + 200 {
                store.set(&key("key"), name(slot), Bytes::from(count), SECOND * 60, Deadline::default()).await.unwrap();
            }
            let instance = instance(&model, &store);
            let mut minted = 0;
            for number in 0..76 {
                let own = Grant { token_id: Some(number.to_string()), ..grant() };
                let vended = instance.vend(&own, None, Deadline::default()).await;
                minted += usize::from(vended.is_ok_and(|vended| vended.origin == Origin::Minted));
                tokio::time::sleep(SECOND / 5).await;
            }
            assert_eq!((minted, model.calls()), (76, 76), "{known} names, {count}");
        }
    }
}

/// What two callers of one process get for the same grant, of whom the first comes a moment earlier; `instance` and `grant` are theirs.
async fn at_once(
    instance: &TokenIssuer<OneKey, Model, ModelStore>,
    grant: &Grant,
    [first, second]: [&str; 2],
) -> [Result<Origin, IssueError<Infallible>>; 2] {
    let ask = async |who| instance.vend(grant, Some(who), Deadline::default()).await.map(|vended| vended.origin);
    let (first, second) = tokio::join!(ask(first), async {
        tokio::time::sleep(SECOND / 1_000).await;
        ask(second).await
    });
    [first, second]
}

fn is_too_soon(outcome: &Result<Origin, IssueError<Infallible>>) -> bool {
    matches!(outcome, Err(IssueError::Token(TokenError::TooSoon { .. })))
}

/// The interval of one caller is no matter of another's who asks for the same at the same time: whether this process knows of that
/// interval, or only the store does.
#[tokio::test(start_paused = true)]
async fn a_caller_who_comes_too_soon_is_refused_alone() {
    for known_by in ["this process", "the store"] {
        let (model, store) = (Model::new(&[]), ModelStore::slow(SECOND / 100));
        let instance = || {
            let shared = Some(SharedTokens { store: store.clone(), budget: SECOND });
            let settings = Settings {
                reuse: Some(MinRemaining::Percent(50)),
                shared,
                tokens_per_second: None,
                identity_interval: Some(SECOND * 60),
            };
            TokenIssuer::new(OneKey, model.clone(), settings)
        };
        let (here, other) = (instance(), instance());
        let of = |id: &str| Grant { token_id: Some(id.to_owned()), ..grant() };
        let before = if known_by == "this process" { &here } else { &other };
        before.vend(&of("ada's"), Some("ada"), Deadline::default()).await.unwrap();

        let [ada, bob] = at_once(&here, &of("1"), ["ada", "bob"]).await;
        assert!(is_too_soon(&ada), "{known_by}: {ada:?}");
        assert_eq!(bob, Ok(Origin::Minted), "{known_by}");
        // What another has minted at the time, or did before, is hers: nothing is minted for it.
        let [eve, ada] = at_once(&here, &of("2"), ["eve", "ada"]).await;
        assert_eq!((eve, ada), (Ok(Origin::Minted), Ok(Origin::Reused)), "{known_by}");
        other.vend(&of("3"), Some("joe"), Deadline::default()).await.unwrap();
        let ada = here.vend(&of("3"), Some("ada"), Deadline::default()).await.map(|vended| vended.origin);
        assert_eq!(ada, Ok(Origin::Shared), "{known_by}");
        // Her own refusal is that of all her requests at the time.
        let calls = model.calls();
        assert!(at_once(&here, &of("4"), ["ada", "ada"]).await.iter().all(is_too_soon), "{known_by}");
        assert_eq!(model.calls(), calls, "{known_by}");
    }
}

/// The grant of a caller who has so much left by `model`'s clock.
fn until_in(model: &Model, left: Duration) -> Grant {
    Grant { not_after: Some(model.now() + left), ..grant() }
}

async fn vend_for(
    instance: &TokenIssuer<OneKey, Model, ModelStore>,
    grant: &Grant,
) -> Result<IssuedToken, IssueError<Infallible>> {
    instance.vend(grant, None, Deadline::default()).await
}

#[tokio::test(start_paused = true)]
async fn no_token_outlives_its_caller_whoever_it_was_minted_for() {
    let (model, store) = (Model::new(&[]), ModelStore::default());
    let (one, other) = (instance(&model, &store), instance(&model, &store));
    // One for an hour is kept and shared.
    vend(&one).await.unwrap();
    for left in [1, 2, 59, 60, 600, 1_799, 1_800, 3_000, 3_599] {
        for instance in [&one, &other] {
            let grant = until_in(&model, SECOND * left);
            let vended = vend_for(instance, &grant).await.unwrap();
            assert!(vended.token.ends_by(grant.not_after.unwrap()), "{left}: {:?}", vended.origin);
            assert!(vended.token.remaining(model.now()) * 5 >= SECOND * left * 2, "{left}: half of four fifths");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_asks_again_and_again_is_one_mint_until_they_end() {
    let (model, store) = (Model::new(&[]), ModelStore::default());
    let instance = instance(&model, &store);
    let grant = until_in(&model, SECOND * 3_500);
    for _ in 0..58 {
        let vended = vend_for(&instance, &grant).await.unwrap();
        assert!(vended.token.ends_by(grant.not_after.unwrap()));
        tokio::time::advance(SECOND * 60).await;
    }
    assert!(model.calls() <= 4, "{} mints", model.calls());
    tokio::time::advance(SECOND * 20).await;
    assert_eq!(vend_for(&instance, &grant).await.unwrap_err(), IssueError::CallerEnded);
}

#[tokio::test(start_paused = true)]
async fn callers_of_one_grant_who_end_at_different_times_are_few_mints() {
    let (model, store) = (Model::new(&[]), ModelStore::default());
    let instances = [instance(&model, &store), instance(&model, &store)];
    for round in 0..3 {
        for left in (30..3_600).step_by(30) {
            let grant = until_in(&model, SECOND * left);
            for instance in &instances {
                let vended = vend_for(instance, &grant).await.unwrap();
                assert!(vended.token.ends_by(grant.not_after.unwrap()), "{round} {left}");
            }
        }
    }
    // 714 requests: one for each of the lengths.
    assert!(model.calls() <= 30, "{} mints", model.calls());
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_has_longer_than_a_token_lives_shares_with_those_who_have_no_end() {
    let (model, store) = (Model::new(&[]), ModelStore::default());
    let instance = instance(&model, &store);
    vend(&instance).await.unwrap();
    for left in [SECOND * 3_600, SECOND * 3_600 * 24, Duration::from_secs(250_000_000_000)] {
        assert_eq!(vend_for(&instance, &until_in(&model, left)).await.unwrap().origin, Origin::Reused, "{left:?}");
    }
    assert_eq!(model.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_has_ended_gets_nothing_and_nothing_is_asked() {
    let (model, store) = (Model::new(&[]), ModelStore::default());
    let instance = instance(&model, &store);
    let ended = [model.now(), model.now() - SECOND, model.now() + SECOND / 2, UNIX_EPOCH];
    for end in ended {
        let grant = Grant { not_after: Some(end), ..grant() };
        assert_eq!(vend_for(&instance, &grant).await.unwrap_err(), IssueError::CallerEnded);
    }
    assert_eq!((model.calls(), store.asked()), (0, 0));
}
