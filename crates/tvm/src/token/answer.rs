//! What an endpoint answered: a token, or why none.

use http::header::RETRY_AFTER;
use http::{Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::token::error::{Refused, TokenError};
use crate::unseen::is_unseen;

/// A token, and what was said of it.
#[derive(Debug)]
pub(crate) struct Vended {
    pub(crate) token: SecretString,
    /// Epoch seconds.
    pub(crate) expires_at: u64,
    /// The header `Token-Grant`; `None` where there is none.
    pub(crate) grant: Option<Grant>,
}

/// What the token may do.
#[derive(Debug, Deserialize)]
pub(crate) struct Grant {
    pub(crate) id: Option<String>,
    pub(crate) permissions: Vec<Value>,
}

/// The body of a token (docs/browser.md).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    auth_token: SecretString,
    expires_at: u64,
}

/// The body of an error (docs/errors.md).
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ErrorBody {
    message: String,
    code: String,
    request_id: String,
}

impl Vended {
    /// Reads an answer.
    pub(crate) fn read(answer: Response<SecretString>) -> Result<Self, TokenError> {
        let (head, body) = answer.into_parts();
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        if head.status != StatusCode::OK {
            let body: ErrorBody = serde_json::from_str(body.expose_secret()).unwrap_or_default();
            return Err(TokenError::Refused(Box::new(Refused {
                status: head.status.as_u16(),
                code: harmless(&body.code),
                message: harmless(&body.message),
                request_id: harmless(&body.request_id),
                retry_after: header(RETRY_AFTER.as_str()).and_then(|seconds| seconds.parse().ok()),
            })));
        }
        // Its error would quote what was read, which may be a token.
        let Body { auth_token, expires_at } =
            serde_json::from_str(body.expose_secret()).map_err(|_| TokenError::NoToken)?;
        let grant = header("token-grant").and_then(|text| serde_json::from_str(text).ok());
        Ok(Self { token: auth_token, expires_at, grant })
    }
}

/// What a server wrote, without what would move the cursor, and not without end.
fn harmless(text: &str) -> String {
    text.chars().filter(|character| !is_unseen(*character)).take(500).collect()
}
