//! What the stand-in for Secrets Manager knows: versions of values with the labels that are on them, and how often each label
//! was asked for.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::trouble::{TestVersion, Trouble};

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";
const PENDING: &str = "AWSPENDING";

/// The secrets, for every request that is answered at the same time.
pub(crate) type Shared = Arc<Mutex<Vault>>;

/// A panic while the lock was held leaves a vault that is still whole: each change is one assignment.
pub(crate) fn lock(vault: &Mutex<Vault>) -> MutexGuard<'_, Vault> {
    vault.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The secrets, and what goes wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Vault {
    secrets: HashMap<String, Secret>,
    reads: HashMap<String, u64>,
    /// Values that somebody else puts there, one after each time that a current value was read.
    meanwhile: VecDeque<(String, String)>,
    made: u64,
    /// How long ago every version was made.
    pub(crate) age: Duration,
    /// With every request.
    pub(crate) trouble: Option<Trouble>,
    /// With the next request of an action.
    pub(crate) next_trouble: HashMap<String, Trouble>,
}

/// The values of one secret by version, and the version of each label.
#[derive(Debug, Default)]
struct Secret {
    /// Without a value, the version of a rotation that has just begun.
    versions: HashMap<String, Option<String>>,
    labels: HashMap<String, String>,
    /// How many days apart it is rotated; `None`: never.
    rotated_every: Option<u32>,
}

/// What is known of a secret beside its values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Description {
    pub(crate) rotated_every: Option<u32>,
    /// The labels of each version that has any.
    pub(crate) versions: BTreeMap<String, Vec<String>>,
}

/// A value, and which version it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) value: String,
}

/// Why something is not done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NoSecret,
    NoValue,
    NoVersion,
    /// A version of that id has another value.
    Taken,
    /// The label is not where it would have to be.
    Elsewhere,
}

impl Vault {
    /// A new value; the one before is the previous one.
    pub(crate) fn put(&mut self, name: &str, value: &str) {
        self.made = self.made.saturating_add(1);
        let secret = self.secrets.entry(name.to_owned()).or_default();
        let id = format!("version-{}", self.made);
        secret.versions.insert(id.clone(), Some(value.to_owned()));
        secret.label(CURRENT, &id);
    }

    /// A secret without any value.
    pub(crate) fn empty(&mut self, name: &str) {
        self.secrets.insert(name.to_owned(), Secret::default());
    }

    /// The value with this label.
    pub(crate) fn value(&self, name: &str, label: &str) -> Result<Version, Refusal> {
        let secret = self.secrets.get(name).ok_or(Refusal::NoSecret)?;
        let id = secret.labels.get(label).ok_or(Refusal::NoValue)?;
        self.version(name, id)
    }

    /// The value of this version.
    pub(crate) fn version(&self, name: &str, id: &str) -> Result<Version, Refusal> {
        let secret = self.secrets.get(name).ok_or(Refusal::NoSecret)?;
        let value = secret.versions.get(id).ok_or(Refusal::NoVersion)?.clone().ok_or(Refusal::NoValue)?;
        Ok(Version { id: id.to_owned(), value })
    }

    /// Whether the version has the label.
    pub(crate) fn is_labelled(&self, name: &str, id: &str, label: &str) -> bool {
        self.secrets.get(name).and_then(|secret| secret.labels.get(label)).is_some_and(|labelled| labelled == id)
    }

    /// `DescribeSecret`.
    pub(crate) fn description(&self, name: &str) -> Result<Description, Refusal> {
        let secret = self.secrets.get(name).ok_or(Refusal::NoSecret)?;
        let mut versions = BTreeMap::<String, Vec<String>>::new();
        for (label, id) in &secret.labels {
            versions.entry(id.clone()).or_default().push(label.clone());
        }
        Ok(Description { rotated_every: secret.rotated_every, versions })
    }

    /// Has it rotated, or not.
    pub(crate) fn rotate_every(&mut self, name: &str, days: Option<u32>) {
        self.secrets.entry(name.to_owned()).or_default().rotated_every = days;
    }

    /// What `RotateSecret` does before it calls the function: a version without a value that is pending, unless one is
    /// pending already that never became current. Gives the id of the version.
    pub(crate) fn begin_rotation(&mut self, name: &str) -> String {
        self.made = self.made.saturating_add(1);
        let secret = self.secrets.entry(name.to_owned()).or_default();
        match secret.labels.get(PENDING) {
            Some(pending) if secret.labels.get(CURRENT) != Some(pending) => pending.clone(),
            _ => {
                let id = format!("00000000-0000-4000-8000-{:012}", self.made);
                secret.versions.insert(id.clone(), None);
                secret.label(PENDING, &id);
                id
            }
        }
    }

    /// What `RotateSecret` does before it tests a schedule: a pending version, which is a copy of the current one or holds nothing.
    /// Gives the id of the version.
    pub(crate) fn begin_rotation_test(&mut self, name: &str, holds: TestVersion) -> String {
        let value = match holds {
            TestVersion::CopyOfCurrent => self.value(name, CURRENT).ok().map(|current| current.value),
            TestVersion::WithoutValue => None,
        };
        let id = self.begin_rotation(name);
        self.secrets.entry(name.to_owned()).or_default().versions.insert(id.clone(), value);
        id
    }

    /// What `RotateSecret` does after it: the version goes, whatever labels it has.
    pub(crate) fn end_rotation_test(&mut self, name: &str, id: &str) {
        let secret = self.secrets.entry(name.to_owned()).or_default();
        secret.versions.remove(id);
        secret.labels.retain(|_, labelled| labelled != id);
    }

    /// The labels that are on a version.
    pub(crate) fn labels(&self, name: &str) -> Vec<String> {
        self.secrets.get(name).into_iter().flat_map(|secret| secret.labels.keys().cloned()).collect()
    }

    /// `PutSecretValue`: a new version with these labels, which it takes from other versions. The first one is current.
    pub(crate) fn add(&mut self, name: &str, version: &Version, labels: &[&str]) -> Result<(), Refusal> {
        let secret = self.secrets.get_mut(name).ok_or(Refusal::NoSecret)?;
        let known = secret.versions.entry(version.id.clone()).or_default();
        if *known.get_or_insert_with(|| version.value.clone()) != version.value {
            return Err(Refusal::Taken);
        }
        labels.iter().for_each(|label| secret.label(label, &version.id));
        if !secret.labels.contains_key(CURRENT) {
            secret.label(CURRENT, &version.id);
        }
        Ok(())
    }

    /// `UpdateSecretVersionStage`: a label comes to the version `to`, if it is on `from`.
    pub(crate) fn relabel(
        &mut self,
        name: &str,
        label: &str,
        to: Option<&str>,
        from: Option<&str>,
    ) -> Result<(), Refusal> {
        let secret = self.secrets.get_mut(name).ok_or(Refusal::NoSecret)?;
        if [to, from].into_iter().flatten().any(|id| !secret.versions.contains_key(id)) {
            return Err(Refusal::NoVersion);
        }
        let at = secret.labels.get(label).map(String::as_str);
        match (to, from) {
            (Some(to), _) if at == Some(to) && from.is_none_or(|from| from == to) => Ok(()),
            _ if at != from => Err(Refusal::Elsewhere),
            (Some(to), _) => {
                secret.label(label, to);
                Ok(())
            }
            (None, _) if label == CURRENT => Err(Refusal::Elsewhere),
            (None, _) => {
                secret.labels.remove(label);
                Ok(())
            }
        }
    }

    /// Somebody else will put `value` there once the current one was read.
    pub(crate) fn put_after_read(&mut self, name: &str, value: &str) {
        self.meanwhile.push_back((name.to_owned(), value.to_owned()));
    }

    /// What others do after a read.
    pub(crate) fn was_read(&mut self) {
        if let Some((name, value)) = self.meanwhile.pop_front() {
            self.put(&name, &value);
        }
    }

    pub(crate) fn count(&mut self, label: &str) {
        let reads = self.reads.entry(label.to_owned()).or_default();
        *reads = reads.saturating_add(1);
    }

    pub(crate) fn reads(&self, label: &str) -> u64 {
        self.reads.get(label).copied().unwrap_or_default()
    }
}

impl Secret {
    fn label(&mut self, label: &str, id: &str) {
        let before = self.labels.insert(label.to_owned(), id.to_owned());
        if let Some(before) = before.filter(|before| label == CURRENT && before != id) {
            self.labels.insert(PREVIOUS.to_owned(), before);
        }
    }
}
