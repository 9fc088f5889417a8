//! What is simulated: who asks, when, what they are granted, and how the machine is set.

use std::num::NonZeroU32;
use std::time::Duration;

use tvm_issuer::MinRemaining;
use tvm_policy::{CacheSelector, Grant, Permission, TopicRole, TopicSelector};

/// Everything that a simulation follows from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scenario {
    /// `reuse.mode`.
    pub mode: Mode,
    /// Whether users may do the same.
    pub grants: Grants,
    /// What runs the function.
    pub place: Place,
    /// How many users there are.
    pub users: u32,
    /// When they open their pages.
    pub arrival: Arrival,
    /// `token.expires_in`.
    pub lifetime: Duration,
    /// `reuse.min_remaining`, which the clients go by as well.
    pub min_remaining: MinRemaining,
    /// Momento's limit for tokens, which is also `limits.momento_tokens_per_second`.
    pub tokens_per_second: NonZeroU32,
    /// Momento's limit for operations on the shared cache.
    pub cache_operations_per_second: NonZeroU32,
    /// Up to which share of the time that a client may keep a token it keeps it longer, so that not all come at once.
    pub jitter: f64,
    /// What chance follows from.
    pub seed: u64,
}

/// `reuse.mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Each request is a token.
    Off,
    /// Each instance keeps what it minted.
    Instance,
    /// And shares it with the others.
    Shared,
}

/// Whether users have grants of their own: what decides whether a token can serve another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grants {
    /// So many groups, in each of which all are granted the same.
    Groups(NonZeroU32),
    /// Each user has a token id of their own.
    Own,
}

/// What runs the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Lambda behind API Gateway: so many instances at most, each of which takes one request at a time.
    Lambda(NonZeroU32),
    /// One process that takes all requests at once.
    Server,
}

/// When the users open their pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Each at any moment of the time for which a token is kept; then they stay.
    Even,
    /// Over a day with a busy hour and a quiet one, rather at the full hour, each for an hour or so.
    Day,
    /// All of them within five seconds of the full hour; then they stay.
    Herd,
}

impl Scenario {
    /// Users who come evenly to what a user of the shipped configuration has: tokens for an hour, half of which must be
    /// left, and an account that Momento has not raised the limits of.
    #[must_use]
    pub fn new(mode: Mode, grants: Grants, place: Place, users: u32) -> Self {
        Self {
            mode,
            grants,
            place,
            users,
            arrival: Arrival::Even,
            lifetime: HOUR,
            min_remaining: MinRemaining::Percent(50),
            tokens_per_second: MOMENTOS_TOKENS,
            cache_operations_per_second: MOMENTOS_OPERATIONS,
            jitter: 0.1,
            seed: 1,
        }
    }

    /// The time for which a client keeps a token.
    #[must_use]
    pub fn hold(&self) -> Duration {
        self.lifetime.saturating_sub(self.min_remaining.of(self.lifetime))
    }

    /// How many users the formula allows: tokens a second, times the time that each is kept for.
    #[must_use]
    pub fn formula(&self) -> f64 {
        f64::from(self.tokens_per_second.get()) * self.hold().as_secs_f64()
    }

    /// What the user of this number is granted.
    pub(crate) fn grant(&self, user: u32) -> Grant {
        let (topic, token_id) = match self.grants {
            Grants::Groups(groups) => (format!("group-{}", user.checked_rem(groups.get()).unwrap_or(0)), None),
            Grants::Own => ("all".to_owned(), Some(format!("user-{user}"))),
        };
        let permission = Permission::Topic {
            role: TopicRole::PublishSubscribe,
            cache: CacheSelector::Name("default-cache".to_owned()),
            topic: TopicSelector::Name(topic),
        };
        Grant { permissions: vec![permission], token_id, lifetime: self.lifetime, not_after: None }
    }

    /// The time that a token is kept for, or two hours where that is longer, and in any case as long as it takes for enough
    /// requests to tell one refusal in a thousand from none.
    fn long_enough(&self, hold: Duration) -> Duration {
        hold.min(LONG).max(hold.mul_f64(ENOUGH_REQUESTS / f64::from(self.users.max(1))))
    }

    /// How long is simulated, and from when on it counts.
    pub(crate) fn time(&self) -> Window {
        let hold = self.hold();
        match self.arrival {
            // Those who come are as many a second as those who come back later, who must not be waited for too long.
            Arrival::Even if hold > LONG => Window { from: Duration::ZERO, to: self.long_enough(hold) },
            // In the first hold they come; what comes then is the same ever after.
            Arrival::Even => Window { from: hold, to: hold.saturating_add(self.long_enough(hold)) },
            Arrival::Day => Window { from: Duration::ZERO, to: DAY },
            Arrival::Herd => Window { from: Duration::ZERO, to: AFTER_THE_HOUR },
        }
    }
}

/// A stretch of time, since the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: Duration,
    pub(crate) to: Duration,
}

impl Window {
    pub(crate) fn holds(self, moment: Duration) -> bool {
        (self.from..self.to).contains(&moment)
    }

    pub(crate) fn seconds(self) -> f64 {
        self.to.saturating_sub(self.from).as_secs_f64()
    }
}

/// One group.
pub const ALL_THE_SAME: Grants = Grants::Groups(NonZeroU32::MIN);

/// What Momento allows an account that it has not raised the limit of: "Operations per second (control APIs): 5", in its
/// documentation of the cache's service limits, which is also what its token service answers by.
pub const MOMENTOS_TOKENS: NonZeroU32 = NonZeroU32::MIN.saturating_add(4);

/// The same for the cache: "Operations per second: 100".
pub const MOMENTOS_OPERATIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);
const LONG: Duration = Duration::from_secs(2 * 3_600);
const ENOUGH_REQUESTS: f64 = 20_000.0;

/// What is looked at of a herd: Momento has given 600 tokens by then.
pub const AFTER_THE_HOUR: Duration = Duration::from_secs(120);
