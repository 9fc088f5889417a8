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

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::json;
use support::{FOREIGN, OURS, SECRET, at, base64url, header, mac, payload, token, with};
use tvm_oidc::{Algorithm, Claims, Expected, KeySet, KeySetError, Refused, Verifier};

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
        "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIH",
        "host.example,192.0.2.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHBsYW50ZWRwbGFudGVkcGxhbnRlZHBsYW50ZWQ",
        "command=\"true\" ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
        "---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2EAAAADAQABAAABAQ\n---- END SSH2 PUBLIC KEY ----",
        "<RSAKeyValue><Modulus>xA7SEU+e0yQH5rm9kbCDN9o3aPIo7HbP7tX6WOocLZAt</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
        "<ds:X509Data><ds:X509Certificate>MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A</ds:X509Certificate></ds:X509Data>",
    ] {
        for own in BY_SECRET {
            assert_eq!(KeySet::shared_secret(text.as_bytes(), own).err(), Some(KeySetError::KeyOfAPair), "{text}");
        }
    }
    for text in
        ["ssh".repeat(30), "BEGIN".repeat(20), "-----".repeat(20), "a ssh-like word ".repeat(8), "0x\\n%2B".repeat(12)]
    {
        assert!(KeySet::shared_secret(text.as_bytes(), Algorithm::HS512).is_ok(), "{text}");
    }
}

/// A way to write bytes down.
type Spelling = fn(&[u8]) -> Vec<u8>;

/// As bytes, and as the texts that tools make of them.
const SPELLINGS: [(&str, Spelling); 18] = [
    ("bytes", <[u8]>::to_vec),
    ("with a line end", |bytes| [bytes, b"\n"].concat()),
    ("base64", |bytes| STANDARD.encode(bytes).into_bytes()),
    ("base64, not padded", |bytes| STANDARD_NO_PAD.encode(bytes).into_bytes()),
    ("base64url", |bytes| URL_SAFE_NO_PAD.encode(bytes).into_bytes()),
    ("base64url, padded", |bytes| URL_SAFE.encode(bytes).into_bytes()),
    ("base64 in lines", |bytes| lines(&STANDARD.encode(bytes), 64, "\n")),
    ("base64 in lines of Windows", |bytes| lines(&STANDARD.encode(bytes), 76, "\r\n")),
    ("base64 in quotes", |bytes| format!("\"{}\"", STANDARD.encode(bytes)).into_bytes()),
    ("base64 of base64", |bytes| STANDARD.encode(STANDARD.encode(bytes)).into_bytes()),
    ("base64 of base64 in lines", |bytes| STANDARD.encode(lines(&STANDARD.encode(bytes), 64, "\n")).into_bytes()),
    ("base64 with the line ends of a JSON text", |bytes| lines(&STANDARD.encode(bytes), 64, "\\n")),
    ("base64 with the slashes of a JSON text", |bytes| STANDARD.encode(bytes).replace('/', "\\/").into_bytes()),
    ("base64 in a URL", |bytes| {
        STANDARD.encode(bytes).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D").into_bytes()
    }),
    ("hexadecimal", |bytes| hex(bytes).into_bytes()),
    ("hexadecimal as programs write a number", |bytes| format!("0x{}", hex(bytes)).into_bytes()),
    ("hexadecimal with colons", |bytes| lines(&hex(bytes), 2, ":")),
    ("hexadecimal as openssl says a modulus", |bytes| format!("Modulus={}", hex(bytes).to_uppercase()).into_bytes()),
];

fn lines(text: &str, length: usize, end: &str) -> Vec<u8> {
    text.as_bytes().chunks(length).flat_map(|line| [line, end.as_bytes()].concat()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_public_key_is_no_secret_however_it_is_spelled() {
    let n = OURS.rsa_components().n;
    let more = [
        ("RSA, the modulus as DER writes a number", [&[0], &n[..]].concat()),
        ("RSA, PKCS #1, DER, without the last byte", OURS.rsa.public().as_ref()[..269].to_vec()),
        ("RSA, the private key", include_bytes!("keys/rsa-2048.pk8").to_vec()),
        ("a PEM behind its explanation", [b"subject=CN = a\n", &support::pem("CERTIFICATE", b"")[..]].concat()),
        ("OpenSSH, what is in the base64 of its line", [b"\0\0\0\x0bssh-ed25519\0\0\0\x20", &n[..32]].concat()),
    ];
    let mut tried = 0;
    for (name, public) in support::public_things().into_iter().chain(more) {
        for (spelled, spell) in SPELLINGS {
            // What is a bare number or point as bytes is none with a byte more.
            if spelled == "with a line end" && (name.contains("modulus") || name.contains("point")) {
                continue;
            }
            for own in BY_SECRET {
                let refused = KeySet::shared_secret(&spell(&public), own).err();
                let bare = name.contains("the modulus") || name.contains("the point");
                let expected = if bare { KeySetError::BareKey } else { KeySetError::KeyOfAPair };
                assert_eq!(refused, Some(expected), "{name}, as {spelled}, for {own}");
                tried += 1;
            }
        }
    }
    assert!(tried > 700, "{tried}");
}

/// What is random is one in some million times taken for a key, unless it has just the length of a modulus or a point.
#[test]
fn random_secrets_are_secrets_however_they_are_spelled() {
    let random = SystemRandom::new();
    for length in [32, 33, 48, 64, 66, 96, 128, 255, 260, 400] {
        for _ in 0..150 {
            let mut bytes = vec![0; length];
            random.fill(&mut bytes).unwrap();
            for (spelled, spell) in SPELLINGS.into_iter().filter(|(spelled, _)| *spelled != "with a line end") {
                let refused = KeySet::shared_secret(&spell(&bytes), Algorithm::HS256).err();
                assert_eq!(refused, None, "{length} bytes as {spelled}: {}", hex(&bytes));
            }
        }
    }
    for (text, is) in [
        // Not every number is a modulus, and a secret JWK is a secret.
        (hex(&[&[0x80][..], &[2; 255]].concat()), None),
        (hex(&[&[0x7f][..], &[3; 255]].concat()), None),
        (hex(&[&[0x80][..], &[3; 255]].concat()), Some(KeySetError::BareKey)),
        (json!({"kty": "oct", "k": "c".repeat(43)}).to_string(), None),
    ] {
        assert_eq!(KeySet::shared_secret(text.as_bytes(), Algorithm::HS256).err(), is, "{text}");
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
