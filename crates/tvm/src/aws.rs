//! AWS, as the commands meet it: settings, the stack, its secrets.

mod error;
mod key_secret;
mod secret;
mod stack;

use aws_config::SdkConfig;

pub(crate) use error::AwsError;
pub(crate) use key_secret::KeySecret;
pub(crate) use secret::{Secret, SecretTrouble};
pub(crate) use stack::{Stack, StackError, StackName, find};

/// The settings of the AWS command line, in `region` or in its own.
pub(crate) async fn settings(region: Option<&str>) -> Result<SdkConfig, StackError> {
    let aws = momento_secrets::default_chain(region.map(str::to_owned)).await?;
    if aws.region().is_none() { Err(StackError::NoRegion) } else { Ok(aws) }
}

/// `arn:aws:secretsmanager:REGION:…`; a secret's name has no such part.
pub(crate) fn region_of_arn(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(2))
}
