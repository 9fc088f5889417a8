//! What runs the function: Lambda behind API Gateway with its instances, or one server.
//!
//! The vendor in each instance is the real one; everything around it is a model of what AWS documents.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use momento_client::Deadline;
use tvm_issuer::{IssueError, IssuedToken, Settings, SharedTokens, TokenError, TokenIssuer};
use tvm_policy::Grant;

use crate::bucket::Bucket;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::scenario::{Mode, Place, Scenario};
use crate::token_service::{Key, TokenService};

/// The program's own start with its first answer, at 128 MB (docs/performance.md), and what Lambda takes for a new
/// environment, of which AWS says "under 100 ms to over 1 second" in all (Lambda operator guide, "Cold starts").
const COLD_START: Duration = Duration::from_millis(9 + 100);

/// A warm call without what it waits for: less than a millisecond (docs/performance.md), which is as fine as the clock is.
const OWN_TIME: Duration = Duration::from_millis(1);

/// For how long Lambda keeps an instance that nobody asks: AWS does not say; minutes, as it is observed.
const KEPT_IDLE: Duration = Duration::from_secs(600);

/// API Gateway's limit for an account in a large region, and the size of its bucket ("Amazon API Gateway quotas").
const GATEWAYS_REQUESTS: (f64, f64) = (10_000.0, 5_000.0);

/// So many requests a second for each instance that there may be ("Lambda quotas": synchronous invocations).
pub(crate) const REQUESTS_PER_INSTANCE: f64 = 10.0;

/// What a request may wait for the shared cache in all: as `reuse.cache_budget_ms` is shipped.
const CACHE_BUDGET: Duration = Duration::from_millis(500);

/// A function that runs: the real vendor.
type Instance = TokenIssuer<Key, TokenService, Cache>;

/// What runs the function.
pub(crate) enum Fleet {
    Lambda(Box<Lambda>),
    Server(Instance),
}

/// Lambda, behind API Gateway.
pub(crate) struct Lambda {
    clock: Clock,
    parts: Parts,
    most: usize,
    state: Mutex<State>,
}

struct State {
    gateway: Bucket,
    invocations: Bucket,
    /// Instances that wait for a request, the one that was used last at the end.
    idle: VecDeque<(Arc<Instance>, Duration)>,
    running: usize,
    starts: Starts,
}

/// What instances are made of.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) scenario: Scenario,
    pub(crate) key: Key,
    pub(crate) tokens: TokenService,
    pub(crate) cache: Cache,
}

/// What a user is answered.
pub(crate) enum Answer {
    Token(IssuedToken),
    /// A 429 of the function, with this `Retry-After`.
    ComeBack(Duration),
    /// API Gateway's limit or Lambda's: the function was not asked.
    TurnedAway,
    /// A 5xx of the function.
    Failed,
}

/// How instances were started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Starts {
    /// How often in all.
    pub cold: u64,
    /// How many there were at once, at most.
    pub most: usize,
}

/// An instance for one request.
enum Taken {
    Warm(Arc<Instance>),
    Cold(Arc<Instance>),
}

impl Parts {
    fn instance(&self) -> Instance {
        let Scenario { mode, min_remaining, tokens_per_second, .. } = self.scenario;
        let settings = Settings {
            reuse: (mode != Mode::Off).then_some(min_remaining),
            shared: (mode == Mode::Shared).then(|| SharedTokens { store: self.cache.clone(), budget: CACHE_BUDGET }),
            tokens_per_second: Some(tokens_per_second),
            identity_interval: None,
        };
        TokenIssuer::new(self.key.clone(), self.tokens.clone(), settings)
    }
}

impl Fleet {
    pub(crate) fn new(clock: Clock, parts: Parts) -> Self {
        let instances = match parts.scenario.place {
            Place::Server => return Self::Server(parts.instance()),
            Place::Lambda(instances) => instances.get(),
        };
        let per_second = REQUESTS_PER_INSTANCE * f64::from(instances);
        let (rate, burst) = GATEWAYS_REQUESTS;
        let state = State {
            gateway: Bucket::new(rate, burst),
            invocations: Bucket::new(per_second, per_second),
            idle: VecDeque::new(),
            running: 0,
            starts: Starts::default(),
        };
        let most = usize::try_from(instances).unwrap_or(usize::MAX);
        Self::Lambda(Box::new(Lambda { clock, parts, most, state: Mutex::new(state) }))
    }

    /// A request for a token.
    pub(crate) async fn ask(&self, grant: &Grant) -> Answer {
        match self {
            Self::Server(instance) => vend(instance, grant).await,
            Self::Lambda(lambda) => {
                let instance = match lambda.take() {
                    None => return Answer::TurnedAway,
                    Some(Taken::Warm(instance)) => instance,
                    Some(Taken::Cold(instance)) => {
                        tokio::time::sleep(COLD_START).await;
                        instance
                    }
                };
                let answer = vend(&instance, grant).await;
                lambda.give_back(instance);
                answer
            }
        }
    }

    pub(crate) fn starts(&self) -> Starts {
        match self {
            Self::Lambda(lambda) => lambda.state().starts,
            Self::Server(_) => Starts { cold: 0, most: 1 },
        }
    }
}

impl Lambda {
    /// The instance that was used last, as is observed of Lambda: so few are kept busy and the others can go. Else a new one,
    /// where there may be more.
    fn take(&self) -> Option<Taken> {
        let now = self.clock.elapsed();
        let mut state = self.state();
        if !(state.gateway.take(now) && state.invocations.take(now)) {
            return None;
        }
        while state.idle.front().is_some_and(|(_, since)| now.saturating_sub(*since) > KEPT_IDLE) {
            state.idle.pop_front();
            state.running = state.running.saturating_sub(1);
        }
        if let Some((instance, _)) = state.idle.pop_back() {
            return Some(Taken::Warm(instance));
        }
        if state.running >= self.most {
            return None;
        }
        state.running = state.running.saturating_add(1);
        let Starts { cold, most } = state.starts;
        state.starts = Starts { cold: cold.saturating_add(1), most: most.max(state.running) };
        Some(Taken::Cold(Arc::new(self.parts.instance())))
    }

    fn give_back(&self, instance: Arc<Instance>) {
        let now = self.clock.elapsed();
        self.state().idle.push_back((instance, now));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn vend(instance: &Instance, grant: &Grant) -> Answer {
    tokio::time::sleep(OWN_TIME).await;
    // Boxed: a million users are asleep, each of whom would keep the room for it.
    match Box::pin(instance.vend(grant, None, Deadline::default())).await {
        Ok(vended) => Answer::Token(vended),
        Err(IssueError::Token(TokenError::RateLimited { retry_after })) => {
            Answer::ComeBack(whole_seconds(retry_after.unwrap_or_default()))
        }
        Err(_) => Answer::Failed,
    }
}

/// As the function writes it into `Retry-After`.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1))
}
