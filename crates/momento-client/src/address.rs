//! Where Momento's services are. A host name comes from the key or from the operator, never from a request.

use http::Uri;
use http::uri::{PathAndQuery, Scheme};

use crate::unusable_key::UnusableKey;

/// A service of Momento, each on a host of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Mints tokens.
    Token,
    /// Reads and writes the items of caches.
    Cache,
    /// Makes caches, and renews API keys.
    Control,
}

impl Service {
    /// What its host is called beside a key's endpoint (`CredentialProvider` of the official SDKs).
    const fn host(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Cache => "cache",
            Self::Control => "control",
        }
    }
}

/// Where a service of Momento is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ServiceAddress {
    /// At `https://<service>.<endpoint of the key>`, where Momento has it.
    #[default]
    OfKey,
    /// At this address, whatever the key says: a private endpoint, a proxy, a local Momento.
    Fixed(FixedAddress),
}

/// A checked `http://` or `https://` address without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedAddress(Uri);

/// Why a text is no address of a service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not an address of a Momento service; write https://host or http://host:port, without a path")]
pub struct AddressError {
    /// The text, but for one with an `@`: what stands before that may be a password.
    given: String,
}

impl ServiceAddress {
    /// What `MOMENTO_TOKEN_ENDPOINT` or `MOMENTO_CACHE_ENDPOINT` says; white space around it is ignored, and nothing at all means [`Self::OfKey`].
    ///
    /// # Errors
    /// [`AddressError`] when the text is not `http://host[:port]` or `https://host[:port]`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::OfKey);
        }
        let uri = text.parse().ok().filter(is_bare);
        uri.map(FixedAddress).map(Self::Fixed).ok_or_else(|| AddressError::about(text))
    }

    /// The address that counts whatever the key says.
    pub(crate) fn fixed(&self) -> Option<&Uri> {
        match self {
            Self::Fixed(FixedAddress(uri)) => Some(uri),
            Self::OfKey => None,
        }
    }

    /// The address of `service` for a key of this endpoint.
    pub(crate) fn resolve(&self, service: Service, endpoint: &str) -> Result<Uri, UnusableKey> {
        match self {
            Self::Fixed(FixedAddress(uri)) => Ok(uri.clone()),
            Self::OfKey if endpoint.is_empty() => Err(UnusableKey::Endpoint),
            Self::OfKey => {
                let uri = format!("https://{}.{endpoint}", service.host()).parse().ok().filter(is_bare);
                uri.ok_or(UnusableKey::Endpoint)
            }
        }
    }
}

impl AddressError {
    fn about(text: &str) -> Self {
        let given = if text.contains('@') { "…@…" } else { text };
        Self { given: given.to_owned() }
    }
}

/// Only scheme, host and port. gRPC decides the path itself, and user information is dropped silently by HTTP/2: an
/// address that holds more is a mistake.
fn is_bare(uri: &Uri) -> bool {
    let known = uri.scheme() == Some(&Scheme::HTTPS) || uri.scheme() == Some(&Scheme::HTTP);
    let no_user = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    let no_path = uri.path_and_query().is_none_or(|path| *path == PathAndQuery::from_static("/"));
    known && no_user && no_path && uri.host().is_some_and(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_of_a_key_is_a_host_beside_its_endpoint() {
        for (service, host) in [(Service::Token, "token"), (Service::Cache, "cache"), (Service::Control, "control")] {
            let uri = ServiceAddress::OfKey.resolve(service, "cell-1.example.com").unwrap();
            assert_eq!(uri.to_string(), format!("https://{host}.cell-1.example.com/"));
        }
    }

    #[test]
    fn a_fixed_address_holds_whatever_the_key_says() {
        for text in ["http://127.0.0.1:8080", "https://token.internal", "https://token.internal/", " http://[::1]:1 "] {
            let address = ServiceAddress::parse(text).unwrap();
            assert_eq!(address.resolve(Service::Token, "cell-1.example.com").unwrap(), text.trim());
        }
    }

    #[test]
    fn no_address_is_the_one_of_the_key() {
        assert_eq!(ServiceAddress::parse("  ").unwrap(), ServiceAddress::OfKey);
    }

    #[test]
    fn what_is_no_bare_address_is_refused_and_quoted() {
        let texts = ["token.internal", "ftp://host", "https://host/path", "https://host?q", "https://"];
        for text in texts {
            let error = ServiceAddress::parse(text).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn an_address_with_a_password_is_refused_and_not_quoted() {
        let error = ServiceAddress::parse("https://user:planted@host").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    }

    #[test]
    fn an_endpoint_that_is_no_host_name_is_an_error_that_does_not_repeat_it() {
        for endpoint in ["", "planted secret", "host/planted", "user@planted", "planted?x"] {
            let error = ServiceAddress::OfKey.resolve(Service::Token, endpoint).unwrap_err();
            assert_eq!(error, UnusableKey::Endpoint);
        }
    }
}
