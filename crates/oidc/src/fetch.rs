//! One HTTP GET of a small JSON document, within a time and a size.
//!
//! Over the HTTP client that the AWS SDK brings anyway, HTTP/1.1: an issuer's keys are fetched about once an hour. It follows
//! no redirect: where keys are found decides who is believed, and the configuration names that place.

use std::error::Error;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;

use crate::fetch_error::FetchError;

/// How long one fetch may take, from the connection to the last byte: a person waits for it.
const WITHIN: Duration = Duration::from_secs(2);

/// The most that is read: key sets are a few kB, the largest known some 20.
const MOST_BYTES: usize = 256 * 1024;

/// Fetches documents.
#[derive(Debug, Clone)]
pub(crate) struct Fetcher(Client<tvm_tls::Connector, Empty<Bytes>>);

impl Fetcher {
    pub(crate) fn new(mut tls: ClientConfig) -> Self {
        // None is offered, which means HTTP/1.1.
        tls.alpn_protocols.clear();
        Self(Client::builder(TokioExecutor::new()).build(tvm_tls::https_connector(tls)))
    }

    /// The document at `address`.
    pub(crate) async fn get(&self, address: &Uri) -> Result<Bytes, FetchError> {
        let fetching = async {
            let mut request = Request::new(Empty::new());
            *request.uri_mut() = address.clone();
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
            let response = self.0.request(request).await.map_err(|error| not_reached(&error))?;
            let (head, body) = response.into_parts();
            if head.status != StatusCode::OK {
                return Err(FetchError::Status(head.status.as_u16()));
            }
            match Limited::new(body, MOST_BYTES).collect().await {
                Ok(collected) => Ok(collected.to_bytes()),
                Err(error) if error.is::<LengthLimitError>() => Err(FetchError::TooLarge),
                Err(_) => Err(FetchError::Unreachable),
            }
        };
        tokio::time::timeout(WITHIN, fetching).await.unwrap_or(Err(FetchError::Late))
    }
}

/// Why there is no answer: TLS says so itself, somewhere within the error.
fn not_reached(error: &(dyn Error + 'static)) -> FetchError {
    let mut causes = std::iter::successors(Some(error), |cause| within(*cause));
    let tls = causes.find_map(|cause| cause.downcast_ref::<rustls::Error>());
    tls.map_or(FetchError::Unreachable, |error| FetchError::Tls(error.to_string()))
}

/// What an error is about. Of one of input and output, what is in it: its own source is that one's source.
fn within<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
