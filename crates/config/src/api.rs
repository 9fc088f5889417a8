//! The table `[api]`: the endpoint that callers meet, and what AWS puts before it. The functions themselves read none of it.

use std::num::NonZeroU32;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arn;
use crate::host_name::is_host_name;
use crate::lifetime::DecisionTtl;
use crate::number::Number;
use crate::path::Path;
use crate::rule::{Broken, Rule};

/// What AWS WAF takes as the limit of a rate rule (its documentation, `RateBasedStatement`).
type WafRequests = Number<10, 2_000_000_000>;

/// The endpoint that callers meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ApiTable {
    /// How long API Gateway may reuse a decision for the same credentials or token, 0s to 1h. A user who is disabled or
    /// leaves a group may still get tokens for that long.
    pub authorizer_cache_ttl: DecisionTtl,
    /// The headers that pages of other origins may send, in addition to those that the mode needs. `"*"` is any header except
    /// `Authorization`, which is always allowed; the names are for browsers from before 2022, which do not know `"*"`
    /// (docs/browser.md#headers). `[]`: only those that the mode needs.
    pub allowed_headers: Vec<String>,
    /// Whether API Gateway logs every request, with the caller's address and without anything that the caller sent. It
    /// needs a role that is set once for the AWS account and region, which the deployment does not do
    /// (docs/endpoint.md#access-logs).
    pub access_logs: bool,
    /// Whether the endpoint stops answering at API Gateway's own name, so that only the name in `[api.domain]` works. It
    /// needs `[api.domain]`.
    pub disable_default_endpoint: bool,
    /// A firewall before the endpoint (AWS WAF), which AWS charges for by the month (docs/endpoint.md#the-firewall). Left
    /// out: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waf: Option<WafTable>,
    /// Your own domain name for the endpoint (docs/endpoint.md#a-domain-of-your-own). Left out: API Gateway's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainTable>,
    /// A key that every caller sends as `x-api-key`, with its limits. It is seldom worth it for pages in browsers
    /// (docs/endpoint.md#a-usage-plan). Left out: callers need no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_plan: Option<UsagePlanTable>,
}

/// What tracing and wrappers of `fetch` add to every request: W3C Trace Context and Baggage, Zipkin, Sentry, Datadog, AWS.
const USUAL_HEADERS: [&str; 14] = [
    "*",
    "b3",
    "baggage",
    "sentry-trace",
    "traceparent",
    "tracestate",
    "x-amz-date",
    "x-amz-user-agent",
    "x-amzn-trace-id",
    "x-datadog-origin",
    "x-datadog-parent-id",
    "x-datadog-sampling-priority",
    "x-datadog-trace-id",
    "x-requested-with",
];

/// API Gateway passes on 10,240 bytes of headers (its quotas): this many names of this length leave room for the others.
const MAX_HEADERS: usize = 100;
const MAX_HEADER_LENGTH: usize = 64;

impl Default for ApiTable {
    /// Any header: a header decides nothing here unless the mode reads it, and a browser sends no cookie. A header that a preflight
    /// does not allow makes the page's request fail, and the page does not learn why.
    fn default() -> Self {
        Self {
            authorizer_cache_ttl: DecisionTtl::default(),
            allowed_headers: USUAL_HEADERS.map(str::to_owned).into(),
            access_logs: false,
            disable_default_endpoint: false,
            waf: None,
            domain: None,
            usage_plan: None,
        }
    }
}

/// A firewall before the endpoint (AWS WAF).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WafTable {
    /// How many requests one IP address may make in any five minutes, preflights among them: 10 to 2000000000. The rest get a
    /// 429.
    pub requests_per_5_minutes: WafRequests,
    /// The rule groups of AWS that apply, in this order. Requests that they block get a 403.
    pub managed_rules: Vec<ManagedRules>,
    /// Whether the firewall logs the requests that it blocks, with the caller's address, and without the query and the
    /// headers that carry credentials.
    pub logs: bool,
}

impl Default for WafTable {
    /// 500 requests of one address in five minutes: a third of the 1,500 tokens that Momento mints for an account in that time, 5 a
    /// second. One address, each of whose requests is a mint, leaves the two thirds that users are planned with (docs/capacity.md,
    /// "The formula"). An office has one address for all of its people: 500 requests are 250 of them who open a page in the
    /// same five minutes, each with a preflight, or some 2,400 who have it open, and ask once in half an hour (and a preflight in two
    /// hours). Who has more of them behind one address, and one token for all, writes a larger number. Logs of what is blocked,
    /// as there is no other way to learn why a caller was.
    fn default() -> Self {
        Self {
            requests_per_5_minutes: WafRequests::within_limits(500),
            managed_rules: vec![ManagedRules::IpReputation, ManagedRules::KnownBadInputs, ManagedRules::Common],
            logs: true,
        }
    }
}

/// The rule groups of AWS that need no setting and cost nothing beside the firewall itself, by AWS's own names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub(crate) enum ManagedRules {
    /// Common attacks on web applications.
    #[serde(rename = "AWSManagedRulesCommonRuleSet")]
    Common,
    /// Requests that are known to exploit vulnerabilities.
    #[serde(rename = "AWSManagedRulesKnownBadInputsRuleSet")]
    KnownBadInputs,
    /// Addresses that Amazon associates with bots and attacks.
    #[serde(rename = "AWSManagedRulesAmazonIpReputationList")]
    IpReputation,
    /// Addresses of VPNs, proxies, Tor and hosting providers, which people use as well.
    #[serde(rename = "AWSManagedRulesAnonymousIpList")]
    AnonymousIp,
    /// Paths of administrative pages.
    #[serde(rename = "AWSManagedRulesAdminProtectionRuleSet")]
    AdminProtection,
    /// SQL injection.
    #[serde(rename = "AWSManagedRulesSQLiRuleSet")]
    Sql,
    /// Attacks on Linux.
    #[serde(rename = "AWSManagedRulesLinuxRuleSet")]
    Linux,
    /// Attacks on POSIX systems.
    #[serde(rename = "AWSManagedRulesUnixRuleSet")]
    Unix,
    /// Attacks on Windows.
    #[serde(rename = "AWSManagedRulesWindowsRuleSet")]
    Windows,
    /// Attacks on PHP.
    #[serde(rename = "AWSManagedRulesPHPRuleSet")]
    Php,
    /// Attacks on the blog software of that name.
    #[serde(rename = "AWSManagedRulesWordPressRuleSet")]
    WordPress,
}

/// Your own domain name for the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct DomainTable {
    /// The domain name, in lower case, such as `tokens.example.com`.
    pub name: String,
    /// The ARN of its certificate in AWS Certificate Manager, in the region of the deployment.
    pub certificate: String,
    /// The id of the hosted zone in Amazon Route 53 in which the deployment makes the DNS records. Left out: you make the
    /// records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosted_zone: Option<String>,
}

/// A key that every caller sends as `x-api-key`, with its limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct UsagePlanTable {
    /// How many requests a day (UTC) may be made with the key. Set only one of the three quotas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_day: Option<NonZeroU32>,
    /// How many requests a week may be made with the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_week: Option<NonZeroU32>,
    /// How many requests a month may be made with the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_month: Option<NonZeroU32>,
    /// How many requests a second may be made with the key, on average. Needs `request_burst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<NonZeroU32>,
    /// How many requests may be made at once. Needs `requests_per_second`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_burst: Option<NonZeroU32>,
}

/// Checks what no single key's type says.
pub(crate) fn check(table: &ApiTable, broken: &mut Broken) {
    let path = Path::default().key("api");
    check_headers(&table.allowed_headers, &path.key("allowed_headers"), broken);
    if let Some(waf) = &table.waf {
        check_waf(waf, &path.key("waf"), broken);
    }
    if let Some(domain) = &table.domain {
        check_domain(domain, &path.key("domain"), broken);
    }
    if table.disable_default_endpoint && table.domain.is_none() {
        broken.push((path.key("disable_default_endpoint"), Rule::NoWayIn));
    }
    if let Some(plan) = &table.usage_plan {
        let path = path.key("usage_plan");
        let quotas = [plan.requests_per_day, plan.requests_per_week, plan.requests_per_month];
        if quotas.iter().flatten().count() > 1 {
            broken.push((path.clone(), Rule::SeveralQuotas));
        }
        if plan.requests_per_second.is_some() != plan.request_burst.is_some() {
            broken.push((path, Rule::HalfAThrottle));
        }
    }
}

fn check_headers(names: &[String], path: &Path, broken: &mut Broken) {
    if names.len() > MAX_HEADERS {
        broken.push((path.clone(), Rule::TooManyHeaders { given: names.len(), allowed: MAX_HEADERS }));
    }
    for (index, name) in names.iter().enumerate() {
        if name != "*" && !is_header_name(name) {
            broken.push((path.index(index), Rule::HeaderName(name.clone())));
        }
        if names.iter().take(index).any(|earlier| earlier.eq_ignore_ascii_case(name)) {
            broken.push((path.index(index), Rule::Twice(name.clone())));
        }
    }
}

/// Less than HTTP allows: names that are in use, and none that a template of API Gateway would read as something else.
fn is_header_name(text: &str) -> bool {
    (1..=MAX_HEADER_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn check_waf(waf: &WafTable, path: &Path, broken: &mut Broken) {
    for (index, rules) in waf.managed_rules.iter().enumerate() {
        if waf.managed_rules.iter().take(index).any(|earlier| earlier == rules) {
            broken.push((path.key("managed_rules").index(index), Rule::RulesTwice));
        }
    }
}

fn check_domain(domain: &DomainTable, path: &Path, broken: &mut Broken) {
    let DomainTable { name, certificate, hosted_zone } = domain;
    let is_name = is_host_name(name) && name.contains('.');
    if !is_name || name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        broken.push((path.key("name"), Rule::DomainName(name.clone())));
    }
    if !arn::is_of(certificate, "acm", "certificate/") {
        broken.push((path.key("certificate"), Rule::Certificate(certificate.clone())));
    }
    if let Some(zone) = hosted_zone.as_ref().filter(|zone| !is_hosted_zone(zone)) {
        broken.push((path.key("hosted_zone"), Rule::HostedZone(zone.clone())));
    }
}

/// As Route 53 makes ids: `Z`, and letters and digits.
fn is_hosted_zone(text: &str) -> bool {
    text.starts_with('Z')
        && (2..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
