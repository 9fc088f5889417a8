//! `POST /functions/{cache}/{function}`: whether a caller may invoke a Momento function.
//!
//! The stage runs no functions: whoever may invoke one is told so with 501. This is plain HTTP, as at Momento
//! (Momento documentation, "Vending disposable Momento tokens").

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use serde_json::json;

use crate::{app_state::AppState, refusal::Refusal, rights::Operation};

pub(super) async fn invoke(
    State(world): State<Arc<AppState>>,
    Path((cache, function)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let (status, message) = match admit(&world, &headers, &cache, &function) {
        Ok(()) => (StatusCode::NOT_IMPLEMENTED, "the function may be invoked, but the stage runs none".to_owned()),
        Err(refusal) => (status_of(&refusal), refusal.to_string()),
    };
    (status, Json(json!({ "message": message }))).into_response()
}

fn admit(world: &AppState, headers: &HeaderMap, cache: &str, function: &str) -> Result<(), Refusal> {
    let credential = headers.get(AUTHORIZATION).ok_or(Refusal::NoCredential)?;
    let caller = world.caller_with(credential.to_str().map_err(|_| Refusal::UnknownCredential)?)?;
    caller.must_be_allowed(Operation::Invoke, cache, function.as_bytes())?;
    world.caches.must_exist(cache)
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotPermitted => StatusCode::FORBIDDEN,
        Refusal::NoSuchCache(_) => StatusCode::NOT_FOUND,
        _ => StatusCode::UNAUTHORIZED,
    }
}
