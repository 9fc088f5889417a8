//! The HTTP client under the AWS SDK: hyper, over the one TLS configuration of the machine.
//!
//! `aws-smithy-http-client` takes roots as PEM or from the host only, and brings its own TLS setup; this is the same thin
//! adapter over a `rustls::ClientConfig` of our own. It never reads the host's certificate store and speaks HTTP/1.1 only,
//! which is what Secrets Manager offers.

use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// How long a connection may idle before it is given up: less than the minute after which AWS closes it.
const IDLE: Duration = Duration::from_secs(20);

/// An HTTP client for AWS SDK clients, which trusts what `config` trusts. Give it no ALPN.
#[must_use]
pub fn http_client(config: rustls::ClientConfig) -> SharedHttpClient {
    let client = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .build(tvm_tls::https_connector(config));
    SharedHttpClient::new(Hyper { client, limit: None })
}

#[derive(Debug, Clone)]
struct Hyper {
    /// One pool of connections for all connectors made from it.
    client: Client<tvm_tls::Connector, SdkBody>,
    /// From the call to the answer's headers.
    limit: Option<Duration>,
}

impl HttpClient for Hyper {
    /// The connect and the read timeout are kept as one limit over both, where a read timeout is set (the SDK sets one for
    /// the instance metadata service); otherwise the limit is the SDK's own, per attempt.
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let limit =
            settings.read_timeout().map(|read| read.saturating_add(settings.connect_timeout().unwrap_or_default()));
        SharedHttpConnector::new(Self { client: self.client.clone(), limit })
    }
}

impl HttpConnector for Hyper {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = match request.try_into_http1x() {
            Ok(request) => self.client.request(request),
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let limit = self.limit;
        HttpConnectorFuture::new(async move {
            let answer = match limit {
                None => answer.await,
                Some(limit) => {
                    tokio::time::timeout(limit, answer).await.map_err(|late| ConnectorError::timeout(late.into()))?
                }
            };
            let answer = answer.map_err(connector_error)?.map(SdkBody::from_body_1_x);
            HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Tells the SDK which errors are worth another attempt: those of the network, and a connection closed under a request.
fn connector_error(error: hyper_util::client::legacy::Error) -> ConnectorError {
    let hyper = error.source().and_then(|cause| cause.downcast_ref::<hyper::Error>());
    if error.is_connect() {
        ConnectorError::io(error.into())
    } else if hyper.is_some_and(hyper::Error::is_timeout) {
        ConnectorError::timeout(error.into())
    } else if hyper.is_some_and(hyper::Error::is_user) {
        ConnectorError::user(error.into())
    } else {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    }
}
