//! One GET of the endpoint, over HTTP/1.1, within a time and a size.
//!
//! It follows no redirect, which would take a password along, and speaks plain HTTP to this computer alone.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderValue, USER_AGENT};
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderMap, Request, Response, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use secrecy::SecretString;

use crate::token::error::TokenError;

/// API Gateway gives up on the function after 29 seconds.
const WITHIN: Duration = Duration::from_secs(30);

/// The most that is read: a token is a kB.
const MOST_BYTES: usize = 256 * 1024;

/// Firewalls take who does not say what they are for a bot (AWS WAF, `NoUserAgent_HEADER`).
const WHAT_ASKS: HeaderValue = HeaderValue::from_static(concat!("tvm/", env!("CARGO_PKG_VERSION")));

/// The URL of an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint(Uri);

impl Endpoint {
    /// Reads a URL.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri =
            text.trim().parse().map_err(|_| "write a URL, as in https://….amazonaws.com/prod/".to_owned())?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or("write a whole URL, with https://")?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("leave out what stands before the @: see --username".to_owned());
        }
        let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => Ok(Self(uri)),
            Some(scheme) if *scheme == Scheme::HTTP && loopback => Ok(Self(uri)),
            _ => Err("write https://: anything else would show the token to who listens".to_owned()),
        }
    }

    /// The same with `?name=`, beside whatever query it has.
    fn named(&self, name: Option<&str>) -> Result<Uri, http::Error> {
        let Some(name) = name else { return Ok(self.0.clone()) };
        let mut query = form_urlencoded::Serializer::new(self.0.query().unwrap_or_default().to_owned());
        let path = format!("{}?{}", self.0.path(), query.append_pair("name", name).finish());
        let mut parts = self.0.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(path)?);
        Ok(Uri::from_parts(parts)?)
    }
}

/// What is answered to a request with these headers. The body may be a token.
pub(crate) async fn get(
    endpoint: &Endpoint,
    name: Option<&str>,
    headers: HeaderMap,
) -> Result<Response<SecretString>, TokenError> {
    // A URL that was read, with a query that was encoded, is one.
    let address = endpoint.named(name).map_err(|error| TokenError::Unreachable(error.to_string()))?;
    let client: Client<_, Empty<Bytes>> =
        Client::builder(TokioExecutor::new()).build(tvm_tls::https_connector(tvm_tls::operator_client_config(None)?));
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = address;
    *request.headers_mut() = headers;
    request.headers_mut().insert(USER_AGENT, WHAT_ASKS);
    let asking = async {
        let response = client.request(request).await.map_err(|error| TokenError::Unreachable(chain(&error)))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MOST_BYTES).collect().await;
        let body = body.map_err(|error| TokenError::Unreachable(error.to_string()))?.to_bytes();
        Ok(Response::from_parts(head, SecretString::from(String::from_utf8_lossy(&body).into_owned())))
    };
    tokio::time::timeout(WITHIN, asking).await.unwrap_or(Err(TokenError::Late))
}

/// What caused `error`: its own words say no more than that there was no connection.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source()).map(ToString::to_string);
    causes.reduce(|said, cause| format!("{said}: {cause}")).unwrap_or_else(|| error.to_string())
}
