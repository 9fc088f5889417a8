//! What Momento's guide to AWS Secrets Manager shows: the API key out of a secret, a cache client made of it, an item set
//! and read back. It prints what it did, and never the key.
//!
//! ```sh
//! cargo run -p momento-secrets --example cache_from_secret -- demo-cache
//! ```
//!
//! | variable | meaning | left out |
//! |---|---|---|
//! | `MOMENTO_API_KEY_SECRET_ID` | name or ARN of the secret | `MOMENTO_API_KEY` |
//! | `MOMENTO_ENDPOINT` | endpoint of a v2 key | the one in the secret |
//! | `MOMENTO_ENDPOINT_OVERRIDE` | URL of a local Momento, without TLS | Momento itself |
//! | `AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL`, … | as AWS defines them | |
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people to look at")]

use std::process::ExitCode;

use momento::cache::{CreateCacheResponse, GetResponse};
use momento_secrets::{ClientConfiguration, MomentoClients};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cache_name = std::env::args().nth(1).unwrap_or_else(|| "demo-cache".to_owned());
    match set_and_get(&cache_name).await {
        Ok(GetResponse::Hit { value }) => match String::try_from(value) {
            Ok(code) => {
                println!("cache hit: code is {code}");
                ExitCode::SUCCESS
            }
            Err(error) => failed(&error),
        },
        Ok(GetResponse::Miss) => {
            println!("cache miss: code is not (or no longer) in {cache_name}");
            ExitCode::SUCCESS
        }
        Err(error) => failed(error.as_ref()),
    }
}

/// Sets `code` to `12345` in this cache, which is made if need be, and gets it back.
async fn set_and_get(cache_name: &str) -> Result<GetResponse, Box<dyn std::error::Error>> {
    let mut options = MomentoClients::builder().configuration(ClientConfiguration::Laptop);
    if let Ok(id) = std::env::var("MOMENTO_API_KEY_SECRET_ID") {
        options = options.secret_id(id);
    }
    if let Ok(endpoint) = std::env::var("MOMENTO_ENDPOINT") {
        options = options.endpoint(endpoint);
    }
    if let Ok(url) = std::env::var("MOMENTO_ENDPOINT_OVERRIDE") {
        options = options.insecure_endpoint_override(url);
    }
    let momento = options.build().await?;

    let client = momento.cache_client().await?;
    println!("the key is in the secret {}", momento.key().id());

    match client.create_cache(cache_name).await? {
        CreateCacheResponse::Created => println!("made the cache {cache_name}"),
        CreateCacheResponse::AlreadyExists => println!("the cache {cache_name} exists"),
    }
    client.set(cache_name, "code", "12345").await?;
    println!("set code to 12345");
    Ok(client.get(cache_name, "code").await?)
}

fn failed(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}
