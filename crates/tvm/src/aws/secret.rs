//! A secret, changed so that two who change it at once lose nothing.
//!
//! `PutSecretValue` alone would overwrite what somebody else put there since it was read. So a new version is put under a label
//! of ours, which nobody reads by, and made the current one in place of the one that was read: Secrets Manager refuses that
//! where another has become current, and the change is made again on what is there by then.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use momento_secrets::CURRENT;
use secrecy::{ExposeSecret as _, SecretString};

use crate::aws::{AwsError, at_secret, region_of};

/// The label of a version that is not current yet. One for everybody: Secrets Manager moves it to the next version, so what a
/// program that was killed leaves behind is one version at most.
const OURS: &str = "TVM_EDIT";

/// How often a change is tried. Each time that it fails, somebody else's went through.
const ATTEMPTS: u32 = 12;

/// A secret of Secrets Manager.
pub(crate) struct Secret {
    client: Client,
    id: String,
    region: String,
}

/// The value that is current, and which version that is.
struct Current {
    value: SecretString,
    version: String,
}

/// Why a secret was not read or changed. Never with a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretTrouble {
    #[error(
        "the secret was changed by somebody else each of the {attempts} times that this was tried ({said}); nothing was \
         changed here, try again"
    )]
    Contended { attempts: u32, said: String },
    #[error(
        "the secret's value is binary, and no text; nothing was changed. Name another secret, or store text there first"
    )]
    Binary,
    #[error("{doing}: {error}")]
    Aws { doing: &'static str, error: AwsError },
}

/// What became of a new version.
enum Promotion {
    /// It is the current one.
    Current,
    /// Secrets Manager refused, as it does where another became current meanwhile.
    Refused(String),
}

impl Secret {
    /// The secret `id`, in the region that its ARN says.
    pub(crate) fn new(aws: &SdkConfig, id: String) -> Self {
        let aws = at_secret(aws, &id);
        Self { client: Client::new(&aws), id, region: region_of(&aws).to_owned() }
    }

    /// Where it is.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Its ARN or name, as it was given.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The text that is current; `None` where there is none, as a deployment leaves it.
    pub(crate) async fn value(&self) -> Result<Option<SecretString>, SecretTrouble> {
        Ok(self.read().await?.map(|current| current.value))
    }

    /// Makes a change, on whatever is there when it counts.
    pub(crate) async fn edit<E: From<SecretTrouble>>(
        &self,
        change: impl Fn(Option<&SecretString>) -> Result<SecretString, E>,
    ) -> Result<(), E> {
        let mut refused = String::new();
        for _ in 0..ATTEMPTS {
            let Some(read) = self.read().await? else {
                // Nothing is there that could be lost.
                self.put(&change(None)?, CURRENT).await?;
                return Ok(());
            };
            let version = self.put(&change(Some(&read.value))?, OURS).await?;
            let promotion = self.promote(&version, &read.version).await;
            // In every case. A label that stays, since it cannot be taken off or is on another's version by now, does no harm.
            let _ = self.stage(OURS, None, &version).await;
            match promotion? {
                Promotion::Current => return Ok(()),
                // An attempt whose answer was lost and that the SDK made again.
                Promotion::Refused(_) if self.read().await?.is_some_and(|now| now.version == version) => return Ok(()),
                Promotion::Refused(said) => refused = said,
            }
            tokio::time::sleep(Duration::from_millis(fastrand::u64(20..200))).await;
        }
        Err(SecretTrouble::Contended { attempts: ATTEMPTS, said: refused }.into())
    }

    async fn read(&self) -> Result<Option<Current>, SecretTrouble> {
        let found = self.client.get_secret_value().secret_id(&self.id).version_stage(CURRENT).send().await;
        let found = match found.map_err(|error| AwsError::of(&error)) {
            Ok(found) => found,
            // The message tells a secret without a value from one that is not there.
            Err(AwsError::Refused { code, said })
                if code == "ResourceNotFoundException" && (said.contains("secret value") || said.contains("label")) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(SecretTrouble::Aws { doing: "the secret cannot be read", error }),
        };
        let value = match (found.secret_string, found.secret_binary) {
            (Some(text), _) => Some(text),
            // As the functions read it: `--secret-binary fileb://…` of the AWS command line stores text so.
            (None, Some(binary)) => Some(String::from_utf8(binary.into_inner()).map_err(|_| SecretTrouble::Binary)?),
            (None, None) => None,
        };
        Ok(value.zip(found.version_id).map(|(value, version)| Current { value: SecretString::from(value), version }))
    }

    /// A new version under `label`. The SDK gives it an id of its own, so that it is the same in each of its attempts.
    async fn put(&self, value: &SecretString, label: &str) -> Result<String, SecretTrouble> {
        let request = self.client.put_secret_value().secret_id(&self.id);
        let put = request.secret_string(value.expose_secret()).version_stages(label).send().await;
        let put = put.map_err(|error| SecretTrouble::Aws {
            doing: "the secret cannot be written",
            error: AwsError::of(&error),
        })?;
        put.version_id.ok_or_else(|| SecretTrouble::Aws {
            doing: "the secret cannot be written",
            error: AwsError::Unanswered("the answer names no version".to_owned()),
        })
    }

    /// Makes `version` the current one, if `read` still is.
    async fn promote(&self, version: &str, read: &str) -> Result<Promotion, SecretTrouble> {
        match self.stage(CURRENT, Some(version), read).await {
            Ok(()) => Ok(Promotion::Current),
            Err(AwsError::Refused { code, said })
                if code == "InvalidParameterException" || code == "InvalidRequestException" =>
            {
                Ok(Promotion::Refused(said))
            }
            Err(error) => Err(SecretTrouble::Aws { doing: "the new value cannot be made the current one", error }),
        }
    }

    async fn stage(&self, label: &str, to: Option<&str>, from: &str) -> Result<(), AwsError> {
        let request = self.client.update_secret_version_stage().secret_id(&self.id).version_stage(label);
        let moved = request.set_move_to_version_id(to.map(str::to_owned)).remove_from_version_id(from).send().await;
        moved.map(|_| ()).map_err(|error| AwsError::of(&error))
    }
}
