//! The store that instances share: what it must be able to do. [`MomentoCache`](crate::MomentoCache) is one.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use momento_client::ApiKey;
use tonic::Code;

use momento_client::CallError;
use momento_client::Deadline;
use momento_client::UnusableKey;

/// Items by name, each of which ends. What is put into it is encrypted before; who can write to it can do harm (make
/// tokens dear), who can read it cannot.
pub trait SharedStore: Send + Sync {
    /// The item called `name`.
    ///
    /// # Errors
    /// [`StoreError`]; see there.
    fn get(
        &self,
        key: &ApiKey,
        name: Bytes,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Bytes>, StoreError>> + Send;

    /// Puts an item, which ends after `life`.
    ///
    /// # Errors
    /// [`StoreError`]; see there.
    fn set(
        &self,
        key: &ApiKey,
        name: Bytes,
        value: Bytes,
        life: Duration,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Claims `name` for `life`, unless it is claimed already. Of all who try at once, one succeeds. `mark` tells one claim from
    /// the next. What is claimed is never [`set`](Self::set): the two do not mix.
    ///
    /// # Errors
    /// [`StoreError`]; see there.
    fn claim(
        &self,
        key: &ApiKey,
        name: Bytes,
        mark: Bytes,
        life: Duration,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send;

    /// Adds one to a counter, which begins at nothing and ends once nobody has counted for `life`, and gives what it is
    /// then.
    ///
    /// # Errors
    /// [`StoreError`]; see there.
    fn count(
        &self,
        key: &ApiKey,
        name: Bytes,
        life: Duration,
        deadline: Deadline,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Ends a claim before its time, if it is still the one with this `mark`.
    ///
    /// # Errors
    /// [`StoreError`]; see there.
    fn release(
        &self,
        key: &ApiKey,
        name: Bytes,
        mark: Bytes,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What became of a [`claim`](SharedStore::claim).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is this caller's.
    Mine,
    /// It is another's.
    Taken,
}

/// Why a shared store was of no help. Never the end of a request: it goes on without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No answer in time.
    #[error("it did not answer in time; raise `reuse.cache_budget_ms` if it is far away")]
    Timeout,
    /// The service, or the connection to it, failed.
    #[error("it is unavailable ({code:?})")]
    Unavailable {
        /// What the service answered, or what the failed connection amounts to.
        code: Code,
    },
    /// The key may not use it.
    #[error("Momento refused the API key there ({code:?}); give the key the right to read and write that cache")]
    Refused {
        /// What the service answered.
        code: Code,
    },
    /// It does not exist, and could not be made.
    #[error("it does not exist and cannot be made ({code:?}); make it in Momento's console")]
    NotMade {
        /// What the service answered to the attempt to make it.
        code: Code,
    },
    /// The answer makes no sense.
    #[error("it sent an invalid response")]
    InvalidResponse,
    /// It cannot be asked at all.
    #[error(transparent)]
    Key(#[from] UnusableKey),
}

impl From<CallError> for StoreError {
    fn from(failure: CallError) -> Self {
        match failure {
            CallError::Timeout | CallError::Answer { code: Code::DeadlineExceeded, .. } => Self::Timeout,
            CallError::Answer { code: code @ (Code::Unauthenticated | Code::PermissionDenied), .. } => {
                Self::Refused { code }
            }
            CallError::Connection(code) | CallError::Answer { code, .. } => Self::Unavailable { code },
        }
    }
}
