//! An AWS profile whose credentials this program does not get by itself, though the AWS command line does.

use momento_secrets::{AwsProfile, SignIn};

/// Why a profile is of no use here. `Display` has the line that makes it so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}, which tvm does not do by itself; {}", self.what(), self.fix())]
pub(crate) struct UnusableProfile {
    name: String,
    sign_in: SignIn,
}

impl UnusableProfile {
    /// What is in the way.
    pub(crate) fn what(&self) -> String {
        let name = &self.name;
        match self.sign_in {
            SignIn::Mfa => format!("the AWS profile `{name}` signs in with a code that a person types (mfa_serial)"),
            _ => format!("the AWS profile `{name}` signs in by `aws login` (login_session)"),
        }
    }

    /// The line that gives the credentials over.
    pub(crate) fn fix(&self) -> String {
        format!(
            "let the AWS command line sign in, and hand its credentials over: eval \"$(aws configure export-credentials --profile {} \
             --format env)\"",
            self.name
        )
    }
}

/// Why the profile that counts is of no use; `None`: it is, or the environment has credentials, which come first.
pub(crate) async fn unusable() -> Option<UnusableProfile> {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if has("AWS_ACCESS_KEY_ID") && has("AWS_SECRET_ACCESS_KEY") {
        return None;
    }
    let profile = AwsProfile::load().await;
    let (name, sign_in) = (profile.name().to_owned(), profile.sign_in());
    (sign_in != SignIn::BySdk).then_some(UnusableProfile { name, sign_in })
}
