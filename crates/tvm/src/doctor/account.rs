//! The AWS account: where it is, who asks, and whether it is ready.

use aws_config::{Region, SdkConfig};
use aws_sdk_sts::Client;

use crate::aws::{self, AwsError};
use crate::config_file::region_of_environment;
use crate::doctor::answer::{untold, within};
use crate::doctor::configuration::{self, Wanted};
use crate::doctor::finding::{Check, Outcome};
use crate::doctor::place::Place;
use crate::doctor::{Command, existing, stacks};

/// Where an account that is anywhere can be asked who it is.
const ANYWHERE: &str = "us-east-1";

/// Who asks.
struct Caller {
    account: String,
    arn: String,
}

/// Looks at all of it: what depends on nothing that is missing.
pub(crate) async fn examine(command: &Command, wanted: Option<&Wanted>) -> Vec<Check> {
    if command.offline {
        let mut checks = vec![Outcome::skipped("--offline: AWS is not asked").of("AWS")];
        let region = region_of_environment().filter(|_| wanted.is_some());
        checks.extend(region.iter().flat_map(|region| configuration::in_region(&command.file, region.as_str())));
        return checks;
    }
    let chain = momento_secrets::default_chain(None);
    let sdk = match within(async { chain.await.map_err(|error| AwsError::Unanswered(error.to_string())) }).await {
        Ok(sdk) => sdk,
        Err(error) => return vec![untold(&error, "").of("AWS")],
    };
    let region = sdk.region().map(ToString::to_string);
    let unusable = aws::unusable().await;
    let who = match &unusable {
        Some(profile) => Err(AwsError::Credentials(profile.what())),
        None => within(caller(&sdk)).await,
    };
    let mut checks = vec![
        match &region {
            Some(name) => Outcome::fine(name),
            None => Outcome::trouble("no AWS region is known", "set AWS_REGION, or name one in the AWS profile"),
        }
        .of("AWS region"),
        match &who {
            Ok(Caller { account, arn }) => Outcome::fine(format!("account {account} as {arn}")),
            Err(error) => match unusable {
                Some(profile) => Outcome::trouble(profile.what(), profile.fix()),
                None => untold(error, "sts:GetCallerIdentity"),
            },
        }
        .of("AWS credentials"),
    ];
    if let Some(name) = region.as_deref().filter(|_| wanted.is_some()) {
        checks.extend(configuration::in_region(&command.file, name));
    }
    let ready =
        region.zip(who.ok().map(|caller| caller.account)).map(|(region, account)| Place { aws: sdk, region, account });
    let qualifier = command.qualifier();
    let (toolkit, stack, existing) = tokio::join!(
        stacks::toolkit(ready.as_ref(), &command.toolkit_stack, &qualifier),
        stacks::own(ready.as_ref(), command.stack.as_str()),
        existing::examine(ready.as_ref(), wanted),
    );
    checks.extend([toolkit.of("cdk bootstrap"), stack.of("stack")]);
    checks.extend(existing);
    checks
}

async fn caller(aws: &SdkConfig) -> Result<Caller, AwsError> {
    let region = aws.region().cloned().unwrap_or(Region::from_static(ANYWHERE));
    let client = Client::new(&aws.to_builder().region(region).build());
    let told = client.get_caller_identity().send().await.map_err(|error| AwsError::of(&error))?;
    Ok(Caller { account: told.account.unwrap_or_default(), arn: told.arn.unwrap_or_default() })
}
