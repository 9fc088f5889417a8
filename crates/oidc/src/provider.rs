//! The signatures: what `jsonwebtoken` does, by the cryptography of `ring`.
//!
//! The library has the cryptography handed over. Not by its feature `rust_crypto`: the `rsa` crate in it carries an advisory
//! that has no fix (RUSTSEC-2023-0071), and elliptic curves of its own. Not by `aws_lc_rs`: a second library of cryptography
//! in functions that have `ring` for TLS already. What is handed over here verifies and does nothing else: it signs nothing,
//! and the utilities for making and naming keys are refusals, where the library's own dummies would panic. Nothing here
//! reaches them anyway: `jsonwebtoken::decode` and the constructors of `DecodingKey` from raw bytes are all that is called.

use std::collections::HashSet;
use std::sync::OnceLock;

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result, new_error};
use jsonwebtoken::signature::{Error as NotVerified, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, Validation};
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use ring::{error::Unspecified, hmac};

use crate::json::Object;

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(unsupported()),
    verifier_factory: verifier,
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest: |_, _| Err(unsupported()),
    },
};

fn unsupported() -> Error {
    new_error(ErrorKind::UnsupportedAlgorithm)
}

/// Has the library verify by `ring`; the library keeps one choice for the whole process. `false` if somebody else made it:
/// then nothing is verified, rather than by who knows what.
pub(crate) fn install() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    *INSTALLED.get_or_init(|| RING.install_default().is_ok())
}

/// Why the library handed out no claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// The signature is not the key's.
    Signature,
    /// It is, and the claims cannot be read.
    Claims,
}

/// The claims of `token`, which must be signed by `key` with `algorithm` and no other.
///
/// They are what the library decoded after it had verified the very same bytes: there is no second way to claims. Whether
/// they are as expected is not its task: it has no clock but the system's, takes an `iss` that is a list, and does not mind an
/// `aud` of another type. Each is checked once, in `verify.rs`.
pub(crate) fn verified(token: &str, key: &DecodingKey, algorithm: Algorithm) -> std::result::Result<Object, Doubt> {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_aud = false;
    match jsonwebtoken::decode::<Object>(token, key, &validation) {
        Ok(verified) => Ok(verified.claims),
        // The header was read before, so what is no JSON here is the payload, and that is decoded last.
        Err(error) if matches!(error.kind(), ErrorKind::Json(_)) => Err(Doubt::Claims),
        Err(_) => Err(Doubt::Signature),
    }
}

struct RingVerifier {
    algorithm: Algorithm,
    key: DecodingKey,
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    if key.family() != algorithm.family() {
        return Err(new_error(ErrorKind::InvalidKeyFormat));
    }
    Ok(Box::new(RingVerifier { algorithm: *algorithm, key: key.clone() }))
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], given: &Vec<u8>) -> std::result::Result<(), NotVerified> {
        let verified = match self.algorithm {
            Algorithm::RS256 => self.rsa(&signature::RSA_PKCS1_2048_8192_SHA256, message, given),
            Algorithm::RS384 => self.rsa(&signature::RSA_PKCS1_2048_8192_SHA384, message, given),
            Algorithm::RS512 => self.rsa(&signature::RSA_PKCS1_2048_8192_SHA512, message, given),
            Algorithm::PS256 => self.rsa(&signature::RSA_PSS_2048_8192_SHA256, message, given),
            Algorithm::PS384 => self.rsa(&signature::RSA_PSS_2048_8192_SHA384, message, given),
            Algorithm::PS512 => self.rsa(&signature::RSA_PSS_2048_8192_SHA512, message, given),
            Algorithm::ES256 => self.point(&signature::ECDSA_P256_SHA256_FIXED, message, given),
            Algorithm::ES384 => self.point(&signature::ECDSA_P384_SHA384_FIXED, message, given),
            Algorithm::EdDSA => self.point(&signature::ED25519, message, given),
            Algorithm::HS256 => self.secret(hmac::HMAC_SHA256, message, given),
            Algorithm::HS384 => self.secret(hmac::HMAC_SHA384, message, given),
            Algorithm::HS512 => self.secret(hmac::HMAC_SHA512, message, given),
            // The library may learn more of them; the configuration names none.
            _ => Err(Unspecified),
        };
        verified.map_err(|Unspecified| NotVerified::new())
    }
}

impl RingVerifier {
    fn rsa(&self, by: &RsaParameters, message: &[u8], given: &[u8]) -> std::result::Result<(), Unspecified> {
        let DecodingKeyKind::RsaModulusExponent { n, e } = self.key.kind() else { return Err(Unspecified) };
        RsaPublicKeyComponents { n, e }.verify(by, message, given)
    }

    fn point(
        &self,
        by: &'static dyn VerificationAlgorithm,
        message: &[u8],
        given: &[u8],
    ) -> std::result::Result<(), Unspecified> {
        UnparsedPublicKey::new(by, self.bytes()?).verify(message, given)
    }

    fn secret(&self, by: hmac::Algorithm, message: &[u8], given: &[u8]) -> std::result::Result<(), Unspecified> {
        hmac::verify(&hmac::Key::new(by, self.bytes()?), message, given)
    }

    fn bytes(&self) -> std::result::Result<&[u8], Unspecified> {
        self.key.try_get_as_bytes().map_err(|_| Unspecified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::EncodingKey;
    use jsonwebtoken::jwk::{EllipticCurve, ThumbprintHash};

    /// `KeySet::find` never pairs them; should it ever, a public key is still no secret.
    #[test]
    fn a_key_of_another_family_gets_no_verifier() {
        let keys = [
            DecodingKey::from_secret(&[1; 64]),
            DecodingKey::from_rsa_raw_components(&[1; 256], &[1, 0, 1]),
            DecodingKey::from_ec_der(&[4; 65]),
            DecodingKey::from_ed_der(&[1; 32]),
        ];
        for algorithm in crate::Algorithm::ALL.map(crate::Algorithm::of_library) {
            let fitting = keys.iter().filter(|key| (RING.verifier_factory)(&algorithm, key).is_ok()).count();
            assert_eq!(fitting, 1, "{algorithm:?}");
        }
    }

    #[test]
    fn what_is_no_verification_is_refused_and_does_not_panic() {
        assert!((RING.signer_factory)(&Algorithm::HS256, &EncodingKey::from_secret(&[1; 64])).is_err());
        assert!((RING.key_utils.rsa_pub_components_from_private_key)(&[]).is_err());
        assert!((RING.key_utils.rsa_pub_components_from_public_key)(&[]).is_err());
        assert!((RING.key_utils.ec_pub_components_from_private_key)(&[], Algorithm::ES256).is_err());
        assert!((RING.key_utils.ed_pub_components_from_private_key)(&[], &EllipticCurve::Ed25519).is_err());
        assert!((RING.key_utils.compute_digest)(&[], ThumbprintHash::SHA256).is_err());
    }
}
