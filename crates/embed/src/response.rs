//! The HTTP responses of the endpoint, and of the server around it.

use std::hash::{BuildHasher as _, RandomState};

use http::Response;
use tvm_machine::{Answer, Reply};

/// What a client is told that the server itself refuses, with the body that the endpoint's own refusals have. Its `requestId`
/// is in the log.
pub fn refusal(answer: Answer) -> Response<String> {
    let request_id = request_id();
    tracing::warn!(requestId = request_id, code = answer.code, "a request was refused");
    response(Reply::refusal(answer, &request_id))
}

pub(crate) fn response(reply: Reply) -> Response<String> {
    let mut response = Response::new(reply.body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

/// Something to find the log line by. The standard library seeds its hash maps from the system, and differs from map to map.
pub(crate) fn request_id() -> String {
    format!("{:016x}", RandomState::new().hash_one(()))
}
