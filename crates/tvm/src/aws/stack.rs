//! The deployed stack, and what its outputs say.

use std::collections::BTreeMap;
use std::fmt;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use clap::Args;

use crate::aws::error::AwsError;
use crate::aws::profile::UnusableProfile;

/// Which stack.
#[derive(Debug, Clone, Args)]
pub(crate) struct StackName {
    /// The deployed stack.
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
    #[error(
        "the stack `{stack}` has no output AuthMode, so it is not a token vending machine; name yours with --stack"
    )]
    NotAMachine { stack: String },
    #[error("the stack cannot be looked at: {0}")]
    Aws(AwsError),
    #[error(
        "--secret names the secret, and this is a key itself, which your shell's history has by now: replace it, and give the new one at \
         the prompt or by standard input"
    )]
    KeyForName,
    #[error("no AWS region is known; set AWS_REGION, or name one in the AWS profile")]
    NoRegion,
    #[error(transparent)]
    Profile(#[from] UnusableProfile),
    #[error(transparent)]
    Setup(#[from] momento_secrets::SetupError),
}

/// A stack as CloudFormation tells of it.
pub(crate) struct Stack {
    /// As in `UPDATE_COMPLETE`.
    pub(crate) status: String,
    /// What it puts out, by name.
    pub(crate) outputs: BTreeMap<String, String>,
    /// What it was told, by name; of what is secret, CloudFormation shows stars.
    pub(crate) parameters: BTreeMap<String, String>,
}

/// The stack of this name; `None` where there is none.
pub(crate) async fn find(aws: &SdkConfig, name: &str) -> Result<Option<Stack>, AwsError> {
    let found = match Client::new(aws).describe_stacks().stack_name(name).send().await {
        Ok(found) => found,
        Err(error) => return none_if_absent(AwsError::of(&error)),
    };
    Ok(found.stacks.unwrap_or_default().pop().map(|stack| Stack {
        status: stack.stack_status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        outputs: {
            let outputs = stack.outputs.unwrap_or_default().into_iter();
            outputs.filter_map(|output| Some((output.output_key?, output.output_value?))).collect()
        },
        parameters: {
            let parameters = stack.parameters.unwrap_or_default().into_iter();
            parameters.filter_map(|parameter| Some((parameter.parameter_key?, parameter.parameter_value?))).collect()
        },
    }))
}

fn none_if_absent<T>(error: AwsError) -> Result<Option<T>, AwsError> {
    match error {
        // "Stack with id … does not exist": CloudFormation has no code of its own for that.
        AwsError::Refused { code, said } if code == "ValidationError" && said.contains("does not exist") => Ok(None),
        error => Err(error),
    }
}

impl StackName {
    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.stack
    }

    /// Its outputs, by name.
    pub(crate) async fn outputs(&self, aws: &SdkConfig) -> Result<BTreeMap<String, String>, StackError> {
        let found = find(aws, &self.stack).await.map_err(StackError::Aws)?;
        found.map(|stack| stack.outputs).ok_or_else(|| self.is_not_there(aws))
    }

    /// The names of its resources of this type, by what the template calls them.
    pub(crate) async fn resources(&self, aws: &SdkConfig, kind: &str) -> Result<BTreeMap<String, String>, StackError> {
        let request = Client::new(aws).list_stack_resources().stack_name(&self.stack);
        let mut pages = request.into_paginator().items().send();
        let mut found = BTreeMap::new();
        while let Some(resource) = pages.next().await {
            let resource = resource.map_err(|error| self.refused(aws, AwsError::of(&error)))?;
            if resource.resource_type() == Some(kind) {
                found.extend(resource.logical_resource_id.zip(resource.physical_resource_id));
            }
        }
        Ok(found)
    }

    fn refused(&self, aws: &SdkConfig, error: AwsError) -> StackError {
        match none_if_absent::<()>(error) {
            Ok(_) => self.is_not_there(aws),
            Err(error) => StackError::Aws(error),
        }
    }

    fn is_not_there(&self, aws: &SdkConfig) -> StackError {
        let region = aws.region().map(ToString::to_string).unwrap_or_default();
        StackError::NoStack { stack: self.stack.clone(), region }
    }
}

impl fmt::Display for StackName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stack)
    }
}
