//! The secret that an issuer signs with, as the authorizer's secret holds it: text to a key, once a read.
//!
//! Nothing here quotes any part of the value.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use momento_secrets::SecretError;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::Deserialize;
use tvm_oidc::{Algorithm, KeySet, KeySetError};

/// The value as JSON, with just one of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    secret: Option<SecretString>,
    secret_base64: Option<SecretString>,
}

/// Why there is no shared secret to verify tokens by. Never with any part of it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NoSharedSecret {
    /// The secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// JSON that does not say one secret.
    #[error(
        "the value of the authorizer's secret begins like JSON and is not {{\"secret\": \"…\"}} or {{\"secret_base64\": \"…\"}}; \
         store one of these, or what your issuer signs with as it is"
    )]
    Malformed,
    /// Not base64.
    #[error(
        "`secret_base64` in the authorizer's secret is not base64; if your issuer signs with the text itself, call it `secret`"
    )]
    NotBase64,
    /// Not a secret to verify by.
    #[error("the value of the authorizer's secret: {0}")]
    Unusable(#[from] KeySetError),
}

/// What verifies tokens by the secret in `value`: the text itself, or JSON with it, or with its bytes in base64. What begins
/// with `{` is taken for JSON, and a text is never taken for base64: Supabase's secret looks like it and is not. White space
/// around a secret is not part of it.
///
/// # Errors
/// [`NoSharedSecret`], all but [`NoSharedSecret::Secret`].
pub(crate) fn shared_secret(value: &SecretString, algorithm: Algorithm) -> Result<KeySet, NoSharedSecret> {
    let key = |secret: &[u8]| Ok(KeySet::shared_secret(secret, algorithm)?);
    let text = value.expose_secret().trim();
    if !text.starts_with('{') {
        return key(text.as_bytes());
    }
    // Without serde's reason: it may quote the value.
    let written: Written = serde_json::from_str(text).map_err(|_| NoSharedSecret::Malformed)?;
    match (written.secret, written.secret_base64) {
        (Some(secret), None) => key(secret.expose_secret().trim().as_bytes()),
        (None, Some(encoded)) => key(decoded(encoded.expose_secret().trim())?.expose_secret()),
        _ => Err(NoSharedSecret::Malformed),
    }
}

/// Base64 by either alphabet (RFC 4648, sections 4 and 5), padded or not, as tools write it.
fn decoded(text: &str) -> Result<SecretSlice<u8>, NoSharedSecret> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let by = if text.contains(['-', '_']) { alphabet::URL_SAFE } else { alphabet::STANDARD };
    GeneralPurpose::new(&by, config).decode(text).map(SecretSlice::from).map_err(|_| NoSharedSecret::NotBase64)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use lambda_emulator::{Mac, token_by_secret};
    use serde_json::json;
    use tvm_oidc::{Expected, Refused, Verifier};

    use super::*;

    /// 32 bytes, as text of which every letter also is base64's.
    const TEXT: &str = "plantedplantedplantedplantedplan";
    /// Those bytes in base64, by Python's base64 module.
    const IN_BASE64: &str = "cGxhbnRlZHBsYW50ZWRwbGFudGVkcGxhbnRlZHBsYW4=";
    /// 32 bytes that are no text, in base64 of either alphabet.
    const BINARY: [u8; 32] = [
        0xfb, 0xff, 0xbf, 0, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
        24, 25, 26, 27,
    ];
    const BINARY_IN_BASE64: [&str; 2] =
        ["+/+/AIABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=", "-_-_AIABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs"];

    fn read(value: &str) -> Result<KeySet, NoSharedSecret> {
        shared_secret(&SecretString::from(value), Algorithm::HS256)
    }

    /// Why a token by this secret does not count by `keys`, if it does not.
    fn refused(keys: &KeySet, secret: &[u8]) -> Option<Refused> {
        let verifier = Verifier::new(Expected {
            issuer: "i".to_owned(),
            audiences: vec!["a".to_owned()],
            audience_claim: "aud".to_owned(),
            algorithms: vec![Algorithm::HS256],
            leeway: Duration::ZERO,
            required_claims: [].into(),
        })
        .unwrap();
        let claims = json!({ "iss": "i", "aud": "a", "exp": 9 });
        let token = token_by_secret(secret, Mac::HS256, &json!({ "alg": "HS256" }), &claims);
        verifier.verify(&token, keys, UNIX_EPOCH).err()
    }

    #[test]
    fn a_text_is_the_secret_itself_and_json_says_the_text_or_its_bytes() {
        let json_of = |name: &str, text: &str| json!({ name: text }).to_string();
        for (value, secret) in [
            (TEXT.to_owned(), TEXT.as_bytes()),
            (format!("\n {TEXT}\t\r\n"), TEXT.as_bytes()),
            (format!("\"{TEXT}\""), format!("\"{TEXT}\"").as_bytes()),
            (IN_BASE64.to_owned(), IN_BASE64.as_bytes()),
            (json_of("secret", TEXT), TEXT.as_bytes()),
            (format!(" {}\n", json_of("secret", &format!(" {TEXT}\n"))), TEXT.as_bytes()),
            (json_of("secret", IN_BASE64), IN_BASE64.as_bytes()),
            (json_of("secret", &format!("{{{TEXT}")), format!("{{{TEXT}").as_bytes()),
            (json_of("secret_base64", IN_BASE64), TEXT.as_bytes()),
            (json_of("secret_base64", &format!("{IN_BASE64}\n")), TEXT.as_bytes()),
            (json_of("secret_base64", BINARY_IN_BASE64[0]), &BINARY),
            (json_of("secret_base64", BINARY_IN_BASE64[1]), &BINARY),
        ] {
            let keys = read(&value).unwrap();
            assert_eq!(refused(&keys, secret), None, "{value}");
            assert_eq!(refused(&keys, b"another"), Some(Refused::Signature), "{value}");
        }
    }

    /// By `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkey -pubout`, without the lines around it.
    const PUBLIC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzyKLbpjhn6IftOfuymjF4MyUv5w9ZJLtMFELujr6Gt5F/WJ77uwml+JRfMwxvZeE7bz0D7oRF3oJGfmdxjiSYA==";

    #[test]
    fn a_public_key_is_refused_in_every_place_where_a_secret_may_be_written() {
        let url_safe = PUBLIC.replace('+', "-").replace('/', "_").replace('=', "");
        let json_of = |name: &str, text: &str| json!({ name: text }).to_string();
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": &PUBLIC[36..79], "y": &PUBLIC[80..] }).to_string();
        for value in [
            PUBLIC.to_owned(),
            url_safe.clone(),
            format!("{}\n{}\n", &PUBLIC[..64], &PUBLIC[64..]),
            json_of("secret", PUBLIC),
            json_of("secret", &url_safe),
            json_of("secret", &jwk),
            json_of("secret_base64", PUBLIC),
            json_of("secret_base64", &url_safe),
        ] {
            let error = read(&value).unwrap_err().to_string();
            assert!(error.contains("the shared secret is a key of a pair"), "{value}: {error}");
            assert!(!error.contains(&PUBLIC[36..48]), "{error}");
        }
        // A key as JSON is none of the forms of a secret in JSON.
        assert!(matches!(read(&jwk), Err(NoSharedSecret::Malformed)));
    }

    #[test]
    fn what_says_no_secret_or_one_that_is_none_is_an_error_that_does_not_quote_it() {
        let public = "-----BEGIN PUBLIC KEY-----\nplantedplantedplantedplanted\n-----END PUBLIC KEY-----";
        for (value, begins) in [
            (
                "planted".to_owned(),
                "the value of the authorizer's secret: the shared secret is shorter than the 32 bytes",
            ),
            (TEXT[1..].to_owned(), "the value of the authorizer's secret: the shared secret is shorter"),
            (public.to_owned(), "the value of the authorizer's secret: the shared secret is a key of a pair"),
            (
                json!({ "secret": public }).to_string(),
                "the value of the authorizer's secret: the shared secret is a key",
            ),
            (
                json!({ "secret": "planted" }).to_string(),
                "the value of the authorizer's secret: the shared secret is short",
            ),
            (
                json!({ "secret_base64": "cGxhbnRlZA==" }).to_string(),
                "the value of the authorizer's secret: the shared sec",
            ),
            (
                json!({ "secret_base64": format!("{TEXT}!") }).to_string(),
                "`secret_base64` in the authorizer's secret is not",
            ),
            (
                json!({ "secret_base64": "-+".repeat(30) }).to_string(),
                "`secret_base64` in the authorizer's secret is not",
            ),
            (format!("{{{TEXT}"), "the value of the authorizer's secret begins like JSON"),
            (json!({}).to_string(), "the value of the authorizer's secret begins like JSON"),
            (json!({ "planted": TEXT }).to_string(), "the value of the authorizer's secret begins like JSON"),
            (
                json!({ "kty": "oct", "k": IN_BASE64 }).to_string(),
                "the value of the authorizer's secret begins like JSON",
            ),
            (
                json!({ "secret": TEXT, "planted": TEXT }).to_string(),
                "the value of the authorizer's secret begins like JSON",
            ),
            (
                json!({ "secret": TEXT, "secret_base64": IN_BASE64 }).to_string(),
                "the value of the authorizer's secret begin",
            ),
            (json!({ "secret": [TEXT] }).to_string(), "the value of the authorizer's secret begins like JSON"),
            (
                format!("{{\"secret\":\"{TEXT}\",\"secret\":\"{TEXT}\"}}"),
                "the value of the authorizer's secret begins like",
            ),
        ] {
            let error = read(&value).unwrap_err();
            assert!(error.to_string().starts_with(begins), "{value}: {error}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("planted") && !shown.contains("cGxhbnR"), "{shown}");
        }
    }
}
