//! `cache_client.Ping`: an answer, so that a client may see that somebody is there.
//!
//! Momento's Node.js SDK has a ping client; the `momento-protos` crate has no stub for it, so the service is written
//! out. It needs no credential and tells nothing.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use momento_protos::common::Empty;
use tonic::{
    Request, Response, Status,
    body::Body,
    codegen::{BoxFuture, Service, http},
    server::{Grpc, NamedService, UnaryService},
};
use tonic_prost::ProstCodec;

#[derive(Debug, Clone, Copy)]
pub(super) struct PingServer;

/// The method: both its messages are empty.
struct Ping;

impl UnaryService<Empty> for Ping {
    type Response = Empty;
    type Future = Ready<Result<Response<Empty>, Status>>;

    fn call(&mut self, _: Request<Empty>) -> Self::Future {
        ready(Ok(Response::new(Empty {})))
    }
}

impl Service<http::Request<Body>> for PingServer {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            Ok(match request.uri().path() {
                "/cache_client.Ping/Ping" => Grpc::new(ProstCodec::default()).unary(Ping, request).await,
                _ => Status::unimplemented("").into_http(),
            })
        })
    }
}

impl NamedService for PingServer {
    const NAME: &'static str = "cache_client.Ping";
}
