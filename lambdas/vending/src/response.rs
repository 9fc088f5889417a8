//! What goes back to API Gateway. Every response carries the CORS headers and is never stored.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use http::StatusCode;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue,
    RETRY_AFTER,
};
use serde::Serialize;
use tvm_vendor::VendedToken;

use crate::failure::Failure;

/// The body of every error, of API Gateway's own answers too (`cdk/lib/gateway-answers.ts`).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody<'a> {
    message: &'a str,
    code: &'a str,
    request_id: &'a str,
}

/// The response to a request that got `outcome`.
pub fn response(outcome: Result<&VendedToken, &Failure>, request_id: &str) -> ApiGatewayProxyResponse {
    match outcome {
        Ok(token) => with(StatusCode::OK, None, token.http_body()),
        Err(failure) => {
            let answer = failure.answer();
            let body = ErrorBody { message: answer.message, code: answer.code, request_id };
            // A struct of texts always has a JSON form.
            with(answer.status, answer.retry_after, serde_json::to_string(&body).unwrap_or_default())
        }
    }
}

fn with(status: StatusCode, retry_after: Option<Duration>, body: String) -> ApiGatewayProxyResponse {
    let mut headers = HeaderMap::with_capacity(5);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    // Without this a browser's script cannot see when to come back.
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
    if let Some(wait) = retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = i64::from(status.as_u16());
    response.headers = headers;
    response.body = Some(Body::Text(body));
    response
}

/// Rounded up: who comes back a moment early is refused again.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_never_too_early() {
        for (millis, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds);
        }
    }
}
