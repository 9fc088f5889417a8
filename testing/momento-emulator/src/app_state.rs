//! All that the services share, and the one gate through which every credential comes.
//!
//! A service learns who calls from [`AppState::caller`] and what they may do from the [`Caller`]; none reads the
//! `authorization` metadata itself.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;
use tonic::metadata::MetadataMap;

use crate::{
    Clock, Faults, KeyRing, Limiter,
    caches::Caches,
    connections::Connections,
    keys::Standing,
    refusal::Refusal,
    rights::{Operation, Rights},
    stats::Counter,
    token::Mint,
    topics::Topics,
};

/// The state of a running stage. Not `Debug`: it holds what clients stored.
pub(crate) struct AppState {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) endpoint: String,
    pub(crate) keys: KeyRing,
    pub(crate) mint: Mint,
    pub(crate) caches: Caches,
    pub(crate) topics: Topics,
    pub(crate) limiter: Limiter,
    pub(crate) faults: Faults,
    pub(crate) counter: Arc<Counter>,
    pub(crate) curtain: Curtain,
    pub(crate) lines: Connections,
}

impl AppState {
    /// Who calls, by the `authorization` metadata.
    pub(crate) fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Refusal> {
        self.caller_with(credential(metadata)?)
    }

    /// Who calls, by the credential that came with the call.
    pub(crate) fn caller_with(&self, credential: &str) -> Result<Caller, Refusal> {
        match self.keys.standing(credential, self.clock.now()) {
            Standing::Good => return Ok(Caller::Key),
            Standing::Ended => return Err(Refusal::KeyEnded),
            Standing::Unknown => {}
        }
        let token = self.mint.open(credential).ok_or(Refusal::UnknownCredential)?;
        if token.expires_at <= self.clock.now() {
            return Err(Refusal::Expired);
        }
        Ok(Caller::Token { rights: token.rights, id: token.id, expires_at: token.expires_at })
    }
}

/// The credential in the `authorization` metadata. The official SDKs send it as it is, without a scheme.
pub(crate) fn credential(metadata: &MetadataMap) -> Result<&str, Refusal> {
    match metadata.get("authorization").map(|value| value.to_str()) {
        None => Err(Refusal::NoCredential),
        Some(Ok("")) => Err(Refusal::NoCredential),
        Some(Ok(credential)) => Ok(credential),
        Some(Err(_)) => Err(Refusal::UnknownCredential),
    }
}

/// Who calls, once their credential has been found good.
#[derive(Debug)]
pub(crate) enum Caller {
    /// The holder of a long-lived API key, who may do everything.
    Key,
    /// The holder of a disposable token.
    Token { rights: Rights, id: String, expires_at: Duration },
}

impl Caller {
    /// Refuses a `deed` to `object` in `cache` that the caller has no permission for.
    pub(crate) fn must_be_allowed(&self, deed: Operation, cache: &str, object: &[u8]) -> Result<(), Refusal> {
        match self {
            Self::Key => Ok(()),
            Self::Token { rights, .. } if rights.allow(deed, cache, object) => Ok(()),
            Self::Token { .. } => Err(Refusal::NotPermitted),
        }
    }

    /// Refuses a disposable token, whatever it may do: for minting and for managing caches.
    pub(crate) fn must_hold_a_key(&self) -> Result<(), Refusal> {
        match self {
            Self::Key => Ok(()),
            Self::Token { .. } => Err(Refusal::KeyNeeded),
        }
    }

    /// When the caller's credential ends; `None`: an API key does not.
    pub(crate) fn expires_at(&self) -> Option<Duration> {
        match self {
            Self::Key => None,
            Self::Token { expires_at, .. } => Some(*expires_at),
        }
    }

    /// The token's id, which goes to subscribers with each message; empty for an API key.
    pub(crate) fn into_publisher_id(self) -> String {
        match self {
            Self::Key => String::new(),
            Self::Token { id, .. } => id,
        }
    }
}

/// Falls once, at the end. What would go on for ever (a subscription, a hanging call) watches it.
#[derive(Debug, Clone)]
pub(crate) struct Curtain {
    fallen: Arc<watch::Sender<Fallen>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fallen {
    NotYet,
    Yes,
}

impl Curtain {
    pub(crate) fn new() -> Self {
        Self { fallen: Arc::new(watch::Sender::new(Fallen::NotYet)) }
    }

    pub(crate) fn fall(&self) {
        self.fallen.send_replace(Fallen::Yes);
    }

    /// Ends when the curtain falls.
    pub(crate) fn has_fallen(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut fallen = self.fallen.subscribe();
        async move {
            // An error says that the stage is gone: that is an end as well.
            let _ = fallen.wait_for(|fallen| *fallen == Fallen::Yes).await;
        }
    }
}
