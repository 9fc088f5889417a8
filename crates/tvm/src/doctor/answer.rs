//! What AWS's silence, or its no, means to somebody who only wanted to look.

use std::future::Future;
use std::time::Duration;

use crate::aws::{AwsError, hint_of_network};
use crate::doctor::finding::Outcome;

/// An account that answers at all does so in a second or two; a network that does not is found out by then.
const PATIENCE: Duration = Duration::from_secs(10);

/// What AWS answers, if it does so in time.
pub(crate) async fn within<T>(call: impl Future<Output = Result<T, AwsError>>) -> Result<T, AwsError> {
    let late = |_| Err(AwsError::Unanswered(format!("nothing came within {} s", PATIENCE.as_secs())));
    tokio::time::timeout(PATIENCE, call).await.unwrap_or_else(late)
}

/// What is to be said where it was not told. `action` is what AWS calls the permission to look.
pub(crate) fn untold(error: &AwsError, action: &str) -> Outcome {
    match error {
        AwsError::Credentials(why) => Outcome::trouble(
            format!("AWS has no credentials of yours that it accepts ({why})"),
            "sign in (`aws sso login`, `aws configure`), or set AWS_PROFILE or the AWS_* variables; those of the AWS command line: eval \
             \"$(aws configure export-credentials --format env)\"",
        ),
        AwsError::Unreachable(why) | AwsError::Unanswered(why) => Outcome::trouble(
            format!("AWS did not answer ({why})"),
            format!("{}; --offline asks AWS nothing", hint_of_network(why)),
        ),
        AwsError::Refused { code, said } => Outcome::warning(
            format!("it cannot be told: AWS says {code}: {said}"),
            format!("the permission to look is {action}; without it a deployment may still go through"),
        ),
    }
}
