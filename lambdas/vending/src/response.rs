//! What goes back to API Gateway. Every response carries the CORS headers.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue};
use tvm_machine::{Issued, Reply};

use crate::failure::Failure;

/// The response to a request that got `outcome`.
pub fn response(outcome: Result<&Issued<'_>, &Failure>, request_id: &str) -> ApiGatewayProxyResponse {
    let Reply { status, mut headers, body } = match outcome {
        Ok(issued) => Reply::token(issued),
        Err(failure) => Reply::refusal(failure.answer(), request_id),
    };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    // Without this a page cannot see when to come back, by which clock its token ends, nor what that may do.
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Date, Retry-After, Token-Grant"));
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = i64::from(status.as_u16());
    response.headers = headers;
    response.body = Some(Body::Text(body));
    response
}
