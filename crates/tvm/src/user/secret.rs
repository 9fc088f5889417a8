//! The users in the authorizer's secret, changed so that two who change them at once lose nothing.
//!
//! `PutSecretValue` alone would overwrite what somebody else put there since it was read. So a new version is put under a label
//! of ours, which nobody reads by, and made the current one in place of the one that was read: Secrets Manager refuses that
//! where another has become current, and the change is made again on what is there by then.

use std::io::Write;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use secrecy::{ExposeSecret as _, SecretString};
use tvm_users::{Document, EditError, Users};

use crate::user::UserError;
use crate::user::aws::AwsError;
use crate::user::table::Row;

/// The label of a version that is not current yet. One for everybody: Secrets Manager moves it to the next version, so what a
/// program that was killed leaves behind is one version at most.
const OURS: &str = "TVM_EDIT";
const CURRENT: &str = "AWSCURRENT";

/// How often a change is tried. Each time that it fails, somebody else's went through.
const ATTEMPTS: u32 = 12;

/// The authorizer's secret.
pub(crate) struct UserSecret {
    client: Client,
    id: String,
}

/// The value that is current, and which version that is.
struct Current {
    value: SecretString,
    version: String,
}

/// What became of a new version.
enum Promotion {
    /// It is the current one.
    Current,
    /// Secrets Manager refused, as it does where another became current meanwhile.
    Refused(String),
}

impl UserSecret {
    /// The secret `id`.
    pub(crate) fn new(aws: &SdkConfig, id: String) -> Self {
        Self { client: Client::new(aws), id }
    }

    /// Who it lists. What the authorizer would make of a list that it does not accept is told to `notes`.
    pub(crate) async fn list(&self, notes: &mut impl Write) -> Result<Vec<Row>, UserError> {
        let value = self.read().await?.value;
        let entries = tvm_users::entries(&value).map_err(EditError::Unreadable)?;
        if let Err(error) = Users::parse(&value) {
            writeln!(notes, "warning: the authorizer does not accept this list: {error}")?;
        }
        Ok(entries.into_iter().map(Row::from).collect())
    }

    /// Makes a change, on whatever is there when it counts.
    pub(crate) async fn edit(&self, change: impl Fn(&mut Document) -> Result<(), EditError>) -> Result<(), UserError> {
        let mut refused = String::new();
        for _ in 0..ATTEMPTS {
            let read = self.read().await?;
            let mut document = Document::parse(&read.value)?;
            change(&mut document)?;
            let version = self.put(&document.value()?).await?;
            let promotion = self.promote(&version, &read.version).await;
            // In every case. A label that stays, since it cannot be taken off or is on another's version by now, does no harm.
            let _ = self.stage(OURS, None, &version).await;
            match promotion? {
                Promotion::Current => return Ok(()),
                // An attempt whose answer was lost and that the SDK made again.
                Promotion::Refused(_) if self.read().await?.version == version => return Ok(()),
                Promotion::Refused(said) => refused = said,
            }
            tokio::time::sleep(Duration::from_millis(fastrand::u64(20..200))).await;
        }
        Err(UserError::Contended { attempts: ATTEMPTS, said: refused })
    }

    async fn read(&self) -> Result<Current, UserError> {
        let found = self.client.get_secret_value().secret_id(&self.id).version_stage(CURRENT).send().await;
        let found = found.map_err(|error| self.unread(AwsError::of(&error)))?;
        match (found.secret_string, found.version_id) {
            (Some(value), Some(version)) => Ok(Current { value: SecretString::from(value), version }),
            _ => Err(UserError::NoText { id: self.id.clone() }),
        }
    }

    fn unread(&self, error: AwsError) -> UserError {
        match error {
            // The message tells a secret without a value from one that is not there.
            AwsError::Refused { code, said }
                if code == "ResourceNotFoundException" && (said.contains("secret value") || said.contains("label")) =>
            {
                UserError::NoText { id: self.id.clone() }
            }
            error => UserError::Aws { doing: "the secret with the users cannot be read", error },
        }
    }

    /// A new version that nobody reads yet. The SDK gives it an id of its own, so that it is the same in each of its attempts.
    async fn put(&self, value: &SecretString) -> Result<String, UserError> {
        let request = self.client.put_secret_value().secret_id(&self.id);
        let put = request.secret_string(value.expose_secret()).version_stages(OURS).send().await;
        let put = put.map_err(|error| UserError::Aws {
            doing: "the secret with the users cannot be written",
            error: AwsError::of(&error),
        })?;
        put.version_id.ok_or_else(|| UserError::Aws {
            doing: "the secret with the users cannot be written",
            error: AwsError::Unanswered("the answer names no version".to_owned()),
        })
    }

    /// Makes `version` the current one, if `read` still is.
    async fn promote(&self, version: &str, read: &str) -> Result<Promotion, UserError> {
        match self.stage(CURRENT, Some(version), read).await {
            Ok(()) => Ok(Promotion::Current),
            Err(AwsError::Refused { code, said })
                if code == "InvalidParameterException" || code == "InvalidRequestException" =>
            {
                Ok(Promotion::Refused(said))
            }
            Err(error) => Err(UserError::Aws { doing: "the new list of users cannot be made the current one", error }),
        }
    }

    async fn stage(&self, label: &str, to: Option<&str>, from: &str) -> Result<(), AwsError> {
        let request = self.client.update_secret_version_stage().secret_id(&self.id).version_stage(label);
        let moved = request.set_move_to_version_id(to.map(str::to_owned)).remove_from_version_id(from).send().await;
        moved.map(|_| ()).map_err(|error| AwsError::of(&error))
    }
}
