//! The decision on one request.

use lambda_runtime::{Context, Diagnostic};
use momento_secrets::{SecretError, SecretReader};
use tvm_gateway::event::Event;
use tvm_gateway::settings;
use tvm_policy::CredentialsIn;

use crate::credentials::credentials;
use crate::policy::{Decision, Stage};
use crate::users::{Users, UsersError};

/// What decides, or why it cannot: an answer is owed in any case.
#[derive(Debug)]
pub struct Authorizer(Result<Parts, String>);

#[derive(Debug)]
struct Parts {
    place: CredentialsIn,
    secret: SecretReader,
}

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// No credentials that can be read: 401.
    // API Gateway makes a 401 of an authorizer's error of this very text (developer guide, "Lambda authorizer workflow").
    #[error("Unauthorized")]
    NoCredentials,
    /// The secret cannot be read: API Gateway answers for us.
    #[error(transparent)]
    NoSecret(#[from] SecretError),
    /// The secret is no list of users.
    #[error(transparent)]
    NoUsers(#[from] UsersError),
    /// The function was deployed in a way that it cannot work in.
    #[error("this deployment cannot work: {0}")]
    Broken(String),
}

impl From<Rejection> for Diagnostic {
    /// What Lambda and API Gateway are told. The reason stays in our log.
    fn from(rejection: Rejection) -> Self {
        let (error_type, error_message) = match rejection {
            Rejection::NoCredentials => ("Unauthorized", "Unauthorized"),
            Rejection::NoSecret(_) | Rejection::NoUsers(_) => ("SecretUnavailable", "SecretUnavailable"),
            Rejection::Broken(_) => ("Misconfigured", "Misconfigured"),
        };
        Self { error_type: error_type.to_owned(), error_message: error_message.to_owned() }
    }
}

impl Authorizer {
    /// The authorizer that the environment describes, with its secret read as far as that goes.
    pub async fn from_env() -> Self {
        match Parts::from_env() {
            Ok(parts) => {
                // A failure is told by the request that meets it.
                let _ = tokio::time::timeout(settings::AHEAD, parts.secret.read()).await;
                Self(Ok(parts))
            }
            Err(error) => {
                tracing::error!(%error, "this deployment cannot authorize anybody");
                Self(Err(error.to_string()))
            }
        }
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
        let parts = self.0.as_ref().map_err(|reason| Rejection::Broken(reason.clone()))?;
        let event = event.ok_or(Rejection::NoCredentials)?;
        let stage = event.text(&["methodArn"]).and_then(Stage::of).ok_or(Rejection::NoCredentials)?;
        let claimed = credentials(event, parts.place).ok_or(Rejection::NoCredentials)?;
        // What cannot be read is not kept, so that a mended secret mends this function too.
        let users = Users::parse(&parts.secret.read().await?).inspect_err(|_| parts.secret.forget())?;
        Ok(match users.find(&claimed) {
            Some(user) => Decision::allow(user, &stage),
            None => Decision::deny(&stage),
        })
    }
}

/// One line for each request, with both its ids: Lambda's and API Gateway's.
fn log(decided: &Result<Decision, Rejection>, request_id: &str, gateway_request_id: &str) {
    match decided {
        Ok(decision) if decision.lets_in() => {
            tracing::info!(requestId = request_id, gatewayRequestId = gateway_request_id, "the caller is let in");
        }
        Ok(_) => tracing::warn!(
            requestId = request_id,
            gatewayRequestId = gateway_request_id,
            "the credentials are wrong; the caller is denied"
        ),
        Err(Rejection::NoCredentials) => tracing::info!(
            requestId = request_id,
            gatewayRequestId = gateway_request_id,
            "there are no credentials that can be read"
        ),
        Err(reason) => tracing::error!(
            requestId = request_id,
            gatewayRequestId = gateway_request_id,
            %reason,
            "nobody can be authorized"
        ),
    }
}

impl Parts {
    fn from_env() -> Result<Self, lambda_runtime::Error> {
        let place = settings::config()?.credentials_in();
        let secret = SecretReader::from_lambda_env(settings::required(settings::AUTHORIZER_SECRET_ID)?)?;
        Ok(Self { place, secret })
    }
}
