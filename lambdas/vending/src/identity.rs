//! Who is asking: taken from `requestContext.authorizer` alone, which only API Gateway can write.
//!
//! Nothing that a client types is read here. What the mode promises and the context lacks is nobody verified.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tvm_common::event::Event;
use tvm_common::groups::groups;
use tvm_config::{CognitoTokens, Config, TokenUse, id_text, plain_text};
use tvm_policy::{AuthMode, Caller, Identity};

use crate::end::end;

/// Why a token that API Gateway let through does not count. It looks at the pool alone, not at what a token of it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongToken {
    /// The other one of a user's tokens.
    #[error("it is not a token for `cognito.token_use = \"{}\"`", .wanted.as_str())]
    Use {
        /// The one that counts.
        wanted: TokenUse,
    },
    /// One for another app.
    #[error("it is for an app client that neither `cognito.clients` nor the deployment lists")]
    Client,
}

/// The caller, as the mode of `config` has API Gateway verify them. Of a Cognito user pool, `app_clients` are the clients whose
/// tokens count, instead of those that `config` lists.
///
/// # Errors
/// [`WrongToken`] in `AmazonCognito` mode.
pub fn identity(event: &Event, config: &Config, app_clients: Option<&[String]>) -> Result<Identity, WrongToken> {
    let caller = match config.auth() {
        AuthMode::Open => None,
        AuthMode::AmazonCognito => cognito(event, config, app_clients)?,
        AuthMode::LambdaAuthorizer => authorizer(event, config),
    };
    Ok(caller.map_or(Identity::Anonymous, Identity::Verified))
}

/// A user of the Cognito user pool, from the claims of their ID token or access token.
fn cognito(event: &Event, config: &Config, app_clients: Option<&[String]>) -> Result<Option<Caller>, WrongToken> {
    let claims = event.at(&["requestContext", "authorizer", "claims"]).and_then(Value::as_object);
    let Some((claims, sub)) = claims.and_then(|claims| Some((claims, text(claims, "sub")?))) else { return Ok(None) };
    let CognitoTokens { token_use, clients } = config.cognito_tokens();
    if text(claims, "token_use") != Some(token_use.as_str()) {
        return Err(WrongToken::Use { wanted: token_use });
    }
    let client = match token_use {
        TokenUse::Id => text(claims, "aud"),
        TokenUse::Access => text(claims, "client_id"),
    };
    // A list of the deployment's counts even if it is empty; the file's is empty for a pool that the stack makes.
    let clients = app_clients.or_else(|| Some(clients).filter(|clients| !clients.is_empty()));
    if clients.is_some_and(|clients| !client.is_some_and(|client| clients.iter().any(|listed| listed == client))) {
        return Err(WrongToken::Client);
    }
    Ok(Some(Caller {
        principal: sub.to_owned(),
        sub: Some(sub.to_owned()),
        // An ID token says `cognito:username`, an access token `username`.
        username: text(claims, "cognito:username").or_else(|| text(claims, "username")).map(str::to_owned),
        groups: config.groups_meant(&groups(claims.get("cognito:groups"))),
        claims: flat(claims),
        context: BTreeMap::new(),
        not_after: if config.not_beyond_caller() { end(claims.get("exp")) } else { None },
    }))
}

/// A principal that the Lambda authorizer vouched for, with the context that it passed on.
fn authorizer(event: &Event, config: &Config) -> Option<Caller> {
    let context = event.at(&["requestContext", "authorizer"])?.as_object()?;
    let principal = text(context, "principalId")?;
    Some(Caller {
        principal: principal.to_owned(),
        sub: Some(id(context, "sub").unwrap_or_else(|| principal.to_owned())),
        username: Some(id(context, "username").unwrap_or_else(|| principal.to_owned())),
        groups: groups(context.get("groups")),
        // Of a token, as one text: API Gateway passes on flat values alone.
        claims: text(context, "claims")
            .and_then(|claims| Some(flat(&serde_json::from_str(claims).ok()?)))
            .unwrap_or_default(),
        context: flat(context),
        not_after: if config.not_beyond_caller() { end(context.get("exp")) } else { None },
    })
}

fn text<'m>(map: &'m Map<String, Value>, key: &str) -> Option<&'m str> {
    map.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// An id that an authorizer may also have passed on as a number.
fn id(map: &Map<String, Value>, key: &str) -> Option<String> {
    map.get(key).and_then(id_text)
}

/// The values that are one text, number or truth value. A list or a table is no value of a template.
fn flat(map: &Map<String, Value>) -> BTreeMap<String, String> {
    map.iter().filter_map(|(key, value)| Some((key.clone(), plain_text(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(mode: AuthMode, cognito: &str) -> Config {
        let base = "[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"";
        let text = format!("auth = \"Open\"\n{base}\n[cognito]\n{cognito}");
        Config::parse_as("tvm.toml", &text, Some(mode)).unwrap()
    }

    fn with(authorizer: &str, config: &Config) -> Result<Identity, WrongToken> {
        let json = format!(r#"{{"requestContext":{{"authorizer":{authorizer}}},"headers":{{"sub":"typed"}}}}"#);
        identity(&Event::parse(&json).unwrap(), config, None)
    }

    fn of(authorizer: &str, mode: AuthMode) -> Identity {
        with(authorizer, &config(mode, "")).unwrap()
    }

    #[test]
    fn a_cognito_user_is_known_by_their_claims() {
        let claims = r#"{"claims":{"sub":"s","token_use":"id","cognito:username":"ada","cognito:groups":"A,B","n":5,"ok":true,"x":{}}}"#;
        let Identity::Verified(caller) = of(claims, AuthMode::AmazonCognito) else { panic!("nobody") };
        assert_eq!((caller.principal.as_str(), caller.sub.as_deref()), ("s", Some("s")));
        assert_eq!(caller.username.as_deref(), Some("ada"));
        assert_eq!(caller.groups, ["A", "B"]);
        assert_eq!(caller.claims.get("n").map(String::as_str), Some("5"));
        assert_eq!(caller.claims.get("ok").map(String::as_str), Some("true"));
        assert!(!caller.claims.contains_key("x"));
    }

    #[test]
    fn the_other_of_a_users_two_tokens_does_not_count() {
        let claims = |claims: &str| format!(r#"{{"claims":{{"sub":"s",{claims}}}}}"#);
        let id = r#""token_use":"id","cognito:username":"ada""#;
        let access = r#""token_use":"access","username":"ada""#;
        for (wanted, counts, other) in [(TokenUse::Id, id, access), (TokenUse::Access, access, id)] {
            let config = config(AuthMode::AmazonCognito, &format!("token_use = \"{}\"", wanted.as_str()));
            let Ok(Identity::Verified(caller)) = with(&claims(counts), &config) else { panic!("nobody") };
            assert_eq!(caller.username.as_deref(), Some("ada"));
            for wrong in [other, r#""cognito:username":"ada""#, r#""token_use":"ID""#, r#""token_use":["id","access"]"#]
            {
                assert_eq!(with(&claims(wrong), &config), Err(WrongToken::Use { wanted }), "{wrong}");
            }
        }
    }

    #[test]
    fn of_an_existing_pool_only_the_tokens_of_the_listed_clients_count() {
        let claims = |claims: &str| format!(r#"{{"claims":{{"sub":"s",{claims}}}}}"#);
        for (token_use, claim) in [("id", "aud"), ("access", "client_id")] {
            let cognito =
                format!("token_use = \"{token_use}\"\nuser_pool = \"eu-west-1_a\"\nclients = [\"one\", \"two\"]");
            let config = config(AuthMode::AmazonCognito, &cognito);
            let of_client = |client: &str| with(&claims(&format!(r#""token_use":"{token_use}",{client}"#)), &config);
            for client in ["one", "two"] {
                assert!(
                    matches!(of_client(&format!(r#""{claim}":"{client}""#)), Ok(Identity::Verified(_))),
                    "{client}"
                );
            }
            let other_claim = if claim == "aud" { "client_id" } else { "aud" };
            for client in [
                format!(r#""{claim}":"three""#),
                format!(r#""{claim}":"One""#),
                format!(r#""{claim}":["one"]"#),
                format!(r#""{claim}":"one,two""#),
                format!(r#""{other_claim}":"one""#),
                r#""n":1"#.to_owned(),
            ] {
                assert_eq!(of_client(&client), Err(WrongToken::Client), "{client}");
            }
        }
    }

    #[test]
    fn the_clients_that_the_deployment_lists_count_instead_of_those_of_the_file() {
        let event = |client: &str| {
            let claims = format!(r#"{{"claims":{{"sub":"s","token_use":"id","aud":"{client}"}}}}"#);
            Event::parse(&format!(r#"{{"requestContext":{{"authorizer":{claims}}}}}"#)).unwrap()
        };
        let listed = ["given".to_owned()];
        for cognito in ["", "user_pool = \"eu-west-1_a\"\nclients = [\"one\"]"] {
            let config = config(AuthMode::AmazonCognito, cognito);
            let of = |client: &str, listed: &[String]| identity(&event(client), &config, Some(listed));
            assert!(matches!(of("given", &listed), Ok(Identity::Verified(_))), "{cognito}");
            assert_eq!(of("one", &listed), Err(WrongToken::Client), "{cognito}");
            assert_eq!(of("given", &[]), Err(WrongToken::Client), "{cognito}");
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
        for nonsense in [r#""x""#, r#""[]""#, "5", r#""{\"a\":{}}""#] {
            let context = format!(r#"{{"principalId":"ada","claims":{nonsense}}}"#);
            let Identity::Verified(caller) = of(&context, AuthMode::LambdaAuthorizer) else { panic!("nobody") };
            assert!(caller.claims.is_empty(), "{nonsense}");
        }
    }

    /// API Gateway hands on texts, numbers and truth values ("Output from an API Gateway Lambda authorizer", developer guide).
    #[test]
    fn an_id_or_a_claim_that_is_a_number_is_its_digits_and_never_another_value() {
        let context = r#"{"principalId":"app","sub":12345678901234567890,"username":7,
            "claims":"{\"n\":9007199254740993,\"ok\":true,\"/a/b\":\"acme\",\"lost\":98765432109876543210,\"x\":{\"y\":1}}"}"#;
        let Identity::Verified(caller) = of(context, AuthMode::LambdaAuthorizer) else { panic!("nobody") };
        assert_eq!((caller.sub.as_deref(), caller.username.as_deref()), (Some("12345678901234567890"), Some("7")));
        let expected = [("/a/b", "acme"), ("n", "9007199254740993"), ("ok", "true")];
        assert_eq!(caller.claims, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }

    #[test]
    fn the_groups_of_an_existing_pool_are_those_of_the_file_by_the_names_that_it_lists() {
        let text = "auth = \"AmazonCognito\"\n[cognito]\nuser_pool = \"eu-west-1_a\"\nclients = [\"app\"]\n[groups.admins]\n\
                    names = [\"us-east-1_x_Google\", \"Chat-Admins\"]\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
        let config = Config::parse("tvm.toml", text).unwrap();
        for (listed, groups) in [
            ("us-east-1_x_Google,Staff", &["admins", "Staff"] as &[&str]),
            ("Chat-Admins,us-east-1_x_Google", &["admins"]),
            ("admins,Staff", &["Staff"]),
        ] {
            let claims =
                format!(r#"{{"claims":{{"sub":"s","token_use":"id","aud":"app","cognito:groups":"{listed}"}}}}"#);
            let Ok(Identity::Verified(caller)) = with(&claims, &config) else { panic!("nobody") };
            assert_eq!(caller.groups, groups, "{listed}");
        }
    }

    #[test]
    fn when_a_callers_own_token_ends_is_read_where_the_configuration_asks_for_it() {
        let (ends, jwt) = (
            "token.not_beyond_caller = true",
            "[authorizer]\nkind = \"jwt\"\nissuer = \"https://i\"\naudience = [\"a\"]",
        );
        let config = |head: &str, auth: &str, tail: &str| {
            let text =
                format!("auth = \"{auth}\"\n{head}\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]\n{tail}");
            Config::parse("tvm.toml", &text).unwrap()
        };
        let end = |authorizer: &str, config: &Config| match with(authorizer, config) {
            Ok(Identity::Verified(caller)) => {
                caller.not_after.map(|end| end.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs())
            }
            other => panic!("{other:?}"),
        };
        let cognito = |exp: &str| format!(r#"{{"claims":{{"sub":"s","token_use":"id"{exp}}}}}"#);
        let context = |exp: &str| format!(r#"{{"principalId":"ada"{exp}}}"#);
        for (mode, tail, of) in
            [("AmazonCognito", "", &cognito as &dyn Fn(&str) -> String), ("LambdaAuthorizer", jwt, &context)]
        {
            let (on, off) = (config(ends, mode, tail), config("", mode, tail));
            for exp in [r#","exp":"Tue Dec 01 08:00:00 UTC 2026""#, r#","exp":"1796112000""#, r#","exp":1796112000"#] {
                assert_eq!(end(&of(exp), &on), Some(1_796_112_000), "{mode} {exp}");
                assert_eq!(end(&of(exp), &off), None, "{mode} {exp}");
            }
            for exp in ["", r#","exp":"soon""#, r#","exp":null"#] {
                assert_eq!(end(&of(exp), &on), None, "{mode} {exp}");
            }
        }
    }

    #[test]
    fn a_context_of_another_mode_verifies_nobody() {
        let claims = r#"{"claims":{"sub":"s","token_use":"id"}}"#;
        let context = r#"{"principalId":"ada"}"#;
        assert_eq!(of(claims, AuthMode::LambdaAuthorizer), Identity::Anonymous);
        assert_eq!(of(context, AuthMode::AmazonCognito), Identity::Anonymous);
        for nothing in [
            "null",
            "5",
            "[]",
            "{}",
            r#"{"claims":null}"#,
            r#"{"claims":{"sub":"","token_use":"id"}}"#,
            r#"{"principalId":7}"#,
        ] {
            for mode in [AuthMode::LambdaAuthorizer, AuthMode::AmazonCognito] {
                assert_eq!(of(nothing, mode), Identity::Anonymous, "{nothing}");
            }
        }
        assert_eq!(of(claims, AuthMode::Open), Identity::Anonymous);
    }
}
