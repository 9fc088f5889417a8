//! `jsonwebtoken` keeps one cryptography for the whole process. Here somebody else was first, with one that finds every
//! signature good.
//!
//! Real: the library's choice, in a process of its own. For that, this file has one test.

mod support;

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, new_error};
use jsonwebtoken::signature::{Error, Verifier as Verifies};
use tvm_oidc::{ExpectedError, Verifier};

struct Anything(jsonwebtoken::Algorithm);

impl Verifies<Vec<u8>> for Anything {
    fn verify(&self, _: &[u8], _: &Vec<u8>) -> Result<(), Error> {
        Ok(())
    }
}

impl JwtVerifier for Anything {
    fn algorithm(&self) -> jsonwebtoken::Algorithm {
        self.0
    }
}

static ANYTHING_GOES: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(new_error(ErrorKind::UnsupportedAlgorithm)),
    verifier_factory: |algorithm, _| Ok(Box::new(Anything(*algorithm))),
    key_utils: KeyUtils::new_unimplemented(),
};

#[test]
fn a_cryptography_that_somebody_else_chose_verifies_nothing() {
    assert!(ANYTHING_GOES.install_default().is_ok());
    for attempt in 0..2 {
        assert_eq!(Verifier::new(support::expected()).err(), Some(ExpectedError::OtherProvider), "attempt {attempt}");
    }
}
