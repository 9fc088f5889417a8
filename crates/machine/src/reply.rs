//! The HTTP response to a request, for whatever carries it.

use std::time::Duration;

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::answer::Answer;
use crate::issued::Issued;
use crate::token_grant::{TOKEN_GRANT, token_grant};

/// A response that nobody stores. It says nothing of other origins: that is the door's to know.
///
/// `Debug` shows no body: a token may be in it.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// `Content-Type`, `Cache-Control`, `X-Content-Type-Options`; with a token `Token-Grant`, what it may do; and `Retry-After` where there is a time to come
    /// back at.
    pub headers: HeaderMap,
    /// JSON, unless it was asked to be text.
    pub body: String,
}

/// The body of every error, of API Gateway's own answers too (`cdk/lib/gateway-answers.ts`).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody<'a> {
    message: &'a str,
    code: &'a str,
    request_id: &'a str,
}

impl Reply {
    /// The token and when it ends, as JSON.
    pub fn token(issued: &Issued<'_>) -> Self {
        Self::granting(issued, "application/json", issued.vended.token.http_body())
    }

    /// The token alone, as text.
    pub fn plain_token(issued: &Issued<'_>) -> Self {
        let token = issued.vended.token.auth_token().expose_secret().to_owned();
        Self::granting(issued, "text/plain; charset=utf-8", token)
    }

    /// What somebody is told who gets none; `request_id` finds the log line.
    pub fn refusal(answer: Answer, request_id: &str) -> Self {
        let body = ErrorBody { message: answer.message, code: answer.code, request_id };
        // A struct of texts always has a JSON form.
        let mut reply = Self::with(answer.status, "application/json", serde_json::to_string(&body).unwrap_or_default());
        if let Some(wait) = answer.retry_after {
            reply.headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        reply
    }

    fn granting(issued: &Issued<'_>, content_type: &'static str, body: String) -> Self {
        let mut reply = Self::with(StatusCode::OK, content_type, body);
        if let Some(grant) = token_grant(&issued.grant) {
            reply.headers.insert(TOKEN_GRANT, grant);
        }
        reply
    }

    fn with(status: StatusCode, content_type: &'static str, body: String) -> Self {
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // A token may begin as it likes, and an error repeats what a caller typed: no browser takes either for a page or a script.
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Self { status, headers, body }
    }
}

/// Rounded up: who comes back a moment early is refused again.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("headers", &self.headers).finish_non_exhaustive()
    }
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
