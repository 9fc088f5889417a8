//! The decision on one request.

use lambda_runtime::{Context, Diagnostic};
use momento_secrets::SecretReader;
use tvm_gateway::event::Event;
use tvm_gateway::settings;
use tvm_jwks::FetchError;
use tvm_jwt::Refused;
use tvm_policy::{Config, Issuer, Proof, VerifiedBy};

use crate::by_credentials::{ByCredentials, NoUsers};
use crate::by_token::ByToken;
use crate::keys::Keys;
use crate::policy::{Decision, Nobody, Stage, Who};
use crate::shared_secret::NoSharedSecret;

/// What decides, or why it cannot: an answer is owed in any case.
#[derive(Debug)]
pub struct Authorizer(Result<By, String>);

/// By what callers prove who they are.
#[derive(Debug)]
enum By {
    Credentials(Box<ByCredentials>),
    Token(Box<ByToken>),
}

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// No credentials that can be read: 401.
    // API Gateway makes a 401 of an authorizer's error of this very text (developer guide, "Lambda authorizer workflow").
    #[error("Unauthorized")]
    NoCredentials,
    /// A token that does not count: 401, as for one that has ended.
    #[error(transparent)]
    BadToken(#[from] Refused),
    /// The secret cannot be read, or is no list of users: API Gateway answers for us.
    #[error(transparent)]
    NoUsers(#[from] NoUsers),
    /// The issuer's keys cannot be had: API Gateway answers for us.
    #[error(transparent)]
    NoKeys(#[from] FetchError),
    /// The secret that the issuer signs with cannot be read, or is none: API Gateway answers for us.
    #[error(transparent)]
    NoSharedSecret(#[from] NoSharedSecret),
    /// The function was deployed in a way that it cannot work in.
    #[error("this deployment cannot work: {0}")]
    Broken(String),
}

impl From<Rejection> for Diagnostic {
    /// What Lambda and API Gateway are told. The reason stays in our log.
    fn from(rejection: Rejection) -> Self {
        let (error_type, error_message) = match rejection {
            Rejection::NoCredentials | Rejection::BadToken(_) => ("Unauthorized", "Unauthorized"),
            Rejection::NoUsers(_) | Rejection::NoSharedSecret(_) => ("SecretUnavailable", "SecretUnavailable"),
            Rejection::NoKeys(_) => ("IssuerUnavailable", "IssuerUnavailable"),
            Rejection::Broken(_) => ("Misconfigured", "Misconfigured"),
        };
        Self { error_type: error_type.to_owned(), error_message: error_message.to_owned() }
    }
}

impl Authorizer {
    /// The authorizer that the environment describes, with its secret or its issuer's keys read as far as that goes.
    pub async fn from_env() -> Self {
        match By::from_env() {
            Ok(by) => {
                let _ = tokio::time::timeout(settings::AHEAD, by.warm()).await;
                Self(Ok(by))
            }
            Err(error) => {
                tracing::error!(%error, "this deployment cannot authorize anybody");
                Self(Err(error.to_string()))
            }
        }
    }

    /// The authorizer of those that `by` lets in.
    pub fn by_credentials(by: ByCredentials) -> Self {
        Self(Ok(By::Credentials(Box::new(by))))
    }

    /// The authorizer of those whose token `by` believes.
    pub fn by_token(by: ByToken) -> Self {
        Self(Ok(By::Token(Box::new(by))))
    }

    /// The decision on an event: any JSON at all gets one, or a rejection.
    ///
    /// # Errors
    /// [`Rejection`], each of its variants; never a policy that lets somebody in.
    pub async fn decide(&self, event: &str, context: &Context) -> Result<Decision, Rejection> {
        let event = Event::parse(event);
        let gateway_id = event.as_ref().and_then(Event::request_id).unwrap_or_default();
        let decided = self.decision(event.as_ref()).await;
        log(&decided, &context.request_id, gateway_id);
        decided
    }

    async fn decision(&self, event: Option<&Event>) -> Result<Decision, Rejection> {
        let by = self.0.as_ref().map_err(|reason| Rejection::Broken(reason.clone()))?;
        let event = event.ok_or(Rejection::NoCredentials)?;
        let stage = event.text(&["methodArn"]).and_then(Stage::of).ok_or(Rejection::NoCredentials)?;
        Ok(match by.who(event).await? {
            Ok(who) => Decision::allow(who, &stage),
            Err(nobody) => Decision::deny(nobody, &stage),
        })
    }
}

/// One line for each request, with both its ids: Lambda's and API Gateway's.
fn log(decided: &Result<Decision, Rejection>, request_id: &str, gateway_request_id: &str) {
    match decided {
        Ok(decision) => match decision.denied() {
            None => {
                tracing::info!(requestId = request_id, gatewayRequestId = gateway_request_id, "the caller is let in");
            }
            Some(reason) => tracing::warn!(
                requestId = request_id,
                gatewayRequestId = gateway_request_id,
                %reason,
                "the caller is denied"
            ),
        },
        Err(Rejection::NoCredentials) => tracing::info!(
            requestId = request_id,
            gatewayRequestId = gateway_request_id,
            "there are no credentials that can be read"
        ),
        Err(Rejection::BadToken(reason)) => tracing::info!(
            requestId = request_id,
            gatewayRequestId = gateway_request_id,
            %reason,
            "the token does not count"
        ),
        Err(reason) => tracing::error!(
            requestId = request_id,
            gatewayRequestId = gateway_request_id,
            %reason,
            "nobody can be authorized"
        ),
    }
}

impl By {
    fn from_env() -> Result<Self, lambda_runtime::Error> {
        let config = settings::config()?;
        Ok(match config.proof() {
            Proof::Credentials(place) => {
                let groups = config.group_names().map(|name| name.as_str().to_owned()).collect();
                Self::Credentials(Box::new(ByCredentials::new(place, groups, secret()?)))
            }
            Proof::Jwt(issuer) => Self::Token(Box::new(by_token(&config, issuer)?)),
        })
    }

    async fn warm(&self) {
        match self {
            Self::Credentials(by) => by.warm().await,
            Self::Token(by) => by.warm().await,
        }
    }

    async fn who(&self, event: &Event) -> Result<Result<Who, Nobody>, Rejection> {
        match self {
            Self::Credentials(by) => by.who(event).await,
            Self::Token(by) => by.who(event).await,
        }
    }
}

/// The one secret that this function may read.
fn secret() -> Result<SecretReader, lambda_runtime::Error> {
    Ok(SecretReader::from_lambda_env(settings::required(settings::AUTHORIZER_SECRET_ID)?)?)
}

fn by_token(config: &Config, issuer: Issuer<'_>) -> Result<ByToken, lambda_runtime::Error> {
    let keys = match issuer.verified_by() {
        VerifiedBy::PublishedKeys(url) => Keys::published(issuer, url, tvm_tls::client_config()?)?,
        VerifiedBy::SharedSecret(_, algorithm) => Keys::shared(secret()?, algorithm.as_str().parse()?),
    };
    Ok(ByToken::new(issuer, config.claims_in_templates(), keys)?)
}
