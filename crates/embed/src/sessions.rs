//! Who asks, as the server's own session says it.

use std::future::{Future, ready};

use http::request::Parts;
use tvm_policy::Caller;

/// The sessions that a server has with its users.
///
/// What it says of a caller is what they are granted by: it may be made of a checked cookie or the like, never of what the
/// client could as well have typed. A function from a request to a caller is one:
/// `|request: &Parts| -> Option<Caller> { … }`. A caller who is one [until](Caller::until) the session ends gets no token that lives
/// longer.
pub trait Sessions: Send + Sync + 'static {
    /// Whose session the request belongs to; `None` where there is none (any more): 401.
    ///
    /// # Errors
    /// [`SessionsUnavailable`] where that cannot be found out now: 503.
    fn caller(&self, request: &Parts) -> impl Future<Output = Result<Option<Caller>, SessionsUnavailable>> + Send;
}

/// Why nobody can be recognised now, such as a database that does not answer. It is logged: no cookie may be in it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the sessions cannot be looked up: {0}")]
pub struct SessionsUnavailable(pub String);

impl<F> Sessions for F
where
    F: Fn(&Parts) -> Option<Caller> + Send + Sync + 'static,
{
    fn caller(&self, request: &Parts) -> impl Future<Output = Result<Option<Caller>, SessionsUnavailable>> + Send {
        ready(Ok(self(request)))
    }
}

/// No sessions: for `auth = "Open"`.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Sessions for Nobody {
    fn caller(&self, _: &Parts) -> impl Future<Output = Result<Option<Caller>, SessionsUnavailable>> + Send {
        ready(Ok(None))
    }
}
