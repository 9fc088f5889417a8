//! A Momento API key, and how the value of a secret becomes one.
//!
//! Pure text in, key out. Nothing here prints, logs or quotes any part of the value: an error says which shape was
//! recognised and what to do.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use crate::api_key_error::{ApiKeyError, EndpointOrigin};
use crate::endpoint::{self, EndpointProblem};
use crate::key_field::{self, ENDPOINTS, KeyHints};

/// The two generations of Momento API keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyGeneration {
    /// Carries its endpoint: base64 of the JSON `{"endpoint", "api_key"}`.
    V1,
    /// A JWT whose claim `t` is `g`; its endpoint is configured beside it.
    V2,
}

/// A Momento API key with the endpoint it belongs to. `Debug` redacts the key.
#[derive(Debug, Clone)]
pub struct ApiKey {
    generation: KeyGeneration,
    endpoint: String,
    secret: SecretString,
    stored_at: Option<SystemTime>,
}

/// An endpoint as written, not yet validated, and where.
type WrittenEndpoint<'a> = Option<(&'a str, EndpointOrigin)>;

impl ApiKey {
    /// The key that `secret_value` holds: a v1 key (base64, standard or url-safe, padded or not), a v2 key, or JSON
    /// `{"apiKey": "…", "endpoint"?: "…"}` whose `apiKey` is one of these; surrounding white space is ignored. In JSON without `apiKey`, as
    /// Secrets Manager's console writes key/value pairs, it is the one member that is a Momento key. A v1 key's own endpoint is the one
    /// that counts; a v2 key takes the JSON's (`endpoint` or `MOMENTO_ENDPOINT`), else `configured_endpoint`.
    ///
    /// # Errors
    /// [`ApiKeyError`] when the value is none of these, is incomplete, or its endpoint is missing or not a host name.
    pub fn parse(secret_value: &str, configured_endpoint: Option<&str>) -> Result<Self, ApiKeyError> {
        Self::read(secret_value, configured_endpoint, None)
    }

    /// As [`ApiKey::parse`], with all that is known of the key: also the member of the JSON that holds it.
    ///
    /// # Errors
    /// As [`ApiKey::parse`]; and where a member is named and there is none, or no JSON.
    pub fn parse_by(secret_value: &str, hints: &KeyHints) -> Result<Self, ApiKeyError> {
        Self::read(secret_value, hints.endpoint.as_deref(), hints.field.as_deref())
    }

    fn read(secret_value: &str, endpoint: Option<&str>, field: Option<&str>) -> Result<Self, ApiKeyError> {
        let value = trimmed(secret_value);
        let configured = written(endpoint, EndpointOrigin::Configured);
        if !value.starts_with('{') {
            return if field.is_some() { Err(ApiKeyError::FieldOfNoJson) } else { Self::bare(value, configured) };
        }
        let object: Map<String, Value> = serde_json::from_str(value)
            .map_err(|error| ApiKeyError::MalformedJson { line: error.line(), column: error.column() })?;
        let key =
            object.get(Self::field_in(&object, field)?).and_then(Value::as_str).ok_or(ApiKeyError::JsonWithoutKey)?;
        let mut endpoint = None;
        for name in ENDPOINTS {
            endpoint = endpoint.or(match object.get(name) {
                None | Some(Value::Null) => None,
                Some(Value::String(endpoint)) => written(Some(endpoint), EndpointOrigin::Json),
                Some(_) => return Err(ApiKeyError::JsonEndpointNotText),
            });
        }
        Self::bare(trimmed(key), endpoint.or(configured)).map_err(|error| ApiKeyError::KeyInJson(Box::new(error)))
    }

    /// The name of the member of a secret's JSON that holds the key: the `named` one; else `apiKey`; else the one that is a Momento key.
    ///
    /// # Errors
    /// [`ApiKeyError::NoSuchField`], [`ApiKeyError::SeveralKeys`] and [`ApiKeyError::JsonWithoutKey`].
    pub fn field_in<'a>(object: &'a Map<String, Value>, named: Option<&'a str>) -> Result<&'a str, ApiKeyError> {
        key_field::find(object, named, Self::is_one)
    }

    /// Whether `text` is a Momento API key by itself, as far as it shows: in no JSON, and with nothing around it but white space.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        let text = trimmed(text);
        // A word before a v2 key, without the space between, would be a part of its header, and that is JSON.
        let header = text.split_once('.').map(|(header, _)| header);
        if header.is_some_and(|header| json_in_base64(header).is_none()) {
            return false;
        }
        // Of a v2 key, any endpoint would do.
        let found = Self::bare(text, Some(("localhost", EndpointOrigin::Configured)));
        matches!(found, Ok(_) | Err(ApiKeyError::Endpoint { .. } | ApiKeyError::NotPrintable))
    }

    /// `text` as the endpoint of a key, as [`ApiKey::endpoint`] gives it.
    ///
    /// # Errors
    /// [`EndpointProblem`] for a text that is not one.
    pub fn endpoint_of(text: &str) -> Result<String, EndpointProblem> {
        endpoint::parse(text)
    }

    /// The host (or `host:port`) that the services' names are made of: `cache.…`, `control.…`, `token.…`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What Momento is sent as the key. Of a v1 key that is its `api_key`, not the base64 around it.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Which generation of key this is.
    #[must_use]
    pub fn generation(&self) -> KeyGeneration {
        self.generation
    }

    /// When the secret that it was read from got it, if it was read from one that says so.
    #[must_use]
    pub fn since(&self) -> Option<SystemTime> {
        self.stored_at
    }

    /// The same key, which a secret got at that time.
    #[must_use]
    pub fn stored_at(self, stored_at: Option<SystemTime>) -> Self {
        Self { stored_at, ..self }
    }

    /// The URL of the token service: `https://token.<endpoint>`.
    #[must_use]
    pub fn token_service_url(&self) -> String {
        format!("https://token.{}", self.endpoint)
    }

    /// Whether both are the same key for the same endpoint: what serves one serves the other. The keys are compared in
    /// constant time.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let (ours, others) = (self.secret.expose_secret().as_bytes(), other.secret.expose_secret().as_bytes());
        bool::from(ours.ct_eq(others)) && self.endpoint == other.endpoint
    }

    /// A key that is not wrapped in JSON.
    fn bare(value: &str, endpoint: WrittenEndpoint<'_>) -> Result<Self, ApiKeyError> {
        if value.is_empty() {
            return Err(ApiKeyError::Empty);
        }
        if let [header, payload, signature] = value.split('.').collect::<Vec<_>>().as_slice() {
            let claims = if is_base64url(header) && is_base64url(signature) { json_in_base64(payload) } else { None };
            let claims = claims.ok_or(ApiKeyError::Unrecognised)?;
            if claims.get("t").and_then(Value::as_str) != Some("g") {
                return Err(ApiKeyError::OtherJwt);
            }
            return Self::checked(KeyGeneration::V2, value, endpoint.ok_or(ApiKeyError::EndpointMissing)?);
        }
        let object = json_in_base64(value).ok_or(ApiKeyError::Unrecognised)?;
        let member = |name: &'static str| match object.get(name).and_then(Value::as_str) {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(ApiKeyError::IncompleteV1 { missing: name }),
        };
        Self::checked(KeyGeneration::V1, member("api_key")?, (member("endpoint")?, EndpointOrigin::Key))
    }

    fn checked(
        generation: KeyGeneration,
        secret: &str,
        (endpoint, origin): (&str, EndpointOrigin),
    ) -> Result<Self, ApiKeyError> {
        if !secret.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(ApiKeyError::NotPrintable);
        }
        let endpoint = endpoint::parse(endpoint).map_err(|problem| ApiKeyError::Endpoint { origin, problem })?;
        Ok(Self { generation, endpoint, secret: SecretString::from(secret), stored_at: None })
    }
}

/// Without white space around it, nor the byte order mark that some editors and shells write.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// An endpoint that was written at all: an empty one counts as left out.
fn written(endpoint: Option<&str>, origin: EndpointOrigin) -> WrittenEndpoint<'_> {
    endpoint.filter(|text| !text.trim().is_empty()).map(|text| (text, origin))
}

/// Whether `part` can be one of a JWT: quotes and the like around a key are a slip that Momento would only call a bad key.
fn is_base64url(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The JSON object in base64 of either alphabet, padded or not, broken into lines or not (as terminals copy it).
fn json_in_base64(text: &str) -> Option<Map<String, Value>> {
    let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let digits = digits.trim_end_matches('=');
    let alphabet = if digits.contains(['-', '_']) { &URL_SAFE_NO_PAD } else { &STANDARD_NO_PAD };
    serde_json::from_slice(&alphabet.decode(digits).ok()?).ok()
}
