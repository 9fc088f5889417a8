//! The table `[functions]`: how the functions of a deployment run. The functions themselves read none of it.

use std::num::NonZeroU32;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lifetime::{FunctionTimeout, LOG_DAYS, LogRetention};
use crate::number::Number;
use crate::path::Path;
use crate::rule::{Broken, Rule};

/// What Lambda takes, in MB.
type Memory = Number<128, 10_240>;

/// How the functions of a deployment run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FunctionsTable {
    /// The memory of each function in MB, 128 to 10240. Processor time grows with it.
    pub memory: Memory,
    /// The processor that the functions are built for and run on. To build for another processor than this computer's,
    /// add Rust's target (`rustup target add aarch64-unknown-linux-gnu`).
    pub architecture: Architecture,
    /// How long the vending function may run for a request, including its start: 2s to 28s, so that it ends before API
    /// Gateway's own timeout. It waits for Momento for at most 5s of that. The authorizer has 10s.
    pub timeout: FunctionTimeout,
    /// How many instances of each function may run at once. AWS reserves them for it, and requires that 100 of the
    /// account's stay unreserved. Requests beyond them get an error from API Gateway. Left out: as many as the account
    /// allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_concurrency: Option<NonZeroU32>,
    /// Whether AWS X-Ray traces requests, starting at API Gateway. AWS charges for it.
    pub tracing: bool,
    /// How long logs are kept, 1d to 3653d: a number of days that CloudWatch offers, such as `"7d"`, `"30d"`, `"365d"`.
    pub log_retention: LogRetention,
}

impl Default for FunctionsTable {
    fn default() -> Self {
        Self {
            memory: Memory::within_limits(128),
            architecture: Architecture::default(),
            timeout: FunctionTimeout::default(),
            reserved_concurrency: None,
            tracing: false,
            log_retention: LogRetention::default(),
        }
    }
}

/// The processors that Lambda has, by its own names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Architecture {
    /// Intel and AMD.
    #[default]
    #[serde(rename = "x86_64")]
    X86_64,
    /// AWS Graviton, which costs less.
    Arm64,
}

/// Checks what no single key's type says.
pub(crate) fn check(table: &FunctionsTable, broken: &mut Broken) {
    let path = Path::default().key("functions");
    if !LOG_DAYS.iter().any(|days| table.log_retention.is_days(*days)) {
        broken.push((path.key("log_retention"), Rule::LogRetention));
    }
}
