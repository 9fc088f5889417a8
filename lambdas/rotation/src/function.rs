//! The function: an event in, a line in the log and perhaps an error out; one per process.

use std::time::Duration;

use lambda_runtime::{Context, Diagnostic};
use momento_client::{AuthService, Deadline};
use tvm_issuer::TokenService;
use tvm_key_rotation::{Outcome, Rotation, RotationError};
use tvm_machine::Endpoints;

use crate::event::{Event, MalformedEvent};

/// The variable that names the member of the secret's JSON with the key: `momento.secret_field`, since this function reads no
/// configuration.
const API_KEY_FIELD: &str = "MOMENTO_API_KEY_FIELD";

/// How much of its time the function keeps to say what became of a step.
const FOR_THE_ANSWER: Duration = Duration::from_secs(1);

/// What rotates, or why it cannot: Secrets Manager is owed an answer in any case.
#[derive(Debug)]
pub struct Function(Result<Rotation, String>);

/// Why a step was not carried out. Secrets Manager is told, and asks again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Not an event of Secrets Manager.
    #[error(transparent)]
    Malformed(#[from] MalformedEvent),
    /// The step failed.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// The function was deployed in a way that it cannot work in.
    #[error("this deployment cannot work: {0}")]
    Broken(String),
}

impl Function {
    /// The function that the environment describes. It opens nothing: rotations are far apart.
    #[must_use]
    pub fn from_env() -> Self {
        Self(rotation().map_err(|error| error.to_string()))
    }

    /// Carries out the step that the event asks for, whatever JSON that is.
    ///
    /// # Errors
    /// [`Failure`], each of its variants; the log has it already.
    pub async fn carry_out(&self, event: &str, context: &Context) -> Result<(), Failure> {
        let event = Event::parse(event);
        let done = self.step(event.as_ref(), context).await;
        log(event.as_ref().ok(), &done, &context.request_id);
        done.map(drop)
    }

    async fn step(&self, event: Result<&Event, &MalformedEvent>, context: &Context) -> Result<Outcome, Failure> {
        let rotation = self.0.as_ref().map_err(|reason| Failure::Broken(reason.clone()))?;
        let Event { step, secret_id, token } = event.map_err(|malformed| *malformed)?;
        Ok(rotation.carry_out(*step, secret_id, token, deadline(context)).await?)
    }
}

/// What Secrets Manager is told, and `CloudTrail` has (`RotationFailed`).
impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: "RotationFailed".to_owned(), error_message: failure.to_string() }
    }
}

/// What rotates, as the environment describes it.
fn rotation() -> Result<Rotation, lambda_runtime::Error> {
    let (tls, places) = (tvm_tls::client_config()?, Endpoints::from_env()?);
    // The auth service is where the control service is.
    let auth = AuthService::new(tls.clone(), places.cache);
    let field = std::env::var(API_KEY_FIELD).ok().filter(|field| !field.is_empty());
    Ok(Rotation::new(momento_secrets::lambda_client()?, auth, TokenService::new(tls, places.token)).with_field(field))
}

/// One line for each step.
fn log(event: Option<&Event>, done: &Result<Outcome, Failure>, request_id: &str) {
    let step = event.map(|event| tracing::field::debug(event.step));
    let version = event.map(|event| event.token.as_str());
    match done {
        Ok(outcome) => {
            let valid_until = match outcome {
                Outcome::Renewed { valid_until } => Some(*valid_until),
                _ => None,
            };
            tracing::info!(
                requestId = request_id,
                step,
                version,
                valid_until,
                outcome = outcome.as_str(),
                "a step of the rotation is done"
            );
        }
        Err(failure) => tracing::error!(
            requestId = request_id,
            step,
            version,
            reason = %failure,
            "a step of the rotation failed"
        ),
    }
}

/// When the step must be done: before Lambda ends the function.
fn deadline(context: &Context) -> Deadline {
    let left = context.deadline().duration_since(std::time::SystemTime::now()).unwrap_or_default();
    Deadline::after(left.saturating_sub(FOR_THE_ANSWER))
}
