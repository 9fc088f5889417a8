//! A server of one's own that vends tokens to who is signed in.
//!
//! The session here is a made-up one: a cookie that names the user, which anybody can write. Yours is checked.
//!
//! ```sh
//! MOMENTO_API_KEY=… cargo run -p tvm-embed --example server -- config/tvm.toml
//! curl -H 'Cookie: user=Taylor' http://127.0.0.1:3000/api/momento/token
//! ```

use http::request::Parts;
use tokio::net::TcpListener;
use tvm_embed::{Caller, Config, Keys, TokenEndpoint, machine};
use tvm_policy::AuthMode;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "config/tvm.toml".to_owned());
    let text = std::fs::read_to_string(&path)?;
    // Whatever the file says, for deployments: here, callers are verified by this server.
    let config = Config::parse_as(&path, &text, Some(AuthMode::LambdaAuthorizer))?;
    let keys = Keys::from_env(&config)?;

    let endpoint = TokenEndpoint::for_sessions(machine(config, keys)?, signed_in)?;
    endpoint.warm().await;
    let listener = TcpListener::bind(("127.0.0.1", 3000)).await?;
    axum::serve(listener, endpoint.into_router()).await?;
    Ok(())
}

/// Who is signed in, and in which groups: what your session knows.
fn signed_in(request: &Parts) -> Option<Caller> {
    let cookies = request.headers.get(http::header::COOKIE)?.to_str().ok()?;
    let user = cookies.split("; ").find_map(|cookie| cookie.strip_prefix("user="))?;
    Some(Caller {
        principal: user.to_owned(),
        username: Some(user.to_owned()),
        groups: vec!["ReadWriteUserGroup".to_owned()],
        ..Caller::default()
    })
}
