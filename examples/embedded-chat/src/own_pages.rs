//! Whom the server answers: browsers that call it by a name of its own, for its own pages.
//!
//! Any page can have its visitor's browser call this server, also under a name of the page's own that was pointed here (DNS
//! rebinding): then the page is of the same origin, and reads the answers.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, StatusCode};
use tvm_embed::{Answer, refusal};

use crate::options::{Options, Reach};

const OF_THIS_COMPUTER: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// By which names the server is called, with any port, and how.
pub(crate) struct Names {
    hosts: Vec<String>,
    scheme: &'static str,
}

impl Names {
    /// Those of this computer on loopback, or else those that the options list.
    pub(crate) fn of(options: &Options) -> Self {
        match options.reach() {
            Reach::Loopback => Self { hosts: OF_THIS_COMPUTER.map(str::to_owned).to_vec(), scheme: "http" },
            Reach::Network => Self { hosts: options.hosts.clone(), scheme: "https" },
        }
    }

    /// Why a request with these headers is not answered.
    fn foreign(&self, headers: &HeaderMap) -> Option<Answer> {
        let refuse = |code, message| Some(Answer::new(StatusCode::FORBIDDEN, code, message));
        let host = only(headers, &HOST).and_then(|host| host.parse::<Authority>().ok());
        let is_own = |host: &Authority| self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host.host()));
        let Some(host) = host.filter(is_own) else {
            return refuse(
                "ForeignHost",
                "This server answers under its own names alone. Its option --host says which.",
            );
        };
        let own = format!("{}://{host}", self.scheme);
        if headers.contains_key(ORIGIN) && only(headers, &ORIGIN) != Some(&own) {
            return refuse("ForeignOrigin", "This server answers its own pages alone.");
        }
        None
    }
}

/// `app`, for these alone.
pub(crate) fn alone(app: Router, names: Names) -> Router {
    app.layer(middleware::from_fn_with_state(Arc::new(names), answer_own_pages))
}

async fn answer_own_pages(State(names): State<Arc<Names>>, request: Request, next: Next) -> Response {
    match names.foreign(request.headers()) {
        None => next.run(request).await,
        Some(answer) => refusal(answer).into_response(),
    }
}

/// The header, if it is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
