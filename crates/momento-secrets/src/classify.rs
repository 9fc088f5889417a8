//! What an error of the AWS SDK means for a secret.
//!
//! It keeps texts that AWS wrote for people, and nothing of the request or of the answer's body.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::error::{Denied, SecretError};

/// The codes by which AWS refuses a request's credentials before it looks at the request. Their messages are not kept:
/// the one on a bad signature quotes the signed headers, the session token among them.
const CREDENTIAL_CODES: &[&str] = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Whether AWS says by this code that it does not accept the credentials of a request. Do not show the message beside it: it may
/// quote the session token.
pub fn refuses_credentials(code: &str) -> bool {
    CREDENTIAL_CODES.contains(&code)
}

/// The most of AWS's message that is kept, in characters.
const LONGEST_MESSAGE: usize = 400;

pub(crate) fn secret_error(id: &str, stage: &str, error: &SdkError<GetSecretValueError, HttpResponse>) -> SecretError {
    let id = id.to_owned();
    match error {
        SdkError::TimeoutError(_) => SecretError::Unreachable { id, reason: "no answer in time".into() },
        SdkError::DispatchFailure(failure) => {
            let reason = Error::source(error).map_or_else(String::new, chain);
            if failure.is_io() || failure.is_timeout() || failure.as_other().is_some() {
                SecretError::Unreachable { id, reason }
            } else if causes(error).any(<dyn Error>::is::<CredentialsError>) {
                SecretError::Credentials { id, reason }
            } else {
                SecretError::Other { id, code: "the request could not be sent".into(), said: reason }
            }
        }
        SdkError::ResponseError(_) => {
            SecretError::Unreachable { id, reason: "the answer broke off or is not Secrets Manager's".into() }
        }
        SdkError::ServiceError(refusal) => refused(id, stage, refusal.err(), refusal.raw().status().as_u16()),
        // The request could not be made at all, or a kind of failure that the SDK does not have today.
        _ => SecretError::Other { id, code: "before the call".into(), said: chain(error) },
    }
}

/// Secrets Manager's answer that is not a secret.
fn refused(id: String, stage: &str, error: &GetSecretValueError, status: u16) -> SecretError {
    let code = error.code().unwrap_or_default().to_owned();
    let said: String = error.message().unwrap_or("(nothing)").chars().take(LONGEST_MESSAGE).collect();
    match code.as_str() {
        // One code for both. The messages are "Secrets Manager can't find the specified secret." and "… the specified
        // secret value for staging label: AWSCURRENT".
        "ResourceNotFoundException" if said.contains("secret value") || said.contains("staging label") => {
            SecretError::NoValue { id, stage: stage.to_owned() }
        }
        "ResourceNotFoundException" => SecretError::NotFound { id },
        "InvalidRequestException" if said.contains("deletion") => SecretError::MarkedForDeletion { id },
        // "Access to KMS is not allowed": the role may read the secret, but not use its key.
        "AccessDeniedException" if said.contains("KMS") || said.contains("kms:") => {
            SecretError::AccessDenied { id, to: Denied::EncryptionKey, said }
        }
        "AccessDeniedException" | "AccessDenied" => SecretError::AccessDenied { id, to: Denied::Secret, said },
        "DecryptionFailure" | "DecryptionFailureException" => SecretError::Kms { id, said },
        code if refuses_credentials(code) => SecretError::Credentials { id, reason: code.to_owned() },
        _ if status == 429 || is_throttling(&code) => SecretError::Throttled { id, code },
        code if code.starts_with("KMS") => SecretError::Kms { id, said },
        _ if status >= 500 => {
            let name = if code.is_empty() { "no error code" } else { &code };
            SecretError::Unreachable { id, reason: format!("it failed with HTTP status {status}, {name}") }
        }
        "" => {
            SecretError::Unreachable { id, reason: format!("HTTP status {status}, not an answer of Secrets Manager") }
        }
        _ => SecretError::Other { id, code, said },
    }
}

/// AWS has a family of codes for "too many calls": `ThrottlingException`, `RequestLimitExceeded`, and so on.
fn is_throttling(code: &str) -> bool {
    code.contains("Throttl")
        || code.contains("LimitExceeded")
        || code == "TooManyRequestsException"
        || code == "SlowDown"
}

/// What caused `error`, the nearest cause first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// An error and its causes, each once.
fn chain(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .map(ToString::to_string)
        .fold(error.to_string(), |said, cause| if said.ends_with(&cause) { said } else { format!("{said}: {cause}") })
}
