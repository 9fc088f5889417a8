//! What a client is told that gets no token.

use std::time::Duration;

use http::StatusCode;

/// What a client is told (docs/errors.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable name for programs, in `PascalCase`.
    pub code: &'static str,
    /// What to do, for people. Nothing internal.
    pub message: &'static str,
    /// When it is worth asking again.
    pub retry_after: Option<Duration>,
}

impl Answer {
    /// The machine was deployed in a way that it cannot work in.
    pub const MISCONFIGURED: Self = Self::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Misconfigured",
        "The token service is not set up correctly. Tell its operator.",
    );

    /// The request can be read in more than one way, or in none.
    pub const MALFORMED: Self =
        Self::new(StatusCode::BAD_REQUEST, "MalformedRequest", "Send each header and query parameter once, as text.");

    /// One that says nothing of when to come back.
    pub const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, retry_after: None }
    }

    /// Nobody, or not who they say they are: `message` says what to send.
    pub const fn unauthorized(message: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
    }
}
