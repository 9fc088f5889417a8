//! Why a step was not done, and what to do. `AWSCURRENT` is where it was, and the key there serves on.

use momento_client::RefreshError;
use tvm_issuer::TokenError;

use crate::value::NotRenewable;
use crate::vault::VaultError;

/// Why a step of a rotation was not done. `Display` reaches the log: it holds no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// Nobody asked for it.
    #[error("rotation is not enabled for this secret; deploy with `momento.rotate_every`, which enables it")]
    NotEnabled,
    /// Not a version of the secret.
    #[error(
        "the secret has no version {0} with a label; rotations are begun by Secrets Manager (`rotate-secret`) alone"
    )]
    NotAVersion(String),
    /// A version that no rotation is making.
    #[error("version {0} is not AWSPENDING, so no rotation is making it; begin one anew (`rotate-secret`)")]
    NotPending(String),
    /// A step before this one was not done.
    #[error("version {0} has no value yet; createSecret comes first")]
    NothingPending(String),
    /// There is no key.
    #[error("the secret has no value yet; put a key with its refresh token there by `tvm key set`")]
    Empty,
    /// The key in force has no refresh token.
    #[error("the key cannot be renewed: {0}")]
    NotRenewable(#[from] NotRenewable),
    /// Momento gave no other key.
    #[error("no new key: {0}; the key that is there serves on until it ends{hint}", hint = for_renewal(.0))]
    NotRenewed(#[from] RefreshError),
    /// Too little time is left to store what would be renewed.
    #[error("too little time is left to renew the key and store it; the step is tried again")]
    TooLate,
    /// There is another key, and it is nowhere but in the memory of this process.
    #[error(
        "the key was renewed, and the new one is not stored: {0}. This instance keeps it and stores it when the step is tried \
         again. If Momento then refuses the refresh token (it may serve once), put another key into the secret by \
         `tvm key set`, before the one that is there ends"
    )]
    NotStored(VaultError),
    /// Momento does not mint with the new key.
    #[error(
        "the new key is not used, since Momento minted no token with it: {0}. Where that stays, put another key into the secret by \
         `tvm key set`; the pending one is then given up"
    )]
    NoTrial(#[from] TokenError),
    /// The key in force is another than the one that was renewed.
    #[error(
        "somebody has put another key into the secret since this rotation began, so what it made of the one before is given up; \
         the next rotation renews the key that is there now"
    )]
    Superseded,
    /// Secrets Manager did not do its part.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

fn for_renewal(error: &RefreshError) -> &'static str {
    match error {
        RefreshError::Refused { .. } | RefreshError::Key(_) => {
            "; make another in Momento's console and put it there, with its refresh token, by `tvm key set`"
        }
        _ => ", and this is tried again",
    }
}
