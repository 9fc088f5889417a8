//! The one line that the log has about each request: what came of it, who got what, and its metrics.
//!
//! It holds both ids of the request: Lambda's, as `requestId` like in Lambda's own lines, and the one that the client was told.
//! In one line, since CloudWatch charges for each, and who searches finds everything at once.

use serde::Serialize;
use tracing::Level;
use tvm_common::telemetry;
use tvm_machine::Issued;

use crate::audit::Audited;
use crate::failure::Failure;
use crate::metrics::Metrics;

/// What is said of a request beside its outcome.
#[derive(Debug)]
pub struct Details<'d> {
    /// Lambda's id of it.
    pub request_id: &'d str,
    /// API Gateway's.
    pub gateway_request_id: &'d str,
    /// Who got what, where a token was vended and that is wanted.
    pub audited: Option<Audited<'d>>,
    /// Where they are wanted.
    pub metrics: Option<Metrics<'d>>,
}

#[derive(Serialize)]
struct Line<'l> {
    message: &'static str,
    #[serde(rename = "requestId")]
    request_id: &'l str,
    #[serde(rename = "gatewayRequestId")]
    gateway_request_id: &'l str,
    #[serde(flatten)]
    outcome: Outcome,
    #[serde(flatten)]
    audited: Option<Audited<'l>>,
    #[serde(flatten)]
    metrics: Option<Metrics<'l>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    IssuedToken { origin: &'static str, expires_at: u64 },
    Refused { code: &'static str, reason: String },
}

/// Prints the line about a request that got `outcome`.
pub fn report(outcome: Result<&Issued<'_>, &Failure>, details: Details<'_>) {
    let (level, message, outcome) = match outcome {
        Ok(Issued { vended, .. }) => {
            let outcome =
                Outcome::IssuedToken { origin: vended.origin.as_str(), expires_at: vended.token.expires_at() };
            (Level::INFO, "a token was vended", outcome)
        }
        Err(failure) => {
            let level = if failure.is_ours() { Level::ERROR } else { Level::WARN };
            let outcome = Outcome::Refused { code: failure.answer().code, reason: failure.to_string() };
            (level, "no token was vended", outcome)
        }
    };
    let Details { request_id, gateway_request_id, audited, metrics } = details;
    telemetry::print(level, &Line { message, request_id, gateway_request_id, outcome, audited, metrics });
}
