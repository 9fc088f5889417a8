//! Why there is no other key in the secret.

use momento_client::AddressError;
use momento_client::ApiKeyError;
use tvm_issuer::TokenError;

use crate::aws::{SecretTrouble, StackError};
use crate::config_file::CommandError;
use crate::prompt::PromptError;
use crate::running::{NoRuntime, Stopped};

/// Why the key was not replaced. Never with any part of a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(transparent)]
    Config(#[from] CommandError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error("nothing was changed: this is no key that the machine could use: {0}{hint}", hint = endpoint_hint(.0))]
    NotAKey(#[from] ApiKeyError),
    #[error("nothing was changed: {}", trial(.0))]
    Trial(#[from] TokenError),
    #[error(
        "nothing was changed: while Momento was asked, somebody gave the secret another endpoint; run this again, and the key \
         is tried there"
    )]
    AnotherEndpoint,
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(transparent)]
    Tls(#[from] tvm_tls::TlsError),
    #[error(transparent)]
    Secret(#[from] SecretTrouble),
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("interrupted; `aws secretsmanager list-secret-version-ids` shows whether the secret has a new version")]
    Interrupted,
    #[error(transparent)]
    NoRuntime(NoRuntime),
}

fn endpoint_hint(error: &ApiKeyError) -> &'static str {
    match error {
        ApiKeyError::EndpointMissing => "; here: --endpoint HOST",
        ApiKeyError::KeyInJson(inner) => endpoint_hint(inner),
        _ => "",
    }
}

/// What the trial came to. The words of the vendor are for who runs the machine with a key that is in the secret already.
fn trial(error: &TokenError) -> String {
    match error {
        TokenError::Refused { code } => format!(
            "Momento refused the new key ({code:?}); create one in its console that may mint disposable tokens, and check that \
             its endpoint is the right one"
        ),
        TokenError::Timeout | TokenError::Unavailable { .. } => format!(
            "the new key could not be tried, since Momento cannot be reached from here ({error}); check the network and the \
             key's endpoint"
        ),
        other => format!("the new key could not be tried: {other}"),
    }
}

impl From<Stopped> for KeyError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Interrupted => Self::Interrupted,
            Stopped::NotStarted(error) => Self::NoRuntime(error),
        }
    }
}
