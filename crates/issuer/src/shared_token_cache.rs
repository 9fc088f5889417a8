//! Tokens that instances share: one mints, the others find what it minted.
//!
//! An entry lies under a name made of the whole grant, and opens with that grant and the API key of whoever looks: it never
//! serves another. The store is a help and never a need: whatever it does wrong costs a request no more than its budget,
//! and for a while nobody asks it.

use std::fmt;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use momento_client::ApiKey;
use prost::Message;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use tonic::Code;
use tvm_policy::Grant;

use crate::caller_throttle::TooSoon;
use crate::disposable_token::{DisposableToken, UncheckedToken};
use crate::request::request;
use crate::shared_store::{Claim, SharedStore, StoreError};
use crate::token_cipher::TokenCipher;
use momento_client::Deadline;

/// How long the store is left alone after it failed: a request in five seconds at most finds out whether it is back.
const REST: Duration = Duration::from_secs(5);

/// How long an instance has the word to mint for a grant, at most. Should it die meanwhile, another takes over after this.
const LONGEST_LEASE: Duration = Duration::from_secs(3);

/// How often an instance looks whether the token it waits for is there: at first, and at last.
const SOON: Duration = Duration::from_millis(40);
const SELDOM: Duration = Duration::from_millis(250);

/// The store, and what may be spent on it.
pub(crate) struct SharedTokenCache<S> {
    store: S,
    budget: Duration,
    /// Until when it is left alone.
    rests_until: Mutex<Option<Instant>>,
}

/// What one request may still spend on the store.
#[derive(Debug)]
pub(crate) struct TimeBudget {
    left: Duration,
    /// What of that is for leaving a token to others: else those who looked for one would have nothing left for it, and a
    /// slow store would be asked by everybody and hold nothing.
    to_keep: Duration,
}

impl TimeBudget {
    /// For a request that asks no store.
    pub(crate) const fn none() -> Self {
        Self { left: Duration::ZERO, to_keep: Duration::ZERO }
    }
}

/// Where the token of one grant lies, by one API key.
pub(crate) struct Entry {
    cipher: TokenCipher,
    /// The grant as Momento is asked for it, without the key: equal for equal grants alone.
    grant: Vec<u8>,
    lifetime: Duration,
    token: Bytes,
    lease: Lease,
}

/// What is claimed, or to be, and by which mark.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    name: Bytes,
    mark: Bytes,
}

impl Lease {
    /// A claim to `name` like no other.
    fn new(name: Bytes) -> Self {
        Self { name, mark: fastrand::u64(..).to_string().into() }
    }
}

/// Whose turn it is to mint.
#[derive(Debug)]
pub(crate) enum LeaseOutcome {
    /// This instance's: nobody else is at it, or nobody can tell.
    Ours,
    /// It was another's, which has brought a token.
    Theirs(DisposableToken),
}

impl Entry {
    /// `None` for a grant that no message holds, which is refused before, or where the cryptography fails.
    pub(crate) fn of(key: &ApiKey, grant: &Grant) -> Option<Self> {
        let cipher = TokenCipher::of(key)?;
        let seconds = grant.lifetime.as_secs();
        let grant = request("", &grant.permissions, seconds, grant.token_id.as_deref()).ok()?.encode_to_vec();
        let (token, lease) = (cipher.name("token", &grant), Lease::new(cipher.name("lease", &grant)));
        Some(Self { cipher, grant, lifetime: Duration::from_secs(seconds), token, lease })
    }

    /// The word to mint.
    pub(crate) fn lease(&self) -> Lease {
        self.lease.clone()
    }

    fn decrypt(&self, sealed: &[u8], now: SystemTime) -> Option<DisposableToken> {
        let text = self.cipher.decrypt(&self.grant, sealed)?;
        let (expires_at, text) = text.split_first_chunk()?;
        let (good_until, text) = text.split_first_chunk()?;
        let minted = UncheckedToken {
            auth_token: SecretString::from(std::str::from_utf8(text).ok()?),
            expires_at: u64::from_be_bytes(*expires_at),
            good_until: u64::from_be_bytes(*good_until),
        };
        DisposableToken::checked(minted, self.lifetime, now).ok()
    }

    fn encrypt(&self, token: &DisposableToken) -> Option<Bytes> {
        let mut text = Zeroizing::new(token.expires_at().to_be_bytes().to_vec());
        text.extend_from_slice(&token.good_until().to_be_bytes());
        text.extend_from_slice(token.auth_token().expose_secret().as_bytes());
        self.cipher.encrypt(&self.grant, &text)
    }
}

impl<S: SharedStore> SharedTokenCache<S> {
    /// A request waits for `store` no longer than `budget` in all.
    pub(crate) fn new(store: S, budget: Duration) -> Self {
        Self { store, budget, rests_until: Mutex::new(None) }
    }

    pub(crate) fn store(&self) -> &S {
        &self.store
    }

    /// When a request that has until `deadline` is done with the store, at the latest.
    pub(crate) fn within_budget(&self, deadline: Deadline) -> Deadline {
        deadline.min(Deadline::after(self.budget))
    }

    pub(crate) fn allowance(&self) -> TimeBudget {
        TimeBudget { left: self.budget, to_keep: self.share() }
    }

    /// The token that somebody minted.
    pub(crate) async fn find(
        &self,
        key: &ApiKey,
        entry: &Entry,
        now: SystemTime,
        deadline: Deadline,
        allowance: &mut TimeBudget,
    ) -> Option<DisposableToken> {
        let sealed = self.ask(deadline, allowance, |by| self.store.get(key, entry.token.clone(), by)).await??;
        entry.decrypt(&sealed, now)
    }

    /// Leaves a token to others, until it ends.
    pub(crate) async fn keep(
        &self,
        key: &ApiKey,
        entry: &Entry,
        token: &DisposableToken,
        now: SystemTime,
        deadline: Deadline,
        allowance: &mut TimeBudget,
    ) {
        if let Some(sealed) = entry.encrypt(token) {
            let life = token.remaining(now);
            allowance.to_keep = Duration::ZERO;
            self.ask(deadline, allowance, |by| self.store.set(key, entry.token.clone(), sealed, life, by)).await;
        }
    }

    /// Waits until it is this instance's turn to mint, or another has minted what `enough` says is a token.
    pub(crate) async fn turn(
        &self,
        key: &ApiKey,
        entry: &Entry,
        now: impl Fn() -> SystemTime + Send,
        enough: Duration,
        deadline: Deadline,
        allowance: &mut TimeBudget,
    ) -> LeaseOutcome {
        // Half of the time, and the other half to mint without the word of the others.
        let patience = Deadline::after(deadline.remaining().checked_div(2).unwrap_or_default());
        // The word is kept after a mint until it ends: by then the token must still be of use.
        let useful = entry.lifetime.saturating_sub(enough).checked_div(2).unwrap_or_default();
        let lease = LONGEST_LEASE.min(useful);
        let mut pause = SOON;
        // A store that works is not what is waited for here: only where it fails does that cost of the allowance.
        let left = allowance.left;
        loop {
            let claim = self.claim(key, &entry.lease, lease, deadline, allowance).await;
            // Also where the store is of no help: better a token too many than none.
            if claim != Some(Claim::Taken) || patience.remaining() <= pause {
                return LeaseOutcome::Ours;
            }
            tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
            pause = pause.mul_f64(1.5).min(SELDOM);
            let found = self.find(key, entry, now(), deadline, allowance).await;
            if !self.rests() {
                allowance.left = left;
            }
            if let Some(token) = found.filter(|token| token.remaining(now()) >= enough) {
                return LeaseOutcome::Theirs(token);
            }
        }
    }

    /// Begins an interval of `least` for `identity`, unless one is under way somewhere; then so much is left of it at most.
    /// Gives the claim that is to be released where no token is minted, if the store is of any help.
    pub(crate) async fn begin_interval(
        &self,
        key: &ApiKey,
        identity: &str,
        least: Duration,
        deadline: Deadline,
        allowance: &mut TimeBudget,
    ) -> Result<Option<Lease>, TooSoon> {
        let Some(cipher) = TokenCipher::of(key) else { return Ok(None) };
        let interval = Lease::new(cipher.name("identity", identity.as_bytes()));
        match self.claim(key, &interval, least, deadline, allowance).await {
            Some(Claim::Mine) => Ok(Some(interval)),
            Some(Claim::Taken) => Err(TooSoon { after: least }),
            None => Ok(None),
        }
    }

    async fn claim(
        &self,
        key: &ApiKey,
        Lease { name, mark }: &Lease,
        life: Duration,
        deadline: Deadline,
        allowance: &mut TimeBudget,
    ) -> Option<Claim> {
        let claim = |by| self.store.claim(key, name.clone(), mark.clone(), life, by);
        self.ask(deadline, allowance, claim).await
    }

    /// Ends a claim before its time.
    pub(crate) async fn release(&self, key: &ApiKey, claim: Lease, deadline: Deadline, allowance: &mut TimeBudget) {
        self.ask(deadline, allowance, |by| self.store.release(key, claim.name, claim.mark, by)).await;
    }

    /// Adds one to a counter, and gives what it is then.
    pub(crate) async fn count(
        &self,
        key: &ApiKey,
        name: Bytes,
        life: Duration,
        deadline: Deadline,
        allowance: &mut TimeBudget,
    ) -> Option<u64> {
        self.ask(deadline, allowance, |by| self.store.count(key, name, life, by)).await
    }

    /// What `call` brings, within the allowance; `None`: nothing, and the request goes on without.
    async fn ask<T, F>(
        &self,
        deadline: Deadline,
        allowance: &mut TimeBudget,
        call: impl FnOnce(Deadline) -> F,
    ) -> Option<T>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let given = allowance.left.saturating_sub(allowance.to_keep).min(deadline.remaining());
        if given.is_zero() || self.rests() {
            return None;
        }
        let (by, begun) = (Deadline::after(given), Instant::now());
        let answer = by.bound(call(by)).await.unwrap_or(Err(StoreError::Timeout));
        allowance.left = allowance.left.saturating_sub(begun.elapsed());
        match answer {
            Ok(answer) => Some(answer),
            // The request came to it with little time left: it is not to blame.
            Err(StoreError::Timeout) if given < self.share() => None,
            // Nor for a key that was revoked, which the call to mint finds out, and replaces.
            Err(StoreError::Refused { code: Code::Unauthenticated }) => None,
            Err(error) => {
                tracing::warn!(%error, "tokens are not shared for now: the shared cache does not work");
                *self.rest() = Instant::now().checked_add(REST);
                None
            }
        }
    }

    /// A quarter of the budget: enough for a call to a store that is of any use.
    fn share(&self) -> Duration {
        self.budget.checked_div(4).unwrap_or_default()
    }

    fn rests(&self) -> bool {
        self.rest().is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self) -> MutexGuard<'_, Option<Instant>> {
        // What it guards is whole at any moment.
        self.rests_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: fmt::Debug> fmt::Debug for SharedTokenCache<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTokenCache")
            .field("store", &self.store)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
