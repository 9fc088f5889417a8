//! CloudWatch's embedded metric format: the member `_aws` of a log line, which says which other members of the line are metrics.
//!
//! CloudWatch makes metrics of such a line by itself, so a function needs no permission and no call. It charges for each
//! combination of a metric and its dimensions.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// What the metrics are found under. `cdk/lib/metrics.ts` reads them by this name.
const NAMESPACE: &str = "TokenVendingMachine";

/// The value of the member `_aws`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metadata {
    /// Milliseconds since 1970.
    timestamp: u64,
    cloud_watch_metrics: Vec<Directive>,
}

/// Some metrics that have their dimensions in common.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Directive {
    namespace: &'static str,
    /// One set of them, so that each metric is charged for once.
    dimensions: [&'static [&'static str]; 1],
    metrics: Vec<Metric>,
}

/// A member of the line that is a number.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    /// The name of the member, and of the metric.
    pub name: &'static str,
    /// One of CloudWatch's units (its API reference, `MetricDatum`).
    pub unit: &'static str,
}

impl Metadata {
    /// That the line of `now` has these metrics.
    pub fn new(now: SystemTime, directives: Vec<Directive>) -> Self {
        let timestamp = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self { timestamp: timestamp.try_into().unwrap_or_default(), cloud_watch_metrics: directives }
    }
}

impl Directive {
    /// These metrics, by the members that `dimensions` names, which are texts and not empty.
    pub fn new(dimensions: &'static [&'static str], metrics: Vec<Metric>) -> Self {
        Self { namespace: NAMESPACE, dimensions: [dimensions], metrics }
    }
}

/// The dimension `function`: a dimension may not be empty. Lambda always says the name.
pub fn function_dimension(name: &str) -> &str {
    if name.is_empty() { "unknown" } else { name }
}
