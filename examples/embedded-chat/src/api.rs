//! Signing in and out: `POST` and `DELETE` of one path.
//!
//! Only JSON signs in. A form, which any site can make a browser send here, is refused for its content type; and the cookie is
//! not sent along from there (`SameSite=Strict`).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Json, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use tvm_embed::{Answer, Caller, refusal};

use crate::people::{NotLetIn, People};
use crate::places::caller_address;
use crate::sessions::{Cookies, Sessions};

/// Where one signs in and out.
pub(crate) const PATH: &str = "/api/session";

/// Names and passwords of any sensible length.
const LONGEST_BODY: usize = 4_096;

/// Who may come in, and who is in.
pub(crate) struct Door {
    people: People,
    sessions: Sessions,
    cookies: Cookies,
    proxy: Option<IpAddr>,
}

/// What somebody claims.
#[derive(Deserialize)]
struct Claim {
    username: String,
    password: SecretString,
}

impl Door {
    /// `proxy` is believed when it says from which address a request came to it.
    pub(crate) const fn new(people: People, sessions: Sessions, cookies: Cookies, proxy: Option<IpAddr>) -> Self {
        Self { people, sessions, cookies, proxy }
    }

    /// Whose session a request with these headers belongs to.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        self.sessions.caller(&self.cookies.id(headers)?, Instant::now())
    }

    fn end(&self, headers: &HeaderMap) {
        if let Some(id) = self.cookies.id(headers) {
            self.sessions.end(&id);
        }
    }
}

/// Signing in and out by `door`.
pub(crate) fn router(door: Arc<Door>) -> Router {
    Router::new()
        .route(PATH, post(sign_in).delete(sign_out))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(door)
}

async fn sign_in(
    State(door): State<Arc<Door>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    claim: Result<Json<Claim>, JsonRejection>,
) -> Response {
    let Json(Claim { username, password }) = match claim {
        Ok(claim) => claim,
        Err(rejection) => return refusal(unread(rejection.status())).into_response(),
    };
    let from = caller_address(peer.ip(), door.proxy, &headers);
    let caller = match door.people.who(username, password, from).await {
        Ok(caller) => caller,
        Err(reason) => return refusal(not_let_in(reason)).into_response(),
    };
    match door.sessions.begin(caller, Instant::now()) {
        Ok(id) => {
            // Whoever was signed in with this browser is not any more.
            door.end(&headers);
            tracing::info!("somebody signed in");
            done(&door.cookies.keep(&id).to_string())
        }
        Err(error) => {
            tracing::error!(%error, "no session can be made");
            refusal(Answer::MISCONFIGURED).into_response()
        }
    }
}

async fn sign_out(State(door): State<Arc<Door>>, headers: HeaderMap) -> Response {
    door.end(&headers);
    done(&door.cookies.forget().to_string())
}

fn done(cookie: &str) -> Response {
    (StatusCode::NO_CONTENT, [(CACHE_CONTROL, "no-store"), (SET_COOKIE, cookie)]).into_response()
}

/// What is not read quotes nothing: a password may be in it.
fn unread(status: StatusCode) -> Answer {
    match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Answer::new(status, "UnsupportedMediaType", "Send the username and the password as application/json.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Answer::new(status, "PayloadTooLarge", "Send a username and a password, and no more.")
        }
        _ => Answer::new(
            StatusCode::BAD_REQUEST,
            "MalformedRequest",
            "Send a JSON object with the texts `username` and `password`.",
        ),
    }
}

fn not_let_in(reason: NotLetIn) -> Answer {
    match reason {
        NotLetIn::Wrong => Answer::unauthorized("The username or the password is wrong."),
        NotLetIn::Busy => Answer {
            retry_after: Some(Duration::from_secs(1)),
            ..Answer::new(
                StatusCode::TOO_MANY_REQUESTS,
                "TooManyRequests",
                "Too many people are signing in. Try again after the time in `Retry-After`.",
            )
        },
    }
}
