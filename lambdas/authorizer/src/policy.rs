//! The authorizer's answer: an IAM policy, and for who is let in, who they are.
//!
//! The effect is always written out. Left to `aws_lambda_events`' default it would be Allow.

use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerPolicy;
use aws_lambda_events::iam::{IamPolicyEffect, IamPolicyStatement};
use serde::Serialize;
use tvm_config::NoCaller;

/// The answer, with just what API Gateway asks for ("Output from an API Gateway Lambda authorizer", developer guide).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    principal_id: String,
    policy_document: ApiGatewayCustomAuthorizerPolicy,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Principal>,
    /// Why nobody is let in: for the log alone.
    #[serde(skip)]
    denied: Option<DenyReason>,
}

/// Why a caller who brings something that can be read is nobody who is let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DenyReason {
    /// No user has that name and that password or key.
    #[error("the credentials are wrong")]
    WrongCredentials,
    /// A good token of nobody whom a grant could be for.
    #[error("the token cannot be granted anything: {0}")]
    NoCaller(#[from] NoCaller),
}

/// Who is let in: what the vending function is told of the caller. API Gateway passes on flat values alone, so lists and maps
/// are one text each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Principal {
    /// What they are called: also the principal.
    pub username: String,
    /// Their groups, with commas in between; no group's name holds one.
    pub groups: String,
    /// The claim `sub`, where a token says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The claims that the grant may need, as a JSON object of texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
    /// The claim `exp`, where `token.not_beyond_caller` asks for it: when their token ends, in whole seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<String>,
}

/// The part of an API that a decision is for: every method and path of one stage.
///
/// API Gateway caches a decision for its credentials, not for the path that was asked for: a policy for one method would
/// refuse the same caller on the next, or be open to argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage(String);

impl Stage {
    /// The stage of `arn:…:execute-api:region:account:api/stage/METHOD/path`; `None` for anything else.
    pub fn of(method_arn: &str) -> Option<Self> {
        let mut parts = method_arn.splitn(6, ':');
        let service = parts.nth(2)?;
        let resource = parts.nth(2)?;
        let mut names = resource.split('/');
        let (api, stage, _method) = (names.next()?, names.next()?, names.next()?);
        let named = |part: &str| !part.is_empty() && !part.contains('*');
        if !method_arn.starts_with("arn:") || service != "execute-api" || !named(api) || !named(stage) {
            return None;
        }
        let head = method_arn.strip_suffix(resource)?;
        Some(Self(format!("{head}{api}/{stage}/*")))
    }
}

impl Decision {
    /// Lets `who` in, in every part of `stage`.
    pub fn allow(who: Principal, stage: &Stage) -> Self {
        Self {
            principal_id: who.username.clone(),
            policy_document: policy(IamPolicyEffect::Allow, stage),
            context: Some(who),
            denied: None,
        }
    }

    /// Why the caller is not let in, if they are not.
    pub fn denied(&self) -> Option<&DenyReason> {
        self.denied.as_ref()
    }

    /// Lets nobody in, and tells nothing.
    pub fn deny(nobody: DenyReason, stage: &Stage) -> Self {
        Self {
            principal_id: "denied".to_owned(),
            policy_document: policy(IamPolicyEffect::Deny, stage),
            context: None,
            denied: Some(nobody),
        }
    }
}

fn policy(effect: IamPolicyEffect, stage: &Stage) -> ApiGatewayCustomAuthorizerPolicy {
    let mut statement = IamPolicyStatement::default();
    statement.effect = effect;
    statement.action = vec!["execute-api:Invoke".to_owned()];
    statement.resource = vec![stage.0.clone()];
    let mut policy = ApiGatewayCustomAuthorizerPolicy::default();
    policy.version = Some("2012-10-17".to_owned());
    policy.statement = vec![statement];
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_for_the_whole_stage_and_for_no_other() {
        for (arn, stage) in [
            (
                "arn:aws:execute-api:us-west-2:123456789012:abc/prod/GET/",
                "arn:aws:execute-api:us-west-2:123456789012:abc/prod/*",
            ),
            ("arn:aws-cn:execute-api:cn-north-1:1:abc/prod/GET/a/b", "arn:aws-cn:execute-api:cn-north-1:1:abc/prod/*"),
            ("arn:aws:execute-api:eu-west-1:1:abc/v1/POST", "arn:aws:execute-api:eu-west-1:1:abc/v1/*"),
            // The API and its stage are looked for in the last part alone (found by fuzzing).
            ("arn:aws:execute-api:eu-west-1:1/2:abc/v1/POST", "arn:aws:execute-api:eu-west-1:1/2:abc/v1/*"),
        ] {
            assert_eq!(Stage::of(arn), Some(Stage(stage.to_owned())), "{arn}");
        }
    }

    #[test]
    fn what_is_no_method_of_a_stage_is_decided_for_nothing() {
        for arn in [
            "",
            "*",
            "arn:aws:execute-api:r:1:abc",
            "arn:aws:execute-api:r:1:abc/prod",
            "arn:aws:execute-api:r:1:/prod/GET/",
            "arn:aws:execute-api:r:1:*/prod/GET/",
            "arn:aws:execute-api:r:1:abc/*/GET/",
            "arn:aws:s3:::bucket/prod/GET",
            "x:aws:execute-api:r:1:abc/prod/GET/",
        ] {
            assert_eq!(Stage::of(arn), None, "{arn}");
        }
    }
}
