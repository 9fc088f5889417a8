//! The function while its neighbours fail, one fault after the other, and after it.
//! Real: the built function and the local Momento. Not real: Secrets Manager, and API Gateway. That two clocks differ is shown
//! by Momento's, which is shifted: a process' own cannot be. So not shown here: a function whose clock is not Lambda's, by
//! which its deadline is counted, or Secrets Manager's; nor answers of Momento whose message is broken, see
//! `crates/issuer/tests`.
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

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use lambda_emulator::Trouble;
use momento_emulator::{Clock as _, Fault, ManualClock, Stage};
use support::clock::Skewed;
use support::environments::{Callers, Environments, Load, MINT, QUOTA, Row, World, answer, claims, config, one, send};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tonic::Code;

/// No request waits for a turn, and a key counts for a second.
const QUICK: &str = "[limits]\nmomento_tokens_per_second = 100000\n[momento]\nkey_ttl = \"1s\"\n";

/// Tokens are shared with other processes, in a cache.
const SHARED: &str = "[reuse]\nmode = \"shared\"\n";

const MINUTE: Duration = Duration::from_secs(60);

/// What a client is told: status and code.
type Told = (u64, &'static str);

const TOKEN: Told = (200, "");
const UNAVAILABLE: Told = (503, "SecretUnavailable");
const TIMEOUT: Told = (504, "MomentoTimeout");
const NO_USABLE_TOKEN: Told = (502, "MomentoRefused");

/// Longer than the function has for an answer.
const FOR_EVER: Duration = Duration::from_secs(30);

/// Asks under each name, and expects what stands beside it.
async fn told(environments: &mut Environments, row: &mut Row, what: &str, asked: &[(&str, Told)]) {
    for (name, expected) in asked {
        let answer = one(environments.first(), name, row).await;
        assert_eq!((answer.status, answer.code()), *expected, "{what}, asked as {name}: {answer:?}");
    }
}

/// A process is started into this trouble, asked, and asked again once it is over.
async fn cold_start(trouble: Trouble, expected: &[Told]) {
    let what = format!("cold start, Secrets Manager: {trouble:?}");
    let world = World::new(None).await;
    world.secrets.trouble(trouble);
    let mut environments = world.environments(1, &config("")).await;
    let mut row = Row::default();
    let answer = one(environments.first(), "a", &mut row).await;
    assert!(expected.contains(&(answer.status, answer.code())), "{what}: {answer:?}");
    world.secrets.recover();
    told(&mut environments, &mut row, &format!("{what}; then well"), &[("b", TOKEN)]).await;
    row.with_mints_of(&world).must_hold(&format!("{what}; then well"));
}

#[tokio::test]
async fn a_cold_start_without_a_key_says_so_and_recovers_without_a_restart() {
    cold_start(Trouble::Late(Duration::from_millis(300)), &[TOKEN]).await;
    cold_start(Trouble::Internal, &[UNAVAILABLE]).await;
    cold_start(Trouble::AccessDenied, &[UNAVAILABLE]).await;
    cold_start(Trouble::Kms, &[UNAVAILABLE]).await;
}

#[tokio::test]
#[ignore = "8 s, which is what an init phase and a request wait: cargo test -p tvm-vending --test under_fire_faults -- --ignored --nocapture"]
async fn a_cold_start_with_a_secrets_manager_that_does_not_answer_is_a_504() {
    cold_start(Trouble::Late(FOR_EVER), &[(504, "SecretTimeout")]).await;
}

#[tokio::test]
async fn a_cold_start_with_a_key_that_momento_does_not_know_uses_the_one_before() {
    let world = World::new(None).await;
    world.secrets.put("the-key", "eyJhIjoxfQ.eyJ0IjoiZyJ9.bm90LWdvb2Q");
    let tables = "[momento]\nendpoint = \"localhost\"\n";
    let mut environments = world.environments(1, &config(tables)).await;
    let (mut row, what) = (Row::default(), "AWSCURRENT refused, AWSPREVIOUS good");
    told(&mut environments, &mut row, what, &[("a", TOKEN), ("b", TOKEN)]).await;
    row.with_mints_of(&world).must_hold(what);
    assert_eq!(world.secrets.reads("AWSPREVIOUS"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_trouble_of_secrets_manager_costs_a_running_process_a_request() {
    let mut rows = JoinSet::new();
    for trouble in [Trouble::Late(FOR_EVER), Trouble::Internal, Trouble::AccessDenied, Trouble::Kms] {
        rows.spawn(async move {
            let world = World::new(None).await;
            let mut environments = world.environments(2, &config(QUICK)).await;
            let before = world.secrets.reads("AWSCURRENT");
            world.secrets.trouble(trouble);
            let lasting = Duration::from_millis(2_500);
            let load = Load { requests_per_second: 20, lasting, callers: Callers::EachAnother, seed: 4 };
            let row = environments.under(load, &world).await;
            let what = format!("running, Secrets Manager: {trouble:?}, key_ttl 1s, 20/s for 2.5 s");
            row.all_must_be_200(&what);
            assert!(world.secrets.reads("AWSCURRENT") > before, "{what}: nobody read it, so nothing is shown");
        });
    }
    while let Some(row) = rows.join_next().await {
        row.unwrap();
    }
}

/// With a token for `kept` at hand, asks for that and for another while `fault` lasts, and for one more after it.
async fn momento_fails(fault: Fault, what: &str, expected: Told) {
    let world = World::new(Some(QUOTA)).await;
    let mut environments = world.environments(1, &config("")).await;
    let mut row = Row::default();
    told(&mut environments, &mut row, what, &[("kept", TOKEN)]).await;
    world.momento.faults().set(fault);
    told(&mut environments, &mut row, what, &[("kept", TOKEN), ("another", expected), ("kept", TOKEN)]).await;
    world.momento.faults().clear();
    told(&mut environments, &mut row, &format!("after {what}"), &[("one-more", TOKEN)]).await;
    let row = row.with_mints_of(&world);
    row.must_hold(&format!("token service: {what}; then well"));
    row.must_keep_to_the_quota(what);
}

#[tokio::test]
async fn a_failing_token_service_costs_nobody_a_token_that_is_at_hand() {
    momento_fails(Fault::delay(MINT, Duration::from_millis(300)), "slow (0.3 s)", TOKEN).await;
    momento_fails(Fault::reset(MINT).times(NonZeroU32::MIN), "resets a connection", TOKEN).await;
    momento_fails(Fault::reset(MINT), "resets every connection", (503, "MomentoUnavailable")).await;
    momento_fails(Fault::status(MINT, Code::Internal), "INTERNAL", (503, "MomentoUnavailable")).await;
    momento_fails(Fault::status(MINT, Code::Unauthenticated), "refuses the key", (502, "KeyRefused")).await;
    momento_fails(Fault::status(MINT, Code::InvalidArgument), "refuses the request", NO_USABLE_TOKEN).await;
    // What comes of more than one is the last test here.
    let once = Fault::status(MINT, Code::ResourceExhausted).times(NonZeroU32::MIN);
    momento_fails(once, "rate limiting one call", TOKEN).await;
}

#[tokio::test]
#[ignore = "5 s, which is what a request waits: cargo test -p tvm-vending --test under_fire_faults -- --ignored --nocapture"]
async fn a_hanging_token_service_is_a_504_for_who_needs_it() {
    momento_fails(Fault::hang(MINT), "hangs", TIMEOUT).await;
}

#[tokio::test]
async fn a_token_with_little_left_is_better_than_an_error() {
    // A token serves others for a second only, and is worth giving for the next half a minute.
    let short = config("[reuse]\nmin_remaining = \"59s\"\n").replace("expires_in = \"1h\"", "expires_in = \"60s\"");
    let world = World::new(Some(QUOTA)).await;
    let mut environments = world.environments(1, &short).await;
    let (mut row, what) = (Row::default(), "token of little life at hand; INTERNAL, reset, rate limiting");
    told(&mut environments, &mut row, what, &[("a", TOKEN)]).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    // The last of them makes the function slow down, so that none may be met after it.
    let faults =
        [Fault::status(MINT, Code::Internal), Fault::reset(MINT), Fault::status(MINT, Code::ResourceExhausted)];
    for fault in faults {
        let calls = world.mints().0;
        world.momento.faults().set(fault.clone());
        told(&mut environments, &mut row, what, &[("a", TOKEN)]).await;
        assert!(world.mints().0 > calls, "{fault:?} was not met, so nothing is shown");
    }
    row.with_mints_of(&world).must_hold(what);
    assert_eq!(world.mints().1, 1);
}

#[tokio::test]
async fn what_is_not_grpc_at_all_is_an_answer_too() {
    let nonsense = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", nonsense.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        while let Ok((mut stream, _)) = nonsense.accept().await {
            // It may have gone already; what it is sent is of no use to it.
            let _ = stream.write_all(b"220 mail.example ESMTP\r\n").await;
        }
    });
    let world = World::new(Some(QUOTA)).await;
    let mut environments = world.environments_at(&address, 1, &config("")).await;
    let (mut row, what) = (Row::default(), "token service: speaks another protocol");
    told(&mut environments, &mut row, what, &[("a", (503, "MomentoUnavailable")); 2]).await;
    row.with_mints_of(&world).must_hold(what);
    serving.abort();
}

#[tokio::test]
async fn connections_that_were_cut_in_a_frozen_process_cost_no_request() {
    let mut world = World::new(Some(QUOTA)).await;
    let mut environments = world.environments(1, &config(QUICK)).await;
    let (mut row, what) = (Row::default(), "frozen while its connections were cut");
    for name in ["a", "b", "c"] {
        told(&mut environments, &mut row, what, &[(name, TOKEN)]).await;
        environments.first().freeze().await.unwrap();
        assert!(world.momento.cut_connections() >= 1, "there was nothing to cut");
        world.secrets.leave().await;
        world.secrets.come_back().await.unwrap();
        // The key's lifetime passes as well, so that both connections are needed.
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        environments.first().thaw().unwrap();
    }
    told(&mut environments, &mut row, what, &[("d", TOKEN)]).await;
    let row = row.with_mints_of(&world);
    row.all_must_be_200(what);
    row.must_keep_to_the_quota(what);
    assert!(world.secrets.reads("AWSCURRENT") >= 4, "the key was not read again");
}

/// What befalls the connections of a process that is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    Kept,
    Cut,
}

/// A process is frozen while its token is minted, which is done long before it is thawed.
async fn frozen_in_the_middle(tables: &str, lines: Lines, lasting: Duration, expected: &[Told]) {
    let mode = if tables.is_empty() { "instance" } else { "shared" };
    let what = format!("frozen for {lasting:?} in the middle of a request, connections: {lines:?}, reuse: {mode}");
    let world = World::new(Some(QUOTA)).await;
    let mut environments = world.environments(1, &config(tables)).await;
    world.momento.faults().set(Fault::delay(MINT, Duration::from_millis(200)));
    let (mut row, function) = (Row::default(), environments.first());
    send(function, "a");
    world.called(MINT, 1).await;
    function.freeze().await.unwrap();
    if lines == Lines::Cut {
        assert!(world.momento.cut_connections() >= 1, "there was nothing to cut");
    }
    tokio::time::sleep(lasting).await;
    let thawed = Instant::now();
    function.thaw().unwrap();
    let answer = answer(function).await;
    (row.slowest, row.took) = (thawed.elapsed(), thawed.elapsed());
    row.count(&answer, "a");
    assert!(expected.contains(&(answer.status, answer.code())), "{what}: {answer:?}");
    assert!(row.slowest < Duration::from_secs(2), "{what}: took {:?} once thawed", row.slowest);
    told(&mut environments, &mut row, &what, &[("a", TOKEN), ("b", TOKEN)]).await;
    let row = row.with_mints_of(&world);
    row.must_hold(&what);
    row.must_keep_to_the_quota(&what);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_frozen_in_the_middle_of_a_request_answers_it() {
    let mut rows = JoinSet::new();
    for (tables, lines) in [("", Lines::Kept), ("", Lines::Cut), (SHARED, Lines::Kept), (SHARED, Lines::Cut)] {
        rows.spawn(frozen_in_the_middle(tables, lines, Duration::from_secs(1), &[TOKEN]));
        // Longer than it has: what came meanwhile may be used, but none may wait for ever.
        rows.spawn(frozen_in_the_middle(tables, lines, Duration::from_millis(5_200), &[TOKEN, TIMEOUT]));
    }
    while let Some(row) = rows.join_next().await {
        row.unwrap();
    }
}

/// Two processes, which share their tokens, ask a Momento with this clock for the same token of this lifetime.
async fn clocks_apart(clock: Skewed, lifetime: &str, expected: Told) {
    let what = format!("Momento's clock: {clock:?}; tokens of {lifetime}, shared by 2 environments");
    let world = World::on(Stage::builder().clock(clock)).await;
    let tables = config(SHARED).replace("expires_in = \"1h\"", &format!("expires_in = \"{lifetime}\""));
    let mut environments = world.environments(2, &tables).await;
    let mut row = Row::default();
    for number in [0, 1, 0] {
        let answer = one(environments.nth(number), "a", &mut row).await;
        assert_eq!((answer.status, answer.code()), expected, "{what}: {answer:?}");
        if expected == TOKEN {
            // Momento's own word, which is what it goes by.
            assert_eq!(answer.body["expiresAt"], claims(&answer)["exp"], "{what}");
        }
    }
    row.with_mints_of(&world).must_hold(&what);
}

#[tokio::test]
async fn clocks_that_are_minutes_apart_cost_nothing_and_more_is_no_usable_token() {
    clocks_apart(Skewed::Ahead(4 * MINUTE), "1h", TOKEN).await;
    clocks_apart(Skewed::Ahead(10 * MINUTE), "1h", NO_USABLE_TOKEN).await;
    clocks_apart(Skewed::Behind(4 * MINUTE), "1h", TOKEN).await;
    clocks_apart(Skewed::Behind(120 * MINUTE), "1h", NO_USABLE_TOKEN).await;
    // By the function's clock, too little of each is left to give it to the next.
    clocks_apart(Skewed::Behind(4 * MINUTE), "5m", TOKEN).await;
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_costs_nobody_a_token_that_is_at_hand() {
    let clock = ManualClock::starting_now();
    let world = World::on(Stage::builder().clock(clock.clone())).await;
    // A token serves others for a second only.
    let mut environments = world.environments(1, &config("[reuse]\nmin_remaining = \"3599s\"\n")).await;
    let (mut row, what) = (Row::default(), "Momento's clock jumps 10 min ahead");
    told(&mut environments, &mut row, what, &[("kept", TOKEN)]).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    clock.advance(10 * MINUTE);
    told(&mut environments, &mut row, what, &[("another", NO_USABLE_TOKEN), ("kept", TOKEN)]).await;
    let row = row.with_mints_of(&world);
    row.must_hold(what);
    assert_eq!((row.calls, row.minted), (3, 3), "{what}: a new one for `kept` was not tried");
}

#[tokio::test]
async fn a_token_that_has_ended_by_momentos_clock_is_given_to_nobody() {
    let clock = Skewed::Ahead(4 * MINUTE);
    let world = World::on(Stage::builder().clock(clock)).await;
    let short = config(SHARED).replace("expires_in = \"1h\"", "expires_in = \"2s\"");
    let mut environments = world.environments(2, &short).await;
    let (mut row, what) =
        (Row::default(), format!("Momento's clock: {clock:?}; tokens of 2s, shared by 2 environments"));
    told(&mut environments, &mut row, &what, &[("a", TOKEN)]).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    for number in [0, 1] {
        let answer = one(environments.nth(number), "a", &mut row).await;
        let ends = Duration::from_secs(claims(&answer)["exp"].as_u64().unwrap());
        assert!(ends > clock.now(), "{what}: environment {number} gave one that has ended");
    }
    row.with_mints_of(&world).all_must_be_200(&what);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_momento_that_only_refuses_is_not_hammered() {
    let world = World::new(Some(QUOTA)).await;
    let mut environments = world.environments(4, &config("")).await;
    world.momento.faults().set(Fault::status(MINT, Code::ResourceExhausted));
    let lasting = Duration::from_secs(2);
    let load = Load { requests_per_second: 200, lasting, callers: Callers::EachAnother, seed: 4 };
    let row = environments.under(load, &world).await;
    let what = "rate limiting everybody, 4 environments, 200/s for 2 s";
    row.must_hold(what);
    assert_eq!(row.limited, row.requests, "{what}: not every answer was a 429: {row:?}");
    // One each to find out, and what each tries at its slowest.
    assert!(row.calls <= 40, "{what}: {} calls", row.calls);
}
