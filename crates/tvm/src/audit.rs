//! `tvm audit`: what the log calls somebody.
//!
//! It reads the API key, which pseudonyms are made by, and shows nothing of it.

use std::io::{self, Write};

use aws_sdk_secretsmanager::Client;
use clap::Args;
use momento_client::{ApiKey, ApiKeyError, KeyHints};
use momento_secrets::{CURRENT, PREVIOUS, SecretError, SecretReader};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use tvm_issuer::Pseudonyms;

use crate::aws::{KeySecret, StackError};
use crate::form::write_json;
use crate::running::{self, Stopped};

/// Whom, and by which key.
#[derive(Debug, Args)]
pub(crate) struct Command {
    /// The principal (in Cognito mode the sub), or the token id.
    name: String,
    #[command(flatten)]
    place: KeySecret,
    /// The member of the secret's JSON that holds the key, as `momento.secret_field` names it. By default `apiKey`, or the one
    /// member that is a Momento key.
    #[arg(long, value_name = "NAME")]
    secret_field: Option<String>,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Why there is no pseudonym. Never with any part of a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditError {
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the secret's value at {stage} is not a Momento API key, which pseudonyms are derived from: {problem}")]
    NotAKey { stage: &'static str, problem: ApiKeyError },
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// What the log says while the key of a stage is in use.
#[derive(Serialize)]
struct Called {
    stage: &'static str,
    pseudonym: String,
}

/// Prints what `command` asks for: by the key in force, and by the one before if there is one.
pub(crate) fn run(command: &Command, out: &mut impl Write) -> Result<(), AuditError> {
    running::until_done(async {
        let called = command.called().await?;
        if command.json {
            return Ok(write_json(&called, out)?);
        }
        Ok(called.iter().try_for_each(|Called { stage, pseudonym }| writeln!(out, "{pseudonym}  {stage}"))?)
    })
}

impl Command {
    async fn called(&self) -> Result<Vec<Called>, AuditError> {
        let (aws, id) = self.place.find().await?;
        let mut called = Vec::new();
        for stage in [CURRENT, PREVIOUS] {
            let reader = SecretReader::new(Client::new(&aws), id.clone()).with_stage(stage);
            let text = match reader.read().await {
                Err(SecretError::NoValue { .. }) if stage == PREVIOUS => continue,
                text => text?,
            };
            // Where the key belongs has no part in it.
            let hints = KeyHints { endpoint: Some("localhost".to_owned()), field: self.secret_field.clone() };
            let key = ApiKey::parse_by(text.expose_secret(), &hints);
            let key = key.map_err(|problem| AuditError::NotAKey { stage, problem })?;
            called.extend(Pseudonyms::by(&key).map(|by| Called { stage, pseudonym: by.of(&self.name) }));
        }
        Ok(called)
    }
}
