//! The header: which algorithm and which key, and nothing else that it may ask for.
//!
//! It is the one part that is read before the signature is checked. It chooses among what the configuration allows and
//! what the issuer's own key set holds; it never brings a key, an address or a rule of its own.

use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::json::Object;
use crate::refused::Refused;

/// Parameters that change what a token means, or bring its own key (`jwk`). `crit` names extensions that must be understood, and
/// none is; `b64` changes what is signed (RFC 7797); `enc` is of encrypted tokens; `cty` says that the payload is another token,
/// or no claims at all (RFC 7519, section 5.2).
const NOT_ACCEPTED: [&str; 5] = ["jwk", "crit", "b64", "enc", "cty"];

/// Parameters that are overlooked, but must be text, which the library reads them as. Where a key could be fetched (`jku`, `x5u`) is
/// what Cloud Foundry's UAA and SAP's XSUAA write; `x5t` is what Microsoft Entra ID and ADFS do. They are never followed: the key is
/// in the set of the configured issuer, or the token is refused.
const TEXTS: [&str; 6] = ["jku", "x5u", "x5t", "x5t#S256", "nonce", "url"];

/// Likewise, a list of texts: the certificate of the key. It is not read.
const CERTIFICATES: &str = "x5c";

/// `zip` is of encrypted tokens, too. Some write that nothing is compressed.
const ZIP: &str = "zip";

/// What a token may be: an ID token or an access token (RFC 9068), in the long form or the short (RFC 7515, section 4.1.9).
const TYPES: [&str; 4] = ["JWT", "at+jwt", "application/jwt", "application/at+jwt"];

/// What a header may decide.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<String>,
}

impl Header {
    pub(crate) fn read(header: &Object, allowed: &[Algorithm]) -> Result<Self, Refused> {
        let algorithm = text(header, "alg")?.ok_or(Refused::HeaderForm("alg"))?;
        let algorithm =
            Algorithm::named(algorithm).filter(|named| allowed.contains(named)).ok_or(Refused::Algorithm)?;
        // Being there is enough: `null` is a value too.
        if let Some(name) = NOT_ACCEPTED.into_iter().find(|name| header.get(name).is_some()) {
            return Err(Refused::HeaderNotAccepted(name));
        }
        if header.get(ZIP).is_some_and(|zip| zip != "NONE") {
            return Err(Refused::HeaderNotAccepted(ZIP));
        }
        if let Some(name) = TEXTS.into_iter().find(|name| header.get(name).is_some_and(|value| !value.is_string())) {
            return Err(Refused::HeaderForm(name));
        }
        let is_list = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
        if header.get(CERTIFICATES).is_some_and(|value| !is_list(value)) {
            return Err(Refused::HeaderForm(CERTIFICATES));
        }
        if text(header, "typ")?.is_some_and(|typ| !TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known))) {
            return Err(Refused::TokenType);
        }
        Ok(Self { algorithm, kid: text(header, "kid")?.map(str::to_owned) })
    }
}

fn text<'h>(header: &'h Object, name: &'static str) -> Result<Option<&'h str>, Refused> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => Err(Refused::HeaderForm(name)),
    }
}
