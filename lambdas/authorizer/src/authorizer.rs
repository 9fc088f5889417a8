//! The decision on one request.

use std::time::SystemTime;

use lambda_runtime::Context;
use momento_secrets::SecretReader;
use tracing::Level;
use tvm_common::event::Event;
use tvm_common::{settings, telemetry};
use tvm_config::{Config, Issuer, Proof, VerifiedBy};

use crate::by_credentials::ByCredentials;
use crate::by_token::ByToken;
use crate::keys::Keys;
use crate::policy::{Decision, DenyReason, Principal, Stage};
use crate::rejection::Rejection;
use crate::trouble::{Metrics, Trouble};

/// What decides, or why it cannot: an answer is owed in any case.
#[derive(Debug)]
pub struct Authorizer {
    by: Result<AuthMethod, String>,
    /// Whether a trouble is a metric as well, as `[monitoring] metrics` says.
    measured: bool,
}

/// By what callers prove who they are.
#[derive(Debug)]
enum AuthMethod {
    Credentials(Box<ByCredentials>),
    Token(Box<ByToken>),
}

impl Authorizer {
    /// The authorizer that the environment describes, with its secret or its issuer's keys read as far as that goes.
    pub async fn from_env() -> Self {
        let config = settings::config();
        // A configuration that cannot be read may have an alarm that waits for the metric.
        let measured = config.as_ref().map_or(true, Config::metrics);
        let by = match config.map_err(Into::into).and_then(|config| AuthMethod::configured(&config)) {
            Ok(by) => {
                let _ = tokio::time::timeout(settings::AHEAD, by.warm()).await;
                Ok(by)
            }
            Err(error) => {
                tracing::error!(%error, "this deployment cannot authorize any caller");
                Err(error.to_string())
            }
        };
        Self { by, measured }
    }

    /// The authorizer of those that `by` lets in. It writes no metric.
    pub fn by_credentials(by: ByCredentials) -> Self {
        Self { by: Ok(AuthMethod::Credentials(Box::new(by))), measured: false }
    }

    /// The authorizer of those whose token `by` believes. It writes no metric.
    pub fn by_token(by: ByToken) -> Self {
        Self { by: Ok(AuthMethod::Token(Box::new(by))), measured: false }
    }

    /// The decision on an event: any JSON at all gets one, or a rejection.
    ///
    /// # Errors
    /// [`Rejection`], each of its variants; never a policy that lets somebody in.
    pub async fn decide(&self, event: &str, context: &Context) -> Result<Decision, Rejection> {
        let event = Event::parse(event);
        let gateway_id = event.as_ref().and_then(Event::request_id).unwrap_or_default();
        let decided = self.decision(event.as_ref()).await;
        self.log(&decided, context, gateway_id);
        decided
    }

    async fn decision(&self, event: Option<&Event>) -> Result<Decision, Rejection> {
        let by = self.by.as_ref().map_err(|reason| Rejection::Broken(reason.clone()))?;
        let event = event.ok_or(Rejection::NoCredentials)?;
        let stage = event.text(&["methodArn"]).and_then(Stage::of).ok_or(Rejection::NoCredentials)?;
        Ok(match by.who(event).await? {
            Ok(who) => Decision::allow(who, &stage),
            Err(nobody) => Decision::deny(nobody, &stage),
        })
    }

    /// One line for each request, with both its ids: Lambda's and API Gateway's.
    fn log(&self, decided: &Result<Decision, Rejection>, context: &Context, gateway_request_id: &str) {
        let request_id = &*context.request_id;
        match decided {
            Ok(decision) => match decision.denied() {
                None => {
                    tracing::info!(
                        requestId = request_id,
                        gatewayRequestId = gateway_request_id,
                        "the caller is allowed"
                    );
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
                "the request has no readable credentials"
            ),
            Err(rejection) => match rejection.trouble() {
                None => tracing::info!(
                    requestId = request_id,
                    gatewayRequestId = gateway_request_id,
                    reason = %rejection,
                    "the token is refused"
                ),
                Some(code) => {
                    let function = &context.env_config.function_name;
                    let trouble = Trouble {
                        message: "no caller can be authorized",
                        request_id,
                        gateway_request_id,
                        code,
                        reason: rejection.to_string(),
                        metrics: self.measured.then(|| Metrics::of(function, SystemTime::now())),
                    };
                    telemetry::print(Level::ERROR, &trouble);
                }
            },
        }
    }
}

impl AuthMethod {
    fn configured(config: &Config) -> Result<Self, lambda_runtime::Error> {
        Ok(match config.proof() {
            Proof::Credentials(place) => {
                let groups = config.group_names().map(|name| name.as_str().to_owned()).collect();
                Self::Credentials(Box::new(ByCredentials::new(place, groups, secret()?)))
            }
            Proof::Jwt(issuer) => Self::Token(Box::new(by_token(config, issuer)?)),
        })
    }

    async fn warm(&self) {
        match self {
            Self::Credentials(by) => by.warm().await,
            Self::Token(by) => by.warm().await,
        }
    }

    async fn who(&self, event: &Event) -> Result<Result<Principal, DenyReason>, Rejection> {
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
        VerifiedBy::PublishedKeys(url) => {
            let tls = match issuer.ca_certificates() {
                Some(certificates) => tvm_tls::client_config_trusting_only(certificates)?,
                None => tvm_tls::client_config()?,
            };
            Keys::published(issuer, url, tls)?
        }
        VerifiedBy::SharedSecret(_, algorithm) => Keys::shared(secret()?, algorithm.as_str().parse()?),
    };
    Ok(ByToken::new(issuer, config, keys)?)
}
