//! One token for callers with the same grant: how often Momento is asked, and who gets what.
//!
//! Real: the vendor, the client, gRPC. Not real: the source of the key, the clock, and the service answers from a script.
#![allow(clippy::unwrap_used, reason = "what cannot be had fails the test")]
#![allow(clippy::arithmetic_side_effects, reason = "small numbers")]

mod support;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::join_all;
use momento_client::ApiKey;
use momento_client::Deadline;
use momento_client::KeySource;
use proptest::prelude::*;
use secrecy::ExposeSecret;
use support::grants::any_grant;
use support::{Answer, Scripted, grant, service_at};
use tonic::Code;
use tvm_issuer::MinRemaining;
use tvm_issuer::{IssueError, IssuedToken, Origin, Settings, TokenError, TokenIssuer};
use tvm_policy::Grant;

/// A source whose keys the test changes: the one in force, and those after each refusal.
#[derive(Debug, Clone)]
struct Keys(Arc<Mutex<(&'static str, VecDeque<&'static str>)>>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no key here")]
struct NoKey;

impl Keys {
    fn of(current: &'static str, others: impl IntoIterator<Item = &'static str>) -> Self {
        Self(Arc::new(Mutex::new((current, others.into_iter().collect()))))
    }

    fn become_(&self, current: &'static str) {
        self.0.lock().unwrap().0 = current;
    }
}

impl KeySource for Keys {
    type Error = NoKey;

    async fn key(&self) -> Result<Arc<ApiKey>, NoKey> {
        let current = self.0.lock().unwrap().0;
        if current.is_empty() { Err(NoKey) } else { Ok(named(current)) }
    }

    async fn after_refusal(&self, refused: &ApiKey) -> Option<Arc<ApiKey>> {
        let mut keys = self.0.lock().unwrap();
        assert_eq!(refused.secret().expose_secret(), keys.0);
        keys.0 = keys.1.pop_front()?;
        Some(named(keys.0))
    }
}

fn named(name: &str) -> Arc<ApiKey> {
    Arc::new(support::key_of(name))
}

/// A vendor that reuses tokens, and the clock that it lives by.
async fn vendor(script: Vec<Answer>, keys: Keys) -> (TokenIssuer<Keys>, Scripted, Arc<Mutex<SystemTime>>) {
    let (stage, address) = Scripted::start(script).await;
    let now = Arc::new(Mutex::new(SystemTime::now()));
    let clock = Arc::clone(&now);
    let service = service_at(address).with_clock(move || *clock.lock().unwrap());
    (TokenIssuer::new(keys, service, reusing()), stage, now)
}

fn reusing() -> Settings {
    Settings { reuse: Some(MinRemaining::Percent(50)), ..Settings::new() }
}

async fn vend(vendor: &TokenIssuer<Keys>, grant: &Grant) -> Result<IssuedToken, IssueError<NoKey>> {
    vendor.vend(grant, None, Deadline::default()).await
}

fn later(now: &Mutex<SystemTime>, seconds: u64) {
    *now.lock().unwrap() += Duration::from_secs(seconds);
}

#[tokio::test]
async fn a_crowd_with_the_same_grant_is_one_mint() {
    let (vendor, stage, _) = vendor(vec![], Keys::of("key", None)).await;
    let grant = grant();
    let vended = join_all((0..500).map(|_| vend(&vendor, &grant))).await;
    let minted = vended.iter().filter(|vended| vended.as_ref().unwrap().origin == Origin::Minted).count();
    assert_eq!((minted, stage.asked().len()), (1, 1));
    assert_eq!(vend(&vendor, &grant).await.unwrap().origin, Origin::Reused);
}

#[tokio::test]
async fn without_reuse_each_request_is_a_mint() {
    let (stage, address) = Scripted::start(vec![]).await;
    let vendor = TokenIssuer::new(Keys::of("key", None), service_at(address), Settings::new());
    for _ in 0..2 {
        assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::Minted);
    }
    assert_eq!(stage.asked().len(), 2);
}

#[tokio::test]
async fn a_token_is_replaced_once_half_of_its_life_is_over() {
    let (vendor, stage, now) = vendor(vec![], Keys::of("key", None)).await;
    vend(&vendor, &grant()).await.unwrap();
    later(&now, 1_700);
    assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::Reused);
    later(&now, 200);
    assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::Minted);
    assert_eq!(stage.asked().len(), 2);
}

#[tokio::test]
async fn where_none_can_be_minted_one_that_still_lives_is_better_than_none() {
    for code in [Code::ResourceExhausted, Code::Internal] {
        let (vendor, _, now) =
            vendor(vec![Answer::Token, Answer::Status(code), Answer::Status(code)], Keys::of("key", None)).await;
        let first = vend(&vendor, &grant()).await.unwrap();
        later(&now, 3_000);
        let second = vend(&vendor, &grant()).await.unwrap();
        assert_eq!((second.origin, second.token.expires_at()), (Origin::LastResort, first.token.expires_at()));
        later(&now, 590);
        assert!(vend(&vendor, &grant()).await.is_err(), "ten seconds are no token");
        let of_another = Grant { token_id: Some("another".into()), ..grant() };
        assert_eq!(vend(&vendor, &of_another).await.unwrap().origin, Origin::Minted);
    }
}

#[tokio::test]
async fn without_a_key_a_token_of_the_last_one_serves() {
    let keys = Keys::of("key", None);
    let (vendor, stage, now) = vendor(vec![], keys.clone()).await;
    vend(&vendor, &grant()).await.unwrap();
    keys.become_("");
    assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::Reused);
    later(&now, 3_000);
    assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::LastResort);
    later(&now, 600);
    assert_eq!(vend(&vendor, &grant()).await.unwrap_err(), IssueError::Key(NoKey));
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let (vendor, stage, _) = vendor(vec![Answer::Status(Code::ResourceExhausted)], Keys::of("key", None)).await;
    let error = vend(&vendor, &grant()).await.unwrap_err();
    assert_eq!(error, IssueError::Token(TokenError::RateLimited { retry_after: None }));
    assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::Minted);
    assert_eq!(stage.asked().len(), 2);
}

#[tokio::test]
async fn a_refused_key_is_replaced_and_the_call_repeated() {
    let refused = Answer::Status(Code::Unauthenticated);
    let (vendor, stage, _) = vendor(vec![refused.clone()], Keys::of("old", Some("new"))).await;
    assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::Minted);
    // The token of the new key is kept as such.
    assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::Reused);
    let keys: Vec<_> = stage.asked().into_iter().map(|call| call.message.auth_token).collect();
    assert_eq!(keys, ["old", "new"]);

    let (vendor, stage, _) = self::vendor(vec![refused.clone(), refused.clone()], Keys::of("old", Some("new"))).await;
    let error = vend(&vendor, &grant()).await.unwrap_err();
    assert_eq!(error, IssueError::Token(TokenError::Refused { code: Code::Unauthenticated }));
    assert_eq!(stage.asked().len(), 2);

    let (vendor, stage, _) = self::vendor(vec![refused], Keys::of("old", None)).await;
    assert!(vend(&vendor, &grant()).await.is_err());
    assert_eq!(stage.asked().len(), 1);
}

/// What is known as the new key by a call that waited for its turn may be an old one by then.
#[tokio::test]
async fn a_key_that_is_replaced_twice_while_a_call_is_under_way_costs_no_request() {
    let refused = Answer::Status(Code::Unauthenticated);
    let (vendor, stage, _) =
        vendor(vec![refused.clone(), refused.clone()], Keys::of("first", ["second", "third"])).await;
    assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::Minted);
    let keys: Vec<_> = stage.asked().into_iter().map(|call| call.message.auth_token).collect();
    assert_eq!(keys, ["first", "second", "third"]);

    let endless = ["second", "third", "fourth", "fifth"];
    let (vendor, stage, _) = self::vendor(vec![refused.clone(); 5], Keys::of("first", endless)).await;
    assert!(vend(&vendor, &grant()).await.is_err());
    assert_eq!(stage.asked().len(), 3, "and no more than that");

    let (vendor, stage, _) = self::vendor(vec![refused; 5], Keys::of("current", ["previous", "current"])).await;
    assert!(vend(&vendor, &grant()).await.is_err());
    assert_eq!(stage.asked().len(), 2, "none twice");
}

/// Who replaces a key may revoke the old one, and with it what it minted.
#[tokio::test]
async fn a_token_does_not_outlive_the_key_that_minted_it() {
    let keys = Keys::of("old", None);
    let (vendor, stage, now) = vendor(vec![], keys.clone()).await;
    vend(&vendor, &grant()).await.unwrap();
    keys.become_("new");
    assert_eq!(vend(&vendor, &grant()).await.unwrap().origin, Origin::Minted);
    assert_eq!(stage.asked().len(), 2);

    // And is no last resort where Momento says that the key is no good.
    let refused = Answer::Status(Code::PermissionDenied);
    let (vendor, _, then) = self::vendor(vec![Answer::Token, refused], Keys::of("key", None)).await;
    vend(&vendor, &grant()).await.unwrap();
    later(&then, 3_000);
    let error = vend(&vendor, &grant()).await.unwrap_err();
    assert_eq!(error, IssueError::Token(TokenError::Refused { code: Code::PermissionDenied }));
    drop(now);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever asked before: a token was minted for exactly this caller's permissions, token id and lifetime.
    #[test]
    fn no_caller_ever_gets_a_token_of_another_grant(grants in prop::collection::vec(any_grant(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (stage, address) = Scripted::start(vec![]).await;
            // The script's tokens are alike but for this, which tells what each was minted for.
            stage.name_tokens_after_their_requests();
            let service = service_at(address);
            let vendor = TokenIssuer::new(Keys::of("key", None), service, reusing());
            for grant in &grants {
                let vended = vendor.vend(grant, None, Deadline::default()).await.unwrap();
                support::must_be_for(&vended.token, grant, "key");
                let life = vended.token.remaining(UNIX_EPOCH + UNIX_EPOCH.elapsed().unwrap());
                assert!(life <= grant.lifetime, "{life:?}");
            }
        });
    }
}
