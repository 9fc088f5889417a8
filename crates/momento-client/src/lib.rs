//! A client of the Momento services that the machine calls: tokens, caches and API keys.
//!
//! It holds no state but its connections. Every wait ends at a [`Deadline`], and neither a key nor a token is ever in an error, a
//! log line or a `Debug` output.
//!
//! | module | concern |
//! |---|---|
//! | `api_key`, `key_field`, `endpoint` | an [`ApiKey`], parsed from the value of a secret; pure |
//! | `address` | where a service is |
//! | `channel`, `connection`, `call` | gRPC over one HTTP/2 connection, with the one retry |
//! | [`wire`] | Momento's messages |
//! | `credential` | how an SDK takes a token |
//! | `auth_service` | another API key for one that has a refresh token |

mod address;
mod api_key;
mod api_key_error;
mod auth_service;
mod call;
mod call_error;
mod channel;
mod connection;
mod credential;
mod deadline;
mod endpoint;
mod key_field;
mod key_source;
mod unusable_key;
pub mod wire;

pub use address::{AddressError, FixedAddress, Service, ServiceAddress};
pub use api_key::{ApiKey, KeyGeneration};
pub use api_key_error::{ApiKeyError, EndpointOrigin};
pub use auth_service::{AuthService, RefreshError, RefreshedKey};
pub use call::framed;
pub use call_error::CallError;
pub use channel::{Call, Channel};
pub use credential::encode_credential;
pub use deadline::{Deadline, Elapsed};
pub use endpoint::EndpointProblem;
pub use key_field::KeyHints;
pub use key_source::KeySource;
pub use unusable_key::UnusableKey;
