//! A server with the endpoint, a local Momento, and a client.

use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use momento_client::ApiKey;
use momento_client::ServiceAddress;
use momento_emulator::{Running, Stage};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::net::TcpListener;
use tvm_embed::{Config, Format, Keys, Machine, ModeMismatch, Sessions, TokenEndpoint};
use tvm_machine::Endpoints;

/// The shipped configuration in this mode.
pub(crate) fn config(mode: &str) -> Config {
    let shipped = include_str!("../../../../config/tvm.toml");
    Config::parse("tvm.toml", &shipped.replace("auth = \"Open\"", &format!("auth = \"{mode}\""))).unwrap()
}

/// A machine that vends by `config` at `momento`. Not by the environment, which the tests of a process share.
pub(crate) fn machine_of(config: Config, momento: &Running) -> Machine<Keys> {
    let key = ApiKey::parse(momento.api_key_v1().expose_secret(), None).unwrap();
    let address = ServiceAddress::parse(&momento.url()).unwrap();
    let places = Endpoints { token: address.clone(), cache: address };
    Machine::new(config, Keys::from(key), tvm_tls::client_config().unwrap(), places).unwrap()
}

pub(crate) fn endpoint<S: Sessions>(
    config: Config,
    momento: &Running,
    of: impl FnOnce(Machine<Keys>) -> Result<TokenEndpoint<Keys, S>, ModeMismatch>,
) -> Router {
    of(machine_of(config, momento)).unwrap().into_router()
}

/// A server for everybody.
pub(crate) async fn open(format: Format) -> Server {
    Server::start(|momento| {
        endpoint(config("Open"), momento, |machine| Ok(TokenEndpoint::open(machine)?.format(format)))
    })
    .await
}

/// A server of somebody's own, running.
pub(crate) struct Server {
    pub(crate) momento: Running,
    url: String,
    client: reqwest::Client,
}

/// What it answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    headers: reqwest::header::HeaderMap,
}

impl Server {
    /// One with these routes, beside a local Momento of its own.
    pub(crate) async fn start(routes: impl FnOnce(&Running) -> Router) -> Self {
        let momento = Stage::builder().start().await.unwrap();
        let app = routes(&momento);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { momento, url, client: reqwest::Client::new() }
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(reqwest::Method::GET, path, headers).await
    }

    pub(crate) async fn ask(&self, method: reqwest::Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// What is said that the token may do.
    pub(crate) fn granted(&self) -> Option<Value> {
        self.header("token-grant").map(|text| serde_json::from_str(text).unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What the local Momento wrote into a vended token.
pub(crate) fn claims(auth_token: &str) -> Value {
    let token: Value = serde_json::from_slice(&STANDARD.decode(auth_token).unwrap()).unwrap();
    let claims = token.get("api_key").and_then(Value::as_str).unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}
