//! The function: an event in, a response out; one per process, around the machine.

use std::time::{Duration, SystemTime};

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use lambda_runtime::Context;
use momento_client::Deadline;
use momento_secrets::ApiKeySecret;
use tvm_common::event::Event;
use tvm_common::settings;
use tvm_common::ungrouped::UngroupedCallers;
use tvm_config::{Config, Proof};
use tvm_machine::{Endpoints, Issued, Machine, key_hints};
use tvm_policy::{AuthMode, Identity};

use crate::audit::{Audited, Auditor};
use crate::failure::Failure;
use crate::identity::identity;
use crate::metrics::Metrics;
use crate::report::{Details, report};
use crate::request::request;
use crate::response::response;

/// How much of its time a function keeps for the way back, so that the client gets our 504 and not Lambda's end.
const FOR_THE_ANSWER: Duration = Duration::from_millis(500);

/// What vends tokens, or why it cannot: an answer is owed in any case.
#[derive(Debug)]
pub struct Function {
    machine: Result<Machine<ApiKeySecret>, String>,
    /// Instead of those that the configuration lists.
    app_clients: Option<Vec<String>>,
    auditor: Auditor,
    ungrouped: UngroupedCallers,
}

impl Function {
    /// The function that the environment describes, with its key read and its connection made as far as that goes.
    pub async fn from_env() -> Self {
        let machine = match machine() {
            Ok(machine) => {
                machine.warm(Deadline::after(settings::AHEAD)).await;
                Ok(machine)
            }
            Err(error) => {
                tracing::error!(%error, "this deployment cannot vend tokens");
                Err(error.to_string())
            }
        };
        Self {
            machine,
            app_clients: settings::app_clients(),
            auditor: Auditor::default(),
            ungrouped: UngroupedCallers::default(),
        }
    }

    /// The response to an event: any JSON at all gets one.
    pub async fn answer(&self, event: &str, context: &Context) -> ApiGatewayProxyResponse {
        let event = Event::parse(event);
        let gateway_id = event.as_ref().and_then(Event::request_id);
        let (outcome, audited) = match self.vend(event.as_ref(), context).await {
            Ok((issued, audited)) => (Ok(issued), audited),
            Err(failure) => (Err(failure), None),
        };
        let details = Details {
            request_id: &context.request_id,
            gateway_request_id: gateway_id.unwrap_or_default(),
            audited,
            metrics: self.metrics(outcome.as_ref(), context),
        };
        report(outcome.as_ref(), details);
        response(outcome.as_ref(), gateway_id.unwrap_or(&context.request_id))
    }

    async fn vend(
        &self,
        event: Option<&Event>,
        context: &Context,
    ) -> Result<(Issued<'_>, Option<Audited<'_>>), Failure> {
        let machine = self.machine.as_ref().map_err(|reason| Failure::Broken(reason.clone()))?;
        let event = event.ok_or(Failure::NoEvent)?;
        let identity = identity(event, machine.config(), self.app_clients.as_deref())?;
        self.note_ungrouped(machine.config(), &identity);
        let request = request(event)?;
        let issued = machine.vend(&identity, request, deadline(context)).await?;
        let audited = self.auditor.of(machine.config(), &identity, &issued);
        Ok((issued, audited))
    }

    /// Of callers by a token of an issuer, the authorizer knows more, and says it.
    fn note_ungrouped(&self, config: &Config, identity: &Identity) {
        let is_told = config.auth() == AuthMode::LambdaAuthorizer && matches!(config.proof(), Proof::Jwt(_));
        if let Identity::Verified(caller) = identity
            && !is_told
        {
            self.ungrouped.note(|| config.unmatched_groups(caller));
        }
    }

    /// Where the configuration wants them; a function without one has none.
    fn metrics<'c>(&self, outcome: Result<&Issued<'_>, &Failure>, context: &'c Context) -> Option<Metrics<'c>> {
        let config = self.machine.as_ref().ok()?.config();
        let function = &context.env_config.function_name;
        config.metrics().then(|| Metrics::of(outcome, function, config.auth(), SystemTime::now()))
    }
}

/// The machine that the environment describes.
fn machine() -> Result<Machine<ApiKeySecret>, lambda_runtime::Error> {
    let config = settings::config()?;
    let secret_id = settings::required(settings::API_KEY_SECRET_ID)?;
    let keys = ApiKeySecret::from_lambda_env(secret_id, key_hints(&config))?;
    let keys = keys.with_lifetime(config.key_ttl());
    Ok(Machine::new(config, keys, tvm_tls::client_config()?, Endpoints::from_env()?)?)
}

/// When the answer must be ready: before Lambda ends the function, and never later than anybody would wait.
fn deadline(context: &Context) -> Deadline {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    Deadline::after(left.saturating_sub(FOR_THE_ANSWER)).or_usual()
}
