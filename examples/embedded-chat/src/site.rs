//! The page: the files that Vite built, what they are told, and the headers that hold for everything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, InvalidHeaderName, InvalidHeaderValue};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::settings::Settings;

/// The headers of the page, whoever serves it.
const SECURITY_HEADERS: &str = include_str!("../../../web/chat/security-headers.json");

/// Why the page cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SiteError {
    #[error(
        "{} holds no index.html; build the page with `npm run build -w web/chat`, or say with --dist where it is",
        .0.display()
    )]
    NotBuilt(PathBuf),
    #[error("MOMENTO_CACHE_ENDPOINT is no origin that a header can name: {0}")]
    Origin(#[from] InvalidHeaderValue),
    #[error("web/chat/security-headers.json is no object of texts: {0}")]
    Headers(#[from] serde_json::Error),
    #[error("web/chat/security-headers.json names no header: {0}")]
    Name(#[from] InvalidHeaderName),
}

/// The files of `dist`, and `chat.json` beside them.
pub(crate) fn router(dist: &Path, settings: &Settings) -> Result<Router, SiteError> {
    if !dist.join("index.html").is_file() {
        return Err(SiteError::NotBuilt(dist.to_owned()));
    }
    let told = settings.json();
    let chat_json = get(async move || ([(CONTENT_TYPE, "application/json")], told.clone()));
    // Else a browser that kept the page may ask for files of an earlier build.
    let asked_again = SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(Router::new().route("/chat.json", chat_json).fallback_service(ServeDir::new(dist)).layer(asked_again))
}

/// `app` with the security headers on every answer.
pub(crate) fn secured(app: Router, settings: &Settings) -> Result<Router, SiteError> {
    let headers: BTreeMap<String, String> = serde_json::from_str(SECURITY_HEADERS)?;
    headers.into_iter().try_fold(app, |app, (name, value)| {
        let name = HeaderName::try_from(name)?;
        let value = HeaderValue::try_from(value.replace("{connect}", settings.origins()))?;
        Ok(app.layer(SetResponseHeaderLayer::overriding(name, value)))
    })
}
