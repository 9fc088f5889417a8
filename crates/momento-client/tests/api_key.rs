//! Which values of a secret are Momento API keys. Pure text; nothing faked.
#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use momento_client::{ApiKey, ApiKeyError, EndpointOrigin, EndpointProblem, KeyGeneration, KeyHints};
use proptest::prelude::{any, prop_assert, prop_oneof, proptest};
use secrecy::ExposeSecret as _;
use serde_json::json;

const HOST: &str = "cell-1.prod.a.momentohq.com";
const OTHER_HOST: &str = "cell-2.prod.a.momentohq.com";

/// Its JSON in base64 holds both `+` and `/`, so the alphabets differ.
const SECRET: &str = "eyJh~>?~>?.PLANTED-KEY.s1g~>?";

fn v1_json() -> String {
    json!({ "endpoint": HOST, "api_key": SECRET }).to_string()
}

fn v2() -> String {
    jwt(&json!({ "t": "g", "jti": "some-id" }))
}

fn jwt(claims: &serde_json::Value) -> String {
    format!("eyJhbGciOiJIUzUxMiJ9.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[test]
fn a_v1_key_is_accepted_in_every_way_that_people_paste_base64() {
    let json = v1_json();
    assert!(STANDARD.encode(&json).contains(['+', '/']), "the planted key must tell the alphabets apart");
    let standard = STANDARD.encode(&json);
    let (start, rest) = standard.split_at(20);
    let pasted = [
        standard.clone(),
        STANDARD_NO_PAD.encode(&json),
        URL_SAFE.encode(&json),
        URL_SAFE_NO_PAD.encode(&json),
        format!("\n  {standard}\r\n"),
        format!("\u{feff}{standard}"),
        format!("{start}\n{rest}"),
    ];
    for value in pasted {
        let key = ApiKey::parse(&value, Some(OTHER_HOST)).unwrap();
        assert_eq!((key.generation(), key.endpoint()), (KeyGeneration::V1, HOST), "a v1 key's own endpoint counts");
        assert_eq!(key.secret().expose_secret(), SECRET);
        assert_eq!(key.token_service_url(), format!("https://token.{HOST}"));
    }
}

#[test]
fn a_v2_key_takes_its_endpoint_from_the_configuration() {
    let key = ApiKey::parse(&format!(" {}\n", v2()), Some(HOST)).unwrap();
    assert_eq!((key.generation(), key.endpoint()), (KeyGeneration::V2, HOST));
    assert_eq!(key.secret().expose_secret(), v2());
    for configured in [None, Some(""), Some("  ")] {
        assert_eq!(ApiKey::parse(&v2(), configured).unwrap_err(), ApiKeyError::EndpointMissing);
    }
}

#[test]
fn json_may_hold_either_key_and_its_endpoint_comes_before_the_configured_one() {
    let v1 = STANDARD.encode(v1_json());
    let cases = [
        (json!({ "apiKey": v1, "refreshToken": "r", "validUntil": 1_700_000_000 }), None, HOST),
        (json!({ "apiKey": v1, "endpoint": OTHER_HOST }), Some(OTHER_HOST), HOST),
        (json!({ "apiKey": v2(), "endpoint": HOST }), Some(OTHER_HOST), HOST),
        (json!({ "apiKey": v2(), "endpoint": null }), Some(OTHER_HOST), OTHER_HOST),
        (json!({ "apiKey": v2(), "endpoint": "" }), Some(OTHER_HOST), OTHER_HOST),
        (json!({ "apiKey": format!(" {}\n", v2()) }), Some(OTHER_HOST), OTHER_HOST),
    ];
    for (value, configured, endpoint) in cases {
        let key = ApiKey::parse(&format!("\n{value:#} "), configured).unwrap();
        assert_eq!(key.endpoint(), endpoint, "{value}");
    }
}

/// What Secrets Manager's console stores for key/value pairs: a JSON object of texts, with names that somebody typed.
#[test]
fn of_key_value_pairs_the_one_member_that_is_a_key_counts() {
    let v1 = STANDARD.encode(v1_json());
    let parsed = |value: &serde_json::Value, field: Option<&str>| {
        let hints = KeyHints { endpoint: Some(OTHER_HOST.to_owned()), field: field.map(str::to_owned) };
        ApiKey::parse_by(&value.to_string(), &hints)
    };
    for (value, field, secret, endpoint) in [
        (json!({ "MOMENTO_API_KEY": v1 }), None, SECRET, HOST),
        (json!({ "MOMENTO_API_KEY": v2() }), None, &*v2(), OTHER_HOST),
        (json!({ "MOMENTO_API_KEY": v2(), "MOMENTO_ENDPOINT": HOST }), None, &v2(), HOST),
        (
            json!({ "key": v2(), "endpoint": format!("https://api.cache.{HOST}"), "owner": "me", "n": 1 }),
            None,
            &v2(),
            HOST,
        ),
        (json!({ "apiKey": v1, "another": v2() }), None, SECRET, HOST),
        (json!({ "apiKey": v1, "another": v2() }), Some("another"), &v2(), OTHER_HOST),
        (json!({ "blue": v1, "green": v2() }), Some("green"), &v2(), OTHER_HOST),
    ] {
        let key = parsed(&value, field).unwrap();
        assert_eq!((key.secret().expose_secret(), key.endpoint()), (secret, endpoint), "{value}");
    }
    let planted = "PLANTED".repeat(12);
    for (value, field, expected) in [
        (
            json!({ "blue": v1, "green": v2(), "red": "x" }).to_string(),
            None,
            "in `blue` and `green`; say which one counts",
        ),
        (json!({ "a": v1, v1.clone(): v2() }).to_string(), None, "a member whose name is not shown here"),
        (json!({ planted: v1, "b": v2() }).to_string(), None, "a member whose name is not shown here"),
        (json!({ "blue": v1 }).to_string(), Some("green"), "without a text in `green`"),
        (json!({ "green": 5 }).to_string(), Some("green"), "without a text in `green`"),
        (json!({ "green": "PLANTED" }).to_string(), Some("green"), "neither a v1 key"),
        (v1.clone(), Some("green"), "it is not JSON"),
    ] {
        let hints = KeyHints { endpoint: None, field: field.map(str::to_owned) };
        let error = ApiKey::parse_by(&value, &hints).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!shown.contains("PLANTED") && !shown.contains("eyJ"), "{shown}");
    }
}

#[test]
fn an_error_says_which_shape_was_recognised() {
    let v1 = |value: serde_json::Value| STANDARD.encode(value.to_string());
    let in_json = |error| ApiKeyError::KeyInJson(Box::new(error));
    let endpoint = |origin, problem| ApiKeyError::Endpoint { origin, problem };
    let cases = [
        (String::new(), ApiKeyError::Empty),
        (" \n".into(), ApiKeyError::Empty),
        ("my-api-key".into(), ApiKeyError::Unrecognised),
        (format!("\"{}\"", v2()), ApiKeyError::Unrecognised),
        (STANDARD.encode("no JSON inside"), ApiKeyError::Unrecognised),
        ("a.b.c".into(), ApiKeyError::Unrecognised),
        ("eyJhbGciOiJIUzUxMiJ9.e30".into(), ApiKeyError::Unrecognised),
        (jwt(&json!({ "sub": "me", "cp": "control", "c": "cache" })), ApiKeyError::OtherJwt),
        (jwt(&json!({ "t": "d" })), ApiKeyError::OtherJwt),
        (v1(json!({ "endpoint": HOST })), ApiKeyError::IncompleteV1 { missing: "api_key" }),
        (v1(json!({ "endpoint": HOST, "api_key": " " })), ApiKeyError::IncompleteV1 { missing: "api_key" }),
        (v1(json!({ "api_key": SECRET })), ApiKeyError::IncompleteV1 { missing: "endpoint" }),
        (v1(json!({ "endpoint": 1, "api_key": SECRET })), ApiKeyError::IncompleteV1 { missing: "endpoint" }),
        (v1(json!({ "endpoint": HOST, "api_key": "a\r\nb" })), ApiKeyError::NotPrintable),
        (
            v1(json!({ "endpoint": "http://x.y", "api_key": SECRET })),
            endpoint(EndpointOrigin::Key, EndpointProblem::Scheme),
        ),
        ("{\"apiKey\": \"PLANTED".into(), ApiKeyError::MalformedJson { line: 1, column: 19 }),
        (json!({ "MOMENTO_API_KEY": SECRET }).to_string(), ApiKeyError::JsonWithoutKey),
        (json!({ "apiKey": 1 }).to_string(), ApiKeyError::JsonWithoutKey),
        (json!({ "apiKey": v2(), "endpoint": 1 }).to_string(), ApiKeyError::JsonEndpointNotText),
        (json!({ "apiKey": "" }).to_string(), in_json(ApiKeyError::Empty)),
        (json!({ "apiKey": v2() }).to_string(), in_json(ApiKeyError::EndpointMissing)),
        (
            json!({ "apiKey": v2(), "endpoint": "a b" }).to_string(),
            in_json(endpoint(EndpointOrigin::Json, EndpointProblem::NotAHostName)),
        ),
    ];
    for (value, expected) in cases {
        let error = ApiKey::parse(&value, None).unwrap_err();
        assert_eq!(error, expected, "{value}");
        assert!(!format!("{error} {error:?}").contains("PLANTED"), "{error}");
    }
    let configured = ApiKey::parse(&v2(), Some("http://cell.momentohq.com")).unwrap_err();
    assert_eq!(configured, endpoint(EndpointOrigin::Configured, EndpointProblem::Scheme));
}

#[test]
fn debug_shows_the_endpoint_and_not_the_key() {
    let shown = format!("{:?}", ApiKey::parse(&STANDARD.encode(v1_json()), None).unwrap());
    assert!(shown.contains(HOST) && !shown.contains("PLANTED"), "{shown}");
}

/// Whether `text` holds any 8 characters of `secret` in a row.
fn leaks(text: &str, secret: &str) -> bool {
    let secret: Vec<char> = secret.chars().collect();
    secret.windows(8).any(|piece| text.contains(&piece.iter().collect::<String>()))
}

proptest! {
    #[test]
    fn no_value_panics(value in any::<String>(), configured in any::<Option<String>>()) {
        let _outcome = ApiKey::parse(&value, configured.as_deref());
    }

    /// In upper case and digits, so that no piece of it can be a word of the message.
    #[test]
    fn no_error_holds_a_piece_of_the_value(
        secret in "[A-Z0-9]{16,60}",
        value in shapes(),
        endpoint in prop_oneof!["[A-Z0-9]{16,30}", "https://[A-Z0-9]{16,30}", "[A-Z0-9]{16,30}:[A-Z0-9]{8}"],
    ) {
        let value = value(&secret, &endpoint);
        for configured in [None, Some(endpoint.as_str()), Some(secret.as_str())] {
            let Err(error) = ApiKey::parse(&value, configured) else { continue };
            let said = format!("{error} {error:?}");
            for planted in [&secret, &endpoint, &value] {
                // What surrounds the planted text in a shape is no secret: `"endpoint"` stands in messages.
                let planted = if planted.contains('"') { &secret } else { planted };
                prop_assert!(!leaks(&said, planted.trim_start_matches("https://")), "{said}");
            }
        }
    }
}

type Shape = fn(&str, &str) -> String;

/// Values near every shape, whole and broken, with a secret and an endpoint planted in them.
fn shapes() -> impl proptest::strategy::Strategy<Value = Shape> {
    const SHAPES: &[Shape] = &[
        |secret, _| secret.to_owned(),
        |secret, _| format!("{secret}.{secret}.{secret}"),
        |secret, _| jwt(&json!({ "t": secret })),
        |secret, _| format!("{}{secret}", jwt(&json!({ "t": "g" }))),
        |secret, endpoint| STANDARD.encode(json!({ "endpoint": endpoint, "api_key": secret }).to_string()),
        |secret, endpoint| STANDARD.encode(json!({ "endpoint": endpoint, "api_key": [secret] }).to_string()),
        |secret, endpoint| STANDARD.encode(format!("{{\"endpoint\": \"{endpoint}\", \"api_key\": {secret}}}")),
        |secret, endpoint| json!({ "apiKey": secret, "endpoint": endpoint }).to_string(),
        |secret, endpoint| json!({ "apiKey": jwt(&json!({ "t": "g" })) + secret, "endpoint": endpoint }).to_string(),
        |secret, endpoint| json!({ secret: secret, "endpoint": endpoint }).to_string(),
        |secret, endpoint| format!("{{\"apiKey\": {secret}, \"endpoint\": \"{endpoint}\"}}"),
        |secret, _| format!("{{\"apiKey\": \"{secret}"),
    ];
    proptest::sample::select(SHAPES)
}
