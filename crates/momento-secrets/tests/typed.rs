//! A secret that means something: its text is parsed once a read, and one that does not parse costs no value.
//! Real: the AWS SDK and its HTTP client, over loopback. Not real: Secrets Manager, and the time.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use momento_secrets::{SecretError, TypedSecret};
use secrecy::{ExposeSecret as _, SecretString};
use support::Answer;
use support::vault::Vault;

/// Longer than the longest draw of the usual lifetime, 5 minutes and a tenth.
const PAST: u64 = 331;
/// The length of the first pause.
const PAUSE: u64 = 10;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NoNumber {
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the value is not a number")]
    Malformed,
}

/// A secret with a number in it, and how often one was parsed.
struct Number {
    secret: TypedSecret<u32, NoNumber>,
    parsed: Arc<AtomicU32>,
}

impl Number {
    fn of(vault: &Vault) -> Self {
        let parsed = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&parsed);
        let secret = TypedSecret::new(vault.reader(), move |text: &SecretString| {
            counted.fetch_add(1, Ordering::Relaxed);
            text.expose_secret().parse().map_err(|_| NoNumber::Malformed)
        });
        Self { secret, parsed }
    }

    async fn read(&self) -> Result<u32, NoNumber> {
        self.secret.read().await.map(|number| *number)
    }

    fn parsed(&self) -> u32 {
        self.parsed.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_text_is_parsed_once_a_read_however_many_ask() {
    let vault = Vault::holding("1").await;
    let number = Number::of(&vault);
    for (put, expected) in [("2", 1), ("3", 2)] {
        assert!(join_all((0..100).map(|_| number.read())).await.into_iter().all(|read| read == Ok(expected)));
        assert_eq!(number.read().await, Ok(expected));
        assert_eq!((vault.reads().current, number.parsed()), (expected, expected));
        vault.put(Answer::text(put));
        vault.pass(PAST);
    }
}

#[tokio::test]
async fn a_new_text_that_does_not_parse_costs_no_value_and_a_fixed_one_counts_after_the_pause() {
    let vault = Vault::holding("1").await;
    let number = Number::of(&vault);
    assert_eq!(number.read().await, Ok(1));
    vault.put(Answer::text("PLANTED-in-haste"));
    vault.pass(PAST);
    assert_eq!((number.read().await, number.read().await), (Ok(1), Ok(1)));
    assert_eq!((vault.reads().current, number.parsed()), (2, 2), "the pause counts for what does not parse, too");
    vault.put(Answer::text("2"));
    vault.pass(PAUSE - 1);
    assert_eq!(number.read().await, Ok(1));
    vault.pass(1);
    assert_eq!(number.read().await, Ok(2), "fixed, and the pause is over");
    assert!(!format!("{:?}", number.secret).contains("PLANTED"));
}

#[tokio::test]
async fn with_nothing_at_hand_the_error_is_told_and_the_next_call_tries_again() {
    let vault = Vault::holding("PLANTED-in-haste").await;
    let number = Number::of(&vault);
    assert_eq!(number.read().await, Err(NoNumber::Malformed));
    vault.trouble(Answer::error(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."));
    assert_eq!(number.read().await, Err(NoNumber::Secret(SecretError::NotFound { id: "momento/api-key".into() })));
    assert_eq!(number.parsed(), 1, "what was not read is not parsed");
    vault.trouble(None);
    vault.put(Answer::text("1"));
    assert_eq!(number.read().await, Ok(1));
}

#[tokio::test]
async fn a_lifetime_of_its_own_is_kept_to() {
    let vault = Vault::holding("1").await;
    let number = Number::of(&vault);
    let secret = number.secret.with_lifetime(Duration::from_secs(10));
    secret.read().await.unwrap();
    vault.put(Answer::text("2"));
    vault.pass(8);
    assert_eq!(*secret.read().await.unwrap(), 1);
    vault.pass(4);
    assert_eq!(*secret.read().await.unwrap(), 2);
    assert_eq!(secret.id(), "momento/api-key");
}
