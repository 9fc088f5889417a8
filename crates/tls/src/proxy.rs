//! The way to `https://` addresses through an HTTP proxy, as `HTTPS_PROXY` and `NO_PROXY` say it to the AWS command line.
//!
//! Only programs of operators and servers are built with it, by the feature `proxy`; no function is. Plain `http://` goes straight:
//! it is for this host, for containers and for instances (`169.254.169.254`), which no proxy reaches. A proxy's password is in no error
//! and no `Debug`.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower_service::Service;

/// The longest that a proxy may take to open the way.
const WITHIN: Duration = Duration::from_secs(20);
/// The most that a proxy may answer before the way is open.
const LONGEST_ANSWER: usize = 16 * 1024;

/// Which proxy leads where. `Debug` shows no password.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    https: Option<Proxy>,
    /// Hosts that are reached without it.
    direct: Vec<String>,
}

/// One proxy.
#[derive(Clone)]
struct Proxy {
    /// `http://host:port`, or why there is none.
    address: Result<Uri, ProxyError>,
    /// `Basic …`, of a user and a password in the variable.
    authorization: Option<String>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why a proxy opened no way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// The variable names none that is understood.
    #[error(
        "HTTPS_PROXY does not name an HTTP proxy; write it like http://proxy.example:3128 (SOCKS is not supported), or unset it"
    )]
    NotAProxy,
    /// It needs a user and a password, or others.
    #[error(
        "the proxy {proxy} needs credentials (407); write them into HTTPS_PROXY like http://USER:PASSWORD@{proxy}, with special \
         characters percent-encoded"
    )]
    Credentials {
        /// Its host and port.
        proxy: String,
    },
    /// It refuses.
    #[error(
        "the proxy {proxy} (HTTPS_PROXY) does not connect to {host}: it answers {status}; allow the host there, or name it in NO_PROXY"
    )]
    Refused {
        /// Its host and port.
        proxy: String,
        /// Where it was to connect to.
        host: String,
        /// What it answers.
        status: u16,
    },
    /// It speaks something else, or not at all.
    #[error("the proxy {proxy} (HTTPS_PROXY) does not answer as an HTTP proxy does; check its address")]
    NoAnswer {
        /// Its host and port.
        proxy: String,
    },
    /// It cannot be reached.
    #[error("the proxy {proxy} (HTTPS_PROXY) cannot be reached: {reason}")]
    Unreachable {
        /// Its host and port.
        proxy: String,
        /// What the operating system says.
        reason: String,
    },
}

impl Proxies {
    /// What the environment says: `https_proxy`, else `HTTPS_PROXY`; `no_proxy`, else `NO_PROXY`. An empty variable counts as not set.
    #[must_use]
    pub fn from_env() -> Self {
        Self::by(|name| std::env::var(name).ok())
    }

    /// The same, with the variables looked up by the caller.
    #[must_use]
    pub fn by(variable: impl Fn(&'static str) -> Option<String>) -> Self {
        let set = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| variable(name).filter(|value| !value.trim().is_empty()))
        };
        let hosts = set(["no_proxy", "NO_PROXY"]).unwrap_or_default();
        let hosts = hosts.split([',', ' ']).map(|host| host.trim().trim_start_matches("*.").trim_start_matches('.'));
        Self {
            https: set(["https_proxy", "HTTPS_PROXY"]).map(|text| Proxy::parse(text.trim())),
            direct: hosts.filter(|host| !host.is_empty()).map(str::to_ascii_lowercase).collect(),
        }
    }

    /// The proxy for this address, if there is one.
    fn leading_to(&self, destination: &Uri) -> Option<&Proxy> {
        let proxy = self.https.as_ref().filter(|_| destination.scheme_str() == Some("https"))?;
        let host = destination.host()?.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let with_port = format!("{host}:{}", destination.port_u16().unwrap_or(443));
        let is_direct = |name: &String| {
            let is_of = |host: &str| {
                host.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            name == "*" || is_of(&host) || is_of(&with_port)
        };
        (!self.direct.iter().any(is_direct)).then_some(proxy)
    }
}

impl Proxy {
    fn parse(text: &str) -> Self {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let rest = rest.split('/').next().unwrap_or_default();
        let (user, host) = rest.rsplit_once('@').map_or((None, rest), |(user, host)| (Some(user), host));
        let scheme = scheme.to_ascii_lowercase();
        let with_port = match scheme.as_str() {
            "http" => Uri::try_from(format!("http://{host}")).ok(),
            "https" => Uri::try_from(format!("https://{host}")).ok(),
            _ => None,
        };
        let address = with_port.filter(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        let authorization = user.map(|user| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            let decoded = [percent_decoded(name), b":".to_vec(), percent_decoded(password)].concat();
            format!("Basic {}", STANDARD.encode(decoded))
        });
        Self { address: address.ok_or(ProxyError::NotAProxy), authorization }
    }
}

/// `%40` is `@`.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let byte = behind.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        rest = byte.and_then(|_| behind.get(2..)).unwrap_or(behind);
    }
    bytes.extend(rest.bytes());
    bytes
}

/// Connects straight, or through the proxy that leads there.
#[derive(Debug, Clone)]
pub struct ProxiedTcp {
    tcp: HttpConnector,
    to_proxy: HttpsConnector<HttpConnector>,
    proxies: Arc<Proxies>,
}

/// What is connected: TCP, or TLS to a proxy that is reached so.
type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

impl ProxiedTcp {
    /// Through `proxies`, one of which may itself be reached over TLS, by `tls`.
    pub(crate) fn new(tcp: HttpConnector, tls: ClientConfig, proxies: Proxies) -> Self {
        let to_proxy = HttpsConnector::from((tcp.clone(), tls));
        Self { tcp, to_proxy, proxies: Arc::new(proxies) }
    }
}

impl Service<Uri> for ProxiedTcp {
    type Response = Stream;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, destination: Uri) -> Self::Future {
        let Some(proxy) = self.proxies.leading_to(&destination).cloned() else {
            let connecting = self.tcp.call(destination);
            return Box::pin(async move { Ok(MaybeHttpsStream::Http(connecting.await?)) });
        };
        let mut to_proxy = self.to_proxy.clone();
        Box::pin(async move {
            let address = proxy.address.clone()?;
            let name = address.authority().map(ToString::to_string).unwrap_or_default();
            let opening = async {
                let stream = to_proxy
                    .call(address)
                    .await
                    .map_err(|error| ProxyError::Unreachable { proxy: name.clone(), reason: nearest_cause(&*error) })?;
                opened(stream, &proxy, &name, &destination).await
            };
            let late = |_| Err(ProxyError::NoAnswer { proxy: name.clone() });
            Ok(tokio::time::timeout(WITHIN, opening).await.unwrap_or_else(late)?)
        })
    }
}

/// Asks the proxy on `stream` for the way to `destination` (RFC 9110, section 9.3.6).
async fn opened(stream: Stream, proxy: &Proxy, name: &str, destination: &Uri) -> Result<Stream, ProxyError> {
    let host = destination.host().unwrap_or_default();
    let target = format!("{host}:{}", destination.port_u16().unwrap_or(443));
    let authorization =
        proxy.authorization.as_ref().map(|value| format!("Proxy-Authorization: {value}\r\n")).unwrap_or_default();
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n");
    let no_answer = |_| ProxyError::NoAnswer { proxy: name.to_owned() };
    let mut io = TokioIo::new(stream);
    io.write_all(request.as_bytes()).await.map_err(no_answer)?;
    io.flush().await.map_err(no_answer)?;
    let mut answer = Vec::new();
    // By the byte: what follows the headers is the other side's.
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= LONGEST_ANSWER {
            return Err(ProxyError::NoAnswer { proxy: name.to_owned() });
        }
        answer.push(io.read_u8().await.map_err(no_answer)?);
    }
    let answer = String::from_utf8_lossy(&answer);
    let mut words = answer.split_ascii_whitespace();
    let is_http = words.next().is_some_and(|version| version.starts_with("HTTP/1."));
    match words.next().and_then(|status| status.parse::<u16>().ok()).filter(|_| is_http) {
        Some(200..=299) => Ok(io.into_inner()),
        Some(407) => Err(ProxyError::Credentials { proxy: name.to_owned() }),
        Some(status) => Err(ProxyError::Refused { proxy: name.to_owned(), host: host.to_owned(), status }),
        None => Err(ProxyError::NoAnswer { proxy: name.to_owned() }),
    }
}

fn nearest_cause(error: &(dyn Error + 'static)) -> String {
    std::iter::successors(error.source(), |&cause| cause.source()).last().unwrap_or(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_leads_to_https_alone_and_not_to_what_no_proxy_names() {
        let proxies = |https: &'static str, no_proxy: &'static str| {
            Proxies::by(move |name| match name {
                "HTTPS_PROXY" => Some(https.to_owned()),
                "NO_PROXY" => Some(no_proxy.to_owned()),
                _ => None,
            })
        };
        for (no_proxy, destination, expected) in [
            ("", "https://sts.eu-west-1.amazonaws.com/", true),
            ("", "http://169.254.169.254/latest", false),
            ("localhost, .amazonaws.com", "https://sts.eu-west-1.amazonaws.com/", false),
            ("amazonaws.com", "https://sts.eu-west-1.amazonaws.com/", false),
            ("*.amazonaws.com", "https://sts.eu-west-1.amazonaws.com/", false),
            ("amazonaws.com", "https://notamazonaws.com/", true),
            ("x.example:8443", "https://x.example:8443/", false),
            ("x.example:8443", "https://x.example/", true),
            ("*", "https://x.example/", false),
        ] {
            let found = proxies("proxy.example:3128", no_proxy);
            let destination: Uri = destination.parse().unwrap_or_default();
            assert_eq!(found.leading_to(&destination).is_some(), expected, "{no_proxy} {destination}");
        }
        let lower = Proxies::by(|name| (name == "https_proxy").then(|| "http://u:p%40ss@lower:1".to_owned()));
        let proxy = lower.https.as_ref();
        assert_eq!(proxy.and_then(|proxy| proxy.authorization.as_deref()), Some("Basic dTpwQHNz"));
        assert!(!format!("{lower:?}").contains("p%40ss") && !format!("{lower:?}").contains("dTpw"), "{lower:?}");
        for (text, is_one) in
            [("http://a:1", true), ("https://a:1", true), ("a:1", true), ("socks5://a:1", false), ("http://", false)]
        {
            assert_eq!(Proxy::parse(text).address.is_ok(), is_one, "{text}");
        }
    }
}
