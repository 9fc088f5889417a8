//! Why there is no other key in the secret.

use momento_client::{AddressError, ApiKeyError, EndpointProblem};
use tvm_issuer::TokenError;

use crate::aws::{SecretTrouble, StackError};
use crate::config_file::CommandError;
use crate::key::input::InputError;
use crate::prompt::PromptError;
use crate::running::{NoRuntime, Stopped};

/// Why the key was not replaced. Never with any part of a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(transparent)]
    Config(#[from] CommandError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error("nothing was changed: the functions could not use this key: {0}{hint}", hint = endpoint_hint(.0))]
    NotAKey(#[from] ApiKeyError),
    #[error("nothing was changed: {0}")]
    Input(#[from] InputError),
    #[error("nothing was changed: the endpoint is not usable: {0}")]
    Endpoint(EndpointProblem),
    #[error("nothing was changed: {}", trial(error, host))]
    Trial { error: TokenError, host: String },
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

impl KeyError {
    /// Whether nothing says where a v2 key belongs.
    pub(crate) fn is_for_want_of_an_endpoint(&self) -> bool {
        matches!(self, Self::NotAKey(error) if !endpoint_hint(error).is_empty())
    }
}

/// What the trial came to. The words of the vendor are for who runs the machine with a key that is in the secret already.
fn trial(error: &TokenError, host: &str) -> String {
    match error {
        TokenError::Refused { code } => format!(
            "Momento refused the new key ({code:?}); create one in its console that may mint disposable tokens, and check that \
             its endpoint is the right one"
        ),
        TokenError::Timeout | TokenError::Unavailable { .. } => format!(
            "the new key could not be tried, since Momento cannot be reached from here, at {host} ({error}); check the network, the \
             key's endpoint, and HTTPS_PROXY and NODE_EXTRA_CA_CERTS where a proxy is on the way"
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
