//! What is asked of the stand-in for Secrets Manager, and how it answers: as AWS does, in JSON, by the header `x-amz-target`.
//!
//! It plays the Secrets Manager of every region: the one that a request is signed for. A secret that is named by an ARN exists
//! in the ARN's region alone, as in AWS.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::trouble::Trouble;
use crate::vault::{Description, Refusal, Shared, Version, lock};

/// Answers a request; one that does not say what it wants, as for `GetSecretValue`.
pub(crate) async fn answer(State(vault): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    let action = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let action = action.and_then(|target| target.rsplit('.').next()).unwrap_or("GetSecretValue");
    let trouble = {
        let mut vault = lock(&vault);
        if action == "GetSecretValue" {
            vault.count(stage(&request));
        }
        vault.trouble.or_else(|| vault.next_trouble.remove(action))
    };
    match trouble {
        Some(Trouble::Late(delay)) => tokio::time::sleep(delay).await,
        Some(Trouble::Internal) => {
            return failure(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceError", "An error occurred.");
        }
        Some(Trouble::AccessDenied) => {
            return failure(StatusCode::BAD_REQUEST, "AccessDeniedException", "The role is not authorized to read it.");
        }
        Some(Trouble::Kms) => {
            return failure(StatusCode::BAD_REQUEST, "DecryptionFailure", "It can't be decrypted by this KMS key.");
        }
        None | Some(Trouble::AnswerLost) => {}
    }
    if is_elsewhere(name(&request), &headers) {
        return refused(&Refusal::NoSecret, stage(&request));
    }
    let answer = match action {
        "DescribeSecret" => describe_secret(&vault, &request),
        "GetSecretValue" => get_secret_value(&vault, &request),
        "PutSecretValue" => put_secret_value(&vault, &request),
        "UpdateSecretVersionStage" => update_secret_version_stage(&vault, &request),
        _ => return failure(StatusCode::BAD_REQUEST, "UnknownOperationException", "It is not imitated here."),
    };
    if trouble == Some(Trouble::AnswerLost) {
        return failure(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceError", "An error occurred.");
    }
    answer.map_or_else(|refusal| refused(&refusal, stage(&request)), |answer| answer.to_string().into_response())
}

/// Whether the request is signed for another region than the one in the secret's ARN. A request without a signature is for any.
fn is_elsewhere(secret: &str, headers: &HeaderMap) -> bool {
    let arn: Vec<&str> = secret.split(':').collect();
    let ["arn", _, "secretsmanager", region, ..] = arn[..] else { return false };
    // `Credential=KEY/DATE/REGION/secretsmanager/aws4_request` (IAM's guide, "Signature elements").
    let signature = headers.get("authorization").and_then(|value| value.to_str().ok());
    let scope = signature.and_then(|value| value.split("Credential=").nth(1));
    scope.and_then(|scope| scope.split('/').nth(2)).is_some_and(|signed_for| signed_for != region)
}

fn get_secret_value(vault: &Shared, request: &Value) -> Result<Value, Refusal> {
    let (name, stage) = (name(request), stage(request));
    let mut vault = lock(vault);
    let Version { id, value } = match text(request, "VersionId") {
        None => vault.value(name, stage)?,
        Some(id) if text(request, "VersionStage").is_none() || vault.is_labelled(name, id, stage) => {
            vault.version(name, id)?
        }
        Some(_) => return Err(Refusal::NoValue),
    };
    if stage == "AWSCURRENT" {
        vault.was_read();
    }
    let created = SystemTime::now().checked_sub(vault.age).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let created = created.unwrap_or_default().as_secs_f64();
    Ok(
        json!({ "Name": name, "VersionId": id, "SecretString": value, "VersionStages": [stage], "CreatedDate": created }),
    )
}

fn describe_secret(vault: &Shared, request: &Value) -> Result<Value, Refusal> {
    let Description { rotated_every, versions } = lock(vault).description(name(request))?;
    let rules = rotated_every.map(|days| json!({ "AutomaticallyAfterDays": days }));
    Ok(json!({
        "Name": name(request), "VersionIdsToStages": versions,
        "RotationEnabled": rules.is_some(), "RotationRules": rules,
    }))
}

fn put_secret_value(vault: &Shared, request: &Value) -> Result<Value, Refusal> {
    let owned = |key| text(request, key).unwrap_or_default().to_owned();
    let version = Version { id: owned("ClientRequestToken"), value: owned("SecretString") };
    let stages: Option<Vec<&str>> = request
        .get("VersionStages")
        .and_then(Value::as_array)
        .map(|all| all.iter().filter_map(Value::as_str).collect());
    let stages = stages.unwrap_or_else(|| vec!["AWSCURRENT"]);
    lock(vault).add(name(request), &version, &stages)?;
    Ok(json!({ "Name": name(request), "VersionId": version.id, "VersionStages": stages }))
}

fn update_secret_version_stage(vault: &Shared, request: &Value) -> Result<Value, Refusal> {
    let (to, from) = (text(request, "MoveToVersionId"), text(request, "RemoveFromVersionId"));
    lock(vault).relabel(name(request), stage(request), to, from)?;
    Ok(json!({ "Name": name(request) }))
}

fn text<'r>(request: &'r Value, key: &str) -> Option<&'r str> {
    request.get(key).and_then(Value::as_str)
}

fn name(request: &Value) -> &str {
    text(request, "SecretId").unwrap_or_default()
}

fn stage(request: &Value) -> &str {
    text(request, "VersionStage").unwrap_or("AWSCURRENT")
}

fn refused(refusal: &Refusal, stage: &str) -> Response {
    let (code, message) = match refusal {
        Refusal::NoSecret => {
            ("ResourceNotFoundException", "Secrets Manager can't find the specified secret.".to_owned())
        }
        Refusal::NoValue => (
            "ResourceNotFoundException",
            format!("Secrets Manager can't find the specified secret value for staging label: {stage}"),
        ),
        Refusal::NoVersion => {
            ("ResourceNotFoundException", "Secrets Manager can't find the specified secret version.".to_owned())
        }
        Refusal::Taken => ("ResourceExistsException", "A version of that id has another value.".to_owned()),
        Refusal::Elsewhere => (
            "InvalidParameterException",
            format!("The parameter RemoveFromVersionId can't be empty or another than the version with {stage}."),
        ),
    };
    failure(StatusCode::BAD_REQUEST, code, &message)
}

fn failure(status: StatusCode, code: &str, message: &str) -> Response {
    (status, json!({ "__type": code, "Message": message }).to_string()).into_response()
}
