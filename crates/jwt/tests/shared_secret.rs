//! What is tried where an issuer signs with a shared secret: tokens by other algorithms, by other secrets, with a part of the MAC;
//! and what is no secret.
//!
//! Real: the whole crate and the signatures.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use serde_json::json;
use support::{FOREIGN, OURS, SECRET, at, base64url, header, mac, payload, token, with};
use tvm_jwt::{Algorithm, Claims, Expected, KeySet, KeySetError, Refused, Verifier};

const BY_SECRET: [Algorithm; 3] = [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];

/// What becomes of a token where the secret counts, for this algorithm.
fn verify(token: &str, own: Algorithm) -> Result<Claims, Refused> {
    let verifier = Verifier::new(Expected { algorithms: vec![own], ..support::expected() }).unwrap();
    verifier.verify(token, &KeySet::shared_secret(SECRET, own).unwrap(), at(support::NOW))
}

#[test]
fn what_the_secret_signed_counts_by_its_one_algorithm() {
    for own in BY_SECRET {
        assert_eq!(verify(&OURS.token(own), own).unwrap().text("sub"), Some("ada"), "{own}");
        // A key id is the issuer's own business: there is one secret.
        for kid in [json!(null), json!("another")] {
            let header = with(header(own), &json!({"kid": kid}));
            assert!(verify(&token(&header, &payload(), |message| OURS.sign(own, message)), own).is_ok(), "{own}");
        }
        // Whatever else it signed, and with whatever keys somebody else does.
        for said in Algorithm::ALL.into_iter().filter(|said| *said != own) {
            for by in [&OURS, &FOREIGN] {
                assert_eq!(verify(&by.token(said), own).err(), Some(Refused::Algorithm), "{said} where {own} counts");
            }
        }
        for none in ["none", "None", "NONE", "nOnE", "", "hs256"] {
            let header = with(header(own), &json!({"alg": none}));
            for signature in [Vec::new(), mac(own, SECRET, b"")] {
                let forged = token(&header, &payload(), |_| signature);
                let expected = if none.is_empty() { Refused::HeaderForm("alg") } else { Refused::Algorithm };
                assert_eq!(verify(&forged, own).err(), Some(expected), "{none:?} where {own} counts");
            }
        }
    }
}

#[test]
fn a_mac_that_is_not_the_secrets_is_refused() {
    for own in BY_SECRET {
        let by = |sign: &dyn Fn(&[u8]) -> Vec<u8>| token(&header(own), &payload(), sign);
        let of = |message: &[u8]| mac(own, SECRET, message);
        let other = OURS.token(own);
        let (_, of_another) = other.rsplit_once('.').unwrap();
        let claims = base64url(with(payload(), &json!({"sub": "eve"})).to_string());
        let moved = format!("{}.{claims}.{of_another}", base64url(header(own).to_string()));
        let mut rows = vec![
            ("no signature", by(&|_| Vec::new())),
            ("zeros", by(&|message| vec![0; of(message).len()])),
            ("the message itself", by(&<[u8]>::to_vec)),
            ("the secret itself", by(&|_| SECRET.to_vec())),
            ("one byte more", by(&|message| [of(message), vec![0]].concat())),
            ("one byte before", by(&|message| [vec![0], of(message)].concat())),
            ("twice", by(&|message| of(message).repeat(2))),
            ("of a token with other claims", moved),
            ("a wrong secret", by(&|message| mac(own, &[b't'; 64], message))),
            ("no secret", by(&|message| mac(own, b"", message))),
            ("a part of the secret", by(&|message| mac(own, &SECRET[..32], message))),
            ("the secret and a line end", by(&|message| mac(own, &[SECRET, b"\n"].concat(), message))),
            ("the secret in base64url", by(&|message| mac(own, base64url(SECRET).as_bytes(), message))),
            ("a published key", by(&|message| mac(own, OURS.rsa_jwk().to_string().as_bytes(), message))),
        ];
        // Cut at the end, as RFC 2104 (section 5) allows and JWS does not, and at the start.
        let length = of(b"").len();
        rows.extend((1..length).map(|kept| ("cut", by(&|message| of(message)[..kept].to_vec()))));
        rows.extend((1..length).map(|cut| ("cut at the start", by(&|message| of(message)[cut..].to_vec()))));
        for done in BY_SECRET.into_iter().filter(|done| *done != own) {
            rows.push(("the MAC of another hash", by(&|message| mac(done, SECRET, message))));
            rows.push(("that, cut or filled to the length", {
                by(&|message| {
                    let mut other = mac(done, SECRET, message);
                    other.resize(length, 0);
                    other
                })
            }));
        }
        for algorithm in support::public_algorithms() {
            rows.push((
                "somebody's key pair, in the name of the secret",
                by(&|message| FOREIGN.sign(algorithm, message)),
            ));
        }
        for (name, token) in rows {
            assert_eq!(verify(&token, own).err(), Some(Refused::Signature), "{own}: {name}");
        }
    }
}

#[test]
fn a_shared_secret_serves_its_algorithm_alone() {
    for own in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let keys = KeySet::shared_secret(SECRET, own).unwrap();
        let algorithms = vec![Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
        let verifier = Verifier::new(Expected { algorithms, ..support::expected() }).unwrap();
        for said in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let refused = verifier.verify(&OURS.token(said), &keys, at(support::NOW)).err();
            assert_eq!(refused, (said != own).then_some(Refused::UnknownKey), "{said} with a secret for {own}");
        }
        // With the published keys' algorithms a secret is no key.
        let refused = support::verifier().verify(&OURS.token(Algorithm::RS256), &keys, at(support::NOW)).err();
        assert_eq!(refused, Some(Refused::UnknownKey), "{own}");
    }
}

/// A public key in the place of the secret is everybody's to sign with. Other libraries took one (CVE-2022-29217).
#[test]
fn a_key_of_a_pair_is_no_secret() {
    for text in [
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n",
        "\n -----BEGIN RSA PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END RSA PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
        "-----BEGIN PRIVATE KEY-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHBsYW50ZWRwbGFudGVkcGxhbnRlZHBsYW50ZWQ ada@example.com",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABB",
    ] {
        for own in BY_SECRET {
            assert_eq!(KeySet::shared_secret(text.as_bytes(), own).err(), Some(KeySetError::KeyOfAPair), "{text}");
        }
    }
    for text in ["ssh".repeat(30), "BEGIN".repeat(20), "-----".repeat(20)] {
        assert!(KeySet::shared_secret(text.as_bytes(), Algorithm::HS512).is_ok(), "{text}");
    }
}

#[test]
fn a_shared_secret_is_as_long_as_the_hash() {
    for (algorithm, least) in [(Algorithm::HS256, 32), (Algorithm::HS384, 48), (Algorithm::HS512, 64)] {
        for length in [0, 1, least - 1] {
            let error = KeySet::shared_secret(&vec![1; length], algorithm).err();
            assert_eq!(error, Some(KeySetError::ShortSecret { algorithm, least }), "{length}");
        }
        assert_eq!(KeySet::shared_secret(&vec![1; least], algorithm).unwrap().len(), 1);
    }
    for algorithm in support::public_algorithms() {
        let error = KeySet::shared_secret(&[1; 64], algorithm).err();
        assert_eq!(error, Some(KeySetError::NotBySecret(algorithm)));
    }
}
