//! Another API key for one that came with a refresh token: `auth.Auth/RefreshApiToken`, which a rotation calls.
//!
//! The old key is not ended by it: it stays valid until the end that it has (`refreshApiKey` in the official JavaScript
//! SDK's reference, `AbstractAuthClient`). Whether a refresh token serves twice is documented nowhere: nobody here counts on it.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use http::uri::PathAndQuery;
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use tonic::Code;

use crate::address::{Service, ServiceAddress};
use crate::api_key::ApiKey;
use crate::call::framed;
use crate::call_error::CallError;
use crate::channel::Channel;
use crate::credential::encode_credential;
use crate::deadline::Deadline;
use crate::unusable_key::UnusableKey;
use crate::wire::auth::{RefreshApiTokenRequest, RefreshApiTokenResponse};

/// The method that renews.
const METHOD: PathAndQuery = PathAndQuery::from_static("/auth.Auth/RefreshApiToken");

/// A client of Momento's auth service, which is beside its control service.
pub struct AuthService {
    channel: Channel,
}

/// A key that was made for another. `Debug` shows when it ends.
#[derive(Clone)]
pub struct RefreshedKey {
    /// The key in its v1 form, as a secret holds it.
    pub api_key: SecretString,
    /// By which it is renewed in its turn.
    pub refresh_token: SecretString,
    /// When it ends, in seconds since 1970 (UTC).
    pub valid_until: u64,
}

/// Why there is no other key. Of what Momento says only the code is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// The key has ended or was revoked, or the refresh token is not the one that came with it, or was used before.
    #[error(
        "Momento refused to renew the key ({code:?}): it has ended, or its refresh token is not its own or was used before"
    )]
    Refused {
        /// What Momento answered.
        code: Code,
    },
    /// Momento asks for fewer calls.
    #[error("Momento's limit is reached; try again later")]
    RateLimited,
    /// No answer before the deadline: the key may have been renewed all the same.
    #[error("Momento did not answer in time")]
    Timeout,
    /// The service, or the connection to it, failed; also after the one retry.
    #[error("Momento's control service is unavailable ({code:?})")]
    Unavailable {
        /// What Momento answered, or what the failed connection amounts to.
        code: Code,
    },
    /// The answer is no usable key.
    #[error("Momento did not return a usable key: {0}")]
    InvalidResponse(&'static str),
    /// It cannot be asked for; nothing was sent.
    #[error(transparent)]
    Key(#[from] UnusableKey),
}

impl AuthService {
    /// A client of the auth service at `address`, trusting what `tls` trusts (see the crate `tvm-tls`). Opens nothing.
    #[must_use]
    pub fn new(tls: ClientConfig, address: ServiceAddress) -> Self {
        Self { channel: Channel::new(Service::Control, address, tls) }
    }

    /// Another key for `key`, by the refresh token that came with it; as good for as long as `key` was, from now on.
    ///
    /// # Errors
    /// [`RefreshError`]; see there.
    pub async fn refresh(
        &self,
        key: &ApiKey,
        refresh_token: &SecretString,
        deadline: Deadline,
    ) -> Result<RefreshedKey, RefreshError> {
        let message = framed(&RefreshApiTokenRequest {
            api_key: key.secret().expose_secret().to_owned(),
            refresh_token: refresh_token.expose_secret().to_owned(),
        });
        // As the official SDK has it: the key is in the message alone.
        let call = self.channel.prepare(key, METHOD, message)?.without_authorization();
        let answer: RefreshApiTokenResponse = self.channel.call(&call, deadline).await?;
        RefreshedKey::from_response(&answer, SystemTime::now())
    }
}

impl RefreshedKey {
    /// Checks the answer, and encodes the key as the official SDK does (`RefreshApiKey.Success`).
    ///
    /// # Errors
    /// [`RefreshError::InvalidResponse`].
    pub fn from_response(answer: &RefreshApiTokenResponse, now: SystemTime) -> Result<Self, RefreshError> {
        let missing = [
            (&answer.api_key, "it holds no key"),
            (&answer.endpoint, "it holds no endpoint"),
            (&answer.refresh_token, "it holds no refresh token"),
        ];
        if let Some((_, problem)) = missing.into_iter().find(|(text, _)| text.is_empty()) {
            return Err(RefreshError::InvalidResponse(problem));
        }
        if answer.valid_until <= now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() {
            return Err(RefreshError::InvalidResponse(
                "the key has ended already (if not, this computer's clock is wrong)",
            ));
        }
        Ok(Self {
            api_key: encode_credential(&answer.endpoint, &answer.api_key),
            refresh_token: answer.refresh_token.as_str().into(),
            valid_until: answer.valid_until,
        })
    }
}

impl From<CallError> for RefreshError {
    fn from(failure: CallError) -> Self {
        match failure {
            CallError::Timeout => Self::Timeout,
            CallError::Connection(code) => Self::Unavailable { code },
            CallError::Answer { code, .. } => match code {
                // Which of the first two it is for an ended key differs: the SDK's own tests take both.
                Code::Unauthenticated
                | Code::InvalidArgument
                | Code::PermissionDenied
                | Code::FailedPrecondition
                | Code::NotFound
                | Code::AlreadyExists
                | Code::Unimplemented => Self::Refused { code },
                Code::ResourceExhausted => Self::RateLimited,
                Code::DeadlineExceeded => Self::Timeout,
                Code::OutOfRange
                | Code::Ok
                | Code::Cancelled
                | Code::Unknown
                | Code::Aborted
                | Code::Internal
                | Code::Unavailable
                | Code::DataLoss => Self::Unavailable { code },
            },
        }
    }
}

impl fmt::Debug for AuthService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthService").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl fmt::Debug for RefreshedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshedKey").field("valid_until", &self.valid_until).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_no_whole_and_living_key_is_not_taken_for_one() {
        let good = RefreshApiTokenResponse {
            api_key: "planted-key".to_owned(),
            refresh_token: "planted-refresh".to_owned(),
            endpoint: "cell.example".to_owned(),
            valid_until: 101,
        };
        let now = UNIX_EPOCH + Duration::from_secs(100);
        let renewed = RefreshedKey::from_response(&good, now).unwrap();
        let key = ApiKey::parse(renewed.api_key.expose_secret(), None).unwrap();
        assert_eq!((key.endpoint(), key.secret().expose_secret()), ("cell.example", "planted-key"));
        assert!(!format!("{renewed:?} {good:?}").contains("planted"));
        for (bad, said) in [
            (RefreshApiTokenResponse { api_key: String::new(), ..good.clone() }, "no key"),
            (RefreshApiTokenResponse { endpoint: String::new(), ..good.clone() }, "no endpoint"),
            (RefreshApiTokenResponse { refresh_token: String::new(), ..good.clone() }, "no refresh token"),
            (RefreshApiTokenResponse { valid_until: 100, ..good }, "ended already"),
        ] {
            let error = RefreshedKey::from_response(&bad, now).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
