//! The rotation function: a step of Secrets Manager's rotation in, nothing or an error out.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tvm_common::telemetry;
use tvm_rotation::Function;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::init();
    // It never fails: Lambda would only restart the function, and nobody would learn why.
    let function = Function::from_env();
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        function.carry_out(event.payload.get(), &event.context).await
    }))
    .await
}
