//! Where the users are: as the stack's outputs say, or as the command line does.

use clap::Args;
use tvm_policy::AuthMode;

use crate::aws::{self, Secret, StackName};
use crate::user::UserError;
use crate::user::pool::UserPool;
use crate::user::secret::UserSecret;

/// Where the users are.
#[derive(Debug, Args)]
pub(crate) struct Place {
    #[command(flatten)]
    stack: StackName,
    /// The secret with the users, by ARN or name, instead of the stack's.
    #[arg(long, value_name = "ARN", conflicts_with = "user_pool")]
    secret: Option<String>,
    /// The Cognito user pool, by ID, instead of the stack's.
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
            let aws = aws::settings(momento_secrets::region_of_secret(arn)).await?;
            return Ok(Users::Secret(UserSecret(Secret::new(&aws, arn.clone()))));
        }
        if let Some(id) = &self.user_pool {
            let aws = aws::settings(tvm_config::region_of(id)).await?;
            return Ok(Users::Pool(UserPool::new(&aws, id.clone())));
        }
        let aws = aws::settings(None).await?;
        let outputs = self.stack.outputs(&aws).await?;
        let output = |name: &str| outputs.get(name).map(String::as_str);
        let name = self.stack.to_string();
        let Some(mode) = output("AuthMode") else { return Err(aws::StackError::NotAMachine { stack: name }.into()) };
        match (mode, output("CredentialsSecretArn"), output("UserPoolId")) {
            ("LambdaAuthorizer", Some(arn), _) => Ok(Users::Secret(UserSecret(Secret::new(&aws, arn.to_owned())))),
            ("LambdaAuthorizer", None, _) => Err(UserError::Issuer { stack: name }),
            ("AmazonCognito", _, Some(id)) => Ok(Users::Pool(UserPool::new(&aws, id.to_owned()))),
            ("Open", ..) => Err(UserError::Open { stack: name }),
            (mode, ..) => Err(UserError::MissingOutput { stack: name, mode: mode.to_owned(), missing: "UserPoolId" }),
        }
    }
}
