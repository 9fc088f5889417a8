//! The vending function: a request of API Gateway in, a Momento token or an error out.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tvm_common::telemetry;
use tvm_vending::Function;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::init();
    // Connects ahead. It never fails: Lambda would only restart the function, and no client would get an answer.
    let function = Function::from_env().await;
    // Raw, since any JSON at all may arrive, and the runtime answers what it cannot read with nothing but a 502.
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        Ok::<_, lambda_runtime::Error>(function.answer(event.payload.get(), &event.context).await)
    }))
    .await
}
