//! What `after_refusal` gives when Momento refuses a key. Real: the AWS SDK and its HTTP client, over loopback. Not real:
//! Secrets Manager, and the time.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use momento_secrets::{ApiKey, ApiKeySecret, FORCED_READS_APART, SecretError};
use support::Answer;
use support::vault::{Reads, Vault, no_version, number, v1};
use tokio::task::JoinSet;

/// Longer than the longest draw of the usual lifetime.
const PAST: u64 = 331;

/// A vault that holds key 1, and who has read it.
async fn with_key_1() -> (Vault, Arc<ApiKeySecret>, Arc<ApiKey>) {
    let vault = Vault::holding(&v1(1)).await;
    let secret = Arc::new(vault.key());
    let key = secret.api_key().await.unwrap();
    (vault, secret, key)
}

async fn other(secret: &ApiKeySecret, refused: &ApiKey) -> Option<u32> {
    secret.after_refusal(refused).await.unwrap().map(|key| number(&key))
}

async fn read(secret: &ApiKeySecret) -> u32 {
    number(&secret.api_key().await.unwrap())
}

/// Waits until as many are asleep on the vault's clock.
async fn until_asleep(vault: &Vault, sleepers: usize) {
    let waiting = async {
        while vault.clock.asleep() < sleepers {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap();
}

#[tokio::test]
async fn a_rotated_key_is_read_at_once_and_remembered() {
    let (vault, secret, old) = with_key_1().await;
    vault.put(Answer::text(&v1(2)));
    assert_eq!(other(&secret, &old).await, Some(2));
    assert_eq!(read(&secret).await, 2);
    assert_eq!(vault.reads(), Reads { current: 2, previous: 0 });
}

#[tokio::test]
async fn concurrent_refusals_make_one_read() {
    for refusals in [2, 50] {
        let (vault, secret, old) = with_key_1().await;
        vault.put(Answer::text(&v1(2)));
        let others = join_all((0..refusals).map(|_| other(&secret, &old))).await;
        assert!(others.iter().all(|number| *number == Some(2)), "{others:?}");
        assert_eq!(vault.reads(), Reads { current: 2, previous: 0 });
    }
}

#[tokio::test]
async fn where_somebody_has_read_another_key_meanwhile_nothing_is_read() {
    let (vault, secret, old) = with_key_1().await;
    vault.put(Answer::text(&v1(2)));
    vault.pass(PAST);
    assert_eq!(read(&secret).await, 2);
    assert_eq!(other(&secret, &old).await, Some(2));
    assert_eq!(vault.reads().current, 2);
}

#[tokio::test]
async fn the_same_key_for_another_endpoint_is_another_key() {
    let (vault, secret, _) = with_key_1().await;
    let v2 = "eyJhbGciOiJIUzI1NiJ9.eyJ0IjoiZyJ9.c2ln";
    let json = |endpoint| Answer::text(&serde_json::json!({ "apiKey": v2, "endpoint": endpoint }).to_string());
    vault.put(json("wrong.example"));
    vault.pass(PAST);
    let wrong = secret.api_key().await.unwrap();
    vault.put(json("right.example"));
    assert_eq!(secret.after_refusal(&wrong).await.unwrap().unwrap().endpoint(), "right.example");
}

#[tokio::test]
async fn who_asks_again_within_the_floor_waits_for_its_end_and_shares_one_read() {
    let (vault, secret, old) = with_key_1().await;
    assert_eq!(other(&secret, &old).await, None);
    let mut waiting = JoinSet::new();
    for _ in 0..10 {
        let (secret, old) = (Arc::clone(&secret), Arc::clone(&old));
        waiting.spawn(async move { other(&secret, &old).await });
    }
    until_asleep(&vault, 10).await;
    vault.put(Answer::text(&v1(2)));
    vault.clock.advance(FORCED_READS_APART - Duration::from_millis(1));
    assert_eq!((vault.reads().current, vault.clock.asleep()), (2, 10));
    vault.clock.advance(Duration::from_millis(1));
    assert!(waiting.join_all().await.iter().all(|number| *number == Some(2)));
    assert_eq!(vault.reads().current, 3);
}

#[tokio::test]
async fn a_bad_key_asked_about_a_hundred_times_in_a_second_makes_three_reads_at_most() {
    let (vault, secret, bad) = with_key_1().await;
    let mut asking = JoinSet::new();
    for _ in 0..100 {
        let (secret, bad) = (Arc::clone(&secret), Arc::clone(&bad));
        asking.spawn(async move { other(&secret, &bad).await });
        // A moment for the reads under way: were there more of them, they would be seen here.
        tokio::time::sleep(Duration::from_millis(1)).await;
        vault.clock.advance(Duration::from_millis(10));
    }
    // The first of these is the one that brought the key.
    let Reads { current, previous } = vault.reads();
    assert!((2..=4).contains(&(current + previous)) && current > 1, "{current} and {previous} reads");
    while !asking.is_empty() {
        vault.clock.advance(FORCED_READS_APART);
        tokio::task::yield_now().await;
        while let Some(outcome) = asking.try_join_next() {
            assert_eq!(outcome.unwrap(), None);
        }
    }
}

#[tokio::test]
async fn the_previous_key_is_read_once_for_each_current_one() {
    let (vault, secret, first) = with_key_1().await;
    for asked in 1..=3 {
        assert_eq!(other(&secret, &first).await, None);
        assert_eq!(vault.reads(), Reads { current: 1 + asked, previous: 1 });
        vault.clock.advance(FORCED_READS_APART);
    }
    vault.put(Answer::text(&v1(2)));
    assert_eq!(other(&secret, &first).await, Some(2));
    let second = secret.api_key().await.unwrap();
    vault.clock.advance(FORCED_READS_APART);
    assert_eq!(other(&secret, &second).await, Some(1), "not what was before the key before");
    assert_eq!(vault.reads(), Reads { current: 6, previous: 2 });
}

#[tokio::test]
async fn two_keys_that_are_both_refused_are_given_in_turn_and_never_to_who_was_refused_with_it() {
    let (vault, secret, _) = with_key_1().await;
    vault.put(Answer::text(&v1(2)));
    vault.pass(PAST);
    let mut key = secret.api_key().await.unwrap();
    for expected in [1, 2, 1, 2] {
        key = secret.after_refusal(&key).await.unwrap().unwrap();
        assert_eq!(number(&key), expected);
        vault.clock.advance(FORCED_READS_APART);
    }
    assert_eq!(vault.reads(), Reads { current: 6, previous: 1 });
}

#[tokio::test]
async fn where_the_current_key_is_refused_the_previous_one_serves_for_a_lifetime() {
    let (vault, secret, _) = with_key_1().await;
    vault.put(Answer::text(&v1(2)));
    vault.pass(PAST);
    let bad = secret.api_key().await.unwrap();
    assert_eq!(other(&secret, &bad).await, Some(1));
    let reads = vault.reads();
    assert_eq!(reads, Reads { current: 3, previous: 1 });
    vault.pass(200);
    assert_eq!((read(&secret).await, vault.reads()), (1, reads));
    vault.put(Answer::text(&v1(3)));
    vault.pass(PAST);
    assert_eq!(read(&secret).await, 3, "the current key counts again");
}

#[tokio::test]
async fn a_previous_key_that_is_none_is_no_error() {
    let cases = [
        no_version("AWSPREVIOUS"),
        Answer::text(&v1(1)),
        Answer::text("generated, before there was a key"),
        Answer::error(400, "AccessDeniedException", "this role may read AWSCURRENT alone"),
    ];
    for previous in cases {
        let (vault, secret, bad) = with_key_1().await;
        vault.set_previous(previous);
        assert_eq!(other(&secret, &bad).await, None);
        assert_eq!(vault.reads(), Reads { current: 2, previous: 1 });
        assert_eq!(read(&secret).await, 1, "it is all there is: not every refusal is the key's fault");
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_an_error_and_the_last_key_stays() {
    let (vault, secret, refused) = with_key_1().await;
    vault.trouble(Answer::error(400, "ThrottlingException", "Rate exceeded"));
    let error = secret.after_refusal(&refused).await.unwrap_err();
    assert!(matches!(error, SecretError::Throttled { .. }), "{error}");
    vault.trouble(None);
    vault.set_previous(Answer::Hangup);
    vault.clock.advance(FORCED_READS_APART);
    let error = secret.after_refusal(&refused).await.unwrap_err();
    assert!(matches!(error, SecretError::Unreachable { .. }), "whether there is another is not known: {error}");
    vault.put(Answer::text("no key"));
    vault.clock.advance(FORCED_READS_APART);
    let error = secret.after_refusal(&refused).await.unwrap_err();
    assert!(matches!(error, SecretError::Malformed { .. }), "{error}");
    assert_eq!((read(&secret).await, vault.reads().current), (1, 4));
}

#[tokio::test]
async fn a_reader_of_another_stage_has_no_previous_one() {
    let vault = Vault::holding("unread").await;
    vault.set_previous(Answer::text(&v1(1)));
    let secret = ApiKeySecret::new(vault.reader().with_stage("AWSPREVIOUS"), None);
    let refused = secret.api_key().await.unwrap();
    assert_eq!(other(&secret, &refused).await, None);
    assert_eq!(vault.reads(), Reads { current: 0, previous: 2 });
}

#[tokio::test]
async fn a_caller_whose_deadline_comes_first_harms_nobody() {
    let (vault, secret, old) = with_key_1().await;
    vault.put(Answer::text(&v1(2)));
    // One goes away while the read is under way, and leaves it to the other.
    let mut leaving = Box::pin(secret.after_refusal(&old));
    assert!(leaving.as_mut().now_or_never().is_none());
    let mut staying = Box::pin(other(&secret, &old));
    assert!(staying.as_mut().now_or_never().is_none());
    drop(leaving);
    assert_eq!(staying.await, Some(2));
    assert_eq!(vault.reads().current, 2);

    // One goes away while it waits for the floor's end.
    let second = secret.api_key().await.unwrap();
    assert!(secret.after_refusal(&second).now_or_never().is_none());
    assert_eq!(vault.clock.asleep(), 0);
    vault.put(Answer::text(&v1(3)));
    vault.clock.advance(FORCED_READS_APART);
    assert_eq!(other(&secret, &second).await, Some(3));
}

/// Momento accepts the newest key alone, from the moment that it is put.
#[tokio::test]
async fn with_a_key_rotated_every_second_under_load_one_repetition_is_enough() {
    let (vault, secret, _) = with_key_1().await;
    let accepted = Arc::new(AtomicU32::new(1));
    let served = Arc::new(AtomicU32::new(0));
    let call = async |secret: &ApiKeySecret| {
        let key = secret.api_key().await.unwrap();
        tokio::task::yield_now().await;
        if number(&key) != accepted.load(Ordering::SeqCst) {
            let other = secret.after_refusal(&key).await.unwrap().unwrap();
            assert_eq!(number(&other), accepted.load(Ordering::SeqCst));
        }
        served.fetch_add(1, Ordering::SeqCst);
    };
    for newest in 2..=31 {
        vault.put(Answer::text(&v1(newest)));
        accepted.store(newest, Ordering::SeqCst);
        for _ in 0..10 {
            join_all((0..20).map(|_| call(&secret))).await;
            vault.clock.advance(Duration::from_millis(100));
        }
    }
    assert_eq!(
        (served.load(Ordering::SeqCst), vault.reads().current),
        (30 * 10 * 20, 31),
        "one read for each rotation"
    );
}
