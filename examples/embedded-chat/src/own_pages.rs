//! Whom a server on loopback answers: browsers that call it by a name of this computer, for its own pages.
//!
//! Any page can have its visitor's browser call a loopback address, also under a name of the page's own that was pointed there (DNS
//! rebinding): then the page is of the same origin, and reads the answers.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, StatusCode};
use tvm_embed::{Answer, refusal};

/// `app`, for these alone.
pub(crate) fn alone(app: Router) -> Router {
    app.layer(middleware::from_fn(answer_own_pages))
}

async fn answer_own_pages(request: Request, next: Next) -> Response {
    match foreign(request.headers()) {
        None => next.run(request).await,
        Some(answer) => refusal(answer).into_response(),
    }
}

/// Why a request with these headers is not answered.
fn foreign(headers: &HeaderMap) -> Option<Answer> {
    let host = only(headers, &HOST).and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = host.filter(|host| matches!(host.host(), "127.0.0.1" | "localhost" | "[::1]")) else {
        return Some(Answer::new(
            StatusCode::FORBIDDEN,
            "ForeignHost",
            "This server answers under 127.0.0.1, localhost and [::1] alone. For another name let it listen on another address than loopback.",
        ));
    };
    let own = !headers.contains_key(ORIGIN) || only(headers, &ORIGIN) == Some(&format!("http://{host}"));
    (!own).then(|| Answer::new(StatusCode::FORBIDDEN, "ForeignOrigin", "This server answers its own pages alone."))
}

/// The header, if it is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
