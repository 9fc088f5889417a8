//! Where the users are: as the stack's outputs say, or as the command line does.

use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::Stack;
use clap::Args;
use tvm_policy::AuthMode;

use crate::user::UserError;
use crate::user::aws::AwsError;
use crate::user::pool::UserPool;
use crate::user::secret::UserSecret;

/// Where the users are.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The deployed stack, whose outputs say where its users are.
    #[arg(long, value_name = "NAME", env = "TVM_STACK", default_value = "TokenVendingMachine")]
    stack: String,
    /// The secret with the users, by ARN or name; no stack is looked at.
    #[arg(long, value_name = "ARN", conflicts_with = "user_pool")]
    secret: Option<String>,
    /// The Cognito user pool, by ID; no stack is looked at.
    #[arg(long, value_name = "ID")]
    user_pool: Option<String>,
}

/// The users of a machine.
pub(crate) enum Users {
    /// Those that the authorizer's secret lists.
    Secret(UserSecret),
    /// Those of a Cognito user pool.
    Pool(UserPool),
}

impl Users {
    /// The mode in which they are looked at.
    pub(crate) fn auth(&self) -> AuthMode {
        match self {
            Self::Secret(_) => AuthMode::LambdaAuthorizer,
            Self::Pool(_) => AuthMode::AmazonCognito,
        }
    }
}

impl Place {
    /// The users there.
    pub(crate) async fn find(&self) -> Result<Users, UserError> {
        if let Some(arn) = &self.secret {
            let aws = aws(region_of_arn(arn)).await?;
            return Ok(Users::Secret(UserSecret::new(&aws, arn.clone())));
        }
        if let Some(id) = &self.user_pool {
            let aws = aws(id.split_once('_').map(|(region, _)| region)).await?;
            return Ok(Users::Pool(UserPool::new(&aws, id.clone())));
        }
        let aws = aws(None).await?;
        let stack = self.describe(&aws).await?;
        let output = |name: &str| {
            let mut outputs = stack.outputs().iter();
            outputs.find(|output| output.output_key() == Some(name)).and_then(|output| output.output_value())
        };
        let name = self.stack.clone();
        let Some(mode) = output("AuthMode") else { return Err(UserError::NotAMachine { stack: name }) };
        match (mode, output("CredentialsSecretArn"), output("UserPoolId")) {
            ("LambdaAuthorizer", Some(arn), _) => Ok(Users::Secret(UserSecret::new(&aws, arn.to_owned()))),
            ("LambdaAuthorizer", None, _) => Err(UserError::Issuer { stack: name }),
            ("AmazonCognito", _, Some(id)) => Ok(Users::Pool(UserPool::new(&aws, id.to_owned()))),
            ("Open", ..) => Err(UserError::Open { stack: name }),
            (mode, ..) => Err(UserError::MissingOutput { stack: name, mode: mode.to_owned(), missing: "UserPoolId" }),
        }
    }

    async fn describe(&self, aws: &SdkConfig) -> Result<Stack, UserError> {
        let client = aws_sdk_cloudformation::Client::new(aws);
        let no_stack = || UserError::NoStack {
            stack: self.stack.clone(),
            region: aws.region().map(ToString::to_string).unwrap_or_default(),
        };
        match client.describe_stacks().stack_name(&self.stack).send().await {
            Ok(found) => found.stacks.unwrap_or_default().pop().ok_or_else(no_stack),
            Err(error) => match AwsError::of(&error) {
                // "Stack with id … does not exist": CloudFormation has no code of its own for that.
                AwsError::Refused { code, said } if code == "ValidationError" && said.contains("does not exist") => {
                    Err(no_stack())
                }
                error => Err(UserError::Aws { doing: "the stack cannot be looked at", error }),
            },
        }
    }
}

async fn aws(region: Option<&str>) -> Result<SdkConfig, UserError> {
    let aws = momento_secrets::default_chain(region.map(str::to_owned)).await?;
    if aws.region().is_none() { Err(UserError::NoRegion) } else { Ok(aws) }
}

/// `arn:aws:secretsmanager:REGION:…`; a secret's name has no such part.
fn region_of_arn(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(2))
}
