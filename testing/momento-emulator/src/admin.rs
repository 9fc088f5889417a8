//! The stage's own HTTP interface, under `/_stage/`: health, faults, limits, statistics and keys.
//!
//! It answers programs of this computer alone, by its loopback names, and never repeats a key, a token or a body it was sent.

use std::{num::NonZeroU32, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, Request, State, rejection::JsonRejection},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use http::{
    StatusCode,
    header::{HOST, ORIGIN},
    uri::Authority,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Fault, KeyError, app_state::AppState};

/// More than any fault or list of keys.
const LARGEST_BODY_BYTES: usize = 64 * 1024;

/// The routes, to be nested under `/_stage`.
pub(crate) fn router(world: Arc<AppState>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/stats", get(stats))
        .route("/faults", get(faults).put(set_fault).delete(clear_faults))
        .route("/limits", get(limits).put(set_limits))
        .route("/keys", put(change_keys))
        .fallback(async || Complaint::NotFound)
        .method_not_allowed_fallback(async || Complaint::WrongMethod)
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .layer(middleware::from_fn(from_this_computer))
        .with_state(world)
}

type Answer = Result<Json<Value>, Complaint>;

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

async fn stats(State(world): State<Arc<AppState>>) -> Json<crate::Stats> {
    Json(world.counter.snapshot())
}

async fn faults(State(world): State<Arc<AppState>>) -> Json<Value> {
    Json(json!({ "faults": world.faults.list() }))
}

async fn set_fault(State(world): State<Arc<AppState>>, body: Result<Json<Fault>, JsonRejection>) -> Answer {
    world.faults.set(body?.0);
    Ok(faults(State(world)).await)
}

/// Which fault to end; all of them when none is named.
#[derive(Deserialize)]
struct WhichFault {
    rpc: Option<String>,
}

async fn clear_faults(State(world): State<Arc<AppState>>, Query(which): Query<WhichFault>) -> Json<Value> {
    match which.rpc {
        Some(rpc) => world.faults.clear_rpc(&rpc),
        None => world.faults.clear(),
    }
    faults(State(world)).await
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    /// `null`: no limit.
    tokens_per_second: Option<NonZeroU32>,
}

async fn limits(State(world): State<Arc<AppState>>) -> Json<Limits> {
    Json(Limits { tokens_per_second: world.limiter.per_second() })
}

async fn set_limits(
    State(world): State<Arc<AppState>>,
    body: Result<Json<Limits>, JsonRejection>,
) -> Result<Json<Limits>, Complaint> {
    world.limiter.set(body?.0.tokens_per_second);
    Ok(limits(State(world)).await)
}

/// API keys, v1 or v2, as a user stores them. Not `Debug`: they are secrets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyChange {
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    revoke: Vec<String>,
}

async fn change_keys(State(world): State<Arc<AppState>>, body: Result<Json<KeyChange>, JsonRejection>) -> Answer {
    // The rejection of a wrong body may quote it, and it may hold a key.
    let Json(change) = body.map_err(|_| Complaint::KeyBody)?;
    for key in &change.add {
        world.keys.add(key)?;
    }
    for key in &change.revoke {
        world.keys.revoke(key)?;
    }
    Ok(Json(json!({ "keys": world.keys.count() })))
}

/// How a browser says whose page a request is made for; `none` is a person's own doing (Fetch Metadata).
const SITE: &str = "sec-fetch-site";

/// A page in a browser may call a loopback address under a name of its own (DNS rebinding): only loopback names pass. And no page
/// passes at all: whatever may change something has an `Origin`, and anything else says that it is for a page.
async fn from_this_computer(request: Request, next: Next) -> Response {
    let named = request.headers().get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let Some("localhost" | "127.0.0.1" | "[::1]") = named.as_ref().or(request.uri().authority()).map(Authority::host)
    else {
        return Complaint::ForeignHost.into_response();
    };
    if request.headers().contains_key(ORIGIN) || request.headers().get(SITE).is_some_and(|site| site != "none") {
        return Complaint::Page.into_response();
    }
    next.run(request).await
}

/// Why an administrative request was not carried out.
#[derive(Debug, thiserror::Error)]
enum Complaint {
    #[error("there is nothing here: the stage has /_stage/health, stats, faults, limits and keys")]
    NotFound,
    #[error("this does not go with that method: see the documentation of the momento-emulator crate")]
    WrongMethod,
    #[error("the stage answers under localhost, 127.0.0.1 and [::1] alone")]
    ForeignHost,
    #[error("the stage's own interface is for programs, and for no web page")]
    Page,
    #[error("{0}")]
    Body(#[from] JsonRejection),
    #[error("the body is not {{\"add\": [key, …], \"revoke\": [key, …]}}, sent as application/json")]
    KeyBody,
    #[error("{0}")]
    Key(#[from] KeyError),
}

impl IntoResponse for Complaint {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::ForeignHost | Self::Page => StatusCode::FORBIDDEN,
            Self::Body(_) | Self::KeyBody | Self::Key(_) => StatusCode::BAD_REQUEST,
        };
        (status, Json(json!({ "message": self.to_string() }))).into_response()
    }
}
