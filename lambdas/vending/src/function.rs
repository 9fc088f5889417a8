//! The function: an event in, a response out; one per process, around the machine.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use lambda_runtime::Context;
use momento_secrets::ApiKeySecret;
use tvm_gateway::event::Event;
use tvm_gateway::settings;
use tvm_machine::{Issued, Machine, Places};
use tvm_vendor::{Deadline, Vended};

use crate::failure::Failure;
use crate::identity::identity;
use crate::request::request;
use crate::response::response;

/// How much of its time a function keeps for the way back, so that the client gets our 504 and not Lambda's end.
const FOR_THE_ANSWER: Duration = Duration::from_millis(500);

/// What vends tokens, or why it cannot: an answer is owed in any case.
#[derive(Debug)]
pub struct Function(Result<Machine<ApiKeySecret>, String>);

impl Function {
    /// The function that the environment describes, with its key read and its connection made as far as that goes.
    pub async fn from_env() -> Self {
        match machine() {
            Ok(machine) => {
                machine.warm(Deadline::after(settings::AHEAD)).await;
                Self(Ok(machine))
            }
            Err(error) => {
                tracing::error!(%error, "this deployment cannot vend tokens");
                Self(Err(error.to_string()))
            }
        }
    }

    /// The response to an event: any JSON at all gets one.
    pub async fn answer(&self, event: &str, context: &Context) -> ApiGatewayProxyResponse {
        let event = Event::parse(event);
        let gateway_id = event.as_ref().and_then(Event::request_id);
        let outcome = self.vend(event.as_ref(), context).await;
        log(&outcome, &context.request_id, gateway_id.unwrap_or_default());
        response(outcome.as_ref(), gateway_id.unwrap_or(&context.request_id))
    }

    async fn vend(&self, event: Option<&Event>, context: &Context) -> Result<Issued, Failure> {
        let machine = self.0.as_ref().map_err(|reason| Failure::Broken(reason.clone()))?;
        let event = event.ok_or(Failure::NoEvent)?;
        let identity = identity(event, machine.config())?;
        Ok(machine.vend(&identity, request(event)?, deadline(context)).await?)
    }
}

/// The machine that the environment describes.
fn machine() -> Result<Machine<ApiKeySecret>, lambda_runtime::Error> {
    let config = settings::config()?;
    let secret_id = settings::required(settings::API_KEY_SECRET_ID)?;
    let keys = ApiKeySecret::from_lambda_env(secret_id, config.momento_endpoint().map(str::to_owned))?;
    let keys = keys.with_lifetime(config.key_ttl());
    Ok(Machine::new(config, keys, tvm_tls::client_config()?, Places::from_env()?)?)
}

/// One line for each request, with both its ids: Lambda's, as `requestId` like in Lambda's own lines, and the one that the
/// client was told. In the line itself, not in a span around it, which would be formatted and parsed again each time.
fn log(outcome: &Result<Issued, Failure>, request_id: &str, gateway_request_id: &str) {
    match outcome {
        Ok(Issued { vended: Vended { token, origin }, .. }) => tracing::info!(
            requestId = request_id,
            gatewayRequestId = gateway_request_id,
            expires_at = token.expires_at(),
            origin = origin.as_str(),
            "a token was vended"
        ),
        Err(failure) if failure.is_ours() => tracing::error!(
            requestId = request_id,
            gatewayRequestId = gateway_request_id,
            code = failure.answer().code,
            reason = %failure,
            "no token was vended"
        ),
        Err(failure) => tracing::warn!(
            requestId = request_id,
            gatewayRequestId = gateway_request_id,
            code = failure.answer().code,
            reason = %failure,
            "no token was vended"
        ),
    }
}

/// When the answer must be ready: before Lambda ends the function, and never later than anybody would wait.
fn deadline(context: &Context) -> Deadline {
    let left = context.deadline().duration_since(std::time::SystemTime::now()).unwrap_or_default();
    Deadline::after(left.saturating_sub(FOR_THE_ANSWER)).or_usual()
}
