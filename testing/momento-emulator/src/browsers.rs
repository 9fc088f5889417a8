//! What browsers need to call the stage: gRPC-web, and leave to read its answers (CORS).
//!
//! gRPC-web is translated to gRPC before anything else sees the call, and back after everything: so the
//! [gate](crate::gate), the services and the statistics know one protocol. A preflight is no call: it is answered here,
//! not counted, and no fault happens to it.

use std::time::Duration;

use axum::Router;
use http::{HeaderName, Method};
use tonic::Status;
use tonic_web::GrpcWebLayer;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

/// What a page may read of an answer beside its body. Where nothing but a status is answered, it is in the headers, and
/// with it the cause that the web SDK tells refusals apart by (its error mapper).
const EXPOSED: [HeaderName; 4] =
    [Status::GRPC_STATUS, Status::GRPC_MESSAGE, Status::GRPC_STATUS_DETAILS, HeaderName::from_static("err")];

/// How long a browser keeps a preflight's answer; none keeps it for longer than a day.
const PREFLIGHT_HOLDS: Duration = Duration::from_secs(3600);

/// `grpc` for clients that speak gRPC-web as well, over HTTP/1.1 or HTTP/2, binary or as text.
pub(crate) fn grpc_web(grpc: Router) -> Router {
    grpc.layer(GrpcWebLayer::new())
}

/// `router` for pages of any origin, as Momento does it: what counts is the credential, which no browser adds by itself.
pub(crate) fn any_page(router: Router) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST])
        // Not `*`, which does not stand for `authorization` (Fetch standard, "CORS protocol").
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(PREFLIGHT_HOLDS);
    router.layer(cors)
}
