//! Why nothing was vended.

use crate::token_error::TokenError;

/// Why nothing was vended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError<E> {
    /// There is no API key.
    #[error(transparent)]
    Key(E),
    /// The source of the API key took until the deadline.
    #[error(
        "the Momento API key could not be read in time; try again, and check the connection to where it is stored if this continues"
    )]
    KeyTimeout,
    /// The grant says when the caller's own proof ends, and that is now, or within a second.
    #[error("the caller's own token has expired, or expires within a second; the caller must sign in again")]
    CallerEnded,
    /// There is a key, and no token.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl<E> IssueError<E> {
    /// Whether Momento says that the key is no good.
    pub(crate) fn is_about_the_key(&self) -> bool {
        matches!(self, Self::Token(TokenError::Refused { .. }))
    }

    /// Whether it is no matter of another caller's who wants the very same.
    pub(crate) fn is_about_the_caller(&self) -> bool {
        matches!(self, Self::Token(TokenError::TooSoon { .. }))
    }
}
