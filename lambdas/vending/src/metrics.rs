//! Metrics of one request: members of its log line. They are few, and no dimension of theirs is who asks.

use std::time::{Duration, SystemTime};

use serde::Serialize;
use tvm_common::emf::{Directive, Metadata, Metric, function_dimension};
use tvm_issuer::{IssueError, TokenError};
use tvm_machine::Failure::NotVended;
use tvm_machine::Issued;
use tvm_policy::AuthMode;

use crate::failure::Failure;

/// Members of the line about a request.
#[derive(Debug, Serialize)]
pub struct Metrics<'f> {
    function: &'f str,
    mode: &'static str,
    /// With the dimension `origin`.
    #[serde(rename = "Vended", skip_serializing_if = "Option::is_none")]
    vended: Option<u8>,
    /// With the dimension `code`.
    #[serde(rename = "Refused", skip_serializing_if = "Option::is_none")]
    refused: Option<u8>,
    /// Whether Momento's limit leaves no token for this request: 0 or 1 for each, so that the average is the share.
    #[serde(rename = "Limited")]
    limited: u8,
    /// The same.
    #[serde(rename = "KeyTrouble")]
    key_trouble: u8,
    /// Of tokens that were minted for this request, in milliseconds.
    #[serde(rename = "MomentoLatency", skip_serializing_if = "Option::is_none")]
    momento_latency: Option<f64>,
    /// In days.
    #[serde(rename = "KeyAge", skip_serializing_if = "Option::is_none")]
    key_age: Option<f64>,
    #[serde(rename = "_aws")]
    aws: Metadata,
}

const VENDED: Metric = Metric { name: "Vended", unit: "Count" };
const REFUSED: Metric = Metric { name: "Refused", unit: "Count" };
const LIMITED: Metric = Metric { name: "Limited", unit: "None" };
const KEY_TROUBLE: Metric = Metric { name: "KeyTrouble", unit: "None" };
const MOMENTO_LATENCY: Metric = Metric { name: "MomentoLatency", unit: "Milliseconds" };
/// CloudWatch has no unit for days.
const KEY_AGE: Metric = Metric { name: "KeyAge", unit: "None" };

impl<'f> Metrics<'f> {
    /// Those of a request to this `function` that got `outcome` at `now`.
    pub fn of(outcome: Result<&Issued<'_>, &Failure>, function: &'f str, mode: AuthMode, now: SystemTime) -> Self {
        let vended = outcome.ok().map(|issued| &issued.vended);
        let momento_latency = vended.and_then(|vended| vended.minted_in).map(milliseconds);
        let since = vended.and_then(|vended| vended.key.as_ref()?.since());
        let key_age = since.map(|since| days(now.duration_since(since).unwrap_or_default()));

        let mut metrics = vec![LIMITED, KEY_TROUBLE];
        metrics.extend(momento_latency.map(|_| MOMENTO_LATENCY));
        metrics.extend(key_age.map(|_| KEY_AGE));
        let (counted, by): (Metric, &'static [&'static str]) = match outcome {
            Ok(_) => (VENDED, &["function", "mode", "origin"]),
            Err(_) => (REFUSED, &["function", "mode", "code"]),
        };
        Self {
            function: function_dimension(function),
            mode: mode.as_str(),
            vended: outcome.is_ok().then_some(1),
            refused: outcome.is_err().then_some(1),
            limited: outcome.err().is_some_and(is_limited).into(),
            key_trouble: outcome.err().is_some_and(is_about_the_key).into(),
            momento_latency,
            key_age,
            aws: Metadata::new(
                now,
                vec![Directive::new(&["function", "mode"], metrics), Directive::new(by, vec![counted])],
            ),
        }
    }
}

/// Whether Momento's limit is reached. A caller who asks too soon again is not counted: one caller could set off the alarm, and
/// nobody else goes without a token.
fn is_limited(failure: &Failure) -> bool {
    matches!(failure, Failure::NotVended(NotVended(IssueError::Token(TokenError::RateLimited { .. }))))
}

/// Whether there is no API key, or none that Momento takes.
fn is_about_the_key(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::NotVended(NotVended(
            IssueError::Key(_) | IssueError::KeyTimeout | IssueError::Token(TokenError::Refused { .. })
        ))
    )
}

/// To the tenth.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

/// To the hundredth: a quarter of an hour.
fn days(time: Duration) -> f64 {
    (time.as_secs_f64() / 864.0).round() / 100.0
}
