//! A user's page: it opens, asks for a token, keeps it for as long as it may, and asks again.
//!
//! It is a decent client, as docs/browser.md asks for: it goes by `expiresAt` and `Retry-After`, and does nothing at the same
//! moment as all others.

use std::time::Duration;

use fastrand::Rng;
use tvm_issuer::IssuedToken;
use tvm_policy::Grant;

use crate::chance::generator;
use crate::fleet::Answer;
use crate::scenario::{Arrival, DAY, HOUR, Scenario};
use crate::world::World;

/// How soon all pages are open after the full hour.
const HERD: Duration = Duration::from_secs(5);

/// The first wait after an answer that does not say how long to wait, and the longest; each is twice the one before.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// No client asks again sooner, however soon its token ends.
const LEAST_HOLD: Duration = Duration::from_secs(1);

/// How busy the day is at its busiest hour and its quietest, compared with its mean.
const SWING: (f64, f64) = (1.8, 0.2);
const BUSIEST_HOUR: f64 = 16.0;

/// How much busier the first minutes of an hour are than the others, for things that begin at the full hour.
const RUSH: (f64, f64) = (4.0, 5.0 / 60.0);

/// One user.
pub(crate) struct User {
    grant: Grant,
    opens: Duration,
    closes: Duration,
    random: Rng,
}

impl User {
    /// The user of this number.
    pub(crate) fn new(scenario: &Scenario, number: u32) -> Self {
        let mut random = generator(scenario.seed, u64::from(number));
        let (opens, stays) = match scenario.arrival {
            Arrival::Even => (scenario.hold().mul_f64(random.f64()), Duration::MAX),
            Arrival::Herd => (HERD.mul_f64(random.f64()), Duration::MAX),
            Arrival::Day => (hour_of_the_day(&mut random), HOUR.mul_f64(0.5 + random.f64())),
        };
        Self { grant: scenario.grant(number), opens, closes: opens.saturating_add(stays), random }
    }

    /// When the page is opened, after the beginning.
    pub(crate) fn opens(&self) -> Duration {
        self.opens
    }

    /// The life of the page.
    pub(crate) async fn lives(mut self, world: &World) {
        world.clock.until(self.opens).await;
        while let Some(vended) = self.comes_by_a_token(world).await {
            let asks_again = world.clock.elapsed().saturating_add(self.keeps(world, &vended));
            if asks_again >= self.closes {
                return;
            }
            world.clock.until(asks_again).await;
        }
    }

    /// Asks until there is a token; `None`: the page was closed before.
    async fn comes_by_a_token(&mut self, world: &World) -> Option<IssuedToken> {
        let begun = world.clock.elapsed();
        world.wanted(begun);
        let mut backoff = BACKOFF.0;
        loop {
            let answer = world.fleet.ask(&self.grant).await;
            let now = world.clock.elapsed();
            world.answered(now, &answer, &self.grant);
            let wait = match answer {
                Answer::Token(vended) => {
                    world.came_by(begun, now);
                    return Some(vended);
                }
                Answer::ComeBack(wait) => wait.saturating_add(Duration::from_secs_f64(self.random.f64())),
                Answer::TurnedAway | Answer::Failed => {
                    let wait = backoff.mul_f64(0.5 + self.random.f64() / 2.0);
                    backoff = backoff.saturating_mul(2).min(BACKOFF.1);
                    wait
                }
            };
            let asks_again = now.saturating_add(wait);
            if asks_again >= self.closes {
                return None;
            }
            world.clock.until(asks_again).await;
        }
    }

    /// For how long a token is kept: until so much of its life is left as must be, and a little longer; one that has less is
    /// one that was given for want of a better, and half of that is kept.
    fn keeps(&mut self, world: &World, vended: &IssuedToken) -> Duration {
        let scenario = &world.scenario;
        let remaining = vended.token.remaining(world.clock.now());
        let must_be_left = scenario.min_remaining.of(scenario.lifetime);
        let hold = match remaining.checked_sub(must_be_left) {
            Some(hold) => hold,
            None => remaining / 2,
        };
        let longer =
            scenario.hold().mul_f64(scenario.jitter * self.random.f64()).min(remaining.saturating_sub(hold) / 2);
        hold.saturating_add(longer).max(LEAST_HOLD)
    }
}

/// When a page is opened on a day that is not the same all day.
fn hour_of_the_day(random: &mut Rng) -> Duration {
    loop {
        let hour = 24.0 * random.f64();
        let from_the_busiest = (hour - BUSIEST_HOUR).abs();
        let from_the_busiest = from_the_busiest.min(24.0 - from_the_busiest) / 12.0;
        let (most, least) = SWING;
        let (rush, rush_lasts) = RUSH;
        let weight = (most - (most - least) * from_the_busiest) * if hour.fract() < rush_lasts { rush } else { 1.0 };
        if random.f64() * most * rush < weight {
            return DAY.mul_f64(hour / 24.0);
        }
    }
}
