//! What every gRPC call passes: counting, and the faults that were asked for.
//!
//! The gate knows methods and status codes alone; it never looks into a message or at a credential.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderMap;
use http_body_util::BodyExt;
use tonic::{Code, Status};

use crate::{app_state::AppState, connections::ConnectionCutter, faults::Ending, refusal::Refusal, stats::OpenCall};

/// Lets a call through, or not; either way it is counted.
pub(crate) async fn pass(State(world): State<Arc<AppState>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let call = world.counter.start(&path);
    if let Some((delay, ending)) = world.faults.meet(&path) {
        let over = world.clock.now().saturating_add(delay);
        tokio::select! {
            () = world.clock.wait_until(over), if !delay.is_zero() => {}
            () = world.curtain.has_fallen(), if !delay.is_zero() => return answered(Refusal::Ending.into(), call),
            else => {}
        }
        match ending {
            Ending::Unchanged => {}
            Ending::Status(code) => return answered(Status::new(code, "the stage was told to answer this"), call),
            Ending::Reset => {
                if let Some(connection) = request.extensions().get::<ConnectionCutter>() {
                    connection.cut();
                }
                // Nobody hears it any more; the call counts as CANCELLED, as one that the client gave up.
                drop(call);
                return Status::unavailable("the connection was reset").into_http();
            }
            Ending::Hang => {
                world.curtain.has_fallen().await;
                return answered(Refusal::Ending.into(), call);
            }
        }
    }
    let response = next.run(request).await;
    match status_in(response.headers()) {
        // So answer the methods that are not served, and the code that was generated for methods unknown to it.
        Some(Code::Unimplemented) if !response.headers().contains_key(Status::GRPC_MESSAGE) => {
            answered(Refusal::NotServed(path).into(), call)
        }
        Some(code) => {
            counted(call, code);
            response
        }
        None => count_at_the_end(response, call),
    }
}

fn answered(status: Status, call: OpenCall) -> Response {
    counted(call, status.code());
    status.into_http()
}

fn counted(mut call: OpenCall, code: Code) {
    call.end(code);
}

/// A stream, or a message, says its status in the trailers, when it has been sent.
fn count_at_the_end(response: Response, mut call: OpenCall) -> Response {
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            if let Some(code) = frame.trailers_ref().and_then(status_in) {
                call.end(code);
            }
            frame
        }))
    })
}

fn status_in(headers: &HeaderMap) -> Option<Code> {
    headers.get(Status::GRPC_STATUS).map(|code| Code::from_bytes(code.as_bytes()))
}
