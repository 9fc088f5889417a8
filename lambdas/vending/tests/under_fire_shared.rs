//! The function whose processes share their tokens in a cache, while that fails, goes away or was never there, while a
//! process ends in the middle of its work for all, and while the API key changes.
//! Real: the built function, several processes of it, and the local Momento with its cache. Not real: Secrets Manager, and API
//! Gateway. Not shown here: entries that somebody moved or changed, see `crates/issuer/tests/shared_cache.rs`; processes
//! whose clocks differ from each other.
//!
//! Each test prints its rows: | what | requests | 200 | 429 | others | calls to mint | tokens minted | took | slowest |.
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

use momento_emulator::Fault;
use secrecy::ExposeSecret as _;
use support::environments::{Callers, Load, MINT, QUOTA, Row, World, answer, config, one, send};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tonic::Code;

/// Tokens are shared, and a request waits half a second in all for the cache.
const SHARED: &str = "[reuse]\nmode = \"shared\"\n";

/// The same, where Momento's limit is lifted: no request is to wait for a turn.
const SHARED_QUICK: &str = "[reuse]\nmode = \"shared\"\n[limits]\nmomento_tokens_per_second = 100000\n";

/// Every call of the cache's items, and the one that makes it.
const ITEMS: &str = "cache_client.Scs";
const CREATE: &str = "CreateCache";

const SECOND: Duration = Duration::from_secs(1);

/// What a request may take where the cache costs it the whole budget: that, a turn or two for the token, and a busy computer.
/// Well under its deadline, which is what it would take without a budget.
const BUDGET_AND_MINT: Duration = Duration::from_millis(2_500);

fn load(requests_per_second: u32, lasting: Duration, callers: Callers) -> Load {
    Load { requests_per_second, lasting, callers, seed: 4 }
}

/// Two processes start into this trouble and are asked for a handful of grants. `most`: what they may ask of the cache
/// together, until they know that it is of no help.
async fn trouble(what: &str, fault: Fault, most: u64) {
    let what = format!("cache: {what}; 2 environments, 3 grants, 10/s for 2 s");
    let world = World::new(Some(QUOTA)).await;
    world.momento.faults().set(fault);
    let mut environments = world.environments(2, &config(SHARED)).await;
    let row = environments.under(load(10, SECOND * 2, Callers::Among(3)), &world).await;
    row.all_must_be_200(&what);
    row.must_keep_to_the_quota(&what);
    assert!(row.slowest < BUDGET_AND_MINT, "{what}: the cache cost more than its budget: {row:?}");
    let asked = world.momento.stats().started(ITEMS);
    assert!((1..=most).contains(&asked), "{what}: the cache was asked {asked} times");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_in_trouble_costs_no_request_and_is_left_alone() {
    let mut rows = JoinSet::new();
    // A connection that fails is tried twice, each by both. What is slow is of help, and asked for whatever there is.
    for (what, fault, most) in [
        ("UNAVAILABLE", Fault::status(ITEMS, Code::Unavailable), 4),
        ("PERMISSION_DENIED", Fault::status(ITEMS, Code::PermissionDenied), 2),
        ("hangs", Fault::hang(ITEMS), 2),
        ("resets every connection", Fault::reset(ITEMS), 4),
        ("slow, 100 ms a call", Fault::delay(ITEMS, SECOND / 10), 60),
        ("may not be made", Fault::status(CREATE, Code::PermissionDenied), 2),
        ("making it hangs", Fault::hang(CREATE), 2),
    ] {
        rows.spawn(trouble(what, fault, most));
    }
    while let Some(row) = rows.join_next().await {
        row.unwrap();
    }
}

/// The cache is gone from the first second of `load` to the second; how often it was asked after that.
async fn outage(what: &str, limit: Option<u32>, tables: &str, load: Load) -> u64 {
    let world = World::new(limit).await;
    let mut environments = world.environments(4, &config(tables)).await;
    let asked = || world.momento.stats().started(ITEMS);
    let gone = async {
        tokio::time::sleep(SECOND).await;
        world.momento.faults().set(Fault::status(ITEMS, Code::Unavailable));
        let (calls, before) = (world.mints().0, asked());
        tokio::time::sleep(SECOND).await;
        world.momento.faults().clear();
        (world.mints().0 - calls, asked() - before, asked())
    };
    let (row, (calls, asked_meanwhile, asked_until_then)) = tokio::join!(environments.under(load, &world), gone);
    row.all_must_be_200(what);
    if limit.is_some() {
        row.must_keep_to_the_quota(what);
    }
    assert!(calls > 0, "{what}: nobody needed a token meanwhile, so nothing is shown");
    // Each finds out by one call, which is tried again: no request after that waits for it.
    assert!((1..=8).contains(&asked_meanwhile), "{what}: the cache was asked {asked_meanwhile} times meanwhile");
    asked() - asked_until_then
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_goes_away_and_comes_back_costs_no_request() {
    let strangers = async {
        let what = "cache gone for a second, 4 environments, a grant each, 20/s for 8 s";
        let load = load(20, SECOND * 8, Callers::EachAnother);
        let asked = outage(what, None, SHARED_QUICK, load).await;
        assert!(asked > 0, "{what}: nobody went back to it");
    };
    // Each of four has each of four grants from another but for what falls into the outage: at most 16 calls.
    let few = async {
        let what = "cache gone for a second, 4 environments, 4 grants, Momento's quota, 10/s for 3 s";
        outage(what, Some(QUOTA), SHARED, load(10, SECOND * 3, Callers::Among(4))).await;
    };
    tokio::join!(strangers, few);
}

/// Deletes the cache, as its operator may. By gRPC-web over HTTP/1.1, which the local Momento takes: one message needs no client.
async fn delete_cache(world: &World) {
    let name = b"token-vending-machine";
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
    let message = [&[10, length(name)], &name[..]].concat();
    let body = [&[0, 0, 0, 0, length(&message)], &message[..]].concat();
    let head = format!(
        "POST /control_client.ScsControl/DeleteCache HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nte: trailers\r\n\
         content-type: application/grpc-web+proto\r\nauthorization: {}\r\ncontent-length: {}\r\n\r\n",
        world.momento.api_key_v2().expose_secret(),
        body.len()
    );
    let mut stream = TcpStream::connect(world.momento.addr()).await.unwrap();
    stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
    assert_eq!(world.momento.stats().ended("DeleteCache", Code::Ok), 1, "it was not deleted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_is_deleted_is_made_again() {
    let what = "cache deleted, 4 environments, a grant each, 40/s for 2 s";
    let world = World::new(None).await;
    let mut environments = world.environments(4, &config(SHARED_QUICK)).await;
    let deleting = async {
        tokio::time::sleep(SECOND).await;
        delete_cache(&world).await;
    };
    let load = load(40, SECOND * 2, Callers::EachAnother);
    let (row, ()) = tokio::join!(environments.under(load, &world), deleting);
    row.all_must_be_200(what);
    assert_eq!(world.momento.stats().ended(CREATE, Code::Ok), 2, "{what}: not made once more");
    // And it is of use: what one has, another finds.
    let (mut row, calls) = (Row::default(), world.mints().0);
    one(environments.nth(0), "shared-again", &mut row).await;
    one(environments.nth(1), "shared-again", &mut row).await;
    row.all_must_be_200("after it, from two environments");
    assert_eq!(world.mints().0 - calls, 1, "{what}: nothing is shared any more");
}

/// A process starts into a cache at `endpoint`, or at Momento's, that is of no help.
async fn cold_start(what: &str, world: &World, endpoint: &str) {
    let mut environments = world.environments_with(("MOMENTO_CACHE_ENDPOINT", endpoint), 1, &config(SHARED)).await;
    let function = environments.first();
    let took = function.idle().await.unwrap() - function.started();
    let mut row = Row::default();
    one(function, "a", &mut row).await;
    let row = row.with_mints_of(world);
    row.all_must_be_200(&format!("cold start, cache: {what}; init phase: {} ms", took.as_millis()));
    assert!(took < BUDGET_AND_MINT, "{what}: the init phase took {took:?}");
    assert!(row.slowest < BUDGET_AND_MINT, "{what}: the first request took {:?}", row.slowest);
}

#[tokio::test]
async fn a_cold_start_waits_for_no_cache_longer_than_its_budget() {
    let world = World::new(Some(QUOTA)).await;
    world.momento.faults().set(Fault::hang(ITEMS));
    cold_start("hangs", &world, &world.momento.url()).await;
    world.momento.faults().clear();
    let nobody = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    cold_start("is not there", &world, &format!("http://{nobody}")).await;
}

#[tokio::test]
async fn nor_for_one_that_takes_a_connection_and_says_nothing() {
    let world = World::new(Some(QUOTA)).await;
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    cold_start("says nothing", &world, &format!("https://{}", silent.local_addr().unwrap())).await;
}

/// What happens to the process that has the word to mint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Killed,
    Frozen,
}

/// A process ends, or stands still, while it mints what another waits for.
async fn without_its_leader(end: End) {
    let what = format!("{end:?} while it mints, for a second, what another waits for");
    let world = World::new(Some(QUOTA)).await;
    let mut environments = world.environments(2, &config(SHARED)).await;
    world.momento.faults().set(Fault::delay(MINT, SECOND));
    send(environments.first(), "a");
    world.called(MINT, 1).await;
    let other = match end {
        End::Killed => {
            environments.kill_first();
            environments.nth(0)
        }
        End::Frozen => {
            environments.first().freeze().await.unwrap();
            environments.nth(1)
        }
    };
    let mut row = Row::default();
    one(other, "a", &mut row).await;
    if end == End::Frozen {
        environments.first().thaw().unwrap();
        row.count(&answer(environments.first()).await, "a");
    }
    let row = row.with_mints_of(&world);
    row.all_must_be_200(&what);
    row.must_keep_to_the_quota(&what);
    assert!(row.calls == 2 && row.slowest > SECOND, "{what}: the other had nothing to take over: {row:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_process_that_is_gone_takes_over_in_time() {
    tokio::join!(without_its_leader(End::Killed), without_its_leader(End::Frozen));
}

/// A new key every second, the old one revoked at once.
async fn rotation(key_ttl: &str) {
    let what = format!("shared, key rotated every second, key_ttl {key_ttl}, 4 environments, 50/s for 3.2 s");
    let world = World::new(None).await;
    let mut environments =
        world.environments(4, &config(&format!("{SHARED_QUICK}[momento]\nkey_ttl = \"{key_ttl}\"\n"))).await;
    let rotating = async {
        let mut key = world.momento.api_key_v1().expose_secret().to_owned();
        for rotations in 1..=3 {
            tokio::time::sleep(SECOND).await;
            key = world.rotate(&key, rotations);
        }
    };
    let load = load(50, Duration::from_millis(3_200), Callers::EachAnother);
    let (row, ()) = tokio::join!(environments.under(load, &world), rotating);
    row.all_must_be_200(&what);
    assert!(row.calls > row.minted, "{what}: no call met a revoked key, so nothing is shown: {row:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_rotated_while_tokens_are_shared_costs_no_request() {
    tokio::join!(rotation("1s"), rotation("5m"));
}
