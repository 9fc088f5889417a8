//! The deployed stack, and what its outputs say.

use std::collections::BTreeMap;
use std::fmt;

use aws_config::SdkConfig;
use clap::Args;

use crate::aws::AwsError;

/// Which stack.
#[derive(Debug, Clone, Args)]
pub(crate) struct StackName {
    /// The deployed stack, whose outputs say where things are.
    #[arg(long, value_name = "NAME", env = "TVM_STACK", default_value = "TokenVendingMachine")]
    stack: String,
}

/// Why the stack says nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StackError {
    #[error(
        "there is no stack `{stack}` in {region}; name yours with --stack, another region with AWS_REGION, or what the \
         command is about with its own option (see --help)"
    )]
    NoStack { stack: String, region: String },
    #[error("the stack `{stack}` has no output AuthMode, so it is no token vending machine; name yours with --stack")]
    NotAMachine { stack: String },
    #[error("the stack cannot be looked at: {0}")]
    Aws(AwsError),
    #[error("no AWS region is known; set AWS_REGION, or name one in the AWS profile")]
    NoRegion,
    #[error(transparent)]
    Setup(#[from] momento_secrets::SetupError),
}

impl StackName {
    /// Its outputs, by name.
    pub(crate) async fn outputs(&self, aws: &SdkConfig) -> Result<BTreeMap<String, String>, StackError> {
        let client = aws_sdk_cloudformation::Client::new(aws);
        let no_stack = || StackError::NoStack {
            stack: self.stack.clone(),
            region: aws.region().map(ToString::to_string).unwrap_or_default(),
        };
        let found = match client.describe_stacks().stack_name(&self.stack).send().await {
            Ok(found) => found.stacks.unwrap_or_default().pop().ok_or_else(no_stack)?,
            Err(error) => {
                return Err(match AwsError::of(&error) {
                    // "Stack with id … does not exist": CloudFormation has no code of its own for that.
                    AwsError::Refused { code, said }
                        if code == "ValidationError" && said.contains("does not exist") =>
                    {
                        no_stack()
                    }
                    error => StackError::Aws(error),
                });
            }
        };
        let outputs = found.outputs.unwrap_or_default().into_iter();
        Ok(outputs.filter_map(|output| Some((output.output_key?, output.output_value?))).collect())
    }
}

impl fmt::Display for StackName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stack)
    }
}
