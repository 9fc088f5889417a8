//! Several processes of the built function at once, as Lambda keeps them, with one Momento and one Secrets Manager; and the
//! load that they are put under. A seed decides who asks and when, so that the same run can be had again.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "small numbers, and rows for who reads the output"
)]

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use lambda_emulator::{Function, Outcome, Secrets};
use momento_emulator::{Running, Stage};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tonic::Code;

use super::Answer;

/// The method that mints.
pub(crate) const MINT: &str = "GenerateDisposableToken";

/// Momento's quota (Momento documentation, "Service limits"), which is also what its bucket holds.
pub(crate) const QUOTA: u32 = 5;

/// The one Momento and the one Secrets Manager that every environment talks to.
pub(crate) struct World {
    pub(crate) momento: Running,
    pub(crate) secrets: Secrets,
}

/// The processes of the function.
pub(crate) struct Environments {
    functions: Vec<Function>,
    /// Its folder is this test's alone: another test must not rewrite the file while the functions read it.
    _config: TempDir,
}

/// What is asked of the environments.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) requests_per_second: u32,
    pub(crate) lasting: Duration,
    pub(crate) callers: Callers,
    /// Who asks and when follows from it.
    pub(crate) seed: u64,
}

/// Whose tokens are asked for.
#[derive(Clone, Copy)]
pub(crate) enum Callers {
    /// One of so many names: each is a grant.
    Among(u64),
    /// A name that nobody had before.
    EachAnother,
}

/// What came of a load: a row of the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) requests: u64,
    pub(crate) ok: u64,
    pub(crate) limited: u64,
    /// Any other answer, by status and code.
    pub(crate) others: BTreeMap<String, u64>,
    /// Tokens of another grant than the caller's, or ended ones.
    pub(crate) wrong: u64,
    /// Refusals without a `Retry-After` of at least a second.
    pub(crate) without_retry_after: u64,
    /// Calls to mint that reached Momento, and those that brought a token.
    pub(crate) calls: u64,
    pub(crate) minted: u64,
    /// From the first request until the last answer.
    pub(crate) took: Duration,
    /// The longest that the function took for one answer.
    pub(crate) slowest: Duration,
}

/// The shipped configuration with a line more or less.
pub(crate) fn config(tables: &str) -> String {
    format!("{}\n{tables}", include_str!("../../../../config/tvm.toml"))
}

impl World {
    /// Momento with this limit of tokens a second (`None`: none), its key in the secret `the-key`.
    pub(crate) async fn new(tokens_per_second: Option<u32>) -> Self {
        let stage = Stage::builder();
        Self::on(match tokens_per_second.and_then(NonZeroU32::new) {
            Some(limit) => stage.tokens_per_second(limit),
            None => stage,
        })
        .await
    }

    /// The same with this Momento.
    pub(crate) async fn on(stage: Stage) -> Self {
        let (momento, secrets) = (stage.start().await.unwrap(), Secrets::start().await.unwrap());
        secrets.put("the-key", momento.api_key_v1().expose_secret());
        Self { momento, secrets }
    }

    /// So many environments with this configuration, each past its init phase.
    pub(crate) async fn environments(&self, count: usize, config: &str) -> Environments {
        self.environments_with(("MOMENTO_TOKEN_ENDPOINT", &self.momento.url()), count, config).await
    }

    /// The same, with another token service than Momento's.
    pub(crate) async fn environments_at(&self, token_service: &str, count: usize, config: &str) -> Environments {
        self.environments_with(("MOMENTO_TOKEN_ENDPOINT", token_service), count, config).await
    }

    /// The same, with this variable instead of what it was.
    pub(crate) async fn environments_with(&self, variable: (&str, &str), count: usize, config: &str) -> Environments {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("tvm.toml");
        std::fs::write(&file, config).unwrap();
        let environment = [
            ("TVM_CONFIG", file.to_str().unwrap()),
            ("MOMENTO_API_KEY_SECRET_ID", "the-key"),
            ("MOMENTO_TOKEN_ENDPOINT", &self.momento.url()),
            ("MOMENTO_CACHE_ENDPOINT", &self.momento.url()),
            ("AWS_ENDPOINT_URL", self.secrets.url()),
            variable,
        ];
        let mut functions = Vec::new();
        for _ in 0..count {
            functions.push(Function::start(env!("CARGO_BIN_EXE_tvm-vending"), &environment).await.unwrap());
        }
        for function in &mut functions {
            function.idle().await.unwrap();
        }
        Environments { functions, _config: folder }
    }

    /// Replaces the API key, as an operator does: a new one at Momento, then in the secret, then the old one is revoked.
    /// Gives the new one.
    pub(crate) fn rotate(&self, old: &str, number: u32) -> String {
        let key = STANDARD.encode(json!({ "endpoint": "localhost", "api_key": format!("key-{number}") }).to_string());
        self.momento.keys().add(&key).unwrap();
        self.secrets.put("the-key", &key);
        self.momento.keys().revoke(old).unwrap();
        key
    }

    /// Calls to mint that reached Momento, and those that brought a token.
    pub(crate) fn mints(&self) -> (u64, u64) {
        let stats = self.momento.stats();
        (stats.started(MINT), stats.ended(MINT, Code::Ok))
    }

    /// Waits until so many calls of `rpc` have come in, however they end.
    pub(crate) async fn called(&self, rpc: &str, times: u64) {
        let called = async {
            while self.momento.stats().started(rpc) < times {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), called).await.unwrap();
    }
}

impl Environments {
    /// One process, to be asked and frozen.
    pub(crate) fn first(&mut self) -> &mut Function {
        self.nth(0)
    }

    /// One of the processes, from 0.
    pub(crate) fn nth(&mut self, number: usize) -> &mut Function {
        &mut self.functions[number]
    }

    /// Ends the first process, and gives what it logged.
    pub(crate) async fn log_of_first(&mut self) -> String {
        self.functions.remove(0).stop().await
    }

    /// Kills the first process, whatever it is at.
    pub(crate) fn kill_first(&mut self) {
        // By SIGKILL, which it cannot hear, when its handle goes.
        drop(self.functions.remove(0));
    }

    /// Puts the environments under `load`: each takes the next request once it has answered the one before, as long as there
    /// are any; one that finds all of them busy waits.
    pub(crate) async fn under(&mut self, load: Load, world: &World) -> Row {
        let (calls, minted) = world.mints();
        let requests = Arc::new(load.requests());
        let next = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let mut working = JoinSet::new();
        for mut function in self.functions.drain(..) {
            let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
            working.spawn(async move {
                let mut row = Row::default();
                while let Some((due, name)) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    tokio::time::sleep_until((start + *due).into()).await;
                    let sent = Instant::now();
                    row.count(&ask(&mut function, name).await, name);
                    row.slowest = row.slowest.max(sent.elapsed());
                }
                (function, row)
            });
        }
        let mut all = Row::default();
        while let Some(worked) = working.join_next().await {
            let (function, row) = worked.unwrap();
            self.functions.push(function);
            all.add(row);
        }
        all.took = start.elapsed();
        let now = world.mints();
        (all.calls, all.minted) = (now.0 - calls, now.1 - minted);
        all
    }
}

/// Asks once under this name, and counts what comes of it.
pub(crate) async fn one(function: &mut Function, name: &str, row: &mut Row) -> Answer {
    let sent = Instant::now();
    let answer = ask(function, name).await;
    row.slowest = row.slowest.max(sent.elapsed());
    row.took += sent.elapsed();
    row.count(&answer, name);
    answer
}

/// What the function answers to a request under this name. Anything else than a response fails the test.
pub(crate) async fn ask(function: &mut Function, name: &str) -> Answer {
    send(function, name);
    answer(function).await
}

/// Sends the request under this name, and leaves the function to it.
pub(crate) fn send(function: &mut Function, name: &str) {
    function.send(&json!({ "queryStringParameters": { "name": name } }).to_string());
}

/// What the function answers to what it was sent. Anything else than a response fails the test.
pub(crate) async fn answer(function: &mut Function) -> Answer {
    match function.outcome().await {
        Some(Outcome::Response(response)) => Answer::read(&response),
        other => panic!("no response but {other:?}"),
    }
}

impl Load {
    /// When each request is due, and under which name.
    fn requests(&self) -> Vec<(Duration, String)> {
        let mut random = Random(self.seed);
        let apart = Duration::from_secs(1) / self.requests_per_second;
        let count = self.lasting.as_nanos() / apart.as_nanos();
        let mut due = Duration::ZERO;
        (0..count)
            .map(|number| {
                // Unevenly, as callers come: up to twice the gap.
                let at = due;
                due += apart * random.below(2_000) / 1_000;
                let name = match self.callers {
                    Callers::Among(names) => format!("caller-{}", u64::from(random.below(1_000_000)) % names),
                    Callers::EachAnother => format!("caller-{}-{number}", self.seed),
                };
                (at, name)
            })
            .collect()
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014): the same numbers for the same seed, for ever.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ (z >> 31)) % u64::from(limit)).unwrap()
    }
}

impl Row {
    /// Takes in the answer to a request under `name`.
    pub(crate) fn count(&mut self, answer: &Answer, name: &str) {
        self.requests += 1;
        match answer.status {
            200 => {
                self.ok += 1;
                self.wrong += u64::from(!is_for(answer, name));
            }
            429 => {
                self.limited += 1;
                let wait = answer.headers["retry-after"].as_str().and_then(|wait| wait.parse::<u64>().ok());
                self.without_retry_after += u64::from(wait.is_none_or(|wait| wait == 0));
            }
            status => *self.others.entry(format!("{status} {}", answer.code())).or_default() += 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.ok += other.ok;
        self.limited += other.limited;
        for (answer, count) in other.others {
            *self.others.entry(answer).or_default() += count;
        }
        self.wrong += other.wrong;
        self.without_retry_after += other.without_retry_after;
        self.slowest = self.slowest.max(other.slowest);
    }

    /// The same, with what reached this world's Momento since it began.
    pub(crate) fn with_mints_of(self, world: &World) -> Self {
        let (calls, minted) = world.mints();
        Self { calls, minted, ..self }
    }

    /// What Momento would give in the time that the load took.
    pub(crate) fn quota(&self) -> f64 {
        f64::from(QUOTA) * self.took.as_secs_f64()
    }

    /// What holds under any load, and the row itself for whoever reads the test's output.
    pub(crate) fn must_hold(&self, what: &str) {
        println!("| {what} {self}");
        assert_eq!(self.wrong, 0, "{what}: a token for a wrong grant: {self:?}");
        assert_eq!(self.without_retry_after, 0, "{what}: a 429 that does not say when to come back: {self:?}");
        assert_eq!(self.ok + self.limited + self.others.values().sum::<u64>(), self.requests);
    }

    pub(crate) fn all_must_be_200(&self, what: &str) {
        self.must_hold(what);
        assert!(self.requests > 0 && self.ok == self.requests, "{what}: not every answer was a 200: {self:?}");
    }

    /// No more calls than Momento's bucket and its refilling allow for.
    pub(crate) fn must_keep_to_the_quota(&self, what: &str) {
        let most = self.quota() + f64::from(QUOTA);
        assert!(self.calls as f64 <= most, "{what}: {} calls reached Momento, {most:.1} are allowed", self.calls);
    }
}

/// The cells after the first: `| requests | 200 | 429 | others | calls to mint | tokens minted | took | slowest |`.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others: Vec<_> = self.others.iter().map(|(answer, count)| format!("{count} × {answer}")).collect();
        let others = if others.is_empty() { "0".to_owned() } else { others.join(", ") };
        let Self { requests, ok, limited, calls, minted, .. } = self;
        let (took, slowest) = (self.took.as_secs_f64(), self.slowest.as_millis());
        write!(f, "| {requests} | {ok} | {limited} | {others} | {calls} | {minted} | {took:.1} s | {slowest} ms |")
    }
}

/// Whether the token in `answer` is the one that was asked for under `name`, and still good: what the local Momento wrote
/// into it says so.
fn is_for(answer: &Answer, name: &str) -> bool {
    let claims = claims(answer);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    claims["id"] == name && claims["exp"].as_u64().unwrap() > now
}

/// What the local Momento wrote into the token in `answer`.
pub(crate) fn claims(answer: &Answer) -> Value {
    let credential: Value =
        serde_json::from_slice(&STANDARD.decode(answer.body["authToken"].as_str().unwrap()).unwrap()).unwrap();
    let token = credential["api_key"].as_str().unwrap();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}
