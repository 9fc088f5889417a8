//! What the function answers, row by row of the HTTP contract.
//! Real: the built function and the local Momento. Not real: Secrets Manager, and API Gateway, whose events are written here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use momento_emulator::Fault;
use serde_json::{Value, json};
use support::Deployed;
use tonic::Code;

const CONTROL: &str = "GenerateDisposableToken";

fn event(authorizer: &Value, headers: &Value, query: &Value) -> String {
    json!({
        "resource": "/", "path": "/", "httpMethod": "GET", "headers": headers, "queryStringParameters": query,
        "requestContext": { "requestId": "gateway-1", "authorizer": authorizer },
    })
    .to_string()
}

fn cognito(groups: &Value) -> Value {
    json!({ "claims": { "sub": "s-1", "token_use": "id", "cognito:username": "ada", "cognito:groups": groups } })
}

#[tokio::test]
async fn an_open_machine_vends_a_token_that_lives_an_hour() {
    let mut deployed = Deployed::shipped("Open").await;
    let answer = deployed.answer(&event(&Value::Null, &json!({}), &json!({ "name": "Taylor" }))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = STANDARD.decode(answer.body["authToken"].as_str().unwrap()).unwrap();
    let token: Value = serde_json::from_slice(&token).unwrap();
    assert!(token["endpoint"].is_string() && token["api_key"].is_string(), "{token}");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let life = answer.body["expiresAt"].as_u64().unwrap() - now;
    assert!((3_590..=3_605).contains(&life), "{life}");
    assert_eq!(answer.body.as_object().unwrap().len(), 2, "{:?}", answer.body);
}

#[tokio::test]
async fn a_secret_is_asked_for_in_the_region_that_its_arn_names() {
    let shipped = include_str!("../../../config/tvm.toml");
    // The function runs in us-east-1, as `lambda-emulator` tells it.
    for region in ["eu-central-1", "us-east-1"] {
        let arn = format!("arn:aws:secretsmanager:{region}:111122223333:secret:momento-AbCdEf");
        let mut deployed = Deployed::start_with_secret(&arn, shipped, &[]).await;
        let answer = deployed.answer(&event(&Value::Null, &json!({}), &Value::Null)).await;
        assert_eq!(answer.status, 200, "{region}: {answer:?}");
        assert_eq!(deployed.secrets.reads("AWSCURRENT"), 1, "{region}");
    }
}

#[tokio::test]
async fn only_tokens_for_the_app_clients_that_the_deployment_lists_count() {
    let config = "auth = \"AmazonCognito\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"";
    for (listed, own, others) in [("web, app", 200, 401), ("", 200, 200), (" , ", 401, 401)] {
        let mut deployed = Deployed::start(config, &[("COGNITO_CLIENT_IDS", listed)]).await;
        for (client, status) in [("app", own), ("web", own), ("web, app", others), ("another", others)] {
            let claims =
                json!({ "claims": { "sub": "s", "token_use": "id", "aud": client, "cognito:username": "ada" } });
            let answer = deployed.answer(&event(&claims, &json!({}), &Value::Null)).await;
            assert_eq!(answer.status, status, "{listed:?} {client}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_page_of_any_origin_reads_beside_the_token_what_it_may_do() {
    let mut verified = Deployed::shipped("AmazonCognito").await;
    // The second time the token is a kept one.
    for _ in 0..2 {
        for (group, role) in [("ReadOnlyUserGroup", "SubscribeOnly"), ("ReadWriteUserGroup", "PublishSubscribe")] {
            let answer = verified.answer(&event(&cognito(&json!(group)), &json!({}), &Value::Null)).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.headers["access-control-expose-headers"], "Date, Retry-After, Token-Grant");
            let text = answer.headers["token-grant"].as_str().unwrap();
            let permissions = json!([{ "cache": "default-cache", "topic": "*", "role": role }]);
            let granted: Value = serde_json::from_str(text).unwrap();
            assert_eq!(granted, json!({ "id": "ada", "permissions": permissions }));
        }
    }
    assert_eq!(verified.momento.stats().ended(CONTROL, Code::Ok), 2);
    let refused = verified.answer(&event(&cognito(&json!("Strangers")), &json!({}), &Value::Null)).await;
    assert_eq!(refused.headers.get("token-grant"), None);

    let mut open = Deployed::shipped("Open").await;
    let named = open.answer(&event(&Value::Null, &json!({}), &json!({ "name": "Zo\u{eb}" }))).await;
    assert!(named.headers["token-grant"].as_str().unwrap().starts_with(r#"{"id":"Zo\u00eb","permissions":["#));
    let nobody = open.answer(&event(&Value::Null, &json!({}), &Value::Null)).await;
    assert!(nobody.headers["token-grant"].as_str().unwrap().starts_with(r#"{"permissions":["#));
}

/// Momento refuses a selection twice in one token (momento-emulator/tests/tokens.rs names the suites), and both shipped groups have
/// the same one.
#[tokio::test]
async fn a_member_of_both_shipped_groups_gets_one_token_that_may_do_what_either_may() {
    let mut deployed = Deployed::shipped("AmazonCognito").await;
    let both = cognito(&json!("ReadWriteUserGroup,ReadOnlyUserGroup"));
    let answer = deployed.answer(&event(&both, &json!({}), &Value::Null)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let granted: Value = serde_json::from_str(answer.headers["token-grant"].as_str().unwrap()).unwrap();
    let whole = json!([{ "cache": "default-cache", "topic": "*", "role": "PublishSubscribe" }]);
    assert_eq!(granted, json!({ "id": "ada", "permissions": whole }));
    let less = deployed.answer(&event(&both, &json!({ "usergroup": "ReadOnlyUserGroup" }), &Value::Null)).await;
    assert!(less.headers["token-grant"].as_str().unwrap().contains("SubscribeOnly"), "{less:?}");
}

#[tokio::test]
async fn a_refusal_says_what_to_do_and_names_the_request() {
    let mut open = Deployed::shipped("Open").await;
    let mut verified = Deployed::shipped("AmazonCognito").await;
    let read_only = cognito(&json!("ReadOnlyUserGroup"));
    let none = Value::Null;
    let long = "x".repeat(65);
    for (headers, query, status, code) in [
        (json!({}), json!({ "name": long }), 400, "TokenIdTooLong"),
        (json!({}), json!({ "name": "a\nb" }), 400, "TokenIdInvalid"),
        (json!({ "cachename": "a", "CacheName": "b" }), none.clone(), 400, "MalformedRequest"),
        (json!({ "authorization": "a", "Authorization": "b" }), none.clone(), 400, "MalformedRequest"),
        (json!({ "cachename": "other" }), none.clone(), 403, "CacheNotAllowed"),
        (json!({ "usergroup": "ReadOnlyUserGroup" }), none.clone(), 403, "GroupNotAllowed"),
    ] {
        let answer = open.answer(&event(&none, &headers, &query)).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{headers} {query}");
        assert_eq!(answer.body["requestId"], "gateway-1");
    }
    for (authorizer, headers, status, code) in [
        (&read_only, json!({ "usergroup": "ReadWriteUserGroup" }), 403, "GroupNotAllowed"),
        (&read_only, json!({ "usergroup": "ReadOnlyUserGroup", "cachename": "other" }), 403, "CacheNotAllowed"),
        (&read_only, json!({ "usergroup": "ReadOnlyUserGroup", "cachename": "default-cache" }), 200, ""),
        (&cognito(&json!("Strangers")), json!({}), 403, "NoGroup"),
        (&cognito(&none), json!({}), 403, "NoGroup"),
        // Spellings that no REST API writes, of groups that this caller may have other ones than.
        (&cognito(&json!("[ReadWriteUserGroup]")), json!({}), 403, "NoGroup"),
        (&cognito(&json!("[\"ReadWriteUserGroup\"]")), json!({}), 403, "NoGroup"),
        (&cognito(&json!("[\"\\u0052eadWriteUserGroup\"]")), json!({}), 403, "NoGroup"),
        (&cognito(&json!("Strangers ReadWriteUserGroup")), json!({}), 403, "NoGroup"),
        (&cognito(&json!(["ReadWriteUserGroup"])), json!({}), 403, "NoGroup"),
        // Somebody took the authorizer away by hand: no token, whatever the headers say.
        (&none, json!({ "usergroup": "ReadWriteUserGroup", "authorization": "x" }), 500, "Misconfigured"),
    ] {
        let answer = verified.answer(&event(authorizer, &headers, &none)).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{headers}");
    }
}

/// The claim `exp` as a REST API writes it.
#[tokio::test]
async fn no_token_outlives_the_callers_own_where_the_configuration_says_so() {
    let shipped = include_str!("../../../config/tvm.toml");
    let config = shipped.replace("auth = \"Open\"", "auth = \"AmazonCognito\"").replacen(
        "[token]\n",
        "[token]\nnot_beyond_caller = true\n",
        1,
    );
    let mut deployed = Deployed::start(&config, &[]).await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let ending = |exp: Value| {
        let mut authorizer = cognito(&json!("ReadOnlyUserGroup"));
        authorizer["claims"]["exp"] = exp;
        event(&authorizer, &json!({}), &Value::Null)
    };
    for (exp, least, most) in [
        (json!((now + 600).to_string()), 500, 600),
        (json!("Thu Dec 31 23:59:59 UTC 9998"), 3_590, 3_605),
        (json!((now + 60).to_string()), 48, 60),
    ] {
        let answer = deployed.answer(&ending(exp.clone())).await;
        assert_eq!(answer.status, 200, "{exp}: {answer:?}");
        let life = answer.body["expiresAt"].as_u64().unwrap() - now;
        assert!((least..=most).contains(&life), "{exp}: {life}");
    }
    for (exp, status, code) in [
        (json!("Tue Apr 04 18:39:39 UTC 2023"), 401, "Unauthorized"),
        (json!(now.to_string()), 401, "Unauthorized"),
        (json!("soon"), 403, "IdentityIncomplete"),
        (Value::Null, 403, "IdentityIncomplete"),
    ] {
        let answer = deployed.answer(&ending(exp.clone())).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{exp}");
    }
    let log = deployed.function.stop().await;
    assert!(log.contains("`token.not_beyond_caller` is true"), "{log}");
}

#[tokio::test]
async fn what_momento_does_wrong_is_told_apart() {
    let mut deployed = Deployed::shipped("Open").await;
    let ask = event(&Value::Null, &json!({}), &Value::Null);
    for (code, status, name) in [
        (Code::Unauthenticated, 502, "KeyRefused"),
        (Code::PermissionDenied, 502, "KeyRefused"),
        (Code::InvalidArgument, 502, "MomentoRefused"),
        (Code::Internal, 503, "MomentoUnavailable"),
        (Code::DeadlineExceeded, 504, "MomentoTimeout"),
    ] {
        deployed.momento.faults().set(Fault::status(CONTROL, code));
        let answer = deployed.answer(&ask).await;
        assert_eq!((answer.status, answer.code()), (status, name), "{code:?}");
        deployed.momento.faults().clear();
    }
    deployed.momento.faults().set(Fault::status(CONTROL, Code::ResourceExhausted));
    let limited = deployed.answer(&ask).await;
    assert_eq!((limited.status, limited.code()), (429, "TooManyRequests"));
    let wait: u64 = limited.headers["retry-after"].as_str().unwrap().parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait} s: twice the longest pause, and up to as much again");
    assert_eq!(limited.headers["access-control-expose-headers"], "Date, Retry-After, Token-Grant");
    deployed.momento.faults().clear();
    assert_eq!(deployed.answer(&ask).await.status, 200);
}

#[tokio::test]
async fn a_secret_without_a_value_is_a_503_and_its_mend_is_in_the_log() {
    let mut deployed =
        Deployed::start(include_str!("../../../config/tvm.toml"), &[("MOMENTO_API_KEY_SECRET_ID", "new")]).await;
    deployed.secrets.empty("new");
    let ask = event(&Value::Null, &json!({}), &Value::Null);
    let answer = deployed.answer(&ask).await;
    assert_eq!((answer.status, answer.code()), (503, "SecretUnavailable"));
    assert!(!answer.body["message"].as_str().unwrap().contains("aws "), "{answer:?}");

    // Once there is a key, the very next request gets a token.
    use secrecy::ExposeSecret;
    deployed.secrets.put("new", deployed.momento.api_key_v1().expose_secret());
    assert_eq!(deployed.answer(&ask).await.status, 200);
    let log = deployed.function.stop().await;
    assert!(log.contains("aws secretsmanager put-secret-value --secret-id new"), "{log}");
}

#[tokio::test]
async fn a_function_that_cannot_work_still_answers_and_logs_why() {
    for (config, variables, reason) in [
        ("auth = \"Opn\"", &[] as &[(&str, &str)], "did you mean auth = \\\"Open\\\"?"),
        (include_str!("../../../config/tvm.toml"), &[("MOMENTO_API_KEY_SECRET_ID", "")], "MOMENTO_API_KEY_SECRET_ID"),
        (include_str!("../../../config/tvm.toml"), &[("MOMENTO_TOKEN_ENDPOINT", "nonsense")], "nonsense"),
        (include_str!("../../../config/tvm.toml"), &[("SSL_CERT_FILE", "no-such-file.pem")], "no-such-file.pem"),
        (include_str!("../../../config/tvm.toml"), &[("TVM_CONFIG", "no-such-file.toml")], "no-such-file.toml"),
    ] {
        let mut deployed = Deployed::start(config, variables).await;
        let answer = deployed.answer(&event(&Value::Null, &json!({}), &Value::Null)).await;
        assert_eq!((answer.status, answer.code()), (500, "Misconfigured"), "{reason}");
        let log = deployed.function.stop().await;
        assert!(log.contains(reason), "{log}");
    }
}
