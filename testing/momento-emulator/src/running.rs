//! The handle of an open stage.
//!
//! It looks at the same state as the administrative HTTP interface does; a stage ends with its handle.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::task::JoinHandle;

use crate::{Faults, IssuedKey, KeyError, KeyRing, Limiter, Stats, app_state::AppState, keys::OwnKeys};

/// How long clients may take to close their connections at the end, before they are cut off.
const GRACE: Duration = Duration::from_secs(2);

/// An open stage. It ends when this is dropped, or by [`Running::shutdown`].
pub struct Running {
    scheme: &'static str,
    address: SocketAddr,
    keys: OwnKeys,
    world: Arc<AppState>,
    serving: Option<JoinHandle<Result<(), tonic::transport::Error>>>,
}

impl Running {
    pub(crate) fn new(
        scheme: &'static str,
        address: SocketAddr,
        keys: OwnKeys,
        world: Arc<AppState>,
        serving: JoinHandle<Result<(), tonic::transport::Error>>,
    ) -> Self {
        Self { scheme, address, keys, world, serving: Some(serving) }
    }

    /// Where it listens, with the port that it got.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The URL of every service, `http://127.0.0.1:PORT`, or `https://…` where it speaks TLS: for `CredentialProvider::insecure_endpoint_override`,
    /// `MOMENTO_TOKEN_ENDPOINT` and the administrative interface.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The stage's API key in its v1 form, as a user would store it.
    #[must_use]
    pub fn api_key_v1(&self) -> &SecretString {
        self.keys.v1.text()
    }

    /// Another API key of the stage, in the v2 form.
    #[must_use]
    pub fn api_key_v2(&self) -> &SecretString {
        self.keys.v2.text()
    }

    /// The keys that are good, to add and revoke.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.world.keys
    }

    /// A key that is good for `lifetime` by the stage's clock and can be renewed, as Momento's console makes one.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn issue_key(&self, lifetime: Duration) -> Result<IssuedKey, KeyError> {
        self.world.keys.issue(&self.world.endpoint, lifetime, self.world.clock.now())
    }

    /// What goes wrong, to set and clear.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.world.faults
    }

    /// The limit of tokens a second, to set and lift.
    #[must_use]
    pub fn limiter(&self) -> &Limiter {
        &self.world.limiter
    }

    /// What was called until now.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.world.counter.snapshot()
    }

    /// Resets every connection that is open now, whatever is under way on it; new ones are taken at once. Gives how many.
    pub fn cut_connections(&self) -> usize {
        self.world.lines.cut()
    }

    /// Ends the stage: subscriptions end with UNAVAILABLE, calls under way are answered. Returns when the port is
    /// free, after two seconds at the latest.
    pub async fn shutdown(mut self) {
        self.world.curtain.fall();
        if let Some(mut serving) = self.serving.take()
            && tokio::time::timeout(GRACE, &mut serving).await.is_err()
        {
            serving.abort();
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Running({})", self.address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.world.curtain.fall();
    }
}
