//! What becomes of the users when the secret is changed. Real: the authorizer, and the reading of its secret over HTTP. Not
//! real: Secrets Manager, Lambda around it, and the time: no built function's clock can be put on.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lambda_runtime::Context;
use lambda_stage::Secrets;
use momento_secrets::{Clock, Moment, SecretReader, SystemClock, lambda_client_from};
use serde_json::json;
use support::event;
use tvm_authorizer::{Authorizer, ByCredentials, Rejection};
use tvm_policy::CredentialsIn;

/// Longer than the longest that users are kept, 5 minutes and a tenth.
const PAST: u64 = 331;
/// How long the last good users serve on, untried, after a read that failed.
const PAUSE: u64 = 10;

/// The computer's time, and so many seconds more.
#[derive(Debug, Clone, Default)]
struct Ahead(Arc<AtomicU64>);

impl Ahead {
    fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Moment {
        let Moment { steady, wall } = SystemClock.now();
        let ahead = Duration::from_secs(self.0.load(Ordering::SeqCst));
        Moment { steady: steady.checked_add(ahead).unwrap(), wall: wall.checked_add(ahead).unwrap() }
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        SystemClock.sleep(duration)
    }
}

/// An authorizer of the users in a secret.
struct Rotated {
    secrets: Secrets,
    clock: Ahead,
    authorizer: Authorizer,
}

impl Rotated {
    async fn start() -> Self {
        let (secrets, clock) = (Secrets::start().await.unwrap(), Ahead::default());
        let client = lambda_client_from(|name| match name {
            "AWS_ENDPOINT_URL" => Some(secrets.url().to_owned()),
            "AWS_REGION" => Some("us-east-1".to_owned()),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN" => Some("test".to_owned()),
            _ => None,
        });
        let reader = SecretReader::new(client.unwrap(), "the-users").with_clock(Arc::new(clock.clone()));
        Self {
            secrets,
            clock,
            authorizer: Authorizer::by_credentials(ByCredentials::new(CredentialsIn::Headers, reader)),
        }
    }

    /// Whether ada is let in with this password.
    async fn lets_in(&self, password: &str) -> Result<bool, Rejection> {
        let event = event(&json!({ "username": "ada", "password": password }));
        self.authorizer.decide(&event, &Context::default()).await.map(|decision| decision.denied().is_none())
    }

    fn put(&self, value: &str) {
        self.secrets.put("the-users", value);
    }
}

fn ada(password: &str) -> String {
    json!({ "users": [{ "username": "ada", "password": password }] }).to_string()
}

#[tokio::test]
async fn a_malformed_new_value_locks_nobody_out_and_a_mended_one_counts_after_the_pause() {
    for malformed in [
        "planted-in-haste",
        r#"{"users":[{"username":"ada"}]}"#,
        r#"{"users":[{"username":"ada","password":"first","password_hash":"planted"}]}"#,
        r#"{"users":[{"username":"ada","password_hash":"$argon2i$v=19$m=19456,t=2,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZHNhbHQ"}]}"#,
    ] {
        let rotated = Rotated::start().await;
        rotated.put(&ada("first"));
        assert!(rotated.lets_in("first").await.unwrap());
        rotated.put(malformed);
        rotated.clock.pass(PAST);
        assert!(rotated.lets_in("first").await.unwrap(), "{malformed}");
        assert!(!rotated.lets_in("planted-in-haste").await.unwrap(), "{malformed}");
        assert_eq!(rotated.secrets.reads("AWSCURRENT"), 2, "{malformed}");
        rotated.put(&ada("second"));
        assert!(rotated.lets_in("first").await.unwrap(), "not yet");
        rotated.clock.pass(PAUSE);
        assert!(rotated.lets_in("second").await.unwrap(), "{malformed}");
        assert!(!rotated.lets_in("first").await.unwrap(), "{malformed}");
        assert_eq!(rotated.secrets.reads("AWSCURRENT"), 3, "{malformed}");
    }
}

#[tokio::test]
async fn with_no_users_at_hand_a_malformed_value_is_an_error_and_each_request_tries_again() {
    let rotated = Rotated::start().await;
    rotated.put("planted-in-haste");
    for reads in 1..3 {
        let rejection = rotated.lets_in("first").await.unwrap_err();
        assert!(matches!(rejection, Rejection::NoUsers(_)), "{rejection:?}");
        assert!(!format!("{rejection} {rejection:?} {:?}", rotated.authorizer).contains("planted"));
        assert_eq!(rotated.secrets.reads("AWSCURRENT"), reads);
    }
    rotated.put(&ada("first"));
    assert!(rotated.lets_in("first").await.unwrap());
}

#[tokio::test]
async fn who_is_disabled_is_let_in_no_more_once_the_secret_is_read_again() {
    let rotated = Rotated::start().await;
    rotated.put(&ada("first"));
    assert!(rotated.lets_in("first").await.unwrap());
    rotated.put(&json!({ "username": "ada", "password": "first", "disabled": true }).to_string());
    rotated.clock.pass(PAST);
    assert!(!rotated.lets_in("first").await.unwrap());
}
