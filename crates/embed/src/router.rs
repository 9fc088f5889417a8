//! The route of an axum server.

use axum::Router;
use momento_client::KeySource;

use crate::endpoint::TokenEndpoint;
use crate::sessions::Sessions;

/// Where the router has the endpoint: where Momento's Next.js example has it.
pub const PATH: &str = "/api/momento/token";

impl<K: KeySource + 'static, S: Sessions> TokenEndpoint<K, S> {
    /// [`PATH`] with every method (`GET` is the one that vends), to be merged into the server's own router. For another path: the endpoint is a tower service, for
    /// [`Router::route_service`].
    pub fn into_router<State>(self) -> Router<State>
    where
        State: Clone + Send + Sync + 'static,
    {
        Router::new().route_service(PATH, self)
    }
}
