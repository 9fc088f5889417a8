//! What the page is told of its server: `chat.json`, whose form is in `web/chat/src/settings.ts`.

use std::env;

use serde::Serialize;

use crate::api;

/// Where Momento's clients in a page connect to, unless the environment says otherwise.
const MOMENTOS_ORIGINS: &str = "https://*.momentohq.com";

/// What the page is told.
#[derive(Debug, Serialize)]
pub(crate) struct Settings {
    machine: Machine,
    /// A Momento instead of the one that the token names.
    #[serde(skip_serializing_if = "Option::is_none")]
    momento: Option<String>,
}

/// The machine behind the page's own server. Paths relative to the page.
#[derive(Debug, Serialize)]
struct Machine {
    mode: &'static str,
    endpoint: &'static str,
    session: &'static str,
}

impl Settings {
    /// For a Momento where `MOMENTO_CACHE_ENDPOINT` says, which the machine reads too.
    pub(crate) fn from_env() -> Self {
        let relative = |path: &'static str| path.trim_start_matches('/');
        let machine = Machine { mode: "Session", endpoint: relative(tvm_embed::PATH), session: relative(api::PATH) };
        let momento = env::var("MOMENTO_CACHE_ENDPOINT").ok().filter(|url| !url.is_empty());
        Self { machine, momento: momento.map(|url| url.trim_end_matches('/').to_owned()) }
    }

    /// As `chat.json` holds them.
    pub(crate) fn json(&self) -> String {
        // Texts always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The origins that the page may call beside its own.
    pub(crate) fn origins(&self) -> &str {
        self.momento.as_deref().unwrap_or(MOMENTOS_ORIGINS)
    }
}
