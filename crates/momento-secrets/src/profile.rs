//! What the profile of AWS's shared files (`~/.aws/config`, `~/.aws/credentials`) says, beside what the SDK reads there.

use std::path::PathBuf;

use aws_config::profile::{Profile, ProfileSet, load};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use tvm_tls::Bundle;

/// The most profiles that are followed from one `source_profile` to the next.
const MOST_PROFILES: usize = 16;

/// The profile that counts: `AWS_PROFILE`, or `default`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwsProfile {
    name: String,
    ca_bundle: Option<PathBuf>,
    sign_in: SignIn,
}

/// How its credentials are got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignIn {
    /// By a key, a role, a program, or a session of IAM Identity Center: the SDK does it.
    #[default]
    BySdk,
    /// By a role for which a person types a code (`mfa_serial`): the AWS SDK for Rust asks for none.
    Mfa,
    /// By a session of `aws login` (`login_session`): a feature of the SDK that is not linked here.
    Login,
}

impl AwsProfile {
    /// The profile as the shared files have it; an empty one where they cannot be read, which the SDK itself then says.
    pub async fn load() -> Self {
        let profiles = load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), None).await;
        profiles.map(|profiles| Self::of(&profiles)).unwrap_or_default()
    }

    fn of(profiles: &ProfileSet) -> Self {
        let name = profiles.selected_profile();
        let ca_bundle = profiles.get("ca_bundle").filter(|file| !file.is_empty()).map(PathBuf::from);
        Self { name: name.to_owned(), ca_bundle, sign_in: sign_in(profiles) }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How its credentials are got, where the environment has none, which come first.
    #[must_use]
    pub fn sign_in(&self) -> SignIn {
        self.sign_in
    }

    /// The bundle that the AWS command line trusts instead of the web roots: of `AWS_CA_BUNDLE`, else of the profile's `ca_bundle`.
    pub(crate) fn ca_bundle(&self) -> Option<Bundle> {
        let of_profile = || {
            let file = self.ca_bundle.clone()?;
            Some(Bundle { variable: "ca_bundle of the AWS profile", file })
        };
        Bundle::from_env("AWS_CA_BUNDLE").or_else(of_profile)
    }
}

/// How the selected profile, or the first of those that its role is assumed by, signs in.
fn sign_in(profiles: &ProfileSet) -> SignIn {
    let next = |profile: &&Profile| {
        let name = profile.get("source_profile").filter(|name| *name != profile.name());
        name.filter(|_| profile.get("role_arn").is_some()).and_then(|name| profiles.get_profile(name))
    };
    let first = profiles.get_profile(profiles.selected_profile());
    let mut chain = std::iter::successors(first, next).take(MOST_PROFILES);
    let of_one = |profile: &Profile| {
        if profile.get("role_arn").is_some() && profile.get("mfa_serial").is_some() {
            return Some(SignIn::Mfa);
        }
        profile.get("login_session").map(|_| SignIn::Login)
    };
    chain.find_map(of_one).unwrap_or_default()
}
