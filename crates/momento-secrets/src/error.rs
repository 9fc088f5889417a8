//! Why a secret could not be had, and what to do.
//!
//! Each error names the secret by its id, and never holds any part of a value, nor an answer or an error of the SDK (their
//! `Debug` may print a response's body, and AWS's message on a bad signature quotes the session token).

use momento_client::ApiKeyError;

/// What the caller may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// Read the secret: `secretsmanager:GetSecretValue`.
    Secret,
    /// Use the KMS key that the secret is encrypted with: `kms:Decrypt`.
    EncryptionKey,
}

/// Why the secret with this `id` could not be read or used. `Display` is one sentence with the fix in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "every `id` is the secret's name or ARN; the other fields are documented")]
pub enum SecretError {
    /// The key itself, where the name of its secret belongs. It was sent nowhere.
    #[error(
        "a Momento API key stands where the name or ARN of its secret belongs; write that instead, and replace the key where others have \
         seen it"
    )]
    KeyForName,
    /// There is no such secret in this account and region.
    #[error("secret {id}: there is no such secret in this account and region; check its name or ARN, and the region")]
    NotFound { id: String },
    /// The secret exists, but no version of it carries the stage: it was created without a value.
    #[error("secret {id}: it has no value yet (stage {stage}); put one with: {}", how_to_put(id, stage))]
    NoValue {
        id: String,
        /// The stage that was asked for.
        stage: String,
    },
    /// The secret is scheduled for deletion.
    #[error(
        "secret {id}: it is marked for deletion; restore it with: aws secretsmanager restore-secret --secret-id {id}"
    )]
    MarkedForDeletion { id: String },
    /// These credentials may not read the secret, or not use its key.
    #[error("secret {id}: access is denied; allow {} to this role. AWS says: {said}", permission(*to))]
    AccessDenied {
        id: String,
        /// What is denied.
        to: Denied,
        /// AWS's own message, which names the role and the policy.
        said: String,
    },
    /// KMS could not decrypt the value: its key is disabled, deleted or out of reach.
    #[error("secret {id}: KMS cannot decrypt it; check that its KMS key exists and is enabled. AWS says: {said}")]
    Kms {
        id: String,
        /// AWS's own message.
        said: String,
    },
    /// There are no AWS credentials, or AWS does not accept them.
    #[error("secret {id}: no usable AWS credentials ({reason}); provide some, or renew them")]
    Credentials {
        id: String,
        /// AWS's error code, or what the credentials' provider said.
        reason: String,
    },
    /// Secrets Manager or KMS asks for fewer calls.
    #[error("secret {id}: Secrets Manager throttles this account ({code}); try again later")]
    Throttled {
        id: String,
        /// AWS's error code.
        code: String,
    },
    /// No answer: no connection, none in time, or the service itself failed.
    #[error(
        "secret {id}: Secrets Manager is unreachable ({reason}); try again, and check the network path, the region and the \
         endpoint URL"
    )]
    Unreachable {
        id: String,
        /// What happened.
        reason: String,
    },
    /// The value is binary and not UTF-8.
    #[error("secret {id}: its value is binary, not UTF-8 text; store it as text")]
    NotText { id: String },
    /// The value was read and is not a Momento API key.
    #[error("secret {id}: its value is not a usable Momento API key: {problem}")]
    Malformed {
        id: String,
        /// What is wrong with it.
        problem: ApiKeyError,
    },
    /// AWS refused the call for another reason.
    #[error("secret {id}: Secrets Manager refused the call ({code}): {said}")]
    Other {
        id: String,
        /// AWS's error code.
        code: String,
        /// AWS's own message.
        said: String,
    },
}

/// In place of a name that is none and may not be shown.
pub(crate) const NO_NAME: &str = "(a key, which is not shown)";

impl SecretError {
    /// The name or ARN of the secret, as it was asked for.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::NotFound { id }
            | Self::NoValue { id, .. }
            | Self::MarkedForDeletion { id }
            | Self::AccessDenied { id, .. }
            | Self::Kms { id, .. }
            | Self::Credentials { id, .. }
            | Self::Throttled { id, .. }
            | Self::Unreachable { id, .. }
            | Self::NotText { id }
            | Self::Malformed { id, .. }
            | Self::Other { id, .. } => id,
            Self::KeyForName => NO_NAME,
        }
    }

    /// Whether the same call may well succeed soon, with nobody fixing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Unreachable { .. })
    }
}

/// The command that gives the stage a value. Only `AWSCURRENT` is set by putting a value alone.
fn how_to_put(id: &str, stage: &str) -> String {
    let stages =
        if stage == crate::staging_label::CURRENT { String::new() } else { format!(" --version-stages {stage}") };
    format!("aws secretsmanager put-secret-value --secret-id {id} --secret-string file://key.txt{stages}")
}

fn permission(to: Denied) -> &'static str {
    match to {
        Denied::Secret => "secretsmanager:GetSecretValue on the secret",
        Denied::EncryptionKey => "kms:Decrypt on the secret's KMS key",
    }
}
