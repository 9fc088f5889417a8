//! The authorizer function: a REQUEST event of API Gateway in, an IAM policy out.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tvm_authorizer::Authorizer;
use tvm_common::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::init();
    // Reads its secret ahead. It never fails: Lambda would only restart the function, and nobody would be let in.
    let authorizer = Authorizer::from_env().await;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        authorizer.decide(event.payload.get(), &event.context).await
    }))
    .await
}
