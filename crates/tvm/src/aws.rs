//! AWS, as the commands meet it: settings, the stack, its secrets.

mod error;
mod key_secret;
mod profile;
mod secret;
mod stack;

use aws_config::{Region, SdkConfig};
use momento_secrets::region_of_secret;

pub(crate) use error::{AwsError, hint_of_network};
pub(crate) use key_secret::KeySecret;
pub(crate) use profile::unusable;
pub(crate) use secret::{Secret, SecretTrouble};
pub(crate) use stack::{Stack, StackError, StackName, find};

/// The settings of the AWS command line, in `region` or in its own.
pub(crate) async fn settings(region: Option<&str>) -> Result<SdkConfig, StackError> {
    if let Some(unusable) = unusable().await {
        return Err(unusable.into());
    }
    let aws = momento_secrets::default_chain(region.map(str::to_owned)).await?;
    if aws.region().is_none() { Err(StackError::NoRegion) } else { Ok(aws) }
}

/// The same settings, for `region` where one is named.
pub(crate) fn located(aws: &SdkConfig, region: Option<&str>) -> SdkConfig {
    let Some(region) = region else { return aws.clone() };
    aws.to_builder().region(Region::new(region.to_owned())).build()
}

/// The same settings, for the region of this secret: its ARN says it, and a name is one of the region that there is.
pub(crate) fn at_secret(aws: &SdkConfig, secret: &str) -> SdkConfig {
    located(aws, region_of_secret(secret))
}

/// The same settings, for the region of this user pool: its ARN says it, and its id begins with it.
pub(crate) fn at_pool(aws: &SdkConfig, pool: &str) -> SdkConfig {
    located(aws, tvm_config::region_of(pool))
}

/// The name of the region that these settings are for.
pub(crate) fn region_of(aws: &SdkConfig) -> &str {
    aws.region().map_or("no region", AsRef::as_ref)
}
