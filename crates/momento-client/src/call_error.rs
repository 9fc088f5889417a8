//! Why a call failed.
//!
//! Of what a server says only the code is kept: its free text may echo a credential, and these errors are logged.

use std::time::Duration;

use tonic::Code;

/// Why one sending failed, and with it whether another may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallError {
    /// There is no connection, or it broke, as one does that was frozen with its Lambda, or the service is not up: a new
    /// connection may do better.
    Connection(Code),
    /// The deadline passed.
    Timeout,
    /// An answer: asking again would give it again.
    Answer {
        /// What the service answered.
        code: Code,
        /// The service's own wish, where it has one.
        retry_after: Option<Duration>,
    },
}

impl CallError {
    /// A connection that cannot be had, or broke.
    pub const NO_CONNECTION: Self = Self::Connection(Code::Unavailable);

    /// An answer of this code.
    pub fn answer(code: Code) -> Self {
        Self::Answer { code, retry_after: None }
    }

    /// Whether the next call had better not use the same connection.
    pub fn doubts_the_connection(self) -> bool {
        match self {
            // Silence may be a dead connection, with the deadline too short to find that out.
            Self::Connection(_) | Self::Timeout => true,
            Self::Answer { .. } => false,
        }
    }
}

impl From<h2::Error> for CallError {
    /// Whatever it is, it says nothing about the key or the request: HTTP/2's own errors come from proxies, too.
    fn from(_: h2::Error) -> Self {
        Self::NO_CONNECTION
    }
}
