//! Reading a secret. Real: the AWS SDK, its HTTP client, signing, retries and timeouts, over loopback. Not real: Secrets
//! Manager, whose answers are scripted with the types and messages that AWS documents.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use momento_secrets::{ApiKeyError, ApiKeySecret, Denied, KeyHints, Limits, SecretError, SecretReader};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use support::{Answer, StandIn};

const ID: &str = "momento/api-key";

/// One attempt: what is tested is the answer's meaning, not the SDK's patience.
fn once() -> Limits {
    Limits { attempts: 1, ..Limits::default() }
}

async fn outcome_of(answer: Answer) -> Result<SecretString, SecretError> {
    let standin = StandIn::start(move |_, _| answer.clone()).await;
    standin.reader(ID).with_limits(once()).read().await
}

#[tokio::test]
async fn the_text_of_the_current_version_is_read_by_name() {
    let standin = StandIn::start(|request, _| {
        assert_eq!(request, &json!({ "SecretId": ID, "VersionStage": "AWSCURRENT" }));
        Answer::text("the value\n")
    })
    .await;
    assert_eq!(standin.reader(ID).read().await.unwrap().expose_secret(), "the value\n");
}

#[tokio::test]
async fn another_stage_is_read_when_asked_for() {
    let standin = StandIn::start(|request, _| Answer::text(request["VersionStage"].as_str().unwrap())).await;
    let reader = standin.reader(ID).with_stage("AWSPREVIOUS");
    assert_eq!(reader.read().await.unwrap().expose_secret(), "AWSPREVIOUS");
}

#[tokio::test]
async fn binary_is_read_as_text_where_it_is_utf8() {
    let text = outcome_of(Answer::Json(200, json!({ "SecretBinary": "Y2xhw6k=" }))).await.unwrap();
    assert_eq!(text.expose_secret(), "claé");
    let error = outcome_of(Answer::Json(200, json!({ "SecretBinary": "//4=" }))).await.unwrap_err();
    assert_eq!(error, SecretError::NotText { id: ID.into() });
}

/// What AWS answers, what it is called here, whether it may pass, and a part of what the person is told.
#[tokio::test]
async fn each_error_of_aws_is_told_apart_and_names_the_secret_and_the_mend() {
    type Kind = fn(&SecretError) -> bool;
    const MISSING: &str = "ResourceNotFoundException";
    const DENIED: &str = "AccessDeniedException";
    const NOT_AUTHORIZED: &str = "User: arn:aws:sts::123456789012:assumed-role/tvm/vending is not authorized to perform: \
         secretsmanager:GetSecretValue on resource: momento/api-key because no identity-based policy allows the \
         secretsmanager:GetSecretValue action";
    #[rustfmt::skip]
    let cases: Vec<(Answer, Kind, bool, &str)> = vec![
        (Answer::error(400, MISSING, "Secrets Manager can't find the specified secret."),
            |e| matches!(e, SecretError::NotFound { .. }), false, "there is no such secret"),
        (Answer::error(400, MISSING, "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"),
            |e| matches!(e, SecretError::NoValue { .. }), false,
            "aws secretsmanager put-secret-value --secret-id momento/api-key --secret-string file://key.txt"),
        (Answer::text(" \n"),
            |e| matches!(e, SecretError::NoValue { .. }), false, "has no value yet"),
        (Answer::Json(200, json!({ "Name": "n" })),
            |e| matches!(e, SecretError::NoValue { .. }), false, "has no value yet"),
        (Answer::error(400, "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion."),
            |e| matches!(e, SecretError::MarkedForDeletion { .. }), false, "restore-secret"),
        (Answer::error(400, DENIED, NOT_AUTHORIZED),
            |e| matches!(e, SecretError::AccessDenied { to: Denied::Secret, .. }), false, "assumed-role/tvm/vending"),
        (Answer::error(400, DENIED, "Access to KMS is not allowed"),
            |e| matches!(e, SecretError::AccessDenied { to: Denied::EncryptionKey, .. }), false, "allow kms:Decrypt"),
        (Answer::error(400, "DecryptionFailure",
            "Secrets Manager can't decrypt the protected secret text using the provided KMS key."),
            |e| matches!(e, SecretError::Kms { .. }), false, "is enabled"),
        (Answer::error(400, "KMSInvalidStateException", "The key is pending deletion."),
            |e| matches!(e, SecretError::Kms { .. }), false, "pending deletion"),
        (Answer::error(400, "ThrottlingException", "Rate exceeded"),
            |e| matches!(e, SecretError::Throttled { .. }), true, "try again later"),
        (Answer::error(400, "RequestLimitExceeded", "Request limit exceeded."),
            |e| matches!(e, SecretError::Throttled { .. }), true, "RequestLimitExceeded"),
        (Answer::Raw(429, "slow down"), |e| matches!(e, SecretError::Throttled { .. }), true, "throttles"),
        (Answer::error(500, "InternalServiceError", "An error occurred on the server side."),
            |e| matches!(e, SecretError::Unreachable { .. }), true, "HTTP status 500, InternalServiceError"),
        (Answer::Raw(503, "<html>unavailable</html>"),
            |e| matches!(e, SecretError::Unreachable { .. }), true, "HTTP status 503"),
        (Answer::Raw(200, "<html>a proxy's page</html>"),
            |e| matches!(e, SecretError::Unreachable { .. }), true, "not an answer of Secrets Manager"),
        (Answer::Hangup, |e| matches!(e, SecretError::Unreachable { .. }), true, "unreachable"),
        (Answer::error(400, "UnrecognizedClientException", "The security token included in the request is invalid."),
            |e| matches!(e, SecretError::Credentials { .. }), false, "UnrecognizedClientException"),
        (Answer::error(403, "ExpiredTokenException", "The security token included in the request is expired"),
            |e| matches!(e, SecretError::Credentials { .. }), false, "ExpiredTokenException"),
        (Answer::error(400, "InvalidParameterException", "Invalid name."),
            |e| matches!(e, SecretError::Other { .. }), false, "InvalidParameterException): Invalid name."),
    ];
    for (answer, kind, transient, told) in cases {
        let error = outcome_of(answer).await.unwrap_err();
        assert!(kind(&error), "{error:?}");
        assert_eq!((error.id(), error.is_transient()), (ID, transient), "{error:?}");
        let said = error.to_string();
        assert!(said.starts_with("secret momento/api-key: ") && said.contains(told), "{said}");
    }
}

#[tokio::test]
async fn the_message_on_a_bad_signature_is_not_repeated_since_it_quotes_the_session_token() {
    let quoting =
        Answer::error(403, "InvalidSignatureException", "should have been x-amz-security-token:session-token");
    let error = outcome_of(quoting).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("session-token"), "{error:?}");
}

#[tokio::test]
async fn a_service_that_nobody_serves_is_unreachable_and_says_why() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = momento_secrets::lambda_client_from(|name| match name {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER" => Some(url.clone()),
        name => support::lambda_variable(name),
    });
    let error = SecretReader::new(client.unwrap(), ID).with_limits(once()).read().await.unwrap_err();
    assert!(matches!(&error, SecretError::Unreachable { reason, .. } if reason.contains("refused")), "{error}");
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_given_up_within_the_limits() {
    let standin = StandIn::start(|_, _| Answer::Silence).await;
    let limits = Limits { per_attempt: Duration::from_millis(50), in_all: Duration::from_millis(300), attempts: 9 };
    let begun = Instant::now();
    let error = standin.reader(ID).with_limits(limits).read().await.unwrap_err();
    assert!(matches!(&error, SecretError::Unreachable { .. }) && error.is_transient(), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(standin.calls() >= 1);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_may_not_is_not() {
    let standin = StandIn::start(|_, n| match n {
        0 => Answer::error(400, "ThrottlingException", "Rate exceeded"),
        1 => Answer::Hangup,
        _ => Answer::text("value"),
    })
    .await;
    assert_eq!(standin.reader(ID).read().await.unwrap().expose_secret(), "value");
    assert_eq!(standin.calls(), 3);

    let standin = StandIn::start(|_, _| Answer::error(400, "AccessDeniedException", "no")).await;
    standin.reader(ID).read().await.unwrap_err();
    assert_eq!(standin.calls(), 1);
}

#[tokio::test]
async fn a_value_is_read_once_however_many_ask_and_an_error_is_not_remembered() {
    let standin = StandIn::start(|_, n| match n {
        0 => Answer::error(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
        _ => Answer::text("value"),
    })
    .await;
    let reader = standin.reader(ID);
    let failed = join_all((0..20).map(|_| reader.read())).await;
    assert!(failed.iter().all(|outcome| matches!(outcome, Err(SecretError::NotFound { .. }))), "{failed:?}");
    assert_eq!(standin.calls(), 1, "the failure is shared by those who waited for it");
    let read = join_all((0..20).map(|_| reader.read())).await;
    assert!(read.iter().all(|outcome| outcome.as_ref().unwrap().expose_secret() == "value"));
    reader.read().await.unwrap();
    assert_eq!(standin.calls(), 2);
    reader.forget();
    reader.read().await.unwrap();
    assert_eq!(standin.calls(), 3);
}

#[tokio::test]
async fn a_key_is_parsed_once_and_a_value_that_is_not_a_key_is_read_again() {
    const V1: &str = "eyJlbmRwb2ludCI6Im1vbWVudG8uZXhhbXBsZSIsImFwaV9rZXkiOiJQTEFOVEVEIn0=";
    let standin = StandIn::start(|_, n| Answer::text(if n == 0 { "PLANTED-in-haste" } else { V1 })).await;
    let secret = ApiKeySecret::new(standin.reader(ID), None);
    let error = secret.api_key().await.unwrap_err();
    assert_eq!(error, SecretError::Malformed { id: ID.into(), problem: ApiKeyError::Unrecognised });
    assert!(!format!("{error} {error:?}").contains("PLANTED"), "{error}");

    let keys = join_all((0..20).map(|_| secret.api_key())).await;
    let first = keys[0].as_ref().unwrap();
    assert_eq!(first.endpoint(), "momento.example");
    assert!(keys.iter().all(|key| Arc::ptr_eq(key.as_ref().unwrap(), first)));
    assert_eq!(standin.calls(), 2);
    let shown = format!("{secret:?}");
    assert!(!shown.contains("PLANTED") && !shown.contains("secret-access-key"), "{shown}");
}

/// As Secrets Manager's console stores key/value pairs.
#[tokio::test]
async fn the_key_of_key_value_pairs_is_the_member_that_is_one_or_that_is_named() {
    const V1: &str = "eyJlbmRwb2ludCI6Im1vbWVudG8uZXhhbXBsZSIsImFwaV9rZXkiOiJQTEFOVEVEIn0=";
    const OTHER: &str = "eyJlbmRwb2ludCI6Im90aGVyLmV4YW1wbGUiLCJhcGlfa2V5IjoiUExBTlRFRCJ9";
    let pairs = json!({ "MOMENTO_API_KEY": V1, "STRIPE": "PLANTED" }).to_string();
    let standin = StandIn::start(move |_, _| Answer::text(&pairs)).await;
    let secret = ApiKeySecret::new(standin.reader(ID), None);
    assert_eq!(secret.api_key().await.unwrap().endpoint(), "momento.example");
    let pairs = json!({ "BLUE": V1, "GREEN": OTHER }).to_string();
    let standin = StandIn::start(move |_, _| Answer::text(&pairs)).await;
    let error = ApiKeySecret::new(standin.reader(ID), None).api_key().await.unwrap_err().to_string();
    assert!(error.contains(ID) && error.contains("in `BLUE` and `GREEN`") && !error.contains("eyJ"), "{error}");
    let named = KeyHints { endpoint: None, field: Some("GREEN".to_owned()) };
    assert_eq!(ApiKeySecret::new(standin.reader(ID), named).api_key().await.unwrap().endpoint(), "other.example");
}

#[tokio::test]
async fn a_key_in_place_of_the_secrets_name_is_sent_nowhere_and_never_shown() {
    const V1: &str = "eyJlbmRwb2ludCI6Im1vbWVudG8uZXhhbXBsZSIsImFwaV9rZXkiOiJQTEFOVEVEIn0=";
    let standin = StandIn::start(|_, _| Answer::text("value")).await;
    let reader = standin.reader(V1);
    let error = reader.read().await.unwrap_err();
    assert_eq!((&error, standin.calls()), (&SecretError::KeyForName, 0));
    let shown = format!("{error} {error:?} {} {reader:?}", error.id());
    assert!(!shown.contains("eyJ") && shown.contains("write that instead"), "{shown}");
}
