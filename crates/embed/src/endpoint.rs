//! The endpoint: a request of the server's own in, a response out.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{ALLOW, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use momento_client::Deadline;
use momento_client::KeySource;
use tower_service::Service;
use tvm_issuer::IssuedToken;
use tvm_machine::{Answer, Issued, Machine, Reply};
use tvm_policy::{AuthMode, Identity};

use crate::query::{Asked, Malformed};
use crate::response::{request_id, response};
use crate::sessions::{Nobody, Sessions, SessionsUnavailable};

/// What a vended token looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// `{"authToken": "…", "expiresAt": <epoch seconds>}`, as the deployed machine answers.
    #[default]
    Json,
    /// The token alone, as text, and `?username=` for `?name=`: what pages of Momento's Next.js example expect.
    PlainText,
}

impl Format {
    pub(crate) const fn name_parameter(self) -> &'static str {
        match self {
            Self::Json => "name",
            Self::PlainText => "username",
        }
    }
}

/// The configuration wants callers verified and there are no sessions, or the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModeMismatch {
    /// Sessions that nothing would look at.
    #[error(
        "auth = \"Open\" lets everybody in, session or not; write auth = \"LambdaAuthorizer\", or use TokenEndpoint::open"
    )]
    Open,
    /// Nobody to verify callers.
    #[error("auth = \"{}\" wants callers verified; use TokenEndpoint::for_sessions, or write auth = \"Open\"", .0.as_str())]
    Verified(AuthMode),
}

/// Answers requests for a token. A tower service for any body, which it does not read; cheap to clone.
pub struct TokenEndpoint<K: KeySource, S = Nobody> {
    machine: Arc<Machine<K>>,
    sessions: Arc<S>,
    format: Format,
}

/// Why a request gets no token.
#[derive(Debug, thiserror::Error)]
enum Failure<E: std::error::Error + 'static> {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("no session")]
    NoSession,
    #[error(transparent)]
    Sessions(#[from] SessionsUnavailable),
    #[error(transparent)]
    NotVended(#[from] tvm_machine::Failure<E>),
    #[error("the method is not GET")]
    Method,
}

impl<K: KeySource + 'static> TokenEndpoint<K> {
    /// For everybody who reaches it, by a configuration with `auth = "Open"`.
    ///
    /// # Errors
    /// [`ModeMismatch::Verified`] with another.
    pub fn open(machine: Machine<K>) -> Result<Self, ModeMismatch> {
        match machine.config().auth() {
            AuthMode::Open => Ok(Self::new(machine, Nobody)),
            mode => Err(ModeMismatch::Verified(mode)),
        }
    }
}

impl<K: KeySource + 'static, S: Sessions> TokenEndpoint<K, S> {
    /// For who has a session, by a configuration with `auth = "LambdaAuthorizer"` or `"AmazonCognito"`: both mean here that the
    /// server verifies its callers.
    ///
    /// # Errors
    /// [`ModeMismatch::Open`] with `auth = "Open"`.
    pub fn for_sessions(machine: Machine<K>, sessions: S) -> Result<Self, ModeMismatch> {
        match machine.config().auth() {
            AuthMode::Open => Err(ModeMismatch::Open),
            AuthMode::LambdaAuthorizer | AuthMode::AmazonCognito => Ok(Self::new(machine, sessions)),
        }
    }

    fn new(machine: Machine<K>, sessions: S) -> Self {
        Self { machine: Arc::new(machine), sessions: Arc::new(sessions), format: Format::default() }
    }

    /// Answers in this format instead of [`Format::Json`]. Errors are JSON in either.
    #[must_use]
    pub fn format(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// Reads the key and connects, so that the first request need not. It never fails: the request tries again.
    pub async fn warm(&self) {
        self.machine.warm(Deadline::default()).await;
    }

    /// The response to a request.
    pub async fn answer(&self, request: &Parts) -> Response<String> {
        if request.method == Method::OPTIONS {
            let mut nothing = Response::new(String::new());
            *nothing.status_mut() = StatusCode::NO_CONTENT;
            return allowed(nothing);
        }
        let request_id = request_id();
        let outcome = self.vend(request).await;
        log(&outcome, &request_id);
        let reply = match (&outcome, self.format) {
            (Ok(issued), Format::Json) => Reply::token(issued),
            (Ok(issued), Format::PlainText) => Reply::plain_token(issued),
            (Err(failure), _) => Reply::refusal(failure.answer(), &request_id),
        };
        let response = response(reply);
        if matches!(outcome, Err(Failure::Method)) { allowed(response) } else { response }
    }

    async fn vend(&self, request: &Parts) -> Result<Issued<'_>, Failure<K::Error>> {
        if request.method != Method::GET {
            return Err(Failure::Method);
        }
        let asked = Asked::read(request, self.format.name_parameter())?;
        let identity = match self.machine.config().auth() {
            AuthMode::Open => Identity::Anonymous,
            AuthMode::LambdaAuthorizer | AuthMode::AmazonCognito => {
                Identity::Verified(self.sessions.caller(request).await?.ok_or(Failure::NoSession)?)
            }
        };
        let wanted = tvm_policy::Request { name: asked.name.as_deref(), group: asked.group, cache: asked.cache };
        Ok(self.machine.vend(&identity, wanted, Deadline::default()).await?)
    }
}

/// The same, with the methods that there are: a refusal of another has to name them (RFC 9110, section 15.5.6).
fn allowed(mut response: Response<String>) -> Response<String> {
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, OPTIONS"));
    response
}

impl<E: std::error::Error> Failure<E> {
    fn answer(&self) -> Answer {
        match self {
            Self::Malformed(_) => Answer::MALFORMED,
            Self::NoSession => Answer::unauthorized("Sign in, and ask again."),
            Self::Sessions(_) => Answer::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "SessionsUnavailable",
                "Who you are cannot be found out now. Try again shortly.",
            ),
            Self::NotVended(failure) => failure.answer(),
            Self::Method => Answer::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "Ask by GET."),
        }
    }
}

/// One line for each request, as the deployed function writes them.
fn log<E: std::error::Error>(outcome: &Result<Issued<'_>, Failure<E>>, request_id: &str) {
    match outcome {
        Ok(Issued { vended: IssuedToken { token, origin, .. }, .. }) => {
            tracing::info!(
                requestId = request_id,
                expires_at = token.expires_at(),
                origin = origin.as_str(),
                "a token was vended"
            );
        }
        Err(failure) => {
            let Answer { status, code, .. } = failure.answer();
            if status.is_server_error() {
                tracing::error!(requestId = request_id, code, reason = %failure, "no token was vended");
            } else {
                tracing::warn!(requestId = request_id, code, reason = %failure, "no token was vended");
            }
        }
    }
}

impl<K, S, B> Service<Request<B>> for TokenEndpoint<K, S>
where
    K: KeySource + 'static,
    S: Sessions,
    B: Send + 'static,
{
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<String>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let endpoint = self.clone();
        let (parts, _) = request.into_parts();
        Box::pin(async move { Ok(endpoint.answer(&parts).await) })
    }
}

impl<K: KeySource, S> Clone for TokenEndpoint<K, S> {
    fn clone(&self) -> Self {
        Self { machine: Arc::clone(&self.machine), sessions: Arc::clone(&self.sessions), format: self.format }
    }
}

impl<K: KeySource, S> fmt::Debug for TokenEndpoint<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEndpoint").field("format", &self.format).finish_non_exhaustive()
    }
}
