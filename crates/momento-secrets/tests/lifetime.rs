//! How long what was read counts, and what serves while it cannot be read again. Real: the AWS SDK and its HTTP client, over
//! loopback. Not real: Secrets Manager, and the time.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod support;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{AsyncSleep, SharedAsyncSleep, Sleep};
use futures_util::future::join_all;
use momento_secrets::{ApiKeyError, ApiKeySecret, CURRENT, Limits, SecretError, SecretReader};
use secrecy::ExposeSecret as _;
use serde_json::json;
use support::Answer;
use support::vault::{Reads, Vault, no_version, number, v1};

/// Longer than the longest draw of the usual lifetime, 5 minutes and a tenth; and shorter than the shortest.
const PAST: u64 = 331;
const WITHIN: u64 = 269;

/// Every way in which a secret can be no good after it was.
fn troubles() -> [Answer; 12] {
    [
        Answer::error(400, "ThrottlingException", "Rate exceeded"),
        Answer::error(400, "AccessDeniedException", "no identity-based policy allows the action"),
        Answer::error(400, "AccessDeniedException", "Access to KMS is not allowed"),
        Answer::error(400, "DecryptionFailure", "Secrets Manager can't decrypt the protected secret text"),
        Answer::error(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
        Answer::error(400, "InvalidRequestException", "because it was marked for deletion."),
        Answer::error(403, "ExpiredTokenException", "The security token included in the request is expired"),
        Answer::error(500, "InternalServiceError", "An error occurred on the server side."),
        no_version(CURRENT),
        Answer::Raw(503, "<html>unavailable</html>"),
        Answer::Raw(200, "<html>a proxy's page</html>"),
        Answer::Hangup,
    ]
}

async fn read(key: &ApiKeySecret) -> u32 {
    number(&key.api_key().await.unwrap())
}

#[tokio::test]
async fn a_key_is_read_again_after_five_minutes_and_not_before() {
    let vault = Vault::holding(&v1(1)).await;
    let key = vault.key();
    assert_eq!(read(&key).await, 1);
    vault.put(Answer::text(&v1(2)));
    vault.pass(WITHIN);
    assert_eq!((read(&key).await, vault.reads().current), (1, 1));
    vault.pass(PAST - WITHIN);
    assert_eq!((read(&key).await, vault.reads().current), (2, 2));
    vault.pass(WITHIN);
    assert_eq!((read(&key).await, vault.reads().current), (2, 2), "a new lifetime");
}

#[tokio::test]
async fn a_lifetime_is_as_long_as_was_said_give_or_take_a_tenth_and_instances_differ() {
    let vault = Vault::holding(&v1(1)).await;
    let keys: Vec<_> = (0..40).map(|_| vault.key().with_lifetime(Duration::from_secs(1_000))).collect();
    let read_again_by = async |seconds| {
        vault.pass(seconds);
        join_all(keys.iter().map(read)).await;
        vault.reads().current
    };
    assert_eq!(read_again_by(0).await, 40);
    assert_eq!(read_again_by(899).await, 40, "none before nine tenths");
    let halfway = read_again_by(101).await;
    // Each of 40 fair coins on the same side is one chance in 2^39.
    assert!(halfway > 40 && halfway < 80, "{halfway} reads after the lifetime itself");
    // Those that read at 1,000 s are at rest until 1,900 s.
    assert_eq!(read_again_by(101).await, 80, "all by eleven tenths");
}

#[tokio::test]
async fn a_lifetime_of_zero_reads_each_time_and_still_has_something_to_fall_back_on() {
    let vault = Vault::holding(&v1(1)).await;
    let key = vault.key().with_lifetime(Duration::ZERO);
    for put in 2..5 {
        assert_eq!(read(&key).await, put - 1);
        vault.put(Answer::text(&v1(put)));
    }
    vault.trouble(Answer::Hangup);
    assert_eq!((read(&key).await, vault.reads().current), (3, 4), "the last one that was read");
}

#[tokio::test]
async fn however_many_ask_when_the_lifetime_has_passed_one_read_is_made() {
    let vault = Vault::holding(&v1(1)).await;
    let key = vault.key();
    read(&key).await;
    vault.put(Answer::text(&v1(2)));
    vault.pass(PAST);
    assert!(join_all((0..100).map(|_| read(&key))).await.into_iter().all(|number| number == 2));
    assert_eq!(vault.reads().current, 2);
}

#[tokio::test]
async fn the_last_good_key_serves_on_whatever_is_the_matter() {
    for trouble in troubles() {
        let vault = Vault::holding(&v1(1)).await;
        let key = vault.key();
        vault.trouble(trouble.clone());
        key.api_key().await.unwrap_err();
        key.api_key().await.unwrap_err();
        assert_eq!(vault.reads().current, 2, "with nothing at hand, every call tries");
        vault.trouble(None);
        assert_eq!(read(&key).await, 1);
        vault.trouble(trouble);
        vault.pass(PAST);
        assert_eq!((read(&key).await, read(&key).await), (1, 1));
        assert_eq!(vault.reads().current, 4, "and one does with the last good key at hand");
    }
}

#[tokio::test]
async fn a_new_value_that_is_no_key_costs_no_key_and_a_fixed_one_counts() {
    let values = [
        Answer::text("PLANTED-in-haste"),
        Answer::text(" \n"),
        Answer::Json(200, json!({ "SecretBinary": "//4=" })),
        Answer::text("{\"apiKey\": 1}"),
    ];
    for value in values {
        let vault = Vault::holding(&v1(1)).await;
        let key = vault.key();
        read(&key).await;
        vault.put(value);
        vault.pass(PAST);
        assert_eq!(read(&key).await, 1);
        vault.put(Answer::text(&v1(2)));
        vault.pass(10);
        assert_eq!(read(&key).await, 2, "fixed, and the pause is over");
    }
}

#[tokio::test]
async fn in_an_outage_of_ten_minutes_every_call_has_the_key_and_twelve_reads_are_made() {
    let vault = Vault::holding(&v1(1)).await;
    let key = vault.key();
    read(&key).await;
    vault.trouble(Answer::error(500, "InternalServiceError", "An error occurred on the server side."));
    vault.pass(PAST);
    for _ in 0..600 {
        assert_eq!(read(&key).await, 1);
        vault.pass(1);
    }
    // At 0, 10, 30, 70 s, and every minute from there.
    assert_eq!(vault.reads().current, 1 + 12);
    vault.trouble(None);
    vault.put(Answer::text(&v1(2)));
    vault.pass(60);
    assert_eq!(read(&key).await, 2);
}

#[tokio::test]
async fn a_lifetime_passes_also_while_a_virtual_machine_is_paused() {
    let vault = Vault::holding(&v1(1)).await;
    let key = vault.key();
    read(&key).await;
    vault.put(Answer::text(&v1(2)));
    vault.clock.advance_the_wall_alone(Duration::from_secs(PAST));
    assert_eq!(read(&key).await, 2);
}

#[tokio::test]
async fn a_plain_text_lives_and_serves_on_in_the_same_way() {
    let vault = Vault::holding("first").await;
    let reader = vault.reader().with_lifetime(Duration::from_secs(10));
    let text = async || reader.read().await.map(|text| text.expose_secret().to_owned());
    assert_eq!(text().await.unwrap(), "first");
    vault.put(Answer::text("second"));
    vault.pass(8);
    assert_eq!(text().await.unwrap(), "first");
    vault.pass(4);
    assert_eq!(text().await.unwrap(), "second");
    vault.trouble(Answer::Hangup);
    vault.pass(12);
    assert_eq!((text().await.unwrap(), text().await.unwrap()), ("second".into(), "second".into()));
    assert_eq!(vault.reads(), Reads { current: 3, previous: 0 });
    reader.forget();
    assert!(matches!(text().await, Err(SecretError::Unreachable { .. })), "what is forgotten serves no more");
    vault.trouble(None);
    assert_eq!(text().await.unwrap(), "second");
}

#[tokio::test]
async fn a_key_is_kept_as_its_reader_would_keep_a_text() {
    let vault = Vault::holding(&v1(1)).await;
    let key = ApiKeySecret::new(vault.reader().with_lifetime(Duration::from_secs(10)), None);
    read(&key).await;
    vault.pass(12);
    read(&key).await;
    assert_eq!(vault.reads().current, 2);
}

#[tokio::test]
async fn without_a_good_key_an_error_is_an_error_as_before() {
    let vault = Vault::holding("no key").await;
    let error = vault.key().api_key().await.unwrap_err();
    let id = "momento/api-key".to_owned();
    assert_eq!(error, SecretError::Malformed { id, problem: ApiKeyError::Unrecognised });
}

/// The timers that the AWS SDK starts, and that ring when the test says so.
#[derive(Debug, Clone, Default)]
struct Timers {
    started: Arc<Mutex<Vec<Duration>>>,
    ring: Arc<AtomicBool>,
}

impl Timers {
    /// Which of the limits in question were started since this was asked before. (The SDK has timers of its own, around the
    /// credentials and between attempts.)
    fn started(&self) -> BTreeSet<Duration> {
        let (started, usual) = (std::mem::take(&mut *self.started.lock().unwrap()), Limits::default());
        let limits = [usual.in_all, usual.per_attempt, millis(1_000), millis(500), millis(90), millis(30)];
        limits.into_iter().filter(|limit| started.contains(limit)).collect()
    }
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

impl AsyncSleep for Timers {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.started.lock().unwrap().push(duration);
        if self.ring.load(Ordering::SeqCst) { Sleep::new(async {}) } else { Sleep::new(std::future::pending()) }
    }
}

#[tokio::test]
async fn a_slow_secrets_manager_is_waited_for_less_while_a_good_key_is_at_hand() {
    let vault = Vault::holding(&v1(1)).await;
    let timers = Timers::default();
    let config = vault.client().config().to_builder().sleep_impl(SharedAsyncSleep::new(timers.clone())).build();
    let key_within = |limits| {
        let reader = SecretReader::new(Client::from_conf(config.clone()), "id").with_limits(limits);
        ApiKeySecret::new(reader.with_clock(vault.clock.shared()), None)
    };

    let usual = Limits::default();
    let key = key_within(usual);
    read(&key).await;
    assert_eq!(timers.started(), BTreeSet::from([usual.in_all, usual.per_attempt]));
    vault.pass(PAST);
    vault.trouble(Answer::Silence);
    timers.ring.store(true, Ordering::SeqCst);
    assert_eq!(read(&key).await, 1);
    assert_eq!(timers.started(), BTreeSet::from([millis(1_000), millis(500)]));

    // Limits that are tighter still stay.
    timers.ring.store(false, Ordering::SeqCst);
    vault.trouble(None);
    let key = key_within(Limits { per_attempt: millis(30), in_all: millis(90), attempts: 1 });
    read(&key).await;
    vault.pass(PAST);
    read(&key).await;
    assert_eq!(timers.started(), BTreeSet::from([millis(90), millis(30)]));
}
