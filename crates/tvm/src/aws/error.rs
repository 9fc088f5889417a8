//! What an error of the AWS SDK means to a person.
//!
//! It keeps codes and texts that AWS wrote for people, and nothing of the request.

use std::error::Error;

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// Why AWS did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AwsError {
    /// No connection.
    #[error("AWS cannot be reached ({0}); {hint}", hint = hint_of_network(.0))]
    Unreachable(String),
    /// No answer, or none that can be read: what was asked for may have been done.
    #[error("AWS did not answer ({0}), so it is not known whether this was done; look, before you try again")]
    Unanswered(String),
    /// Not sent, or not accepted.
    #[error(
        "AWS has no credentials of yours that it accepts ({0}); sign in (`aws sso login`), or set AWS_PROFILE or the AWS_* variables; \
         those of the AWS command line: eval \"$(aws configure export-credentials --format env)\""
    )]
    Credentials(String),
    /// An answer that says no.
    #[error("AWS says {code}: {said}{}", hint(.code))]
    Refused { code: String, said: String },
}

impl AwsError {
    /// What `error` means.
    pub(crate) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(refusal) => {
                let code = refusal.err().code().unwrap_or("an error without a code").to_owned();
                if momento_secrets::refuses_credentials(&code) {
                    return Self::Credentials(code);
                }
                Self::Refused { said: refusal.err().message().unwrap_or("(nothing more)").to_owned(), code }
            }
            SdkError::DispatchFailure(failure) if failure.is_io() => Self::Unreachable(chain(error)),
            SdkError::DispatchFailure(failure) if !failure.is_timeout() && failure.as_other().is_none() => {
                Self::Credentials(chain(error))
            }
            _ => Self::Unanswered(chain(error)),
        }
    }

    /// AWS's code for a refusal; empty where there was none.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code,
            Self::Unreachable(_) | Self::Unanswered(_) | Self::Credentials(_) => "",
        }
    }
}

/// What to look at where there is no connection.
pub(crate) fn hint_of_network(reason: &str) -> &'static str {
    // What rustls says of a certificate by an authority that it does not know.
    if reason.contains("UnknownIssuer") {
        "an authority signs here that is not trusted, as that of a proxy which inspects TLS does: name its certificate in \
         AWS_CA_BUNDLE, or in NODE_EXTRA_CA_CERTS, which CDK reads as well"
    } else if reason.contains("HTTPS_PROXY") {
        "hosts that the proxy does not lead to are named in NO_PROXY"
    } else {
        "look at the network, at HTTPS_PROXY if there is a proxy, and at AWS_ENDPOINT_URL if it is set"
    }
}

fn hint(code: &str) -> &'static str {
    if code.starts_with("AccessDenied") { "; docs/command-line.md lists the permissions that this takes" } else { "" }
}

/// What caused `error`, the nearest cause first, in one line: the SDK's list of where it looked for credentials is left out.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source()).map(ToString::to_string);
    let all = causes.reduce(|said, cause| format!("{said}: {cause}")).unwrap_or_else(|| error.to_string());
    all.lines().next().unwrap_or_default().trim_end_matches(" Attempted:").to_owned()
}
