//! The table `[api]`: the endpoint that callers meet, and what AWS puts before it. The functions themselves read none of it.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arn;
use crate::error::Rule;
use crate::file::ConfigFile;
use crate::lifetime::DecisionTtl;
use crate::position::Path;
use crate::validate::{Broken, is_host_name};

/// What AWS WAF takes as the limit of a rate rule (its documentation, `RateBasedStatement`).
pub(crate) const WAF_REQUESTS: RangeInclusive<u32> = 10..=2_000_000_000;

/// The endpoint that callers meet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ApiTable {
    /// How long API Gateway may let in who brings the same credentials, or token, without asking again, 0s to 1h. Whoever is
    /// disabled, or leaves a group, may still get tokens for as long.
    pub authorizer_cache_ttl: DecisionTtl,
    /// Whether API Gateway logs every request, with the address that it came from and without what the caller sent. It needs a
    /// role that is set once for the AWS account and region, which the deployment does not do.
    pub access_logs: bool,
    /// Whether API Gateway's own name stops answering, so that your own name is the only way to the endpoint. It needs
    /// `[api.domain]`.
    pub disable_default_endpoint: bool,
    /// A firewall before the endpoint (AWS WAF). Left out: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waf: Option<WafTable>,
    /// A name of your own for the endpoint. Left out: API Gateway's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainTable>,
    /// A key that every caller sends as `x-api-key`, and how many requests may be made with it. Left out: none is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_plan: Option<UsagePlanTable>,
}

/// A firewall before the endpoint (AWS WAF).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WafTable {
    /// How many requests one IP address may make in any five minutes, preflights among them: 10 to 2000000000. The rest get a
    /// 429.
    #[cfg_attr(feature = "schema", schemars(range(min = *WAF_REQUESTS.start(), max = *WAF_REQUESTS.end())))]
    pub requests_per_5_minutes: u32,
    /// The rules of AWS that apply, in this order; what they block gets a 403.
    pub managed_rules: Vec<ManagedRules>,
    /// Whether the firewall logs what it blocks, with the address that it came from, and without the query and the headers that
    /// carry credentials.
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
            requests_per_5_minutes: 500,
            managed_rules: vec![ManagedRules::IpReputation, ManagedRules::KnownBadInputs, ManagedRules::Common],
            logs: true,
        }
    }
}

/// The rule groups of AWS that need no setting and cost nothing beside the firewall itself, by AWS's own names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub(crate) enum ManagedRules {
    /// What most attacks on the web have in common.
    #[serde(rename = "AWSManagedRulesCommonRuleSet")]
    Common,
    /// Requests that are known to exploit something.
    #[serde(rename = "AWSManagedRulesKnownBadInputsRuleSet")]
    KnownBadInputs,
    /// Addresses that Amazon knows for bots and attacks.
    #[serde(rename = "AWSManagedRulesAmazonIpReputationList")]
    IpReputation,
    /// Addresses of VPNs, proxies, Tor and hosting providers: people use those, too.
    #[serde(rename = "AWSManagedRulesAnonymousIpList")]
    AnonymousIp,
    /// Paths of administrative pages.
    #[serde(rename = "AWSManagedRulesAdminProtectionRuleSet")]
    AdminProtection,
    /// SQL where none belongs.
    #[serde(rename = "AWSManagedRulesSQLiRuleSet")]
    Sql,
    /// What aims at Linux.
    #[serde(rename = "AWSManagedRulesLinuxRuleSet")]
    Linux,
    /// What aims at POSIX systems.
    #[serde(rename = "AWSManagedRulesUnixRuleSet")]
    Unix,
    /// What aims at Windows.
    #[serde(rename = "AWSManagedRulesWindowsRuleSet")]
    Windows,
    /// What aims at PHP.
    #[serde(rename = "AWSManagedRulesPHPRuleSet")]
    Php,
    /// What aims at the blog software of that name.
    #[serde(rename = "AWSManagedRulesWordPressRuleSet")]
    WordPress,
}

/// A name of your own for the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct DomainTable {
    /// The name, in lower case, such as `tokens.example.com`.
    pub name: String,
    /// The ARN of the certificate for it in AWS Certificate Manager, in the region of the deployment.
    pub certificate: String,
    /// The id of the hosted zone of Amazon Route 53 that the name is to be put into. Left out: you put it into your DNS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosted_zone: Option<String>,
}

/// A key that every caller sends as `x-api-key`, and how many requests may be made with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct UsagePlanTable {
    /// How many requests a day, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_day: Option<NonZeroU32>,
    /// How many requests a week, instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_week: Option<NonZeroU32>,
    /// How many requests a month, instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_month: Option<NonZeroU32>,
    /// How many requests a second on average; `request_burst` goes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<NonZeroU32>,
    /// How many requests at once, over that average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_burst: Option<NonZeroU32>,
}

/// Checks what no single key's type says.
pub(crate) fn check(file: &ConfigFile, broken: &mut Broken) {
    let path = Path::default().key("api");
    if let Some(waf) = &file.api.waf {
        check_waf(waf, &path.key("waf"), broken);
    }
    if let Some(domain) = &file.api.domain {
        check_domain(domain, &path.key("domain"), broken);
    }
    if file.api.disable_default_endpoint && file.api.domain.is_none() {
        broken.push((path.key("disable_default_endpoint"), Rule::NoWayIn));
    }
    if let Some(plan) = &file.api.usage_plan {
        let path = path.key("usage_plan");
        let quotas = [plan.requests_per_day, plan.requests_per_week, plan.requests_per_month];
        if quotas.iter().flatten().count() > 1 {
            broken.push((path.clone(), Rule::SeveralQuotas));
        }
        if plan.requests_per_second.is_some() != plan.request_burst.is_some() {
            broken.push((path.clone(), Rule::HalfAThrottle));
        }
        if file.web.enabled {
            broken.push((path, Rule::PageWithoutKey));
        }
    }
}

fn check_waf(waf: &WafTable, path: &Path, broken: &mut Broken) {
    let given = waf.requests_per_5_minutes;
    if !WAF_REQUESTS.contains(&given) {
        broken.push((path.key("requests_per_5_minutes"), Rule::WafRequests { given, allowed: WAF_REQUESTS }));
    }
    for (index, rules) in waf.managed_rules.iter().enumerate() {
        if waf.managed_rules.iter().take(index).any(|earlier| earlier == rules) {
            broken.push((path.key("managed_rules").index(index), Rule::RulesTwice));
        }
    }
}

fn check_domain(domain: &DomainTable, path: &Path, broken: &mut Broken) {
    let DomainTable { name, certificate, hosted_zone } = domain;
    let is_name = is_host_name(name) && name.contains('.') && !name.contains(':');
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
