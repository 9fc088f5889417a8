//! The versions of one secret, and the labels on them.
//!
//! Each call ends by the deadline of its step, and what AWS says is kept only where it wrote it for people.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Config;
use aws_sdk_secretsmanager::config::http::HttpResponse;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::primitives::Blob;
use momento_client::Deadline;
use momento_secrets::{CURRENT, refuses_credentials};
use secrecy::{ExposeSecret as _, SecretString};

/// The stage of a version that a rotation is making, as Secrets Manager names it.
pub(crate) const PENDING: &str = "AWSPENDING";

/// One attempt of a call.
const PER_ATTEMPT: Duration = Duration::from_secs(3);
/// As often as fits before the deadline, with these waits between: nobody waits for a rotation, and a renewed key that is not
/// stored is lost.
const ATTEMPTS: u32 = 20;
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// One secret, for one step.
pub(crate) struct Vault<'s> {
    pub(crate) client: &'s Client,
    pub(crate) id: &'s str,
    pub(crate) deadline: Deadline,
}

/// What is known of the secret beside its values.
pub(crate) struct Described {
    pub(crate) schedule: Schedule,
    versions: HashMap<String, Vec<String>>,
}

/// Whether the secret is rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schedule {
    Off,
    /// So many days apart, where it is said in days.
    On(Option<u64>),
}

/// The value in force, and which version that is.
pub(crate) struct Current {
    pub(crate) value: SecretString,
    pub(crate) version: String,
}

/// Why Secrets Manager did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doing}: {problem}")]
pub struct VaultError {
    doing: &'static str,
    pub(crate) problem: Problem,
}

/// What AWS made of a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error("Secrets Manager did not answer in time, or cannot be reached ({0}); look at its network path")]
    Unanswered(String),
    #[error("AWS does not accept the function's credentials ({0})")]
    Credentials(String),
    #[error("AWS says {code}: {said}")]
    Refused { code: String, said: String },
}

impl Described {
    /// The labels on this version; `None`: there is no such version, or it has none.
    pub(crate) fn labels(&self, version: &str) -> Option<&[String]> {
        self.versions.get(version).map(Vec::as_slice)
    }

    /// The version with this label.
    pub(crate) fn with_label(&self, label: &str) -> Option<&str> {
        let mut versions = self.versions.iter();
        versions.find(|(_, labels)| labels.iter().any(|one| one == label)).map(|(version, _)| version.as_str())
    }
}

impl Vault<'_> {
    /// What there is.
    pub(crate) async fn describe(&self) -> Result<Described, VaultError> {
        let call = self.client.describe_secret().secret_id(self.id).customize().config_override(self.limits());
        let told = call.send().await.map_err(failed("the secret cannot be described"))?;
        let days = told.rotation_rules.and_then(|rules| rules.automatically_after_days);
        let days = days.and_then(|days| u64::try_from(days).ok());
        Ok(Described {
            schedule: if told.rotation_enabled == Some(true) { Schedule::On(days) } else { Schedule::Off },
            versions: told.version_ids_to_stages.unwrap_or_default(),
        })
    }

    /// The value in force; `None`: there is none yet.
    pub(crate) async fn current(&self) -> Result<Option<Current>, VaultError> {
        let call = self.client.get_secret_value().secret_id(self.id).version_stage(CURRENT);
        let read = call.customize().config_override(self.limits()).send().await;
        let read = if_any(read.map_err(failed("the current value cannot be read")))?;
        Ok(read
            .and_then(|read| text(read.secret_string, read.secret_binary).zip(read.version_id))
            .map(|(value, version)| Current { value: value.into(), version }))
    }

    /// The value of the version that is being made, once it has one.
    pub(crate) async fn pending(&self, version: &str) -> Result<Option<SecretString>, VaultError> {
        let call = self.client.get_secret_value().secret_id(self.id).version_id(version).version_stage(PENDING);
        let read = call.customize().config_override(self.limits()).send().await;
        let read = if_any(read.map_err(failed("the new version cannot be read")))?;
        Ok(read.and_then(|read| text(read.secret_string, read.secret_binary)).map(SecretString::from))
    }

    /// Gives the version that is being made its value. The same again does nothing.
    pub(crate) async fn put_pending(&self, version: &str, value: &SecretString) -> Result<(), VaultError> {
        let call = self.client.put_secret_value().secret_id(self.id).client_request_token(version);
        let call = call.secret_string(value.expose_secret()).version_stages(PENDING);
        let put = call.customize().config_override(self.limits()).send().await;
        put.map(drop).map_err(failed("the new version cannot be written"))
    }

    /// Moves the label from one version, if it is on any, to another, if to any.
    pub(crate) async fn label(&self, label: &str, from: Option<&str>, to: Option<&str>) -> Result<(), VaultError> {
        let call = self.client.update_secret_version_stage().secret_id(self.id).version_stage(label);
        let call = call.set_remove_from_version_id(from.map(str::to_owned));
        let call = call.set_move_to_version_id(to.map(str::to_owned));
        let moved = call.customize().config_override(self.limits()).send().await;
        moved.map(drop).map_err(failed("a label cannot be moved"))
    }

    fn limits(&self) -> aws_sdk_secretsmanager::config::Builder {
        let left = self.deadline.remaining();
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(PER_ATTEMPT.min(left)).operation_timeout(left).build();
        let retries = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(FIRST_WAIT)
            .with_max_backoff(LONGEST_WAIT);
        Config::builder().timeout_config(timeouts).retry_config(retries)
    }
}

/// What the SDK's error of a call means.
fn failed<E>(doing: &'static str) -> impl Fn(SdkError<E, HttpResponse>) -> VaultError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    move |error| {
        let problem = match &error {
            SdkError::ServiceError(refusal) => {
                let code = refusal.err().code().unwrap_or("an error without a code").to_owned();
                if refuses_credentials(&code) {
                    // Beside it, AWS may quote the session token.
                    Problem::Credentials(code)
                } else if refusal.raw().status().is_server_error() {
                    Problem::Unanswered(code)
                } else {
                    Problem::Refused { code, said: refusal.err().message().unwrap_or("(nothing more)").to_owned() }
                }
            }
            SdkError::TimeoutError(_) => Problem::Unanswered("no answer in time".to_owned()),
            other => Problem::Unanswered(nearest_cause(other)),
        };
        VaultError { doing, problem }
    }
}

/// The text of a version: a binary value that is UTF-8 counts, as it does where the key is read.
fn text(string: Option<String>, binary: Option<Blob>) -> Option<String> {
    string.or_else(|| String::from_utf8(binary?.into_inner()).ok())
}

fn nearest_cause(error: &(dyn Error + 'static)) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// What was read. The secret itself was described a moment ago: what is not found is a value.
fn if_any<T>(read: Result<T, VaultError>) -> Result<Option<T>, VaultError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(VaultError { problem: Problem::Refused { code, .. }, .. }) if code == "ResourceNotFoundException" => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
