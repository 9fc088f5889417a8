//! What the stage serves: one file per gRPC service, each thin over the state it asks.

mod auth;
mod cache;
mod control;
mod functions;
mod ping;
mod pubsub;
mod serving;
mod token;

use std::sync::Arc;

use axum::{Router, middleware, routing};
use momento_protos::{
    auth::auth_server::AuthServer,
    cache_client::{pubsub::pubsub_server::PubsubServer, scs_server::ScsServer},
    control_client::scs_control_server::ScsControlServer,
    token::token_server::TokenServer,
};
use tonic::service::Routes;

use crate::{app_state::AppState, browsers, gate};

/// The largest message that is read: Momento allows items of 5 MB (Momento documentation, "Momento Cache service
/// quotas"), and tonic alone would stop at 4 MB.
const LARGEST_MESSAGE_BYTES: usize = 6 * 1024 * 1024;

/// Every gRPC service behind the [gate], and what is not gRPC beside it; all of it for [browsers], too.
pub(crate) fn router(world: &Arc<AppState>) -> Router {
    let grpc = Routes::new(TokenServer::new(token::TokenService(Arc::clone(world))))
        .add_service(AuthServer::new(auth::AuthService(Arc::clone(world))))
        .add_service(ScsControlServer::new(control::ControlService(Arc::clone(world))))
        .add_service(
            ScsServer::new(cache::CacheService(Arc::clone(world))).max_decoding_message_size(LARGEST_MESSAGE_BYTES),
        )
        .add_service(PubsubServer::new(pubsub::TopicService(Arc::clone(world))))
        .add_service(ping::PingServer)
        .into_axum_router()
        .layer(middleware::from_fn_with_state(Arc::clone(world), gate::pass));
    let functions = Router::new()
        .route("/functions/{cache}/{function}", routing::post(functions::invoke))
        .with_state(Arc::clone(world));
    browsers::any_page(browsers::grpc_web(grpc).merge(functions))
}
