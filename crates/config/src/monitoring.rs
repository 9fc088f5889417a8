//! The table `[monitoring]`: what a deployment tells its operators. The vending function reads `audit` and `metrics`, the authorizer
//! `metrics`; the rest is the CDK app's.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arn;
use crate::lifetime::KeyAge;
use crate::number::Number;
use crate::path::Path;
use crate::rule::{Broken, Rule};

/// A share of requests.
type Percent = Number<1, 100>;
/// API Gateway gives up on a function after 29 s (its quotas, "Integration timeout").
type LatencyMs = Number<1, 29_000>;

/// What a deployment tells its operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MonitoringTable {
    /// What the log says about each vended token. `"hashed"`: pseudonyms of the caller and of the token id, and the
    /// permissions as this file has them. `"plain"`: all of them in clear text. `"off"`: nothing.
    pub audit: Audit,
    /// Whether the functions' log lines carry metrics (namespace `TokenVendingMachine`), for which CloudWatch charges
    /// (docs/cost.md).
    pub metrics: bool,
    /// Whether the deployment makes a dashboard, for which CloudWatch may charge.
    pub dashboard: bool,
    /// Whether the deployment makes alarms, for which CloudWatch charges. They need `metrics = true`. What each one means
    /// and what to do: docs/runbook.md.
    pub alarms: bool,
    /// The ARN of an existing SNS topic for the alarms. Left out: the deployment makes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_topic: Option<String>,
    /// An e-mail address for the alarms, subscribed to the topic that the deployment makes. Its owner must confirm the
    /// subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_email: Option<String>,
    /// The share of failed requests (5xx) that sets off an alarm, in percent, 1 to 100.
    pub alarm_errors_percent: Percent,
    /// The share of requests refused because of Momento's limit (429) that sets off an alarm, in percent, 1 to 100.
    pub alarm_limited_percent: Percent,
    /// The latency that sets off an alarm, in milliseconds, 1 to 29000: of the slowest hundredth of the requests, or of
    /// the median request.
    pub alarm_latency_ms: LatencyMs,
    /// How long the API key may be in its secret before it sets off an alarm, 1d to 3650d.
    pub key_max_age: KeyAge,
}

impl Default for MonitoringTable {
    fn default() -> Self {
        Self {
            audit: Audit::default(),
            metrics: false,
            dashboard: false,
            alarms: false,
            alarm_topic: None,
            alarm_email: None,
            alarm_errors_percent: Percent::within_limits(5),
            alarm_limited_percent: Percent::within_limits(5),
            alarm_latency_ms: LatencyMs::within_limits(3_000),
            key_max_age: KeyAge::default(),
        }
    }
}

/// What the log says about each vended token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Audit {
    /// Pseudonyms, and the permissions as the file has them.
    #[default]
    Hashed,
    /// Everything in clear text.
    Plain,
    /// Nothing.
    Off,
}

/// Checks what no single key's type says.
pub(crate) fn check(table: &MonitoringTable, broken: &mut Broken) {
    let path = Path::default().key("monitoring");
    if table.alarms && !table.metrics {
        broken.push((path.key("alarms"), Rule::AlarmsWithoutMetrics));
    }
    for (key, said) in [("alarm_topic", &table.alarm_topic), ("alarm_email", &table.alarm_email)] {
        if said.is_some() && !table.alarms {
            broken.push((path.key(key), Rule::NobodyToAlarm));
        }
    }
    if let Some(topic) = table.alarm_topic.as_ref().filter(|topic| !is_topic(topic)) {
        broken.push((path.key("alarm_topic"), Rule::Topic(topic.clone())));
    }
    if let Some(email) = &table.alarm_email {
        if !is_email(email) {
            broken.push((path.key("alarm_email"), Rule::Email(email.clone())));
        } else if table.alarm_topic.is_some() {
            broken.push((path.key("alarm_email"), Rule::EmailOfExistingTopic));
        }
    }
}

/// The ARN of a topic that CloudWatch can send to: not a FIFO one, which it takes for no alarm action.
fn is_topic(text: &str) -> bool {
    let in_a_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    arn::resource(text, "sns").is_some_and(|name| !name.is_empty() && name.bytes().all(in_a_name))
}

/// Nearly anything may stand in one; this much catches a slip.
fn is_email(text: &str) -> bool {
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    plain
        && text.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !host.contains('@'))
}
