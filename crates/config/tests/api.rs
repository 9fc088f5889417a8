//! The table `[api]`: what may stand before the endpoint, and what the CDK app is told of it.
//! Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the answer wanted")]

use serde_json::{Value, json};
use tvm_config::Config;

const BASE: &str = "permissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
const CERTIFICATE: &str = "arn:aws:acm:eu-central-1:111122223333:certificate/1234abcd-12ab";

/// The table begins on line 3.
fn parse(auth: &str, tables: &str) -> Result<Config, String> {
    Config::parse("f", &format!("auth = \"{auth}\"\n{BASE}\n{tables}")).map_err(|errors| errors.to_string())
}

fn canonical(tables: &str) -> Value {
    let rendered = parse("Open", tables).unwrap().render_json();
    serde_json::from_str::<Value>(&rendered).unwrap()["api"].take()
}

fn refused(tables: &str) -> String {
    parse("Open", tables).unwrap_err()
}

#[test]
fn what_is_left_out_is_as_deployments_were_before_there_was_the_table() {
    let mut nothing = canonical("");
    // Not so: pages with tracing could not call those deployments.
    nothing["allowed_headers"].take();
    let expected = json!({
        "authorizer_cache_ttl": 5, "allowed_headers": null, "access_logs": false, "disable_default_endpoint": false
    });
    assert_eq!(nothing, expected);
}

#[test]
fn pages_may_send_any_header_unless_the_file_names_those_that_they_may() {
    let usual = canonical("")["allowed_headers"].take();
    for header in
        ["*", "traceparent", "tracestate", "baggage", "sentry-trace", "x-datadog-trace-id", "x-requested-with"]
    {
        assert!(usual.as_array().unwrap().contains(&json!(header)), "{header}");
    }
    let named = canonical("[api]\nallowed_headers = [\"X-Shop_Version.1\", \"traceparent\"]");
    assert_eq!(named["allowed_headers"], json!(["X-Shop_Version.1", "traceparent"]));
    assert_eq!(canonical("[api]\nallowed_headers = []")["allowed_headers"], json!([]));
}

#[test]
fn a_name_that_no_header_could_have_is_refused() {
    for name in ["", " ", "a b", "x:y", "it's", "x-*", "**", "grüße", "$context.x", "a,b", &"x".repeat(65)] {
        let error = refused(&format!("[api]\nallowed_headers = [\"traceparent\", \"{name}\"]"));
        assert!(error.contains("f:4") && error.contains("is not the name of a header; write"), "{name}: {error}");
    }
    let twice = refused("[api]\nallowed_headers = [\"X-Shop\", \"x-shop\"]");
    assert!(twice.contains("`x-shop` is in the list twice"), "{twice}");
    let many: Vec<String> = (0..101).map(|number| format!("\"x-{number}\"")).collect();
    let error = refused(&format!("[api]\nallowed_headers = [{}]", many.join(", ")));
    assert!(error.contains("101 names; an answer has room for 100"), "{error}");
}

#[test]
fn what_is_said_is_passed_on() {
    let domain = format!(
        "[api]\naccess_logs = true\n[api.domain]\nname = \"tokens.example.com\"\ncertificate = \"{CERTIFICATE}\"\n\
         hosted_zone = \"Z0123ABC\"\n[api.usage_plan]\nrequests_per_day = 1000\nrequests_per_second = 2\nrequest_burst = 4"
    );
    let api = canonical(&domain);
    assert_eq!(api["access_logs"], true);
    assert_eq!(
        api["domain"],
        json!({ "name": "tokens.example.com", "certificate": CERTIFICATE, "hosted_zone": "Z0123ABC" })
    );
    assert_eq!(api["usage_plan"], json!({ "requests_per_day": 1000, "requests_per_second": 2, "request_burst": 4 }));
}

#[test]
fn a_firewall_has_a_limit_for_each_address_and_rules_of_aws_by_default() {
    let waf = &canonical("[api.waf]")["waf"];
    assert_eq!(waf["requests_per_5_minutes"], 500);
    let expected = [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
    ];
    assert_eq!(waf["managed_rules"], json!(expected));
    assert_eq!(waf["logs"], true);

    let waf = &canonical("[api.waf]\nrequests_per_5_minutes = 10\nmanaged_rules = []\nlogs = false")["waf"];
    assert_eq!(*waf, json!({ "requests_per_5_minutes": 10, "managed_rules": [], "logs": false }));
}

#[test]
fn a_limit_or_rules_that_the_firewall_would_not_take_are_refused() {
    for out_of_range in ["9", "2000000001"] {
        let error = refused(&format!("[api.waf]\nrequests_per_5_minutes = {out_of_range}"));
        assert!(error.contains("f:4: `api.waf.requests_per_5_minutes`"), "{error}");
        assert!(error.contains(&format!("10 to 2000000000, not {out_of_range}")), "{error}");
    }
    let error = refused("[api.waf]\nmanaged_rules = [\"AWSManagedRulesComonRuleSet\"]");
    assert!(error.contains("f:4:") && error.contains("did you mean \"AWSManagedRulesCommonRuleSet\"?"), "{error}");
    // It needs settings, and AWS charges for it by the request.
    assert!(refused("[api.waf]\nmanaged_rules = [\"AWSManagedRulesATPRuleSet\"]").contains("cannot be"));
    let twice = "[api.waf]\nmanaged_rules = [\"AWSManagedRulesPHPRuleSet\", \"AWSManagedRulesPHPRuleSet\"]";
    let error = refused(twice);
    assert!(error.contains("f:4: `api.waf.managed_rules[2]`") && error.contains("twice"), "{error}");
}

#[test]
fn the_name_of_api_gateway_is_turned_off_only_where_there_is_another() {
    let error = refused("[api]\ndisable_default_endpoint = true");
    assert!(error.starts_with("f:4: `api.disable_default_endpoint`"), "{error}");
    assert!(error.contains("write [api.domain] with `name` and `certificate`"), "{error}");
    let domain = format!("[api.domain]\nname = \"tokens.example.com\"\ncertificate = \"{CERTIFICATE}\"");
    assert_eq!(
        canonical(&format!("[api]\ndisable_default_endpoint = true\n{domain}"))["disable_default_endpoint"],
        true
    );
    assert_eq!(canonical(&domain)["disable_default_endpoint"], false);
}

#[test]
fn a_domain_is_a_name_with_a_certificate_and_perhaps_the_id_of_a_zone() {
    let of = |name: &str, certificate: &str, zone: &str| {
        let table = format!("name = \"{name}\"\ncertificate = \"{certificate}\"\nhosted_zone = \"{zone}\"");
        parse("Open", &format!("[api.domain]\n{table}")).map(|_| ())
    };
    assert_eq!(of("tokens.example.com", CERTIFICATE, "Z1"), Ok(()));
    for name in ["https://tokens.example.com", "tokens", "Tokens.example.com", "tokens.example.com:443", "*.a.com", ""]
    {
        let error = of(name, CERTIFICATE, "Z1").unwrap_err();
        assert!(error.starts_with(&format!("f:4: `api.domain.name`: `{name}` is not a domain name")), "{error}");
    }
    let key = CERTIFICATE.replace("acm", "kms");
    for certificate in [key.as_str(), "1234abcd-12ab", "arn:aws:acm:eu-central-1:111122223333:certificate/", ""] {
        let error = of("tokens.example.com", certificate, "Z1").unwrap_err();
        assert!(error.starts_with("f:5: `api.domain.certificate`") && error.contains("of the deployment's"), "{error}");
    }
    for zone in ["example.com", "/hostedzone/Z1", "z1", "Z", ""] {
        let error = of("tokens.example.com", CERTIFICATE, zone).unwrap_err();
        assert!(error.starts_with("f:6: `api.domain.hosted_zone`") && error.contains("like Z0123"), "{error}");
    }
    let without = refused("[api.domain]\nname = \"tokens.example.com\"");
    assert!(without.contains("certificate"), "{without}");
}

#[test]
fn a_usage_plan_has_one_quota_and_both_halves_of_a_limit() {
    let error = refused("[api.usage_plan]\nrequests_per_day = 1\nrequests_per_month = 2");
    assert!(error.contains("`api.usage_plan`") && error.contains("write only one of"), "{error}");
    for half in ["requests_per_second = 1", "request_burst = 1"] {
        assert!(refused(&format!("[api.usage_plan]\n{half}")).contains("write both or neither"));
    }
    assert!(refused("[api.usage_plan]\nrequests_per_day = 0").contains("requests_per_day"));
    assert!(parse("Open", "[api.usage_plan]").is_ok());
}

#[test]
fn the_chat_page_has_no_key_and_is_not_served_where_one_is_asked_for() {
    let error = refused("[api.usage_plan]\n[web]\nenabled = true");
    assert!(error.contains("f:3: `api.usage_plan`") && error.contains("enabled = false"), "{error}");
    assert!(parse("Open", "[api.usage_plan]\n[web]\nenabled = false").is_ok());
}

#[test]
fn what_is_open_in_production_has_a_firewall_or_is_meant_so() {
    let in_prod = |tables: &str| parse("Open", &format!("[deployment]\nstage = \"prod\"\n{tables}"));
    assert!(in_prod("[api.waf]").is_ok());
    assert!(in_prod("[api]\naccess_logs = true").unwrap_err().contains("add a firewall ([api.waf])"));
}
