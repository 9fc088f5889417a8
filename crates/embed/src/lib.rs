//! The token vending machine in a web server of your own: the route `/api/momento/token`, or a tower service for any other.
//!
//! Who asks is said by the session that the server has with them, through one trait, [`Sessions`]; what they may do, which
//! tokens are reused and how often Momento is asked is the same as in the deployed machine, by the same code and the same
//! configuration file.
//!
//! ```no_run
//! use http::request::Parts;
//! use tvm_embed::{Caller, Config, Keys, TokenEndpoint, machine};
//!
//! # async fn main_(listener: tokio::net::TcpListener) -> Result<(), Box<dyn std::error::Error>> {
//! # fn signed_in(_: &Parts) -> Option<String> { None }
//! let config = Config::parse("tvm.toml", &std::fs::read_to_string("tvm.toml")?)?;
//! let keys = Keys::from_env(&config)?;
//! // Your own session: a cookie, a header that your proxy vouches for, …
//! let sessions = |request: &Parts| {
//!     let username = signed_in(request)?;
//!     Some(Caller { principal: username.clone(), username: Some(username), ..Caller::default() })
//! };
//! let endpoint = TokenEndpoint::for_sessions(machine(config, keys)?, sessions)?;
//! endpoint.warm().await;
//! let app = axum::Router::new().merge(endpoint.into_router());
//! axum::serve(listener, app).await?;
//! # Ok(())
//! # }
//! ```
//!
//! In the configuration, `auth = "Open"` is for [`TokenEndpoint::open`], and either of the others for
//! [`TokenEndpoint::for_sessions`]: your server takes the place of what checks callers there.
//!
//! | request | what it means |
//! |---|---|
//! | `GET /api/momento/token` | a token for who has the session |
//! | `?name=` | names the token, where `token.id` says so |
//! | another method | 405 with `Allow`, and nothing is minted; `OPTIONS`: 204 with `Allow` |
//! | headers `usergroup`, `cachename` | pick one of the caller's own groups, and of `token.caches` |
//!
//! Answers are those of the deployed machine (docs/errors.md), without its CORS headers: a page of the same server needs
//! none. A server for pages of others adds its own, as `tower-http` has them. What the server refuses by itself, such as a
//! sign-in, has the same body by [`refusal`]. A whole server: `examples/embedded-chat`.

mod endpoint;
mod keys;
mod query;
mod response;
#[cfg(feature = "axum")]
mod router;
mod sessions;
mod setup;

pub use endpoint::{Format, ModeMismatch, TokenEndpoint};
pub use keys::{KeyUnavailable, Keys, KeysError};
pub use response::refusal;
#[cfg(feature = "axum")]
pub use router::PATH;
pub use sessions::{Nobody, Sessions, SessionsUnavailable};
pub use setup::{SetupError, machine};
pub use tvm_config::Config;
pub use tvm_machine::{Answer, Machine};
pub use tvm_policy::Caller;
