//! Who is asking: taken from `requestContext.authorizer` alone, which only API Gateway can write.
//!
//! Nothing that a client types is read here. What the mode promises and the context lacks is nobody verified.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tvm_gateway::event::Event;
use tvm_gateway::groups::groups;
use tvm_policy::{AuthMode, Caller, Identity};

/// The caller, as `mode` has API Gateway verify them.
pub fn identity(event: &Event, mode: AuthMode) -> Identity {
    let caller = match mode {
        AuthMode::Open => None,
        AuthMode::AmazonCognito => cognito(event),
        AuthMode::LambdaAuthorizer => authorizer(event),
    };
    caller.map_or(Identity::Anonymous, Identity::Verified)
}

/// A user of the Cognito user pool, from the claims of an id token or an access token.
fn cognito(event: &Event) -> Option<Caller> {
    let claims = event.at(&["requestContext", "authorizer", "claims"])?.as_object()?;
    let sub = text(claims, "sub")?;
    Some(Caller {
        principal: sub.to_owned(),
        sub: Some(sub.to_owned()),
        // An id token says `cognito:username`, an access token `username`.
        username: text(claims, "cognito:username").or_else(|| text(claims, "username")).map(str::to_owned),
        groups: groups(claims.get("cognito:groups")),
        claims: flat(claims),
        context: BTreeMap::new(),
    })
}

/// A principal that the Lambda authorizer vouched for, with the context that it passed on.
fn authorizer(event: &Event) -> Option<Caller> {
    let context = event.at(&["requestContext", "authorizer"])?.as_object()?;
    let principal = text(context, "principalId")?;
    Some(Caller {
        principal: principal.to_owned(),
        sub: Some(text(context, "sub").unwrap_or(principal).to_owned()),
        username: Some(text(context, "username").unwrap_or(principal).to_owned()),
        groups: groups(context.get("groups")),
        // Of a token, as one text: API Gateway passes on flat values alone.
        claims: text(context, "claims").and_then(|claims| serde_json::from_str(claims).ok()).unwrap_or_default(),
        context: flat(context),
    })
}

fn text<'m>(map: &'m Map<String, Value>, key: &str) -> Option<&'m str> {
    map.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The values that are one text, number or truth value. A list or a table is no value of a template.
fn flat(map: &Map<String, Value>) -> BTreeMap<String, String> {
    let plain = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    map.iter().filter_map(|(key, value)| Some((key.clone(), plain(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(authorizer: &str, mode: AuthMode) -> Identity {
        let json = format!(r#"{{"requestContext":{{"authorizer":{authorizer}}},"headers":{{"sub":"typed"}}}}"#);
        identity(&Event::parse(&json).unwrap(), mode)
    }

    #[test]
    fn a_cognito_user_is_known_by_their_claims() {
        for groups in [r#""A,B""#, r#""[A B]""#, r#"["A","B"]"#] {
            let claims = format!(
                r#"{{"claims":{{"sub":"s","cognito:username":"ada","cognito:groups":{groups},"n":5,"ok":true,"x":{{}}}}}}"#
            );
            let Identity::Verified(caller) = of(&claims, AuthMode::AmazonCognito) else { panic!("nobody") };
            assert_eq!((caller.principal.as_str(), caller.sub.as_deref()), ("s", Some("s")));
            assert_eq!(caller.username.as_deref(), Some("ada"));
            assert_eq!(caller.groups, ["A", "B"]);
            assert_eq!(caller.claims.get("n").map(String::as_str), Some("5"));
            assert_eq!(caller.claims.get("ok").map(String::as_str), Some("true"));
            assert!(!caller.claims.contains_key("x"));
        }
    }

    #[test]
    fn an_authorizers_principal_is_known_by_its_context() {
        let context = r#"{"principalId":"ada","groups":"A,B","plan":"gold"}"#;
        let Identity::Verified(caller) = of(context, AuthMode::LambdaAuthorizer) else { panic!("nobody") };
        assert_eq!(caller.principal, "ada");
        assert_eq!((caller.sub.as_deref(), caller.username.as_deref()), (Some("ada"), Some("ada")));
        assert_eq!(caller.groups, ["A", "B"]);
        assert_eq!(caller.context.get("plan").map(String::as_str), Some("gold"));
        assert!(caller.claims.is_empty());
    }

    #[test]
    fn the_claims_of_a_callers_token_come_as_one_text() {
        let context = r#"{"principalId":"ada","sub":"s-1","claims":"{\"tenant\":\"acme\"}"}"#;
        let Identity::Verified(caller) = of(context, AuthMode::LambdaAuthorizer) else { panic!("nobody") };
        assert_eq!(caller.sub.as_deref(), Some("s-1"));
        assert_eq!(caller.claims.get("tenant").map(String::as_str), Some("acme"));
        for nonsense in [r#""x""#, r#""[]""#, "5", r#""{\"a\":5}""#] {
            let context = format!(r#"{{"principalId":"ada","claims":{nonsense}}}"#);
            let Identity::Verified(caller) = of(&context, AuthMode::LambdaAuthorizer) else { panic!("nobody") };
            assert!(caller.claims.is_empty(), "{nonsense}");
        }
    }

    #[test]
    fn a_context_of_another_mode_verifies_nobody() {
        let claims = r#"{"claims":{"sub":"s"}}"#;
        let context = r#"{"principalId":"ada"}"#;
        assert_eq!(of(claims, AuthMode::LambdaAuthorizer), Identity::Anonymous);
        assert_eq!(of(context, AuthMode::AmazonCognito), Identity::Anonymous);
        for nothing in
            ["null", "5", "[]", "{}", r#"{"claims":null}"#, r#"{"claims":{"sub":""}}"#, r#"{"principalId":7}"#]
        {
            for mode in [AuthMode::LambdaAuthorizer, AuthMode::AmazonCognito] {
                assert_eq!(of(nothing, mode), Identity::Anonymous, "{nothing}");
            }
        }
        assert_eq!(of(claims, AuthMode::Open), Identity::Anonymous);
    }
}
