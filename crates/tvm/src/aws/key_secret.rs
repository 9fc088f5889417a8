//! The secret with the API key: as it was named, or as the stack says.

use aws_config::SdkConfig;
use clap::Args;

use momento_secrets::{ApiKey, region_of_secret};

use crate::aws::{StackError, StackName, settings};

/// Which secret.
#[derive(Debug, Args)]
pub(crate) struct KeySecret {
    /// The secret with the key, by ARN or name, instead of the stack's.
    #[arg(long, value_name = "ARN")]
    secret: Option<String>,
    #[command(flatten)]
    stack: StackName,
}

impl KeySecret {
    /// Its ARN or name, with settings for those who ask AWS.
    pub(crate) async fn find(&self) -> Result<(SdkConfig, String), StackError> {
        if let Some(arn) = &self.secret {
            if ApiKey::is_one(arn) {
                return Err(StackError::KeyForName);
            }
            return Ok((settings(region_of_secret(arn)).await?, arn.clone()));
        }
        let aws = settings(None).await?;
        let arn = self.stack.outputs(&aws).await?.remove("ApiKeySecretArn");
        let arn = arn.ok_or_else(|| StackError::NotAMachine { stack: self.stack.to_string() })?;
        Ok((aws, arn))
    }
}
