//! The four steps, each of which may come again, late, or out of order.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_secretsmanager::Client;
use momento_client::{AuthService, Deadline};
use momento_secrets::CURRENT;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tvm_issuer::{TokenError, TokenService};

use crate::error::RotationError;
use crate::value::{self, Renewable};
use crate::vault::{Current, Described, PENDING, Schedule, Vault};

/// On the version whose key was renewed. The last step replaces that one alone: what somebody else made current meanwhile stays.
const RENEWED: &str = "TVM_RENEWED";

/// The longest that Momento may take for a new key, or for a trial of it.
const MOMENTO: Duration = Duration::from_secs(8);
/// Kept for storing what was renewed. With less left, nothing is renewed.
const FOR_STORING: Duration = Duration::from_secs(5);
/// Until Momento is asked again that allowed no more tokens in this second.
const A_MOMENT: Duration = Duration::from_millis(300);
const A_DAY: u64 = 86_400;

/// A step, as Secrets Manager names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// `createSecret`: another key, at `AWSPENDING`.
    Create,
    /// `setSecret`: nothing, since Momento made the key; it is looked at.
    Set,
    /// `testSecret`: whether Momento mints with it.
    Test,
    /// `finishSecret`: it becomes `AWSCURRENT`.
    Finish,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There is another key, and when it ends, in seconds since 1970 (UTC).
    Renewed {
        /// When it ends.
        valid_until: u64,
    },
    /// The version has its key from an earlier attempt.
    MadeBefore,
    /// The version holds a key.
    Whole,
    /// Momento mints with it.
    Tried,
    /// The secret has no value yet, so there is no key to try or to renew.
    NoKeyYet,
    /// It is in force.
    Finished,
    /// It was so already.
    FinishedBefore,
}

/// What rotates: one per process.
pub struct Rotation {
    client: Client,
    auth: AuthService,
    tokens: TokenService,
    /// The member of the secret's JSON with the key, where one is named.
    field: Option<String>,
    unstored: Mutex<Option<Unstored>>,
}

/// What was renewed and could not be stored: its refresh token may have served for the last time.
struct Unstored {
    secret: String,
    /// The version whose key was renewed.
    of: String,
    value: SecretString,
    valid_until: u64,
}

impl Rotation {
    /// Rotates by these clients. Opens nothing.
    #[must_use]
    pub fn new(client: Client, auth: AuthService, tokens: TokenService) -> Self {
        Self { client, auth, tokens, field: None, unstored: Mutex::default() }
    }

    /// The same, for a secret whose JSON holds the key in this member: `secret_field` in the table `[momento]`.
    #[must_use]
    pub fn with_field(self, field: Option<String>) -> Self {
        Self { field, ..self }
    }

    /// Carries out `step` for the version `token` of the secret `id`, by `deadline`.
    ///
    /// # Errors
    /// [`RotationError`]; see there. `AWSCURRENT` is then where it was.
    pub async fn carry_out(
        &self,
        step: Step,
        id: &str,
        token: &str,
        deadline: Deadline,
    ) -> Result<Outcome, RotationError> {
        let vault = Vault { client: &self.client, id, deadline };
        let described = vault.describe().await?;
        let Schedule::On(days) = described.schedule else { return Err(RotationError::NotEnabled) };
        if step == Step::Test && described.with_label(CURRENT).is_none() {
            return Ok(Outcome::NoKeyYet);
        }
        let labels = described.labels(token).ok_or_else(|| RotationError::NotAVersion(token.to_owned()))?;
        let has = |label: &str| labels.iter().any(|one| one == label);
        if has(CURRENT) {
            return Ok(Outcome::FinishedBefore);
        }
        if !has(PENDING) {
            return Err(RotationError::NotPending(token.to_owned()));
        }
        let pending = vault.pending(token).await?;
        let overtaken = pending.is_some() && described.with_label(RENEWED) != described.with_label(CURRENT);
        match (step, pending) {
            (Step::Test, pending) => self.test(&vault, pending, deadline).await,
            _ if overtaken => Err(give_up(&vault, token).await),
            (Step::Create, None) => self.create(&vault, &described, token, days).await,
            (Step::Create, Some(_)) => Ok(Outcome::MadeBefore),
            (_, None) => Err(RotationError::NothingPending(token.to_owned())),
            (Step::Set, Some(value)) => {
                value::key(&value, self.field.as_deref())?;
                Ok(Outcome::Whole)
            }
            (Step::Finish, Some(value)) => {
                // Once more: the step before may have been left out.
                self.try_key(&value, deadline).await?;
                finish(&vault, &described, token).await
            }
        }
    }

    /// Tries the key that is there, and touches no label.
    ///
    /// This step also comes alone. Where a rotation schedule is set without a rotation at once, Secrets Manager calls `testSecret`
    /// "on an AWSPENDING version that it creates and then removes" (API reference, `RotateSecret`, `RotateImmediately`). That version holds a
    /// copy of the current value (moto, pull request 8547) or nothing. In a rotation that another key overtook, the last
    /// step gives up.
    async fn test(
        &self,
        vault: &Vault<'_>,
        pending: Option<SecretString>,
        deadline: Deadline,
    ) -> Result<Outcome, RotationError> {
        let value = match pending {
            Some(value) => value,
            None => vault.current().await?.ok_or(RotationError::Empty)?.value,
        };
        self.try_key(&value, deadline).await?;
        Ok(Outcome::Tried)
    }

    async fn create(
        &self,
        vault: &Vault<'_>,
        described: &Described,
        token: &str,
        days: Option<u64>,
    ) -> Result<Outcome, RotationError> {
        let current = vault.current().await?.ok_or(RotationError::Empty)?;
        let renewable = Renewable::parse(&current.value, self.field.as_deref())?;
        // Before anything is spent: without the label, the last step replaces nothing.
        let labelled = described.with_label(RENEWED);
        if labelled != Some(&current.version) {
            vault.label(RENEWED, labelled, Some(&current.version)).await?;
        }
        let mut unstored = self.unstored.lock().await;
        let kept = unstored.take().filter(|kept| kept.secret == vault.id && kept.of == current.version);
        let renewed = match kept {
            Some(kept) => kept,
            None => self.renew(vault, current, renewable).await?,
        };
        if let Err(error) = vault.put_pending(token, &renewed.value).await {
            *unstored = Some(renewed);
            return Err(RotationError::NotStored(error));
        }
        let valid_until = renewed.valid_until;
        warn_of_a_short_life(valid_until, days);
        Ok(Outcome::Renewed { valid_until })
    }

    async fn renew(
        &self,
        vault: &Vault<'_>,
        current: Current,
        renewable: Renewable,
    ) -> Result<Unstored, RotationError> {
        let left = vault.deadline.remaining().saturating_sub(FOR_STORING);
        if left.is_zero() {
            return Err(RotationError::TooLate);
        }
        let within = Deadline::after(left.min(MOMENTO));
        let renewed = self.auth.refresh(&renewable.key, &renewable.refresh_token, within).await?;
        let valid_until = renewed.valid_until;
        Ok(Unstored { secret: vault.id.to_owned(), of: current.version, value: renewable.with(&renewed), valid_until })
    }

    async fn try_key(&self, value: &SecretString, deadline: Deadline) -> Result<(), RotationError> {
        let key = value::key(value, self.field.as_deref())?;
        let deadline = deadline.min(Deadline::after(MOMENTO));
        loop {
            match self.tokens.try_key(&key, deadline).await {
                // The machine vends meanwhile, and may use up what Momento allows in a second.
                Err(TokenError::RateLimited { retry_after }) => {
                    let wait = retry_after.unwrap_or(A_MOMENT);
                    if wait >= deadline.remaining() {
                        return Err(TokenError::RateLimited { retry_after }.into());
                    }
                    tokio::time::sleep(wait).await;
                }
                tried => return Ok(tried?),
            }
        }
    }
}

/// Makes the new version the current one, in place of the one that was renewed.
async fn finish(vault: &Vault<'_>, described: &Described, token: &str) -> Result<Outcome, RotationError> {
    let renewed = described.with_label(CURRENT);
    if let Err(error) = vault.label(CURRENT, renewed, Some(token)).await {
        match vault.describe().await?.with_label(CURRENT) {
            // The answer was lost, and the SDK's next attempt found it done.
            Some(now) if now == token => {}
            now if now == renewed => return Err(error.into()),
            // Somebody else was quicker.
            _ => return Err(give_up(vault, token).await),
        }
    }
    // While it is on a version that is not current, the next rotation takes this one for unfinished. Where that fails here, it
    // is done when somebody else makes another version current, and does no harm until then.
    for (label, version) in [(PENDING, Some(token)), (RENEWED, renewed)] {
        if let Err(error) = vault.label(label, version, None).await {
            tracing::warn!(label, %error, "a staging label of the rotation could not be removed");
        }
    }
    Ok(Outcome::Finished)
}

/// Ends a rotation that has been overtaken, so that the next one begins anew.
async fn give_up(vault: &Vault<'_>, token: &str) -> RotationError {
    match vault.label(PENDING, Some(token), None).await {
        Ok(()) => RotationError::Superseded,
        Err(error) => error.into(),
    }
}

/// A key that ends before it is renewed again takes the machine down, on a day that is known now.
fn warn_of_a_short_life(valid_until: u64, days: Option<u64>) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    // Secrets Manager rotates at any time of the day.
    let next = days.map(|days| days.saturating_add(1).saturating_mul(A_DAY).saturating_add(now));
    if next.is_some_and(|next| valid_until < next) {
        tracing::warn!(
            valid_until,
            days,
            "the new key may expire before the next rotation: set a smaller `momento.rotate_every`"
        );
    }
}

impl Step {
    /// As Secrets Manager writes it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "createSecret" => Some(Self::Create),
            "setSecret" => Some(Self::Set),
            "testSecret" => Some(Self::Test),
            "finishSecret" => Some(Self::Finish),
            _ => None,
        }
    }
}

impl Outcome {
    /// For a log line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Renewed { .. } => "there is another key",
            Self::MadeBefore => "it was made before",
            Self::Whole => "it holds a key",
            Self::Tried => "Momento mints with it",
            Self::NoKeyYet => {
                "there is nothing to renew yet: the secret has no value; put a key into it with `tvm key set`"
            }
            Self::Finished => "it is in force",
            Self::FinishedBefore => "it was in force before",
        }
    }
}

impl fmt::Debug for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation").field("auth", &self.auth).field("tokens", &self.tokens).finish_non_exhaustive()
    }
}
