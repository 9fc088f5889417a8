//! The log line about a request that no caller can be authorized for, and the metric in it.
//!
//! It is written for trouble of ours alone, so that the alarm about it sounds for nothing that a stranger can send: a refused
//! caller, whatever they bring, writes another line, which has no metric.

use std::time::SystemTime;

use serde::Serialize;
use tvm_common::emf::{Directive, Metadata, Metric, function_dimension};
use tvm_policy::AuthMode;

/// The one metric of this function. `cdk/lib/metrics.ts` reads it by this name.
const AUTHORIZER_TROUBLE: Metric = Metric { name: "AuthorizerTrouble", unit: "Count" };

/// Why no caller can be authorized, and for which request.
#[derive(Debug, Serialize)]
pub(crate) struct Trouble<'t> {
    pub(crate) message: &'static str,
    /// Lambda's.
    #[serde(rename = "requestId")]
    pub(crate) request_id: &'t str,
    /// API Gateway's.
    #[serde(rename = "gatewayRequestId")]
    pub(crate) gateway_request_id: &'t str,
    /// The word that Lambda is told.
    pub(crate) code: &'static str,
    pub(crate) reason: String,
    /// Where they are wanted.
    #[serde(flatten)]
    pub(crate) metrics: Option<Metrics<'t>>,
}

/// Members of the line that make it a metric.
#[derive(Debug, Serialize)]
pub(crate) struct Metrics<'t> {
    function: &'t str,
    mode: &'static str,
    #[serde(rename = "AuthorizerTrouble")]
    authorizer_trouble: u8,
    #[serde(rename = "_aws")]
    aws: Metadata,
}

impl<'t> Metrics<'t> {
    /// Those of one trouble of this `function` at `now`.
    pub(crate) fn of(function: &'t str, now: SystemTime) -> Self {
        Self {
            function: function_dimension(function),
            // No other mode has an authorizer function.
            mode: AuthMode::LambdaAuthorizer.as_str(),
            authorizer_trouble: 1,
            aws: Metadata::new(now, vec![Directive::new(&["function", "mode"], vec![AUTHORIZER_TROUBLE])]),
        }
    }
}
