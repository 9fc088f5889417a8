//! The floor: a function that answers a constant, so all that it costs is `lambda_runtime`, tokio and the process.
//!
//! It must never do anything else, and is built with the profile, the runtime flavor and the features of the functions that
//! are deployed: the ratios of `make bench` are against it.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::{RawValue, to_raw_value};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda_runtime::run(service_fn(async |_: LambdaEvent<Box<RawValue>>| {
        Ok::<_, lambda_runtime::Error>(to_raw_value("constant")?)
    }))
    .await
}
