//! What the configuration names and the deployment does not make: secrets and a user pool.
//!
//! It asks whether they are there, never what is in them.

use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::Client as Cognito;
use aws_sdk_secretsmanager::Client as SecretsManager;
use momento_secrets::CURRENT;

use crate::aws::{self, AwsError};
use crate::doctor::answer::{untold, within};
use crate::doctor::configuration::Wanted;
use crate::doctor::finding::{Check, Outcome};
use crate::doctor::place::{Place, nowhere};

const NOT_FOUND: &str = "ResourceNotFoundException";

/// Looks for each.
pub(crate) async fn examine(place: Option<&Place>, wanted: Option<&Wanted>) -> Vec<Check> {
    let Some(wanted) = wanted else { return Vec::new() };
    let mut checks = Vec::new();
    for (key, id) in wanted.secrets() {
        let outcome = match place {
            Some(place) => secret(&place.aws, key, id, &wanted.counting(key)).await,
            None => nowhere(),
        };
        checks.push(outcome.of(key));
    }
    if let Some((pool, clients)) = wanted.user_pool() {
        let outcome = match place {
            Some(place) => user_pool(&place.aws, pool, &clients).await,
            None => nowhere(),
        };
        checks.push(outcome.of("cognito.user_pool"));
    }
    if wanted.reserves_concurrency() {
        let why = "what the account has left to reserve is not asked for; a deployment beyond it fails, and says so";
        checks.push(Outcome::skipped(why).of("functions.reserved_concurrency"));
    }
    if wanted.has_access_logs() {
        let why = "whether API Gateway has a role to write them by, `make doctor` asks";
        checks.push(Outcome::skipped(why).of("api.access_logs"));
    }
    checks
}

async fn secret(aws: &SdkConfig, key: &str, id: &str, counts: &str) -> Outcome {
    let aws = &aws::at_secret(aws, id);
    let (client, region) = (SecretsManager::new(aws), aws::region_of(aws));
    let asked = async { client.describe_secret().secret_id(id).send().await.map_err(|error| AwsError::of(&error)) };
    let found = match within(asked).await {
        Ok(found) => found,
        Err(error) if error.code() == NOT_FOUND => {
            return Outcome::trouble(
                format!("Secrets Manager has no secret {id} in {region}"),
                format!("make it there, write another name or ARN into `{key}`, or leave the key out"),
            );
        }
        Err(error) => return untold(&error, "secretsmanager:DescribeSecret"),
    };
    if found.deleted_date.is_some() {
        return Outcome::trouble(
            format!("the secret {id} is about to be deleted"),
            format!("`aws secretsmanager restore-secret --secret-id '{id}'`, or write another into `{key}`"),
        );
    }
    let labels = found.version_ids_to_stages.unwrap_or_default();
    if labels.values().flatten().any(|label| label == CURRENT) {
        return Outcome::fine(format!("{id}, in {region}{counts}"));
    }
    Outcome::warning(
        format!("the secret {id} is there, and has no value yet"),
        format!("`aws secretsmanager put-secret-value --secret-id '{id}' --secret-string file://…`"),
    )
}

async fn user_pool(aws: &SdkConfig, pool: &str, clients: &[&str]) -> Outcome {
    // An ARN ends with the id.
    let id = pool.rsplit_once('/').map_or(pool, |(_, id)| id);
    let aws = &aws::at_pool(aws, pool);
    let (client, region) = (Cognito::new(aws), aws::region_of(aws));
    // A list of names: to look at one client would fetch its secret, too.
    let mut pages = client.list_user_pool_clients().user_pool_id(id).into_paginator().items().send();
    let asked = async {
        let mut found = Vec::new();
        while let Some(client) = pages.next().await {
            found.extend(client.map_err(|error| AwsError::of(&error))?.client_id);
        }
        Ok(found)
    };
    let found = match within(asked).await {
        Ok(found) => found,
        Err(error) if error.code() == NOT_FOUND => {
            return Outcome::trouble(
                format!("Cognito has no user pool {id} in {region}"),
                "write the id or ARN of one that is there into `cognito.user_pool`, or leave the key out",
            );
        }
        Err(error) => return untold(&error, "cognito-idp:ListUserPoolClients"),
    };
    let missing: Vec<&str> = clients.iter().copied().filter(|id| !found.iter().any(|it| it == id)).collect();
    if missing.is_empty() {
        return Outcome::fine(format!("{id}, in {region}, clients {}", clients.join(", ")));
    }
    Outcome::trouble(
        format!("the user pool {id} has no client {}", missing.join(", ")),
        "write into `cognito.clients` those that it has (Cognito's console, \"App clients\")",
    )
}
