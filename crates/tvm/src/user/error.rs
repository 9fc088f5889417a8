//! Why `tvm user` did not do what it was asked to.

use tvm_users::{EditError, PasswordProblem, Unsendable};

use crate::aws::{AwsError, SecretTrouble, StackError};
use crate::config_file::CommandError;
use crate::prompt::PromptError;
use crate::running::{NoRuntime, Stopped};

/// Why a command on users was not carried out. Never with a password, a key or a hash.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UserError {
    #[error(transparent)]
    Config(#[from] CommandError),
    #[error("the configuration has no group `{given}`{}", in_its_place(.known))]
    UnknownGroup { given: String, known: Vec<String> },
    #[error(transparent)]
    Username(#[from] Unsendable),
    #[error(transparent)]
    Password(#[from] PasswordProblem),
    #[error("the two passwords differ; nothing was changed")]
    Differ,
    #[error(transparent)]
    Prompt(PromptError),
    #[error("interrupted; `tvm user list` shows whether anything was changed")]
    Interrupted,
    #[error("this system gives no random bytes: {0}")]
    NoRandomness(getrandom::Error),
    #[error("--key is for the users of the authorizer's secret; those of a user pool have passwords")]
    KeyInPool,
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Secret(#[from] SecretTrouble),
    #[error(
        "the secret {id} has no text to edit; put `{{\"users\": []}}` into it first (aws secretsmanager put-secret-value)"
    )]
    NoText { id: String },
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error(
        "the stack `{stack}` is deployed with `auth = \"Open\"`: it has no users; anyone who knows its URL may ask"
    )]
    Open { stack: String },
    #[error(
        "the stack `{stack}` has `kind = \"jwt\"` in [authorizer]: its callers bring tokens of your issuer, and its users \
         are added and removed there"
    )]
    Issuer { stack: String },
    #[error("the stack `{stack}` is in mode {mode} and has no output {missing}; deploy it again")]
    MissingOutput { stack: String, mode: String, missing: &'static str },
    #[error("{doing}: {error}")]
    Aws { doing: &'static str, error: AwsError },
    #[error("there is a user `{0}` in the pool already; `tvm user passwd` gives them another password")]
    ExistsInPool(String),
    #[error("there is no user `{0}` in the pool; `tvm user list` lists the users")]
    UnknownInPool(String),
    #[error("{cause}; `{name}`, who was just made, was removed again: nothing has changed")]
    TakenBack { name: String, cause: Box<UserError> },
    #[error(
        "{cause}; `{name}` was just made and could not be removed again ({error}): they are in the user pool, perhaps without a \
         password or without all groups; `tvm user remove {name}`, then add them again"
    )]
    HalfMade { name: String, cause: Box<UserError>, error: AwsError },
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
    #[error(transparent)]
    NoRuntime(NoRuntime),
}

impl From<PromptError> for UserError {
    fn from(error: PromptError) -> Self {
        match error {
            PromptError::Interrupted => Self::Interrupted,
            other => Self::Prompt(other),
        }
    }
}

impl From<Stopped> for UserError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Interrupted => Self::Interrupted,
            Stopped::NotStarted(error) => Self::NoRuntime(error),
        }
    }
}

fn in_its_place(groups: &[String]) -> String {
    match groups {
        [] => ", nor any other; leave out --group, or add one to the file ([groups.NAME]) and deploy".to_owned(),
        groups => format!("; its groups are {}; give --group once for each", groups.join(", ")),
    }
}
