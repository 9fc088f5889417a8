//! What a test can make go wrong in the Secrets Manager, and how it has a rotation tested.

use std::time::Duration;

/// What the version holds that Secrets Manager makes to test a rotation schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestVersion {
    /// The current value, if the secret has one.
    CopyOfCurrent,
    /// Nothing.
    WithoutValue,
}

/// What goes wrong with requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It is answered this much later, as it would have been.
    Late(Duration),
    /// It fails with HTTP status 500, `InternalServiceError`.
    Internal,
    /// The caller may not read the secret: `AccessDeniedException`.
    AccessDenied,
    /// The secret cannot be decrypted: `DecryptionFailure`.
    Kms,
    /// It is done, and fails all the same with HTTP status 500, `InternalServiceError`.
    AnswerLost,
}
