//! What becomes of the users, and of what an issuer signs with, when the secret is changed. Real: the authorizer, and the reading of its secret over HTTP. Not
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

use lambda_emulator::{Mac, Secrets, token_by_secret};
use lambda_runtime::Context;
use momento_secrets::{Clock, SecretReader, SystemClock, Timestamp, lambda_client_from};
use serde_json::json;
use support::event;
use support::tokens::{bearing, in_seconds};
use tvm_authorizer::{Authorizer, ByCredentials, ByToken, Keys, Rejection};
use tvm_config::{Config, CredentialsIn, Proof};
use tvm_oidc::{Algorithm, Refused};

/// Longer than the longest that the secret is kept, 5 minutes and a tenth.
const PAST: u64 = 331;
/// How long the last good value serves on, untried, after a read that failed.
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
    fn now(&self) -> Timestamp {
        let Timestamp { steady, wall } = SystemClock.now();
        let ahead = Duration::from_secs(self.0.load(Ordering::SeqCst));
        Timestamp { steady: steady.checked_add(ahead).unwrap(), wall: wall.checked_add(ahead).unwrap() }
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        SystemClock.sleep(duration)
    }
}

/// An authorizer by what is in a secret.
struct Rotated {
    secrets: Secrets,
    clock: Ahead,
    authorizer: Authorizer,
}

impl Rotated {
    /// By the users in it.
    async fn start() -> Self {
        Self::start_by(|reader| {
            Authorizer::by_credentials(ByCredentials::new(CredentialsIn::Headers, Vec::new(), reader))
        })
        .await
    }

    /// By tokens that are signed with it.
    async fn start_by_token() -> Self {
        Self::start_by(|reader| {
            let config = Config::parse("tvm.toml", BY_TOKEN).unwrap();
            let Proof::Jwt(issuer) = config.proof() else { panic!("no issuer in {BY_TOKEN}") };
            let keys = Keys::shared(reader, Algorithm::HS256);
            Authorizer::by_token(ByToken::new(issuer, &config, keys).unwrap())
        })
        .await
    }

    async fn start_by(authorizer: impl FnOnce(SecretReader) -> Authorizer) -> Self {
        let (secrets, clock) = (Secrets::start().await.unwrap(), Ahead::default());
        let client = lambda_client_from(|name| match name {
            "AWS_ENDPOINT_URL" => Some(secrets.url().to_owned()),
            "AWS_REGION" => Some("us-east-1".to_owned()),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN" => Some("test".to_owned()),
            _ => None,
        });
        let reader = SecretReader::new(client.unwrap(), "the-secret").with_clock(Arc::new(clock.clone()));
        Self { secrets, clock, authorizer: authorizer(reader) }
    }

    /// Whether ada is let in with this password.
    async fn lets_in(&self, password: &str) -> Result<bool, Rejection> {
        let event = event(&json!({ "username": "ada", "password": password }));
        self.authorizer.decide(&event, &Context::default()).await.map(|decision| decision.denied().is_none())
    }

    /// Whether a token is believed that was signed with this, and if not, why.
    async fn believes(&self, secret: &str) -> Result<(), Refused> {
        let claims = json!({ "iss": "https://i.example", "aud": "tvm", "sub": "ada", "exp": in_seconds(600) });
        let token = token_by_secret(secret.as_bytes(), Mac::HS256, &json!({ "alg": "HS256" }), &claims);
        match self.authorizer.decide(&bearing(&token), &Context::default()).await {
            Ok(decision) if decision.denied().is_none() => Ok(()),
            Err(Rejection::BadToken(refused)) => Err(refused),
            other => panic!("{other:?}"),
        }
    }

    fn put(&self, value: &str) {
        self.secrets.put("the-secret", value);
    }
}

const BY_TOKEN: &str = "auth = \"LambdaAuthorizer\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"https://i.example\"\naudience \
                        = [\"tvm\"]\nalgorithms = [\"HS256\"]\nhmac_secret = \"the-secret\"\n[[permissions]]\ncache = \
                        \"c\"\nrole = \"ReadOnly\"";

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
        assert_eq!(rotated.secrets.reads("AWSCURRENT"), 3, "{malformed}: by age, and for who was refused");
        rotated.put(&ada("second"));
        assert!(rotated.lets_in("first").await.unwrap(), "not yet");
        rotated.clock.pass(PAUSE);
        assert!(rotated.lets_in("second").await.unwrap(), "{malformed}");
        assert!(!rotated.lets_in("first").await.unwrap(), "{malformed}");
        assert_eq!(rotated.secrets.reads("AWSCURRENT"), 4, "{malformed}");
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

/// What was in force before is believed no more: most who change such a secret do so because somebody has seen it.
#[tokio::test]
async fn a_new_shared_secret_counts_once_the_old_one_was_kept_for_its_lifetime_and_forgers_do_not_change_that() {
    let (first, second) = ("first".repeat(8), "second".repeat(8));
    let rotated = Rotated::start_by_token().await;
    rotated.put(&first);
    assert_eq!(rotated.believes(&first).await, Ok(()));
    rotated.put(&second);
    for _ in 0..100 {
        assert_eq!(rotated.believes(&second).await, Err(Refused::Signature));
    }
    assert_eq!((rotated.believes(&first).await, rotated.secrets.reads("AWSCURRENT")), (Ok(()), 1));
    rotated.clock.pass(PAST);
    assert_eq!(rotated.believes(&second).await, Ok(()));
    assert_eq!(rotated.believes(&first).await, Err(Refused::Signature));
    assert_eq!((rotated.secrets.reads("AWSCURRENT"), rotated.secrets.reads("AWSPREVIOUS")), (2, 0));
}

#[tokio::test]
async fn a_new_shared_secret_that_is_none_locks_nobody_out_and_lets_nobody_in() {
    let good = "first".repeat(8);
    let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----";
    for bad in ["short", "{\"secrets\": []}", public] {
        let rotated = Rotated::start_by_token().await;
        rotated.put(&good);
        assert_eq!(rotated.believes(&good).await, Ok(()));
        rotated.put(bad);
        rotated.clock.pass(PAST);
        assert_eq!(rotated.believes(&good).await, Ok(()), "{bad}");
        assert_eq!(rotated.believes(bad).await, Err(Refused::Signature), "{bad}");
        assert_eq!(rotated.secrets.reads("AWSCURRENT"), 2, "{bad}");
    }
}
