//! Your own server, which vends tokens to signed-in users.
//!
//! It begins one session as it starts, in the place of your sign-in, and prints how to ask with it. A session is known by a random id:
//! never believe a name that a cookie says.
//!
//! ```sh
//! MOMENTO_API_KEY=… cargo run -p tvm-embed --example server -- config/tvm.toml
//! ```

use std::collections::HashMap;
use std::io::Write;

use axum::extract::Request;
use axum::http::{StatusCode, header::COOKIE, header::HOST};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use http::request::Parts;
use tokio::net::TcpListener;
use tvm_embed::{Caller, Config, Keys, TokenEndpoint, machine};
use tvm_policy::AuthMode;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "config/tvm.toml".to_owned());
    // The public name, where there is one: `chat.example.com`. Under any other name nobody is answered, as in a page that has pointed
    // its own name at this computer.
    let host = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let text = std::fs::read_to_string(&path)?;
    // Whatever the file says, for deployments: here, callers are verified by this server.
    let config = Config::parse_as(&path, &text, Some(AuthMode::LambdaAuthorizer))?;
    let keys = Keys::from_env(&config)?;

    let mut sessions: HashMap<String, Caller> = HashMap::new();
    let id = session_id()?;
    let call = format!("curl -H 'Host: {host}' -H 'Cookie: session={id}' http://127.0.0.1:3000/api/momento/token");
    writeln!(std::io::stdout(), "{call}")?;
    sessions.insert(id, taylor());

    // Who is signed in, and in which groups: what your session knows.
    let signed_in = move |request: &Parts| {
        let cookies = request.headers.get(COOKIE)?.to_str().ok()?;
        let id = cookies.split("; ").find_map(|cookie| cookie.strip_prefix("session="))?;
        sessions.get(id).cloned()
    };
    let endpoint = TokenEndpoint::for_sessions(machine(config, keys)?, signed_in)?;
    endpoint.warm().await;
    let by_its_name = middleware::from_fn(move |request: Request, next: Next| {
        let own = request.headers().get(HOST).is_some_and(|name| name == host.as_str());
        async move { if own { next.run(request).await } else { StatusCode::MISDIRECTED_REQUEST.into_response() } }
    });
    let listener = TcpListener::bind(("127.0.0.1", 3000)).await?;
    axum::serve(listener, endpoint.into_router().layer(by_its_name)).await?;
    Ok(())
}

/// 256 random bits: nobody guesses them.
fn session_id() -> Result<String, getrandom::Error> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits)?;
    Ok(bits.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn taylor() -> Caller {
    Caller {
        principal: "Taylor".to_owned(),
        username: Some("Taylor".to_owned()),
        groups: vec!["ReadWriteUserGroup".to_owned()],
        ..Caller::default()
    }
}
