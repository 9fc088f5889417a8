//! The function under load, with Momento's quota enforced, the key rotated, Secrets Manager gone.
//! Real: the built function, eight processes of it, and the local Momento. Not real: Secrets Manager, and API Gateway. Where
//! Lambda would refuse a request for want of an environment, it waits here.
//!
//! Each test prints its rows: | what | requests | 200 | 429 | others | calls to mint | tokens minted | took | slowest |. The
//! short ones run always; the full-length ones by the command in their `ignore`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::time::Duration;

use secrecy::ExposeSecret as _;
use support::environments::{Callers, Load, QUOTA, Row, World, config};

/// As many as the issue asks for.
const ENVIRONMENTS: usize = 8;

/// For tests in which Momento's limit is lifted: no request is to wait for a turn.
const NO_PACE: &str = "[limits]\nmomento_tokens_per_second = 100000\n";

fn load(requests_per_second: u32, seconds: u64, callers: Callers) -> Load {
    Load { requests_per_second, lasting: Duration::from_secs(seconds), callers, seed: 4 }
}

/// Whether the environments share their tokens, and with them the account's turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reuse {
    Instance,
    Shared,
}

impl Reuse {
    const BOTH: [Self; 2] = [Self::Instance, Self::Shared];

    fn config(self) -> String {
        match self {
            Self::Instance => config(""),
            Self::Shared => config("[reuse]\nmode = \"shared\"\n"),
        }
    }
}

/// Everybody asks for the same.
async fn a_crowd(reuse: Reuse, requests_per_second: u32, seconds: u64) {
    let what = format!("{reuse:?}: one grant, {requests_per_second}/s for {seconds} s");
    let world = World::new(Some(QUOTA)).await;
    let mut environments = world.environments(ENVIRONMENTS, &reuse.config()).await;
    let row = environments.under(load(requests_per_second, seconds, Callers::Among(1)), &world).await;
    row.all_must_be_200(&what);
    row.must_keep_to_the_quota(&what);
    if reuse == Reuse::Shared {
        assert_eq!(row.calls, 1, "{what}: one is enough for all");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_with_one_grant_is_served_whole_within_the_quota() {
    for reuse in Reuse::BOTH {
        a_crowd(reuse, 100, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "10 s each at 50/s and 500/s: cargo test -p tvm-vending --test under_fire -- --ignored --nocapture --test-threads 1"]
async fn a_crowd_with_one_grant_at_full_length() {
    for reuse in Reuse::BOTH {
        a_crowd(reuse, 50, 10).await;
        a_crowd(reuse, 500, 10).await;
    }
}

/// Everybody asks for something else. `least` is the share of Momento's quota that must be used;
/// its bucket, which is full at first, makes more than the whole of it possible.
async fn strangers(reuse: Reuse, requests_per_second: u32, seconds: u64, least: f64) {
    let what = format!("{reuse:?}: a grant each, {requests_per_second}/s for {seconds} s");
    let world = World::new(Some(QUOTA)).await;
    let mut environments = world.environments(ENVIRONMENTS, &reuse.config()).await;
    let row = environments.under(load(requests_per_second, seconds, Callers::EachAnother), &world).await;
    row.must_hold(&what);
    assert!(row.others.is_empty(), "{what}: neither a token nor a 429: {row:?}");
    assert_eq!(row.ok, row.minted, "{what}: each token was asked for once");
    let share = row.minted as f64 / row.quota();
    println!("  {share:.2} of the quota; {} calls were refused by Momento", row.calls - row.minted);
    assert!(share >= least, "{what}: only {share:.2} of the quota was used: {row:?}");
    if reuse == Reuse::Shared {
        row.must_keep_to_the_quota(&what);
        assert_eq!(row.calls, row.minted, "{what}: no call was sent to be refused");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_get_a_token_or_a_429_that_says_when_to_come_back() {
    for reuse in Reuse::BOTH {
        strangers(reuse, 100, 3, 0.5).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "10 s each at 50/s and 500/s: cargo test -p tvm-vending --test under_fire -- --ignored --nocapture --test-threads 1"]
async fn strangers_at_full_length() {
    for reuse in Reuse::BOTH {
        strangers(reuse, 50, 10, 0.95).await;
        strangers(reuse, 500, 10, 0.95).await;
    }
}

/// A new key every second, the old one revoked at once.
async fn rotation(key_ttl: &str, requests_per_second: u32, seconds: u64) {
    let what = format!("key rotated every second, key_ttl {key_ttl}, {requests_per_second}/s for {seconds} s");
    let world = World::new(None).await;
    let tables = format!("{NO_PACE}[momento]\nkey_ttl = \"{key_ttl}\"\n");
    let mut environments = world.environments(ENVIRONMENTS, &config(&tables)).await;
    let rotating = async {
        let mut key = world.momento.api_key_v1().expose_secret().to_owned();
        let mut rotations = 0;
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            rotations += 1;
            key = world.rotate(&key, rotations);
        }
    };
    let row: Row = tokio::select! {
        row = environments.under(load(requests_per_second, seconds, Callers::EachAnother), &world) => row,
        () = rotating => unreachable!("it goes on as long as the load"),
    };
    row.all_must_be_200(&what);
    let (refused, reads) = (row.calls - row.minted, world.secrets.reads("AWSCURRENT"));
    println!("  {refused} calls met a revoked key; {reads} reads of the secret");
    assert!(refused > 0, "{what}: no call met a revoked key, so nothing is shown: {row:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_rotated_under_load_costs_no_request() {
    rotation("1s", 100, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_does_it_where_only_momentos_refusal_tells() {
    rotation("5m", 100, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "30 s each with a short and a long key_ttl: cargo test -p tvm-vending --test under_fire -- --ignored --nocapture --test-threads 1"]
async fn a_key_rotated_every_second_at_full_length() {
    rotation("1s", 100, 30).await;
    rotation("5m", 100, 30).await;
}

/// Secrets Manager goes away once the environments have started, and comes back with another key.
async fn outage(requests_per_second: u32, seconds: u64) {
    let what = format!("Secrets Manager gone, key_ttl 1s, {requests_per_second}/s for {seconds} s");
    let mut world = World::new(None).await;
    let tables = format!("{NO_PACE}[momento]\nkey_ttl = \"1s\"\n");
    let mut environments = world.environments(ENVIRONMENTS, &config(&tables)).await;
    world.secrets.leave().await;
    let row = environments.under(load(requests_per_second, seconds, Callers::EachAnother), &world).await;
    row.all_must_be_200(&what);

    // Nobody need start it again: the first key that Momento refuses sends it back to the secret.
    world.secrets.come_back().await.unwrap();
    let old = world.momento.api_key_v1().expose_secret().to_owned();
    world.rotate(&old, 1);
    let row = environments.under(Load { seed: 5, ..load(100, 1, Callers::EachAnother) }, &world).await;
    row.all_must_be_200("after it, with another key");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_good_key_serves_while_secrets_manager_is_gone() {
    outage(100, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "60 s: cargo test -p tvm-vending --test under_fire -- --ignored --nocapture --test-threads 1"]
async fn the_last_good_key_serves_for_a_minute_at_full_length() {
    outage(100, 60).await;
}
