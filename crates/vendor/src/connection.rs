//! The HTTP/2 connection to the token service.
//!
//! TLS is done here by `tvm-tls` alone. tonic must not add its own, and does so for an `https` address as soon as any
//! crate of the build turns its TLS features on (`momento` does): it is therefore handed an `http` address to connect
//! to, and the true one as the origin of its requests.

use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use tonic::transport::{Channel, Endpoint, Error};
use tower_service::Service;

/// How long a connection that a call waits on may be silent before it is asked for a sign of life, and how long that
/// may take. A connection that died while its Lambda was frozen is found out after the two, soon enough for the retry.
/// Only while a call waits: an idle one is frozen at any moment, and would miss an answer that did come. The official
/// SDKs switch keep-alive off on Lambda for that reason, and elsewhere allow the same second for the answer.
const SILENCE: Duration = Duration::from_secs(1);
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// Opens connections. Cheap to clone; shares the TLS configuration and with it the session tickets.
#[derive(Debug, Clone)]
pub(crate) struct Dialler(HttpsConnector<HttpConnector>);

impl Dialler {
    pub(crate) fn new(mut tls: ClientConfig) -> Self {
        tls.alpn_protocols = vec![b"h2".to_vec()];
        Self(tvm_tls::https_connector(tls))
    }

    /// A connection that is made with the first call.
    pub(crate) fn lazily(&self, address: &Uri) -> Channel {
        endpoint(address).connect_with_connector_lazy(self.to(address))
    }

    /// A connection that is made now.
    pub(crate) async fn now(&self, address: &Uri) -> Result<Channel, Error> {
        endpoint(address).connect_with_connector(self.to(address)).await
    }

    fn to(&self, address: &Uri) -> DialTo {
        DialTo { connector: self.0.clone(), address: address.clone() }
    }
}

fn endpoint(address: &Uri) -> Endpoint {
    let mut parts = address.clone().into_parts();
    parts.scheme = Some(Scheme::HTTP);
    // The parts of a whole address make a whole address; the origin alone is what the service sees.
    let plain = Uri::from_parts(parts).unwrap_or_else(|_| address.clone());
    Endpoint::from(plain)
        .origin(address.clone())
        .http2_keep_alive_interval(SILENCE)
        .keep_alive_timeout(SIGN_OF_LIFE)
        .keep_alive_while_idle(false)
}

/// Connects to one address, whichever it is asked for.
#[derive(Debug, Clone)]
struct DialTo {
    connector: HttpsConnector<HttpConnector>,
    address: Uri,
}

impl Service<Uri> for DialTo {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = <HttpsConnector<HttpConnector> as Service<Uri>>::Error;
    type Future = <HttpsConnector<HttpConnector> as Service<Uri>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        self.connector.call(self.address.clone())
    }
}
